//! How good results are.
//!
//! ```sh
//! score [--resize WIDTHxHEIGHT] [--window WIDTHxHEIGHT] [--linear] REFERENCE RESULT ...
//! ```
//!
//! REFERENCE is resized with Lanczos3 in floating point and cut to a window in its middle, where that is asked for; then
//! every result is compared with it. One line of JSON for each result. PNG, JPEG, GIF and WebP are read. `--save` keeps
//! the first frame of the reference as a PNG, for whoever compares with it again and again.

use std::{env, fs};

use anyhow::{Context, Result, bail};
use lightmill_bench::score::{Goal, Quality};
use lightmill_testkit::Picture;
use serde_json::json;

fn main() -> Result<()> {
    let mut goal = Goal::default();
    let mut files = Vec::new();
    let mut save = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--resize" => goal.size = Some(size(arguments.next())?),
            "--window" => goal.window = Some(size(arguments.next())?),
            "--linear" => goal.linear = true,
            "--save" => save = Some(arguments.next().context("FILE is missing")?),
            _ => files.push(argument),
        }
    }
    let [reference, results @ ..] = files.as_slice() else { bail!("usage: score [OPTION ...] REFERENCE [RESULT ...]") };
    let references = goal.references(&decode(reference)?);
    if let (Some(path), Some(reference)) = (save, references.first()) {
        fs::write(path, reference.to_png()?)?;
    }
    for path in results {
        let result = decode(path)?;
        let scores = references.iter().map(|reference| Quality::of(&result, reference)).collect::<Result<Vec<_>>>()?;
        // Where a window may be rounded either way, the way that was taken is the one that fits.
        let best = scores.into_iter().max_by(|a, b| {
            let key = |score: &Quality| score.psnr_db.unwrap_or(f64::INFINITY);
            key(a).total_cmp(&key(b))
        });
        let report = json!({
            "width": result.width(), "height": result.height(), "frames": result.frames.len(), "quality": best,
        });
        #[expect(clippy::print_stdout, reason = "the scores are what this program is for")]
        {
            println!("{report}");
        }
    }
    Ok(())
}

fn decode(path: &str) -> Result<Picture> {
    Picture::decode(&fs::read(path).with_context(|| path.to_owned())?).with_context(|| path.to_owned())
}

fn size(text: Option<String>) -> Result<(u32, u32)> {
    let text = text.context("WIDTHxHEIGHT is missing")?;
    let (width, height) = text.split_once('x').with_context(|| format!("{text} is not WIDTHxHEIGHT"))?;
    let side = |side: &str| side.parse::<u32>().ok().filter(|side| *side > 0).with_context(|| text.clone());
    Ok((side(width)?, side(height)?))
}
