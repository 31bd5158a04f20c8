use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use lightmill_recipe::{Format, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality, sample, samples};
use crate::codecs::{DecodeOptions, decode, probe};
use crate::{Error, Layout, SourceColour};

const PNG: Format = Format::Png;

/// A PNG written by the library with everything that our encoder does not write.
fn written(
    size: Size,
    colour: ::png::ColorType,
    depth: ::png::BitDepth,
    data: &[u8],
    more: impl FnOnce(&mut ::png::Encoder<'_, &mut Vec<u8>>),
) -> Bytes {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, size.width, size.height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    more(&mut encoder);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes.into()
}

#[test]
fn round_trips_are_exact() {
    for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
        let source = gradient(Size::new(61, 37), layout);
        let file = encoded(PNG, source.clone(), &quality(80));
        assert_eq!(picture(PNG, &file, &plain()).unwrap(), source);
        assert_eq!(probe(PNG, &file).unwrap().has_alpha, layout == Layout::Rgba);
    }
    let photo = picture(PNG, &sample("chelsea.png"), &plain()).unwrap();
    let file = encoded(PNG, photo.clone(), &quality(80));
    assert_eq!(picture(PNG, &file, &plain()).unwrap(), photo);
}

#[test]
fn every_depth_becomes_8_bits() {
    use ::png::{BitDepth, ColorType};
    let size = Size::new(2, 1);
    let wide = [0x00, 0x80, 0x80, 0x00];
    let file = written(size, ColorType::Grayscale, BitDepth::Sixteen, &wide, |_| {});
    // 128/65535·255 is 0.498 and 32768/65535·255 is 127.502.
    assert_eq!(samples(&picture(PNG, &file, &plain()).unwrap()), [0, 128]);
    assert_eq!(probe(PNG, &file).unwrap().bits, 16);
    let file = written(size, ColorType::Grayscale, BitDepth::Two, &[0b0110_0000], |_| {});
    assert_eq!(samples(&picture(PNG, &file, &plain()).unwrap()), [85, 170]);
    let file = written(size, ColorType::GrayscaleAlpha, BitDepth::Eight, &[10, 20, 30, 40], |_| {});
    let result = picture(PNG, &file, &plain()).unwrap();
    assert_eq!((result.layout(), samples(&result)), (Layout::Rgba, vec![10, 10, 10, 20, 30, 30, 30, 40]));
    let file = written(size, ColorType::Indexed, BitDepth::One, &[0b0100_0000], |encoder| {
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        encoder.set_trns(vec![0]);
    });
    let result = picture(PNG, &file, &plain()).unwrap();
    assert_eq!((result.layout(), samples(&result)), (Layout::Rgba, vec![1, 2, 3, 0, 4, 5, 6, 255]));
    let told = probe(PNG, &file).unwrap();
    assert_eq!((told.has_alpha, told.bits, told.colour), (true, 8, SourceColour::Rgb));
}

#[test]
fn profiles_are_converted_or_carried() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    let source = gradient(Size::new(16, 16), Layout::Rgba).with_icc(Some(p3.clone()));
    let file = encoded(PNG, source.clone(), &quality(80));
    assert_eq!(probe(PNG, &file).unwrap().icc.as_deref(), Some(&*p3));
    let kept = picture(PNG, &file, &DecodeOptions { to_srgb: false, ..plain() }).unwrap();
    assert_eq!(kept, source);
    let converted = picture(PNG, &file, &plain()).unwrap();
    assert!(converted.icc.is_none() && samples(&converted) != samples(&source));
}

#[test]
fn interlaced_pictures_are_put_together() {
    // Adam7 of 2×2 grey: pass 1 holds (0,0), pass 6 (1,0), pass 7 the second row; each line starts with a filter byte.
    let lines = [0, 10, 0, 20, 0, 30, 40];
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut zlib, &lines).unwrap();
    let data = zlib.finish().unwrap();
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, body) in [(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 1][..]), (b"IDAT", &data), (b"IEND", &[])] {
        file.extend((body.len() as u32).to_be_bytes());
        file.extend(name);
        file.extend(body);
        // Wrong on purpose: checksums are not looked at.
        file.extend([0; 4]);
    }
    let file = Bytes::from(file);
    assert_eq!(samples(&picture(PNG, &file, &plain()).unwrap()), [10, 20, 30, 40]);
    assert!(probe(PNG, &file).unwrap().progressive);
}

#[test]
fn a_header_bomb_costs_nothing() {
    let mut file = encoded(PNG, gradient(Size::new(8, 8), Layout::Rgb), &quality(80)).to_vec();
    for (size, limit) in [(10_001u32, "source_pixels"), (100_000, "source_side"), (0x7FFF_FFFF, "source_side")] {
        file[16..20].copy_from_slice(&size.to_be_bytes());
        file[20..24].copy_from_slice(&size.to_be_bytes());
        let start = Instant::now();
        let error = decode(PNG, &file.clone().into(), &plain()).err();
        assert!(matches!(&error, Some(Error::Limit(e)) if e.limit == limit), "{error:?}");
        assert!(probe(PNG, &file).is_ok());
        assert!(start.elapsed().as_millis() < 100);
    }
}

#[test]
fn a_file_that_is_cut_off_gives_what_is_there() {
    let file = sample("coffee.png");
    let whole = picture(PNG, &file, &plain()).unwrap();
    let part = picture(PNG, &file.slice(..file.len() / 2), &plain()).unwrap();
    assert_eq!(part.size(), whole.size());
    assert_eq!(part.row(20), whole.row(20));
    assert!(part.row(whole.size().height - 1).iter().all(|v| *v == 0));
    assert!(matches!(picture(PNG, &file.slice(..60), &plain()), Err(Error::Corrupt { .. })));
}

#[test]
fn damage_is_an_error_or_a_picture() {
    for layout in [Layout::Grey, Layout::Rgba] {
        damage(PNG, &encoded(PNG, gradient(Size::new(90, 70), layout), &quality(80)), &plain());
    }
}
