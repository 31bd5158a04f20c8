//! What Thumbor answered, pixel by pixel: recorded requests through the dialect, the plan and the run.
//!
//! The corpus lies beside the project, or where `LIGHTMILL_CONFORMANCE` says; without it nothing is replayed. Servers,
//! signatures and negotiation are not part of this: only requests of the plain profile with pictures as answers.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use lightmill_dialects::Wish;
use lightmill_dialects::thumbor::{Options, parse};
use lightmill_image::plan::{Settings, plan};
use lightmill_image::{Context, Made, probe, run};
use lightmill_recipe::{Input, Recipe};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Picture, Tolerance, compare_pictures};

/// Cases whose answer is not pixels of this road, or is wrong, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("smart-align-order", "an analyser decides, and there is none here"),
    ("f-redeye", "an analyser decides, and there is none here"),
    ("f-format-gif-to-webp", "a mistake of the reference server: filters are not dropped for GIF here"),
    ("f-anim-brightness", "a mistake of the reference server: filters are not dropped for GIF here"),
    ("gn-grayscale", "a mistake of the reference server: the frames stay as they are"),
    ("f-autojpg-not-builtin", "a mount without this filter"),
    ("f-format-avif", "no decoder in the test's kit"),
    ("http-ok", "the store: another origin"),
    ("upload-get", "the store: an upload"),
    ("upload-use", "the store: an upload"),
    ("gs-resize", "gifsicle reduces GIFs to few colours"),
    ("gn-format-webp", "WebP of libwebp's default quality for animations"),
];

/// Cases whose pixels are equal to the last bit: files without loss and nothing resampled.
const EXACT: &[&str] = &[
    "crop-inverted",
    "flip-only",
    "flip-dash-x",
    "trim-tl-all",
    "f-brightness40",
    "f-contrast-40",
    "f-rgb",
    "f-saturation-1.8",
    "f-grayscale",
    "f-noise-seed",
    "f-equalize",
    "f-colorize",
    "f-rotate270",
    "f-rotate-90",
    "f-wm",
    "f-wm-pct",
    "f-wm-repeat",
    "f-chain-order",
    "f-chain-order2",
    "f-unknown",
    "f-toomany",
    "f-spaces-pct",
];

#[test]
fn answers_are_as_recorded() -> Result<()> {
    let Some(suite) = Suite::find("thumbor")? else { return Ok(()) };
    let mut problems = Vec::new();
    let mut replayed = 0;
    for case in &suite.cases {
        if LEFT_OUT.iter().any(|(name, _)| *name == case.name) || !is_picture(case) {
            continue;
        }
        replayed += 1;
        if let Err(error) = replay(&suite, case) {
            problems.push(format!("{}: {error:#}", case.name));
        }
    }
    ensure!(EXACT.iter().all(|name| suite.cases.iter().any(|case| case.name == *name)), "an exact case is missing");
    ensure!(problems.is_empty(), "{} of {replayed}:\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

fn is_picture(case: &Case) -> bool {
    case.expect.status == 200 && case.body.is_some() && case.expect.width.is_some() && case.headers.is_empty()
}

fn replay(suite: &Suite, case: &Case) -> Result<()> {
    let path = case.target.split_once('?').map_or(case.target.as_str(), |(path, _)| path);
    let options = Options { opt_in: vec!["autojpg".to_owned(), "red_eye".to_owned()], ..Options::default() };
    let Wish::Transform(recipe) = parse(path, None, None, &options)?.wish else { anyhow::bail!("no picture") };
    let made = make(suite, &recipe)?;
    let expected = Picture::decode(&suite.body(case)?)?;
    let actual = Picture::decode(&made.bytes)?;
    let tolerance = match case.name.as_str() {
        name if EXACT.contains(&name) => Tolerance::EQUAL,
        // One step: sums of floats that are cut to whole numbers.
        "f-sharpen" => Tolerance { psnr: 70.0, largest: Some(1) },
        _ => Tolerance::LOSSY,
    };
    compare_pictures(&case.name, &actual, &expected, tolerance)
}

fn make(suite: &Suite, recipe: &Recipe) -> Result<Made> {
    let read = |input: &Input| -> Result<Bytes> {
        let key = &input.locator().context("a stored picture")?.key;
        Ok(fs::read(suite.folder.join("sources").join(key)).with_context(|| key.clone())?.into())
    };
    let inputs = recipe.inputs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let probes = inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
    let plan = plan(recipe, &probes, &Settings::default())?;
    run(&plan, &inputs, &Context::default())?.into_iter().next().context("no output")
}
