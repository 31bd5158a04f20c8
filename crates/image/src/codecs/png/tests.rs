use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use lightmill_recipe::{Format, Limits, PaletteColours, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{damage, encoded, frames, gradient, picture, plain, psnr, quality, sample, samples};
use crate::codecs::{DecodeOptions, EncodeOptions, decode, probe};
use crate::ops::{convert, narrow, widen};
use crate::{Error, Layout, Picture, SourceColour};

const PNG: Format = Format::Png;

/// A PNG written by the library with everything that our encoder does not write.
pub(super) fn written(
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

pub(super) fn wide() -> DecodeOptions {
    DecodeOptions { wide: true, ..plain() }
}

#[test]
fn sixteen_bits_are_kept_where_they_are_wanted() {
    for layout in [Layout::Grey16, Layout::Rgb16, Layout::Rgba16] {
        let source = gradient(Size::new(61, 37), layout);
        let file = encoded(PNG, source.clone(), &quality(80));
        assert_eq!(probe(PNG, &file).unwrap().bits, 16);
        assert_eq!(picture(PNG, &file, &wide()).unwrap(), source);
        assert_eq!(picture(PNG, &file, &plain()).unwrap(), narrow(source));
    }
    // 16 bits that hold no more than 8 are written as 8.
    let file = encoded(PNG, widen(gradient(Size::new(61, 37), Layout::Rgb)), &quality(80));
    assert_eq!(probe(PNG, &file).unwrap().bits, 8);
}

/// Colour type and depth of a file's header.
fn header(file: &Bytes) -> (u8, u8) {
    (file[25], file[24])
}

/// The body of the first chunk of that name.
fn chunk(file: &Bytes, name: [u8; 4]) -> Option<Bytes> {
    let at = file.windows(4).position(|window| *window == name)?;
    let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
    Some(file.slice(at + 4..at + 4 + length))
}

/// A picture, the colour type and depth it is written in, and the entries of `PLTE` and `tRNS`.
type Case = (Picture, (u8, u8), Option<usize>, Option<usize>);

#[test]
fn pictures_are_written_in_their_smallest_form() {
    let size = Size::new(40, 30);
    let with = |pixel: &dyn Fn(u32) -> Vec<u8>, layout| {
        let data = (0..size.width * size.height).flat_map(pixel).collect();
        Picture::interleaved(size, layout, data).unwrap()
    };
    let byte = |v: u32| v as u8;
    let cases: [Case; 9] = [
        (with(&|i| vec![byte(i % 2) * 200, 3, 9], Layout::Rgb), (3, 1), Some(2), None),
        (with(&|i| vec![byte(i % 3), 3, 9, 255], Layout::Rgba), (3, 2), Some(3), None),
        (with(&|i| vec![9, 3, 9, [255, 254, 127, 128, 0, 1][i as usize % 6]], Layout::Rgba), (3, 4), Some(6), Some(5)),
        (with(&|i| vec![byte(i % 256), 3, 9], Layout::Rgb), (3, 8), Some(256), None),
        (with(&|i| vec![byte(i % 256), byte(i / 256), 9], Layout::Rgb), (2, 8), None, None),
        (with(&|i| vec![byte(i % 256), byte(i / 256), 9, 255], Layout::Rgba), (2, 8), None, None),
        (with(&|i| vec![byte(i % 100); 3], Layout::Rgb), (0, 8), None, None),
        (with(&|i| vec![byte(i % 10) * 25], Layout::Grey), (3, 4), Some(10), None),
        (with(&|i| vec![byte(i % 250), byte(i % 250), byte(i % 250), byte(i / 256)], Layout::Rgba), (4, 8), None, None),
    ];
    for (index, (source, form, palette, transparency)) in cases.into_iter().enumerate() {
        let file = encoded(PNG, source.clone(), &quality(80));
        assert_eq!(header(&file), form, "{index}");
        assert_eq!(chunk(&file, *b"PLTE").map(|body| body.len() / 3), palette, "{index}");
        assert_eq!(chunk(&file, *b"tRNS").map(|body| body.len()), transparency, "{index}");
        let made = picture(PNG, &file, &plain()).unwrap();
        let (made, source) = (convert(made, Layout::Rgba).unwrap(), convert(source, Layout::Rgba).unwrap());
        assert_eq!(made, source, "{index}");
    }
}

#[test]
fn a_profile_stays_with_its_kind_of_samples() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    let size = Size::new(20, 20);
    let greys: Vec<u8> = (0..400u32).flat_map(|i| [(i % 200) as u8; 3]).collect();
    let file = encoded(PNG, Picture::interleaved(size, Layout::Rgb, greys).unwrap().with_icc(Some(p3)), &quality(80));
    assert_eq!(header(&file), (3, 8), "grey samples with a profile for colours are indices");
    let grey: Arc<[u8]> = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap().into();
    let flat = Picture::interleaved(size, Layout::Grey, vec![9; 400]).unwrap().with_icc(Some(grey));
    assert_eq!(header(&encoded(PNG, flat, &quality(80))), (0, 8), "and a profile for grey stays with grey");
}

#[test]
fn a_palette_of_chosen_colours() {
    let photo = picture(PNG, &sample("chelsea.png"), &plain()).unwrap();
    let mut before = usize::MAX;
    for (colours, floor) in [(256, 33.0), (64, 28.0), (8, 20.0)] {
        let options = EncodeOptions { palette: PaletteColours::new(colours), ..quality(80) };
        let file = encoded(PNG, photo.clone(), &options);
        assert!(chunk(&file, *b"PLTE").unwrap().len() / 3 <= colours.into());
        let score = psnr(&picture(PNG, &file, &plain()).unwrap(), &photo);
        assert!(score >= floor, "{colours}: {score}");
        assert!(file.len() < before);
        before = file.len();
    }
}

#[test]
fn a_palette_keeps_transparency() {
    let size = Size::new(200, 150);
    let pixel = |i: u32| {
        let (x, y) = (i % size.width, i / size.width);
        [(x + y) as u8, (x * 3 / 4) as u8, (y + 60) as u8, (y * 3 / 2).saturating_sub(40).min(255) as u8]
    };
    let data = (0..size.width * size.height).flat_map(pixel).collect();
    let source = Picture::interleaved(size, Layout::Rgba, data).unwrap();
    let options = EncodeOptions { palette: Some(PaletteColours::MOST), ..quality(80) };
    let made = picture(PNG, &encoded(PNG, source.clone(), &options), &plain()).unwrap();
    let (mut worst, mut squares) = (0, 0.0);
    for (a, b) in samples(&made).as_chunks::<4>().0.iter().zip(samples(&source).as_chunks::<4>().0) {
        worst = worst.max(a[3].abs_diff(b[3]));
        squares += (f64::from(a[3]) - f64::from(b[3])).powi(2);
        assert!(b[3] != 0 || a[3] == 0, "what is invisible stays so");
    }
    let mean = (squares / f64::from(size.width * size.height)).sqrt();
    assert!(worst <= 48 && mean <= 10.0, "{worst} {mean}");
}

/// Four frames on 4×2 pixels: a red ground; a green pixel laid over and taken back; a half-transparent blue one that is
/// cleared afterwards; nothing but what is left.
fn animation(separate: bool) -> Bytes {
    use ::png::{BlendOp, DisposeOp};
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, 4, 2);
    encoder.set_color(::png::ColorType::Rgba);
    encoder.set_animated(4, 3).unwrap();
    encoder.set_sep_def_img(separate).unwrap();
    encoder.set_frame_delay(1, 20).unwrap();
    let mut writer = encoder.write_header().unwrap();
    if separate {
        writer.write_image_data(&[7; 32]).unwrap();
    }
    writer.write_image_data(&[255, 0, 0, 255].repeat(8)).unwrap();
    let mut part = |x: u32, pixel: [u8; 4], blend, dispose| {
        writer.set_frame_dimension(1, 1).unwrap();
        writer.set_frame_position(x, 1).unwrap();
        writer.set_blend_op(blend).unwrap();
        writer.set_dispose_op(dispose).unwrap();
        writer.write_image_data(&pixel).unwrap();
    };
    part(1, [0, 255, 0, 255], BlendOp::Source, DisposeOp::Previous);
    part(2, [0, 0, 255, 128], BlendOp::Over, DisposeOp::Background);
    part(3, [9, 9, 9, 0], BlendOp::Source, DisposeOp::None);
    writer.finish().unwrap();
    bytes.into()
}

#[test]
fn animations_are_read_frame_by_frame() {
    for separate in [false, true] {
        let file = animation(separate);
        let told = probe(PNG, &file).unwrap();
        assert_eq!((told.frames, told.has_alpha), (4, true));
        assert_eq!(decode(PNG, &file, &plain()).unwrap().animation().map(|a| a.loop_count), Some(3));
        let shown = frames(PNG, &file, &plain()).unwrap();
        assert!(shown.iter().all(|frame| frame.delay.as_millis() == 50));
        let red = [255, 0, 0, 255];
        let lower: Vec<Vec<u8>> = shown.iter().map(|frame| frame.picture.row(1).to_vec()).collect();
        assert_eq!(lower[0], red.repeat(4));
        assert_eq!(lower[1], [red, [0, 255, 0, 255], red, red].concat());
        assert_eq!(lower[2], [red, red, [127, 0, 128, 255], red].concat());
        assert_eq!(lower[3], [red, red, [0; 4], [9, 9, 9, 0]].concat());
        assert_eq!(shown.len(), 4);
        // One frame of it is the default image.
        let still = picture(PNG, &file, &DecodeOptions { frames: 1, ..plain() }).unwrap();
        assert_eq!(still.row(0)[..4], if separate { [7; 4] } else { red });
    }
}

#[test]
fn damaged_animations() {
    let file = animation(false);
    damage(PNG, &file, &plain());
    // Without its last frames it ends early.
    let part = frames(PNG, &file.slice(..file.len() - 60), &plain()).unwrap();
    assert!((1..4).contains(&part.len()), "{}", part.len());
    let limits = Limits { frames: 3, ..Limits::default() };
    let refused = decode(PNG, &file, &DecodeOptions { limits, ..plain() }).err();
    assert!(matches!(&refused, Some(Error::Limit(limit)) if limit.limit == "frames"), "{refused:?}");
}
