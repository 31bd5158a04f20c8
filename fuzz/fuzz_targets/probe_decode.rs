//! Any bytes are a picture or an error, within tight limits: no panic, no long run, no large allocation.
#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use lightmill_image::plan::{Settings, plan};
use lightmill_image::{Cancel, Context, Fonts, probe, run};
use lightmill_recipe::{
    Enlarge, Fit, Format, InfoFields, Light, Limits, Locator, Metadata, Operation, Output, PictureOutput, Pixels,
    Recipe, Resize, Rotate, Target,
};

const LIMITS: Limits = Limits {
    source_bytes: 1 << 20,
    source_side: 4096,
    source_pixels: Pixels(1 << 20),
    animation_pixels: Pixels(1 << 22),
    frames: 16,
    result_side: 256,
    result_pixels: Pixels(1 << 16),
    result_bytes: 1 << 20,
    operations: 8,
    inputs: 2,
    text_characters: 16,
    memory_bytes: 256 << 20,
    time: Duration::from_secs(5),
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = probe(bytes) else { return };
    let settings = Settings { limits: LIMITS, ..Settings::default() };
    let input = Bytes::copy_from_slice(bytes);
    for recipe in recipes() {
        let Ok(plan) = plan(&recipe, std::slice::from_ref(&header), &settings) else { continue };
        let cancel = Cancel::with_deadline(Instant::now() + LIMITS.time);
        let context = Context { fonts: Fonts::load(&[]), cancel, limits: LIMITS, ..Context::default() };
        let Ok(made) = run(&plan, std::slice::from_ref(&input), &context) else { continue };
        for made in made {
            assert!(made.bytes.len() as u64 <= LIMITS.result_bytes || made.passthrough);
            if made.format.is_some() && !keeps(&recipe) {
                let result = probe(&made.bytes).expect("a result of ours has a header");
                assert!(result.exif.is_none() && result.xmp.is_none());
            }
        }
    }
});

/// Whether metadata may be in the result.
fn keeps(recipe: &Recipe) -> bool {
    recipe.outputs.iter().any(|output| matches!(output, Output::Picture(PictureOutput { metadata: Some(_), .. })))
}

/// A small picture in two formats; the source's own data, as they are, turned, and with metadata; and what is known about
/// the source.
fn recipes() -> [Recipe; 6] {
    let own = Recipe::new(Locator::key("a"));
    let mut turned = own.clone();
    turned.inputs[0].operations.push(Operation::Rotate(Rotate { degrees: 90 }));
    let mut kept = own.clone();
    kept.outputs = vec![Output::Picture(PictureOutput { metadata: Some(Metadata::Keep), ..PictureOutput::default() })];
    let mut small = Recipe::new(Locator::key("a"));
    small.inputs[0].operations.push(Operation::Resize(Resize {
        target: Target::Box { width: Some(16), height: Some(9) },
        fit: Fit::Cover,
        enlarge: Enlarge::Allowed,
        light: Light::Gamma,
    }));
    let mut webp = small.clone();
    webp.outputs = vec![Output::Picture(PictureOutput { format: Some(Format::WebP), ..PictureOutput::default() })];
    let mut info = Recipe::new(Locator::key("a"));
    info.outputs = vec![Output::Info(InfoFields::Full)];
    [small, webp, own, turned, kept, info]
}
