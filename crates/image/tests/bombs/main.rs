//! Small files that claim to be large are refused before they cost memory.
//!
//! One test in a file of its own, so that the memory that is counted is that of the work. Memory of the C libraries
//! (libjpeg, libwebp, libaom) is not counted: none of these files reaches one of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod files;
mod memory;

use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_image::codecs::{self, DecodeOptions, recognise};
use lightmill_image::{Context, Error, Made, plan, probe, run};
use lightmill_recipe::{Format, Locator, Output, PictureOutput, Recipe};

use memory::peak_of;

/// Bytes that a refusal may hold at its peak, beside the file itself.
const AT_MOST: usize = 16 << 20;
/// Time that a refusal may take.
const SOON: Duration = Duration::from_millis(1500);

/// The road of every request.
fn made(file: &Bytes) -> Result<Made, Error> {
    let mut recipe = Recipe::new(Locator::key("a"));
    let output = PictureOutput { format: Some(Format::Png), may_grow: true, ..PictureOutput::default() };
    recipe.outputs = vec![Output::Picture(output)];
    let plan = plan::plan(&recipe, &[probe(file)?], &plan::Settings::default())?;
    Ok(run(&plan, std::slice::from_ref(file), &Context::default())?.remove(0))
}

/// Every frame, without a look at the header before.
fn decoded(file: &Bytes) -> Result<u32, Error> {
    let mut frames = codecs::decode(recognise(file).unwrap(), file, &DecodeOptions::default())?;
    let mut count = 0;
    while frames.next_frame()?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[test]
fn claims_are_refused_before_they_cost() {
    let mut failures = Vec::new();
    for (name, file) in files::refused() {
        let file = Bytes::from(file);
        let roads: [(&str, &dyn Fn() -> Option<Error>); 2] =
            [("made", &|| made(&file).err()), ("decoded", &|| decoded(&file).err())];
        for (road, refusal) in roads {
            let start = Instant::now();
            let (error, peak) = peak_of(refusal);
            let refused = match &error {
                Some(Error::Limit(_) | Error::Corrupt { .. }) => true,
                // Drawings that may cost too much, bitmaps of an unknown kind, and a build without a decoder.
                Some(Error::Unsupported { .. }) => {
                    matches!(recognise(&file), Some(Format::Svg | Format::Ico | Format::Heic))
                }
                _ => false,
            };
            if !refused || peak > AT_MOST || start.elapsed() > SOON {
                let took = start.elapsed();
                failures.push(format!("{name}, {road}: {error:?}, {} KiB, {took:?}", peak >> 10));
            }
        }
    }
    for (name, file) in files::harmless() {
        let file = Bytes::from(file);
        let (result, peak) = peak_of(|| made(&file).map(drop));
        if result.is_err() || peak > AT_MOST {
            failures.push(format!("{name}: {result:?}, {} KiB", peak >> 10));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
