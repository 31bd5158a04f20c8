use std::{collections::BTreeSet, env, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use lightmill_image::plan::{Settings, plan};
use lightmill_image::{Context, probe, run};
use lightmill_recipe::{Input, Locator, Output, PictureOutput, Profile, Quality, QualityRule, Recipe};
use lightmill_testkit::{Picture, Tolerance, compare_pictures};

use crate::cases::{Case, cases};
use crate::families::{ALL, Family};
use crate::formula;

/// The least that a lossy family must reach against its golden picture: another rounding of a coefficient costs this.
const COMPRESSED: f64 = 36.0;
/// The least that a lossy family must reach against a formula, which knows nothing of subsampled chroma.
const COMPRESSED_FORMULA: f64 = 30.0;

/// Of the test, and of its file.
pub fn name(case: &Case, family: Family) -> String {
    format!("{}-{}", case.name, family.name)
}

/// Makes the picture and compares it with the formula's, if there is one, and with the golden one, if [`has_file`].
pub fn case(case: &Case, family: Family) -> Result<()> {
    let name = name(case, family);
    let source = folder("sources").join(family.source);
    let made = Picture::decode(&make(case, family, family.source)?)?;
    if let Some(formula) = case.formula {
        let expected = formula(Picture::decode(&fs::read(&source)?)?.first());
        let tolerance = lossy(case.tolerance, family, COMPRESSED_FORMULA);
        compare_pictures(&format!("{name}-formula"), &made, &Picture::still(expected), tolerance)?;
    }
    if !has_file(case, family) {
        return Ok(());
    }
    let path = folder("expected").join(format!("{name}.png"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        return save(&made, &path);
    }
    let golden = fs::read(&path).with_context(|| format!("no golden picture {}: UPDATE_GOLDEN=1", path.display()))?;
    compare_pictures(&name, &made, &Picture::decode(&golden)?, lossy(case.tolerance, family, COMPRESSED))
}

/// What a formula computes to the last bit needs no file.
fn has_file(case: &Case, family: Family) -> bool {
    case.formula.is_none() || family.is_lossy()
}

/// A photo that its EXIF orientation turns comes out upright, in planes and in RGB.
pub fn orientation() -> Result<()> {
    let nothing = Case { name: "orientation", operations: vec![], tolerance: Tolerance::EQUAL, formula: None };
    let upright = Picture::decode(&fs::read(folder("sources").join("photo.jpg"))?)?;
    let expected = Picture::still(formula::quarter_turn(upright.first()));
    for family in ALL {
        let made = Picture::decode(&make(&nothing, family, "turned.jpg")?)?;
        let tolerance = Tolerance { psnr: COMPRESSED_FORMULA, largest: None };
        compare_pictures(&name(&nothing, family), &made, &expected, tolerance)?;
    }
    Ok(())
}

/// Every file in `expected/` is some case's.
pub fn nothing_is_left_over() -> Result<()> {
    let names: BTreeSet<String> = cases()
        .iter()
        .flat_map(|case| {
            ALL.into_iter().filter(|family| has_file(case, *family)).map(|family| name(case, family) + ".png")
        })
        .collect();
    for file in fs::read_dir(folder("expected"))? {
        let file = file?.file_name().into_string().unwrap_or_default();
        ensure!(names.contains(&file), "{file} is expected of no case");
    }
    Ok(())
}

fn lossy(tolerance: Tolerance, family: Family, bound: f64) -> Tolerance {
    if family.is_lossy() { Tolerance { psnr: tolerance.psnr.min(bound), largest: None } } else { tolerance }
}

fn make(case: &Case, family: Family, source: &str) -> Result<Bytes> {
    let mut recipe = Recipe::new(Locator::key(source));
    recipe.inputs[0].operations.clone_from(&case.operations);
    recipe.inputs.push(Input::new(Locator::key("mark.png")));
    let quality = Quality { rule: QualityRule::Absolute(100), ..Quality::default() };
    let output =
        PictureOutput { format: Some(family.output), quality, profile: Profile::ToSrgb, ..PictureOutput::default() };
    recipe.outputs = vec![Output::Picture(output)];
    let inputs: Vec<Bytes> = [source, "mark.png"]
        .into_iter()
        .map(|file| Ok(fs::read(folder("sources").join(file))?.into()))
        .collect::<Result<_>>()?;
    let probes = inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
    let plan = plan(&recipe, &probes, &Settings::default())?;
    let made = run(&plan, &inputs, &Context::default())?.swap_remove(0);
    let picture = Picture::decode(&made.bytes)?;
    let size = made.size.context("a picture has a size")?;
    ensure!((size.width, size.height) == (picture.width(), picture.height()), "{size} is not the size of the file");
    Ok(made.bytes)
}

fn save(picture: &Picture, path: &PathBuf) -> Result<()> {
    fs::create_dir_all(folder("expected"))?;
    Ok(fs::write(path, picture.to_png()?)?)
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}
