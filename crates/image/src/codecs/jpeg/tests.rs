use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_recipe::{Effort, Format, Limits, Pixels, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, psnr, quality, sample};
use crate::codecs::{DecodeOptions, EncodeOptions, Scale, decode, probe};
use crate::ops::convert;
use crate::{Cancel, Error, Layout, Picture, Plane, SourceColour, Subsampling};

const JPEG: Format = Format::Jpeg;

fn planes() -> DecodeOptions {
    DecodeOptions { planes: true, ..plain() }
}

#[test]
fn photos_survive_at_the_quality_asked_for() {
    let original = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    let mut last = (0.0, 0);
    for (asked, least) in [(30, 28.0), (80, 30.0), (95, 32.0)] {
        let file = encoded(JPEG, original.clone(), &quality(asked));
        let probe = probe(JPEG, &file).unwrap();
        assert_eq!((probe.quality, probe.colour), (Some(asked), SourceColour::YCbCr(Subsampling::S420)));
        let decibels = psnr(&original, &picture(JPEG, &file, &plain()).unwrap());
        assert!(decibels > least && decibels > last.0 && file.len() > last.1, "{asked}: {decibels} dB, {}", file.len());
        last = (decibels, file.len());
    }
}

#[test]
fn progressive_files_hold_the_same_picture() {
    let original = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    let baseline = encoded(JPEG, original.clone(), &quality(80));
    let progressive = encoded(JPEG, original, &EncodeOptions { progressive: true, ..quality(80) });
    assert!(!probe(JPEG, &baseline).unwrap().progressive);
    assert!(probe(JPEG, &progressive).unwrap().progressive);
    for options in [plain(), planes()] {
        let pair = [&baseline, &progressive].map(|file| picture(JPEG, file, &options).unwrap());
        // Two encoders, which round a few coefficients otherwise.
        let decibels = psnr(&pair[0], &pair[1]);
        assert!(decibels > 40.0, "{decibels} dB");
    }
}

#[test]
fn every_scale_rounds_sides_up_and_planes_fit() {
    for size in [Size::new(1, 1), Size::new(17, 9), Size::new(131, 77), Size::new(64, 48)] {
        let file = encoded(JPEG, gradient(size, Layout::Rgb), &quality(90));
        for eighths in [1, 2, 4, 8] {
            let expected = Size::new(
                (size.width * u32::from(eighths)).div_ceil(8),
                (size.height * u32::from(eighths)).div_ceil(8),
            );
            let scale = Scale::Eighths(eighths);
            let rgb = picture(JPEG, &file, &DecodeOptions { scale, ..plain() }).unwrap();
            assert_eq!((rgb.size(), rgb.layout()), (expected, Layout::Rgb));
            let planar = picture(JPEG, &file, &DecodeOptions { scale, ..planes() }).unwrap();
            let subsampling = Subsampling::S420;
            assert_eq!((planar.size(), planar.layout()), (expected, Layout::YCbCr(subsampling)));
            for (plane, size) in planar.planes().iter().zip([expected, subsampling.chroma(expected)]) {
                assert_eq!(plane.size, size);
                assert_eq!(plane.data.len(), plane.stride * size.height as usize);
            }
        }
    }
}

/// Luma of our own decoder beside libjpeg's: the same mean of each block, and another reduction of what is in it.
#[test]
fn reduced_planes_are_those_of_the_picture() {
    let original = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    for progressive in [false, true] {
        let file = encoded(JPEG, original.clone(), &EncodeOptions { progressive, ..quality(90) });
        for (eighths, least) in [(1, 45.0), (2, 33.0), (4, 36.0)] {
            let scale = Scale::Eighths(eighths);
            let rgb = picture(JPEG, &file, &DecodeOptions { scale, ..plain() }).unwrap();
            let reduced = picture(JPEG, &file, &DecodeOptions { scale, ..planes() }).unwrap();
            let decibels = psnr(&luma_of_rgb(&rgb), &luma(&reduced));
            assert!(decibels > least, "{eighths}/8 {progressive}: {decibels} dB");
        }
        let grey = encoded(JPEG, luma_of_rgb(&original), &EncodeOptions { progressive, ..quality(90) });
        let reduced = picture(JPEG, &grey, &DecodeOptions { scale: Scale::Eighths(1), ..plain() }).unwrap();
        let colour = picture(JPEG, &file, &DecodeOptions { scale: Scale::Eighths(1), ..planes() }).unwrap();
        let decibels = psnr(&reduced, &luma(&colour));
        assert!(decibels > 38.0, "grey {progressive}: {decibels} dB");
    }
}

/// Components of one name are nothing for our decoder of reduced scales; libjpeg takes them in their order.
#[test]
fn what_our_own_decoder_leaves_is_for_libjpeg() {
    let original = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    let file = encoded(JPEG, original, &quality(90));
    let options = DecodeOptions { scale: Scale::Eighths(2), ..planes() };
    let reduced = picture(JPEG, &file, &options).unwrap();
    let mut same = file.to_vec();
    let frame = file.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    let scan = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
    for number in 0..3 {
        same[frame + 10 + 3 * number] = 1;
        same[scan + 5 + 2 * number] = 1;
    }
    let by_libjpeg = picture(JPEG, &same.into(), &options).unwrap();
    assert_eq!(by_libjpeg.layout(), Layout::YCbCr(Subsampling::S444), "finer chroma, which is settled later");
    let [reduced, by_libjpeg] = [reduced, by_libjpeg].map(|picture| convert(picture, Layout::Rgb).unwrap());
    let decibels = psnr(&by_libjpeg, &reduced);
    assert!(decibels > 33.0, "{decibels}");
}

fn luma_of_rgb(picture: &Picture) -> Picture {
    let luma = |p: &[u8; 3]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
    let data = picture.planes()[0].data.as_chunks::<3>().0.iter().map(|pixel| luma(pixel).round() as u8).collect();
    Picture::interleaved(picture.size(), Layout::Grey, data).unwrap()
}

fn luma(picture: &Picture) -> Picture {
    let data = (0..picture.size().height).flat_map(|y| picture.row(y).to_vec()).collect();
    Picture::interleaved(picture.size(), Layout::Grey, data).unwrap()
}

#[test]
fn planes_are_those_of_the_picture() {
    let file = sample("rocket.jpg");
    // The sample is in Adobe RGB, which is left alone here.
    let rgb = picture(JPEG, &file, &DecodeOptions { to_srgb: false, ..plain() }).unwrap().with_icc(None);
    let planar = picture(JPEG, &file, &DecodeOptions { to_srgb: false, ..planes() }).unwrap().with_icc(None);
    let decibels = psnr(&luma_of_rgb(&rgb), &luma(&planar));
    assert!(decibels > 45.0, "{decibels}");
    let again = picture(JPEG, &encoded(JPEG, planar.clone(), &quality(95)), &plain()).unwrap();
    let decibels = psnr(&rgb, &again);
    assert!(decibels > 34.0, "{decibels}");
}

#[test]
fn planes_of_every_subsampling_are_written_as_420() {
    let size = Size::new(37, 21);
    for subsampling in [Subsampling::S444, Subsampling::S422, Subsampling::S440, Subsampling::S420] {
        let ramp = |size: Size, base: u32| {
            let mut plane = Plane::filled(size, 1, 0);
            for y in 0..size.height {
                let row = plane.row_mut(y, 1);
                row.iter_mut()
                    .enumerate()
                    .for_each(|(x, v)| *v = (base + x as u32 * 60 / size.width + y * 60 / size.height) as u8);
            }
            plane
        };
        let chroma = subsampling.chroma(size);
        let source = Picture::planar(size, subsampling, [ramp(size, 60), ramp(chroma, 70), ramp(chroma, 100)]).unwrap();
        let file = encoded(JPEG, source, &quality(97));
        let result = picture(JPEG, &file, &planes()).unwrap();
        assert_eq!(result.layout(), Layout::YCbCr(Subsampling::S420));
        let half = Subsampling::S420.chroma(size);
        for (plane, expected) in result.planes().iter().zip([ramp(size, 60), ramp(half, 70), ramp(half, 100)]) {
            for y in 0..plane.size.height {
                for (actual, expected) in plane.row(y, 1).iter().zip(expected.row(y, 1)) {
                    assert!(actual.abs_diff(*expected) <= 8, "{subsampling:?} {actual} {expected}");
                }
            }
        }
    }
}

#[test]
fn grey_stays_grey() {
    let file = encoded(JPEG, gradient(Size::new(50, 40), Layout::Grey), &quality(90));
    assert_eq!(probe(JPEG, &file).unwrap().colour, SourceColour::Grey);
    let result = picture(JPEG, &file, &planes()).unwrap();
    assert!(psnr(&gradient(Size::new(50, 40), Layout::Grey), &result) > 38.0);
}

#[test]
fn profiles_are_converted_or_carried() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    let source = gradient(Size::new(64, 64), Layout::Rgb).with_icc(Some(p3.clone()));
    let file = encoded(JPEG, source.clone(), &quality(95));
    assert_eq!(probe(JPEG, &file).unwrap().icc.as_deref(), Some(&*p3));
    let converted = picture(JPEG, &file, &planes()).unwrap();
    assert_eq!((converted.layout(), converted.icc.is_none()), (Layout::Rgb, true));
    assert!(psnr(&source, &converted) < 35.0, "colours did not change");
    let kept = picture(JPEG, &file, &DecodeOptions { to_srgb: false, ..planes() }).unwrap();
    assert_eq!((kept.layout(), kept.icc.as_deref()), (Layout::YCbCr(Subsampling::S420), Some(&*p3)));
}

#[test]
fn orientation_and_exif() {
    let plain_file = encoded(JPEG, gradient(Size::new(20, 10), Layout::Rgb), &quality(80));
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let file = [&plain_file[..2], &[0xFF, 0xE1], &length, exif, &plain_file[2..]].concat();
    let probe = probe(JPEG, &file).unwrap();
    assert_eq!((probe.orientation.value(), probe.size, probe.upright()), (6, Size::new(20, 10), Size::new(10, 20)));
    assert_eq!(probe.exif.as_deref(), Some(&exif[6..]));
}

#[test]
fn limits_hold_before_anything_is_decoded() {
    let file = sample("rocket.jpg");
    let limits = |limits: Limits| DecodeOptions { limits, ..plain() };
    let few = limits(Limits { source_pixels: Pixels(1000), ..Limits::default() });
    assert!(matches!(decode(JPEG, &file, &few).err(), Some(Error::Limit(e)) if e.limit == "source_pixels"));
    let short = limits(Limits { source_bytes: 1000, ..Limits::default() });
    assert!(matches!(decode(JPEG, &file, &short).err(), Some(Error::Limit(e)) if e.limit == "source_bytes"));
    let original = picture(JPEG, &file, &plain()).unwrap();
    let progressive = encoded(JPEG, original.clone(), &EncodeOptions { progressive: true, ..quality(80) });
    let tight = limits(Limits { memory_bytes: 200_000, ..Limits::default() });
    assert!(matches!(decode(JPEG, &progressive, &tight).err(), Some(Error::Limit(e)) if e.limit == "memory_bytes"));
    let reduced = DecodeOptions {
        scale: Scale::Eighths(4),
        to_srgb: false,
        ..limits(Limits { memory_bytes: 100_000, ..Limits::default() })
    };
    let reduced = DecodeOptions { planes: true, ..reduced };
    assert!(matches!(decode(JPEG, &progressive, &reduced).err(), Some(Error::Limit(e)) if e.limit == "memory_bytes"));
    let small = EncodeOptions { limits: Limits { result_bytes: 1000, ..Limits::default() }, ..quality(80) };
    let result = crate::codecs::encode(JPEG, &mut crate::Still::new(original), &small);
    assert!(matches!(result.err(), Some(Error::Limit(e)) if e.limit == "result_bytes"));
}

#[test]
fn work_that_nobody_wants_stops() {
    let file = sample("rocket.jpg");
    let over = Cancel::with_deadline(Instant::now());
    let reduced = DecodeOptions { cancel: over.clone(), scale: Scale::Eighths(1), ..planes() };
    assert!(matches!(
        decode(JPEG, &encoded(JPEG, gradient(Size::new(64, 64), Layout::Rgb), &quality(80)), &reduced).err(),
        Some(Error::TimedOut)
    ));
    assert!(matches!(decode(JPEG, &file, &DecodeOptions { cancel: over, ..plain() }).err(), Some(Error::TimedOut)));
    // A deadline in the middle of the work: a large progressive file takes longer than this.
    let large = gradient(Size::new(4000, 3000), Layout::Rgb);
    let large = encoded(JPEG, large, &EncodeOptions { progressive: true, ..quality(90) });
    let start = Instant::now();
    let soon = Cancel::with_deadline(start + Duration::from_millis(15));
    assert!(matches!(decode(JPEG, &large, &DecodeOptions { cancel: soon, ..plain() }).err(), Some(Error::TimedOut)));
}

/// CMYK and YCCK as Adobe writes them: inverted, with an APP14 marker. One flat block of each component.
#[test]
fn inks_become_light() {
    let file = |transform: u8, dc: [i16; 4]| -> Bytes {
        let mut file = vec![0xFF, 0xD8];
        file.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0");
        file.push(transform);
        file.extend([0xFF, 0xDB, 0, 67, 0]);
        file.extend([8; 64]);
        file.extend([0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4]);
        (1..=4).for_each(|id| file.extend([id, 0x11, 0]));
        // DC codes 0 to 3 of two bits are categories 0, 6, 7 and 8 bits (the last one unused); AC: one code, 0, is EOB.
        file.extend([0xFF, 0xC4, 0, 22, 0x00, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8]);
        file.extend([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend([0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        let mut bits = String::new();
        for value in dc {
            match value {
                0 => bits += "00",
                -128 => bits += "1001111111",
                127 => bits += "011111111",
                other => panic!("no code for {other}"),
            }
            bits += "0";
        }
        while !bits.len().is_multiple_of(8) {
            bits.push('1');
        }
        for byte in bits.as_bytes().chunks(8) {
            let byte = u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap();
            file.push(byte);
            if byte == 0xFF {
                file.push(0);
            }
        }
        file.extend([0xFF, 0xD9]);
        file.into()
    };
    // A DC of d shifts all samples by d·8/8: -128 is 0 and 127 is 255. Stored inverted: 255 is no ink.
    let cases = [([127; 4], [255, 255, 255]), ([-128, 127, 127, 127], [0, 255, 255]), ([127, 127, 127, -128], [0; 3])];
    for (dc, rgb) in cases {
        let file = file(0, dc);
        assert_eq!(probe(JPEG, &file).unwrap().colour, SourceColour::Cmyk);
        let picture = picture(JPEG, &file, &planes()).unwrap();
        assert_eq!(&picture.row(3)[..3], rgb, "{dc:?}");
    }
    // YCCK: the inks as stored are 255 less the RGB that Y'CbCr stands for, so Y' of 0 is no ink.
    for (luma, rgb) in [(-128, [255; 3]), (127, [0; 3])] {
        let picture = picture(JPEG, &file(2, [luma, 0, 0, 127]), &plain()).unwrap();
        assert_eq!(&picture.row(0)[..3], rgb);
    }
}

#[test]
fn damage_is_an_error_or_a_picture() {
    let small = picture(JPEG, &sample("rocket.jpg"), &DecodeOptions { scale: Scale::Eighths(2), ..plain() }).unwrap();
    for progressive in [false, true] {
        let file = encoded(JPEG, small.clone(), &EncodeOptions { progressive, ..quality(80) });
        damage(JPEG, &file, &plain());
        damage(JPEG, &file, &DecodeOptions { scale: Scale::Eighths(4), ..planes() });
    }
}

#[test]
fn a_file_that_is_cut_off_gives_what_is_there() {
    let file = sample("rocket.jpg");
    let whole = picture(JPEG, &file, &plain()).unwrap();
    let part = picture(JPEG, &file.slice(..file.len() / 2), &plain()).unwrap();
    assert_eq!(part.size(), whole.size());
    assert_eq!(part.row(20), whole.row(20));
    assert!(part.row(whole.size().height - 1).iter().all(|v| v.abs_diff(128) <= 1) || part != whole);
    assert!(matches!(picture(JPEG, &file.slice(..100), &plain()), Err(Error::Corrupt { .. })));
}

#[test]
fn variants_that_the_library_lacks_are_named() {
    let file = encoded(JPEG, gradient(Size::new(16, 16), Layout::Grey), &quality(80));
    let frame = file.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    for (at, value, name) in [(1, 0xC9, "arithmetic"), (1, 0xC3, "lossless"), (4, 12, "12-bit")] {
        let mut variant = file.to_vec();
        variant[frame + at] = value;
        let error = picture(JPEG, &variant.into(), &plain()).unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what } if what.contains(name)), "{error:?}");
    }
}

#[test]
fn the_small_effort_is_smaller_and_keeps_the_rest() {
    let original = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    for progressive in [false, true] {
        let options = EncodeOptions { progressive, ..quality(80) };
        let fast = encoded(JPEG, original.clone(), &options);
        let small = encoded(JPEG, original.clone(), &EncodeOptions { effort: Effort::Small, ..options });
        assert!(small.len() * 100 < fast.len() * 97, "{} {}", small.len(), fast.len());
        let told = probe(JPEG, &small).unwrap();
        assert_eq!((told.quality, told.progressive), (Some(80), progressive));
        let decibels = [&fast, &small].map(|file| psnr(&original, &picture(JPEG, file, &plain()).unwrap()));
        assert!(decibels[1] > decibels[0] - 1.0, "{decibels:?}");
    }
}
