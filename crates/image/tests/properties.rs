//! What holds for every recipe and every source: plans without empty, outsized or impossible geometry, and results that
//! are what the plan said.
#![allow(clippy::unwrap_used)]

mod recipes;

use bytes::Bytes;
use lightmill_image::plan::{Action, Part, Pipeline, Plan, Settings, Work, plan};
use lightmill_image::{Context, Error, Layout, Probe, codecs::Scale, probe, run};
use lightmill_recipe::{Format, Limits, Locator, Pixels, Recipe, Rect, Size};
use lightmill_testkit::{ImageFormat, Picture, generate};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_plan_has_legal_geometry(recipe in recipes::recipes(5000), main in recipes::probes(9000), mark in recipes::probes(600)) {
        let limits = Limits::default();
        let probes = [main, mark];
        if let Ok(plan) = plan(&recipe, &probes, &Settings::default()) {
            check(&plan, &probes, &limits)?;
        }
    }
}

proptest! {
    // Each case decodes, operates and encodes.
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_result_is_what_the_plan_said(recipe in recipes::recipes(60), source in 0..5usize, mark in 0..5usize) {
        let limits = Limits { result_side: 400, result_pixels: Pixels(100_000), ..Limits::default() };
        let inputs: Vec<Bytes> = vec![source_file(source), source_file(mark)];
        let probes: Vec<Probe> = inputs.iter().map(|bytes| probe(bytes).unwrap()).collect();
        let settings = Settings { limits: limits.clone(), ..Settings::default() };
        let Ok(plan) = plan(&recipe, &probes, &settings) else { return Ok(()) };
        check(&plan, &probes, &limits)?;
        let made = match run(&plan, &inputs, &Context { limits, ..Context::default() }) {
            Ok(made) => made,
            // A mark's size is known when its text is shaped.
            Err(Error::Limit(_)) => return Ok(()),
            // So is that of a picture that is measured.
            Err(Error::Unsuitable(_)) if !plan.measures.is_empty() => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{error}: {error:?}"))),
        };
        for (work, made) in plan.outputs.iter().zip(&made) {
            let Work::Encode { pipeline, encode } = work else { continue };
            prop_assert_eq!(made.format, Some(encode.format));
            let picture = Picture::decode(&made.bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(Some(Size::new(picture.width(), picture.height())), made.size);
            // What is measured first decides about sizes.
            prop_assert!(!plan.measures.is_empty() || made.size == Some(pipeline.size()), "{:?}", made.size);
        }
    }
}

/// Small files of every kind that takes a road of its own.
fn source_file(index: usize) -> Bytes {
    let photo = generate::photo(37, 22);
    let file = match index {
        0 => generate::encode(&photo, ImageFormat::Jpeg),
        1 => generate::encode(&photo, ImageFormat::Png),
        2 => generate::encode(&generate::translucent(23, 40), ImageFormat::Png),
        3 => generate::encode(&generate::translucent(31, 16), ImageFormat::WebP),
        _ => generate::animation(17, 12, 3),
    };
    file.unwrap().into()
}

fn check(plan: &Plan, probes: &[Probe], limits: &Limits) -> Result<(), TestCaseError> {
    prop_assert!(plan.cost.bytes <= limits.memory_bytes);
    for work in &plan.outputs {
        match work {
            Work::Encode { pipeline, encode } => {
                check_pipeline(pipeline, probes, limits)?;
                prop_assert!(limits.check_result(pipeline.size()).is_ok());
                prop_assert!((1..=100).contains(&encode.quality) && (1..=limits.frames).contains(&encode.frames));
                let transparent = pipeline.layout().has_alpha() && !encode.format.has_alpha();
                prop_assert!(!transparent, "{:?} holds no alpha", encode.format);
                prop_assert!(plan.cost.bytes > 0 && !plan.cost.time.is_zero());
            }
            Work::AverageHue(pipeline) | Work::Placeholder { pipeline, .. } => {
                check_pipeline(pipeline, probes, limits)?;
            }
            Work::Passthrough { .. } | Work::Info { .. } | Work::Meta { .. } => {}
        }
    }
    Ok(())
}

fn check_pipeline(pipeline: &Pipeline, probes: &[Probe], limits: &Limits) -> Result<(), TestCaseError> {
    let source = probes[pipeline.input.0].size;
    let (mut size, mut layout) = (pipeline.decode.size, pipeline.decode.layout);
    prop_assert!(size.width > 0 && size.height > 0);
    let eighths = if let Scale::Eighths(eighths) = pipeline.decode.scale { eighths } else { 8 };
    prop_assert!((1..=8).contains(&eighths));
    let side = |stored: u32| (u64::from(stored) * u64::from(eighths)).div_ceil(8) as u32;
    let reduced = Size::new(side(source.width), side(source.height));
    match pipeline.decode.region {
        Some(region) => prop_assert!(region.fits(reduced) && region.size == size),
        None => prop_assert!(size == reduced || pipeline.decode.format == Format::Svg),
    }
    for step in &pipeline.steps {
        prop_assert!(step.size.width > 0 && step.size.height > 0, "{:?}", step);
        // Within the limits of results, or no larger than the source, which was admitted.
        let admitted = step.size.pixels() <= source.pixels() && step.size.longer() <= source.longer();
        prop_assert!(limits.check_result(step.size).is_ok() || admitted, "{:?}", step);
        check_action(&step.action, size, step.size, probes, limits)?;
        if matches!(step.action, Action::Flatten { .. }) {
            prop_assert!(layout.has_alpha() && !step.layout.has_alpha());
        }
        if let Layout::YCbCr(subsampling) = step.layout {
            let chroma = subsampling.chroma(step.size);
            prop_assert!(chroma.width > 0 && chroma.height > 0);
        }
        (size, layout) = (step.size, step.layout);
    }
    Ok(())
}

fn check_action(
    action: &Action,
    before: Size,
    after: Size,
    probes: &[Probe],
    limits: &Limits,
) -> Result<(), TestCaseError> {
    match action {
        Action::Crop { window } => prop_assert!(window.fits(before) && window.size == after),
        Action::Pad { at, .. } | Action::Extend { at, .. } => {
            let laid = Rect { x: at.0, y: at.1, size: before };
            prop_assert!(laid.fits(after));
        }
        Action::MaskCircle { radius } => {
            prop_assert!(radius.is_finite() && *radius > 0.0 && *radius * 2.0 <= f64::from(after.shorter()) + 1e-9);
        }
        Action::MaskRounded { radius } => prop_assert!(*radius > 0 && *radius <= after.shorter().div_ceil(2)),
        Action::Rotate { degrees } => prop_assert!(!degrees.is_multiple_of(90) && *degrees < 360),
        Action::Draw { image: Some(image), .. } => check_pipeline(image, probes, limits)?,
        Action::Resample { part: Some(part), .. } => {
            let Part { x, y, width, height, within } = *part;
            prop_assert!(width > 0.0 && height > 0.0 && within.fits(before) && !within.is_empty(), "{:?}", part);
            let inside = |start: f64, length: f64, first: u32, count: u32| {
                start >= f64::from(first) - 1e-6 && start + length <= f64::from(first + count) + 1e-6
            };
            prop_assert!(inside(x, width, within.x, within.size.width), "{:?}", part);
            prop_assert!(inside(y, height, within.y, within.size.height), "{:?}", part);
        }
        Action::Resample { part: None, .. }
        | Action::Orient { .. }
        | Action::Draw { image: None, .. }
        | Action::ResampleBy { .. }
        | Action::Affine { .. }
        | Action::Fill { .. } => {}
        Action::ToSrgb
        | Action::ToDisplayP3
        | Action::Convert
        | Action::Flatten { .. }
        | Action::Blur { .. }
        | Action::Sharpen { .. }
        | Action::Linear { .. }
        | Action::Greyscale
        | Action::MaskCorners { .. }
        | Action::Tables { .. }
        | Action::Luma
        | Action::Equalize
        | Action::Saturation { .. }
        | Action::Modulate { .. }
        | Action::WaveletSharpen { .. }
        | Action::Noise { .. }
        | Action::Convolution { .. }
        | Action::Pixelate { .. }
        | Action::Median { .. }
        | Action::Threshold { .. }
        | Action::Unflatten
        | Action::DivideConvolution { .. }
        | Action::Recomb { .. }
        | Action::ChannelGains { .. }
        | Action::Normalise { .. }
        | Action::Clahe { .. }
        | Action::Bandbool { .. }
        | Action::Tint { .. }
        | Action::RemoveAlpha
        | Action::EnsureAlpha { .. }
        | Action::ExtractChannel { .. }
        | Action::Invert => prop_assert_eq!(before, after),
        Action::MaskEllipse { centre, radius } => {
            prop_assert_eq!(before, after);
            prop_assert!(centre.0 >= 0.0 && centre.1 >= 0.0 && radius.0 > 0.0 && radius.1 > 0.0);
        }
        Action::Composite { image, .. } => {
            prop_assert_eq!(before, after);
            check_pipeline(image, probes, limits)?;
        }
        Action::Redact { regions, .. } | Action::Outline { regions } | Action::RedEye { faces: regions } => {
            prop_assert!(before == after && regions.iter().all(|region| region.fits(after) && !region.is_empty()));
        }
        Action::Stamp { image, .. } => {
            prop_assert_eq!(before, after);
            image.iter().try_for_each(|image| check_pipeline(image, probes, limits))?;
        }
        Action::NinePatch { insets, image } => {
            let grown =
                Size::new(before.width + insets.left + insets.right, before.height + insets.top + insets.bottom);
            prop_assert_eq!(grown, after);
            check_pipeline(image, probes, limits)?;
        }
    }
    Ok(())
}

#[test]
fn a_recipe_that_does_nothing_is_planned_too() {
    let source = probe(&source_file(0)).unwrap();
    let made = plan(&Recipe::new(Locator::key("a")), &[source], &Settings::default()).unwrap();
    assert!(matches!(&made.outputs[..], [Work::Encode { .. }]));
}
