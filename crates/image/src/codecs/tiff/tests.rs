use std::io::Cursor;
use std::sync::Arc;

use ::tiff::encoder::colortype::{CMYK8, Gray16, RGB8, RGB32Float, YCbCr8};
use ::tiff::encoder::{Compression, DeflateLevel, TiffEncoder};
use ::tiff::tags::{ExtraSamples, Tag};
use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality, samples};
use crate::codecs::{DecodeOptions, decode, probe};
use crate::colour::tests::inks;
use crate::{Error, Layout, SourceColour};

const TIFF: Format = Format::Tiff;

fn wide() -> DecodeOptions {
    DecodeOptions { wide: true, ..plain() }
}

#[test]
fn round_trips_are_exact() {
    let narrow = [Layout::Grey, Layout::Rgb, Layout::Rgba];
    for layout in narrow.into_iter().chain(narrow.map(Layout::widened)) {
        let source = gradient(Size::new(213, 97), layout);
        let file = encoded(TIFF, source.clone(), &quality(80));
        assert_eq!(picture(TIFF, &file, &wide()).unwrap(), source);
        let told = probe(TIFF, &file).unwrap();
        assert_eq!((told.has_alpha, told.bits), (layout.has_alpha(), if layout.is_wide() { 16 } else { 8 }));
    }
}

/// A file as the library writes it.
fn written(write: impl FnOnce(&mut TiffEncoder<&mut Cursor<Vec<u8>>>)) -> Bytes {
    compressed(Compression::Uncompressed, write)
}

fn compressed(compression: Compression, write: impl FnOnce(&mut TiffEncoder<&mut Cursor<Vec<u8>>>)) -> Bytes {
    let mut file = Cursor::new(Vec::new());
    write(&mut TiffEncoder::new(&mut file).unwrap().with_compression(compression));
    file.into_inner().into()
}

#[test]
fn deep_samples_are_rounded_or_kept() {
    let file = written(|encoder| encoder.write_image::<Gray16>(3, 1, &[0x0080, 0x8000, 0xFFFF]).unwrap());
    assert_eq!(probe(TIFF, &file).unwrap().bits, 16);
    assert_eq!(samples(&picture(TIFF, &file, &plain()).unwrap()), [0, 128, 255]);
    let kept = picture(TIFF, &file, &wide()).unwrap();
    assert_eq!(
        (kept.layout(), samples(&kept)),
        (Layout::Grey16, [0x0080u16, 0x8000, 0xFFFF].map(u16::to_ne_bytes).concat())
    );
    let file = written(|encoder| encoder.write_image::<RGB32Float>(1, 1, &[0.5, -1.0, 2.0]).unwrap());
    assert_eq!(samples(&picture(TIFF, &file, &plain()).unwrap()), [128, 0, 255]);
    assert_eq!(picture(TIFF, &file, &wide()).unwrap().layout(), Layout::Rgb16);
}

#[test]
fn compressed_strips_are_put_together() {
    let data: Vec<u8> = (0..200 * 90 * 3).map(|i| (i / 7 % 256) as u8).collect();
    for compression in [Compression::Lzw, Compression::Packbits, Compression::Deflate(DeflateLevel::Fast)] {
        let file = compressed(compression, |encoder| {
            let mut image = encoder.new_image::<RGB8>(200, 90).unwrap();
            image.rows_per_strip(7).unwrap();
            image.write_data(&data).unwrap();
        });
        assert_eq!(samples(&picture(TIFF, &file, &plain()).unwrap()), data);
    }
}

#[test]
fn premultiplied_alpha_is_divided_out() {
    let file = written(|encoder| {
        let mut image = encoder.new_image::<RGB8>(1, 1).unwrap();
        image.extra_samples(&[ExtraSamples::AssociatedAlpha]).unwrap();
        image.write_data(&[64, 128, 0, 128]).unwrap();
    });
    let made = picture(TIFF, &file, &plain()).unwrap();
    assert_eq!((made.layout(), samples(&made)), (Layout::Rgba, vec![128, 255, 0, 128]));
}

#[test]
fn inks_and_planes_of_jpeg_become_rgb() {
    let file = written(|encoder| encoder.write_image::<CMYK8>(2, 1, &[0, 0, 0, 0, 0, 255, 255, 128]).unwrap());
    assert_eq!(probe(TIFF, &file).unwrap().colour, SourceColour::Cmyk);
    assert_eq!(samples(&picture(TIFF, &file, &plain()).unwrap()), [255, 255, 255, 127, 0, 0]);
    let file = written(|encoder| encoder.write_image::<YCbCr8>(2, 1, &[255, 128, 128, 76, 85, 255]).unwrap());
    // Y'CbCr 76, 85, 255 is pure red (JFIF 1.02).
    for (made, exact) in samples(&picture(TIFF, &file, &plain()).unwrap()).iter().zip([255, 255, 255, 254, 0, 0]) {
        assert!(made.abs_diff(exact) <= 1, "{made} {exact}");
    }
}

#[test]
fn inks_go_through_their_profile() {
    let with = |icc: &[u8]| {
        let file = written(|encoder| {
            let mut image = encoder.new_image::<CMYK8>(2, 1).unwrap();
            image.encoder().write_tag(Tag::IccProfile, icc).unwrap();
            image.write_data(&[0, 0, 0, 255, 0, 0, 0, 128]).unwrap();
        });
        assert_eq!(probe(TIFF, &file).unwrap().icc.as_deref(), Some(icc));
        samples(&picture(TIFF, &file, &plain()).unwrap())
    };
    // The table's lightness is 49.8 there, which is 118 of sRGB (CIE 15, IEC 61966-2-1); without it, it is 127.
    assert!(with(&inks()).iter().zip([0, 0, 0, 118, 118, 118]).all(|(a, b)| a.abs_diff(b) <= 2));
    assert_eq!(with(b"broken"), [0, 0, 0, 127, 127, 127]);
}

/// A file whose first directory holds these entries: tag, type, number of values, value or offset.
fn directory(entries: &[(u16, u16, u32, u32)]) -> Bytes {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 64]);
    file.into()
}

#[test]
fn hostile_directories_cost_nothing() {
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    let start = std::time::Instant::now();
    let grey = [(256, LONG, 1, 8), (257, LONG, 1, 8), (258, SHORT, 1, 8), (262, SHORT, 1, 1)];
    let strips = |count| [(273, LONG, count, 8), (279, LONG, count, 8)];
    for count in [0x3FFF_FFFF, 0x1000_0000, 300_000] {
        let file = directory(&[grey.as_slice(), &strips(count)].concat());
        let error = decode(TIFF, &file, &plain()).err();
        assert!(matches!(&error, Some(Error::Limit(_) | Error::Corrupt { .. })), "{error:?}");
    }
    let tiles = [(322, LONG, 1, 0x4000_0000), (323, LONG, 1, 0x4000_0000), (324, LONG, 1, 8), (325, LONG, 1, 8)];
    let error = decode(TIFF, &directory(&[grey.as_slice(), &tiles].concat()), &plain()).err();
    assert!(matches!(&error, Some(Error::Limit(_) | Error::Corrupt { .. })), "{error:?}");
    let huge = [(256, LONG, 1, 100_000), (257, LONG, 1, 100_000), (258, SHORT, 1, 8), (262, SHORT, 1, 1)];
    let error = decode(TIFF, &directory(&[huge.as_slice(), &strips(1)].concat()), &plain()).err();
    assert!(matches!(&error, Some(Error::Limit(limit)) if limit.limit == "source_side"), "{error:?}");
    assert!(start.elapsed().as_millis() < 500, "{:?}", start.elapsed());
}

#[test]
fn a_profile_of_many_megabytes_is_left_alone() {
    let source = gradient(Size::new(8, 8), Layout::Rgb).with_icc(Some(vec![0; (8 << 20) + 1].into()));
    assert!(probe(TIFF, &encoded(TIFF, source, &quality(80))).unwrap().icc.is_none());
}

#[test]
fn orientation_is_a_tag_of_the_directory() {
    let file = written(|encoder| {
        let mut image = encoder.new_image::<RGB8>(2, 1).unwrap();
        image.encoder().write_tag(Tag::Orientation, 6u16).unwrap();
        image.write_data(&[0; 6]).unwrap();
    });
    let told = probe(TIFF, &file).unwrap();
    assert_eq!((told.orientation.value(), told.upright()), (6, Size::new(1, 2)));
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
