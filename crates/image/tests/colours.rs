//! Depth and colours from one file to another.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytes::Bytes;
use lightmill_image::{Context, Layout, Made, plan, probe, run};
use lightmill_recipe::{
    Enlarge, Fit, Format, Light, Locator, Operation, Output, PictureOutput, Profile, Recipe, Resize, Target,
};
use moxcms::ColorProfile;

/// A PNG of one colour, 16 bits a sample.
fn flat(colour: [u16; 3]) -> Bytes {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 48);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Sixteen);
    let data = colour.map(u16::to_be_bytes).concat().repeat(64 * 48);
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
    bytes.into()
}

fn made(source: &Bytes, width: u32, output: PictureOutput) -> (plan::Plan, Made) {
    let mut recipe = Recipe::new(Locator::key("a"));
    let target = Target::Box { width: Some(width), height: None };
    let resize = Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::Gamma };
    recipe.inputs[0].operations = vec![Operation::Resize(resize)];
    recipe.outputs = vec![Output::Picture(output)];
    let plan = plan::plan(&recipe, &[probe(source).unwrap()], &plan::Settings::default()).unwrap();
    let made = run(&plan, std::slice::from_ref(source), &Context::default()).unwrap().remove(0);
    (plan, made)
}

/// The first pixel of a PNG, as it is stored.
fn pixel(file: &[u8]) -> (png::BitDepth, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let (colour, depth) = reader.output_color_type();
    let bytes = colour.samples() * if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    (depth, reader.next_row().unwrap().unwrap().data()[..bytes].to_vec())
}

#[test]
fn sixteen_bits_pass_through_a_resize() {
    let source = flat([12_345, 54_321, 40_000]);
    let (plan, result) = made(&source, 30, PictureOutput::default());
    assert!(serde_json::to_string(&plan).unwrap().contains(r#""layout":"rgb16""#));
    let (depth, pixel) = pixel(&result.bytes);
    assert_eq!((depth, pixel), (png::BitDepth::Sixteen, [12_345u16, 54_321, 40_000].map(u16::to_be_bytes).concat()));
    let tiff = PictureOutput { format: Some(Format::Tiff), ..PictureOutput::default() };
    let (plan, result) = made(&source, 30, tiff);
    let plan::Work::Encode { pipeline, .. } = &plan.outputs[0] else { panic!("{plan:?}") };
    assert_eq!((pipeline.layout(), probe(&result.bytes).unwrap().bits), (Layout::Rgb16, 16));
}

#[test]
fn display_p3_is_written_with_its_profile() {
    // 64 levels of 257 in each channel: (200, 100, 100) of 8 bits.
    let source = flat([200, 100, 100].map(|v| v * 257));
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    for format in [Format::Png, Format::Jpeg, Format::WebP, Format::Tiff] {
        let output = PictureOutput { format: Some(format), profile: Profile::DisplayP3, ..PictureOutput::default() };
        let (_, result) = made(&source, 30, output);
        assert_eq!(probe(&result.bytes).unwrap().icc.as_deref(), Some(&*p3), "{format}");
        let back = PictureOutput { format: Some(Format::Png), ..PictureOutput::default() };
        let (_, shown) = made(&result.bytes, 20, back);
        let (_, shown) = pixel(&shown.bytes);
        let shown: Vec<u8> = if shown.len() == 6 { shown.into_iter().step_by(2).collect() } else { shown };
        // JPEG and WebP are lossy, even of one colour.
        assert!(shown.iter().zip([200u8, 100, 100]).all(|(a, b)| a.abs_diff(b) <= 4), "{format}: {shown:?}");
    }
    let gif = PictureOutput { format: Some(Format::Gif), profile: Profile::DisplayP3, ..PictureOutput::default() };
    assert!(probe(&made(&source, 30, gif).1.bytes).unwrap().icc.is_none());
}
