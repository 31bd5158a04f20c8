use lightmill_recipe::{Format, Limits, Pixels, Size};

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality, samples};
use crate::codecs::{DecodeOptions, decode, probe};
use crate::{Error, Layout};

const BMP: Format = Format::Bmp;

#[test]
fn round_trips_are_exact() {
    let rgb = gradient(Size::new(13, 7), Layout::Rgb);
    let file = encoded(BMP, rgb.clone(), &quality(80));
    assert_eq!(picture(BMP, &file, &plain()).unwrap(), rgb);
    let told = probe(BMP, &file).unwrap();
    assert_eq!((told.size, told.has_alpha, told.bits), (Size::new(13, 7), false, 8));
    let grey = gradient(Size::new(13, 7), Layout::Grey);
    let result = picture(BMP, &encoded(BMP, grey.clone(), &quality(80)), &plain()).unwrap();
    assert!(samples(&result).chunks_exact(3).zip(samples(&grey)).all(|(rgb, grey)| rgb == [grey; 3]));
}

#[test]
fn limits_and_damage() {
    let file = encoded(BMP, gradient(Size::new(40, 30), Layout::Rgb), &quality(80));
    damage(BMP, &file, &plain());
    let options = DecodeOptions { limits: Limits { source_pixels: Pixels(1000), ..Limits::default() }, ..plain() };
    assert!(matches!(decode(BMP, &file, &options).err(), Some(Error::Limit(e)) if e.limit == "source_pixels"));
    let mut bomb = file.to_vec();
    bomb[18..22].copy_from_slice(&9_000u32.to_le_bytes());
    bomb[22..26].copy_from_slice(&12_000u32.to_le_bytes());
    assert!(matches!(decode(BMP, &bomb.into(), &plain()).err(), Some(Error::Limit(_))));
}
