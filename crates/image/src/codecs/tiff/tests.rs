use std::io::Cursor;
use std::sync::Arc;

use image::codecs::tiff::TiffEncoder;
use image::{ExtendedColorType, ImageEncoder};
use lightmill_recipe::{Format, Limits, Pixels, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality, samples};
use crate::codecs::{DecodeOptions, decode, probe};
use crate::{Error, Layout};

const TIFF: Format = Format::Tiff;

#[test]
fn round_trips_are_exact() {
    for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
        let source = gradient(Size::new(13, 7), layout);
        let file = encoded(TIFF, source.clone(), &quality(80));
        assert_eq!(picture(TIFF, &file, &plain()).unwrap(), source);
        assert_eq!(probe(TIFF, &file).unwrap().has_alpha, layout == Layout::Rgba);
    }
}

#[test]
fn deep_samples_are_rounded() {
    let mut file = Cursor::new(Vec::new());
    let samples_of_16_bits: Vec<u8> = [0x0080u16, 0x8000, 0xFFFF].iter().flat_map(|v| v.to_ne_bytes()).collect();
    TiffEncoder::new(&mut file).write_image(&samples_of_16_bits, 3, 1, ExtendedColorType::L16).unwrap();
    let file: bytes::Bytes = file.into_inner().into();
    assert_eq!(probe(TIFF, &file).unwrap().bits, 16);
    assert_eq!(samples(&picture(TIFF, &file, &plain()).unwrap()), [0, 128, 255]);
}

#[test]
fn profiles_are_converted_or_carried() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    let source = gradient(Size::new(16, 16), Layout::Rgb).with_icc(Some(p3.clone()));
    let file = encoded(TIFF, source.clone(), &quality(80));
    assert_eq!(probe(TIFF, &file).unwrap().icc.as_deref(), Some(&*p3));
    assert_eq!(picture(TIFF, &file, &DecodeOptions { to_srgb: false, ..plain() }).unwrap(), source);
    assert_ne!(samples(&picture(TIFF, &file, &plain()).unwrap()), samples(&source));
}

#[test]
fn limits_and_damage() {
    let file = encoded(TIFF, gradient(Size::new(40, 30), Layout::Rgba), &quality(80));
    damage(TIFF, &file, &plain());
    let options = DecodeOptions { limits: Limits { source_pixels: Pixels(1000), ..Limits::default() }, ..plain() };
    assert!(matches!(decode(TIFF, &file, &options).err(), Some(Error::Limit(e)) if e.limit == "source_pixels"));
}
