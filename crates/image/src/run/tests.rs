//! What runs give over whole files: the source's own data, and choices by trying.

use std::sync::Arc;

use bytes::Bytes;
use lightmill_recipe::{
    Crop, CropOrigin, Enlarge, Fit, Format, FormatChoice, Gravity, Light, Locator, Operation, Output, PictureOutput,
    Profile, QualityRule, Recipe, Resize, Rotate, Size, Target,
};
use moxcms::ColorProfile;

use super::{Context, Decoded, Made, run};
use crate::codecs::testing::{encoded, gradient, picture, plain, psnr, quality, sample};
use crate::codecs::{DecodeOptions, Kept, strip};
use crate::metadata::testing::exif_in;
use crate::{Error, FileMetadata, Layout, Picture, ops, plan, probe};

/// One picture of `file`.
pub(super) fn made(file: &Bytes, operations: Vec<Operation>, output: PictureOutput) -> Result<Made, Error> {
    let mut recipe = Recipe::new(Locator::key("a"));
    recipe.inputs[0].operations = operations;
    recipe.outputs = vec![Output::Picture(output)];
    of_recipe(file, &recipe)
}

pub(super) fn of_recipe(file: &Bytes, recipe: &Recipe) -> Result<Made, Error> {
    let plan = plan::plan(recipe, &[probe(file)?], &plan::Settings::default())?;
    Ok(run(&plan, std::slice::from_ref(file), &Context::default())?.swap_remove(0))
}

pub(super) fn output() -> PictureOutput {
    PictureOutput::default()
}

pub(super) fn in_format(format: Format) -> PictureOutput {
    PictureOutput { format: Some(format), ..output() }
}

pub(super) fn of_quality(rule: QualityRule) -> PictureOutput {
    let mut output = output();
    output.quality.rule = rule;
    output
}

pub(super) fn turned(degrees: u16) -> Vec<Operation> {
    vec![Operation::Rotate(Rotate { degrees })]
}

pub(super) fn narrower(width: u32) -> Vec<Operation> {
    let target = Target::Box { width: Some(width), height: None };
    vec![Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma })]
}

pub(super) fn cropped(x: u32, y: u32, side: u32) -> Operation {
    let (width, height, gravity) = (Some(side), Some(side), Gravity::NorthWest);
    Operation::Crop(Crop { width, height, x, y, gravity, origin: CropOrigin::Window })
}

#[test]
fn what_changes_nothing_does_not_grow() {
    let photo = |quality_of: u8| encoded(Format::Jpeg, decoded(&sample("rocket.jpg")), &quality(quality_of));
    let small = photo(40);
    let asked = of_quality(QualityRule::Absolute(90));
    let result = made(&small, Vec::new(), asked.clone()).unwrap();
    assert!(result.passthrough && result.bytes.len() <= small.len() && result.quality.is_none());
    assert_eq!(decoded(&result.bytes), decoded(&small));
    let grown = made(&small, Vec::new(), PictureOutput { may_grow: true, ..asked.clone() }).unwrap();
    assert!(!grown.passthrough && grown.bytes.len() > small.len());
    assert_eq!((grown.quality, grown.format), (Some(90), Some(Format::Jpeg)));
    // Fewer bytes are a reason to encode, and so are other pixels or another coding.
    let result = made(&photo(95), Vec::new(), of_quality(QualityRule::Absolute(50))).unwrap();
    assert!(!result.passthrough && result.bytes.len() < photo(95).len());
    assert!(!made(&small, narrower(200), asked.clone()).unwrap().passthrough);
    let progressive = made(&small, Vec::new(), PictureOutput { progressive: Some(true), ..asked }).unwrap();
    assert!(probe(&progressive.bytes).unwrap().progressive);
    // Own data that keep a bound are better than a lower quality.
    let bounded = PictureOutput { max_bytes: Some(small.len() as u64), ..of_quality(QualityRule::Absolute(90)) };
    assert!(made(&small, Vec::new(), bounded.clone()).unwrap().passthrough);
    let tighter = PictureOutput { max_bytes: Some(small.len() as u64 / 2), ..bounded };
    let result = made(&small, Vec::new(), tighter).unwrap();
    assert!(!result.passthrough && result.bytes.len() <= small.len() / 2);
    // Without a wish there is no reason at all.
    assert!(made(&photo(95), Vec::new(), output()).unwrap().passthrough);
}

#[test]
fn profiles_stay_with_the_samples_they_belong_to() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    for format in [Format::Jpeg, Format::Png, Format::WebP] {
        let tagged = gradient(Size::new(64, 48), Layout::Rgb).with_icc(Some(p3.clone()));
        let file = encoded(format, tagged, &quality(30));
        for operations in [Vec::new(), turned(90)] {
            let converted = made(&file, operations.clone(), output()).unwrap();
            assert!(!converted.passthrough && probe(&converted.bytes).unwrap().icc.is_none(), "{format}");
            let kept = made(&file, operations, PictureOutput { profile: Profile::Keep, ..output() }).unwrap();
            assert_eq!(probe(&kept.bytes).unwrap().icc.as_deref(), Some(&*p3), "{format}");
        }
    }
}

#[test]
fn jpegs_are_turned_without_loss() {
    // 96 × 64 are whole MCUs of every subsampling.
    let sizes = [(Layout::Grey, "grey"), (Layout::Rgb, "4:2:0")];
    for (layout, name) in sizes {
        let file = encoded(Format::Jpeg, gradient(Size::new(96, 64), layout), &quality(80));
        let mut round = file.clone();
        for step in 1..=4 {
            let result = made(&round, turned(90), output()).unwrap();
            assert!(result.passthrough, "{name}");
            assert_eq!(result.size, Some(if step % 2 == 1 { Size::new(64, 96) } else { Size::new(96, 64) }));
            let by_pixels = ops::orient(decoded(&round), crate::ExifOrientation::new(6), &crate::Cancel::default());
            // The inverse transform rounds rows and columns in an order; nothing else may differ.
            assert!(psnr(&decoded(&result.bytes), &by_pixels.unwrap()) > 45.0, "{name} step {step}");
            round = result.bytes;
        }
        assert_eq!(decoded(&round), decoded(&file), "{name}: four quarter turns");
        let halves = made(&made(&file, turned(180), output()).unwrap().bytes, turned(180), output()).unwrap();
        assert_eq!(decoded(&halves.bytes), decoded(&file), "{name}: two half turns");
        let window = made(&file, vec![cropped(32, 16, 33)], output()).unwrap();
        assert!(window.passthrough, "{name}");
        let rows = ops::crop(decoded(&file), lightmill_recipe::Rect { x: 32, y: 16, size: Size::new(33, 33) }).unwrap();
        assert!(psnr(&decoded(&window.bytes), &rows) > 40.0, "{name}");
    }
}

#[test]
fn what_blocks_do_not_allow_goes_through_pixels() {
    let file = encoded(Format::Jpeg, gradient(Size::new(100, 70), Layout::Rgb), &quality(80));
    for (operations, lossless) in [
        (turned(90), false),
        (turned(180), false),
        (turned(270), false),
        (vec![cropped(16, 32, 20)], true),
        (vec![cropped(8, 0, 20)], false),
        (vec![cropped(0, 0, 64), turned(90).remove(0)], true),
        ([turned(90), narrower(10)].concat(), false),
    ] {
        let result = made(&file, operations.clone(), output()).unwrap();
        assert_eq!(result.passthrough, lossless, "{operations:?}");
        assert_eq!(probe(&result.bytes).unwrap().size, result.size.unwrap());
    }
    // A quality is a wish to encode.
    let whole = encoded(Format::Jpeg, gradient(Size::new(96, 64), Layout::Rgb), &quality(80));
    assert!(!made(&whole, turned(90), of_quality(QualityRule::Absolute(80))).unwrap().passthrough);
    // A mirrored copy with EXIF 5 only exchanges its axes: any size will do.
    let metadata = FileMetadata { exif: Some(exif_in(5).into()), xmp: None };
    let mirrored = strip(Format::Jpeg, &file, &Kept { profile: true, metadata: &metadata }).unwrap().into();
    let result = made(&mirrored, Vec::new(), output()).unwrap();
    assert!(result.passthrough && probe(&result.bytes).unwrap().size == Size::new(70, 100));
}

#[test]
fn progressive_files_stay_so_when_turned() {
    let options = crate::codecs::EncodeOptions { progressive: true, ..quality(80) };
    let file = encoded(Format::Jpeg, gradient(Size::new(96, 64), Layout::Rgb), &options);
    for (wish, progressive) in [(None, true), (Some(true), true), (Some(false), false)] {
        let result = made(&file, turned(90), PictureOutput { progressive: wish, ..output() }).unwrap();
        assert_eq!((result.passthrough, probe(&result.bytes).unwrap().progressive), (true, progressive), "{wish:?}");
    }
}

#[test]
fn quality_is_lowered_for_a_number_of_bytes() {
    let photo = sample("rocket.jpg");
    for format in [Format::Jpeg, Format::WebP] {
        let with = |max_bytes| made(&photo, narrower(300), PictureOutput { max_bytes, ..in_format(format) }).unwrap();
        let free = with(None);
        let bound = free.bytes.len() as u64 / 2;
        let result = with(Some(bound));
        assert!(result.bytes.len() as u64 <= bound && result.bytes.len() as u64 * 10 >= bound * 8, "{format}");
        assert!(result.quality.unwrap() < free.quality.unwrap());
        assert_eq!(with(Some(free.bytes.len() as u64)).bytes, free.bytes);
        // What cannot be kept gives the smallest file that there is.
        assert_eq!(with(Some(10)).quality, Some(10));
        assert_eq!(with(Some(bound)).bytes, result.bytes);
    }
    let png = made(&photo, narrower(300), PictureOutput { max_bytes: Some(10), ..in_format(Format::Png) }).unwrap();
    assert_eq!((png.quality, probe(&png.bytes).unwrap().size.width), (None, 300));
}

#[test]
fn quality_follows_a_score() {
    let photo = sample("rocket.jpg");
    for format in [Format::Jpeg, Format::WebP] {
        let with = |score| {
            let mut output = in_format(format);
            output.quality.rule = QualityRule::Perceptual(score);
            made(&photo, narrower(300), output).unwrap()
        };
        let results = [40, 60, 80].map(with);
        let qualities = results.each_ref().map(|result| result.quality.unwrap());
        assert!(qualities.is_sorted() && qualities[0] < qualities[2], "{format}: {qualities:?}");
        assert!(results.iter().map(|result| result.bytes.len()).is_sorted());
        assert_eq!(with(60).bytes, results[1].bytes);
    }
}

#[test]
fn the_smallest_format_wins() {
    let smallest = |file: &Bytes, preferred: &[Format]| {
        let output = PictureOutput { preferred: preferred.to_vec(), choose: FormatChoice::Smallest, ..output() };
        made(file, narrower(150), output).unwrap()
    };
    let photo = smallest(&sample("rocket.jpg"), &[Format::Png, Format::WebP]);
    assert_eq!(photo.format, Some(Format::WebP));
    assert_eq!(smallest(&sample("rocket.jpg"), &[]).format, Some(Format::Jpeg));
    // Noise of two colours is what a lossy codec is worst at.
    let mut state = 1u32;
    let mut dot = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        [if state >> 31 == 0 { 0 } else { 255 }; 3]
    };
    let dots: Vec<u8> = (0..200 * 200).flat_map(|_| dot()).collect();
    let dots = Picture::interleaved(Size::new(200, 200), Layout::Rgb, dots).unwrap();
    let dots = encoded(Format::Png, dots, &quality(80));
    let output = PictureOutput { preferred: vec![Format::WebP], choose: FormatChoice::Smallest, ..output() };
    assert_eq!(made(&dots, Vec::new(), output).unwrap().format, Some(Format::Png));
    // A format without alpha is none for a picture with it.
    let clear = encoded(Format::Png, gradient(Size::new(64, 64), Layout::Rgba), &quality(80));
    let result = smallest(&clear, &[Format::WebP, Format::Jpeg]);
    assert!(probe(&result.bytes).unwrap().has_alpha);
}

#[test]
fn animations_can_be_tried_several_times() {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, 60, 40, &[]).unwrap();
    for shade in [0u8, 100, 200] {
        let pixels: Vec<u8> = (0..60 * 40 * 3u32).map(|i| (i * 7 % 251) as u8 ^ shade).collect();
        encoder.write_frame(&gif::Frame::from_rgb(60, 40, &pixels)).unwrap();
    }
    drop(encoder);
    let file: Bytes = file.into();
    let free = made(&file, Vec::new(), in_format(Format::WebP)).unwrap();
    let bound = free.bytes.len() as u64 * 3 / 4;
    let result = made(&file, Vec::new(), PictureOutput { max_bytes: Some(bound), ..in_format(Format::WebP) }).unwrap();
    assert!(result.bytes.len() as u64 <= bound, "{} of {bound}", result.bytes.len());
    assert_eq!((result.frames, probe(&result.bytes).unwrap().frames), (3, 3));
    let output = PictureOutput { preferred: vec![Format::WebP], choose: FormatChoice::Smallest, ..output() };
    let smallest = made(&file, Vec::new(), output).unwrap();
    assert!(smallest.bytes.len() <= free.bytes.len() && smallest.frames == 3);
}

fn decoded(file: &Bytes) -> Picture {
    let header = probe(file).unwrap();
    let options = DecodeOptions { planes: false, ..plain() };
    picture(header.format, file, &options).unwrap()
}

#[test]
fn high_dynamic_range_is_not_given_as_it_is_stored() {
    let sdr = encoded(Format::Png, gradient(Size::new(64, 48), Layout::Rgb), &quality(90));
    let chunk = b"\0\0\0\x04cICP\x09\x10\0\x01\0\0\0\0";
    let hdr: Bytes = [&sdr[..33], chunk, &sdr[33..]].concat().into();
    assert!(made(&sdr, Vec::new(), output()).unwrap().passthrough);
    for asked in [output(), in_format(Format::Png), in_format(Format::Avif)] {
        let result = made(&hdr, Vec::new(), asked).unwrap();
        assert!(!result.passthrough && !probe(&result.bytes).unwrap().high_dynamic_range);
    }
    // What keeps its colours keeps the words for them.
    let kept = made(&hdr, Vec::new(), PictureOutput { profile: Profile::Keep, ..output() }).unwrap();
    assert!(kept.passthrough && probe(&kept.bytes).unwrap().high_dynamic_range);
}

#[test]
fn runs_that_share_what_is_decoded_give_the_same_files() {
    let of = |format, layout| encoded(format, gradient(Size::new(640, 480), layout), &quality(90));
    for (file, decodes) in [(of(Format::Jpeg, Layout::Rgb), 2), (of(Format::Png, Layout::Rgba), 1)] {
        let recipe = |format, quality, operations: &[Operation]| {
            let mut recipe = Recipe::new(Locator::key("a"));
            recipe.inputs[0].operations = operations.to_vec();
            let rule = QualityRule::Absolute(quality);
            let picture = PictureOutput { format: Some(format), ..of_quality(rule) };
            recipe.outputs = vec![Output::Picture(picture)];
            recipe
        };
        let variants = [
            recipe(Format::Jpeg, 85, &[]),
            recipe(Format::Jpeg, 60, &[]),
            recipe(Format::WebP, 85, &[]),
            recipe(Format::Png, 85, &[]),
            recipe(Format::Png, 85, &[Operation::Greyscale]),
        ];
        let decoded = Decoded::default();
        for recipe in &variants {
            let plan = plan::plan(recipe, &[probe(&file).unwrap()], &plan::Settings::default()).unwrap();
            let alone = run(&plan, std::slice::from_ref(&file), &Context::default()).unwrap();
            let context = Context { decoded: Some(decoded.clone()), ..Context::default() };
            let shared = run(&plan, std::slice::from_ref(&file), &context).unwrap();
            assert!(alone[0].bytes == shared[0].bytes, "{:?}", recipe.outputs);
        }
        assert_eq!(decoded.count(), decodes);
    }
}
