//! Our own baseline encoder beside libjpeg's.

use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use super::{baseline, encode};
use crate::codecs::testing::{gradient, picture, plain, psnr, quality, sample};
use crate::codecs::{DecodeOptions, Scale, probe};
use crate::ops::{convert, crop};
use crate::{Layout, Picture, Subsampling};

const JPEG: Format = Format::Jpeg;

fn planes() -> DecodeOptions {
    DecodeOptions { planes: true, ..plain() }
}

/// The photo in each layout that can be written.
fn photos() -> [Picture; 4] {
    let photo = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    [Layout::Rgb, Layout::YCbCr(Subsampling::S444), Layout::YCbCr(Subsampling::S420), Layout::Grey].map(|layout| {
        if layout == Layout::Grey {
            let luma = convert(photo.clone(), Layout::YCbCr(Subsampling::S444)).unwrap();
            let [luma, ..] = luma.planes() else { panic!("no planes") };
            let rows = (0..luma.size.height).flat_map(|y| luma.row(y, 1).to_vec()).collect();
            return Picture::interleaved(photo.size(), layout, rows).unwrap();
        }
        convert(photo.clone(), layout).unwrap()
    })
}

#[test]
fn photos_are_as_small_and_as_good_as_libjpegs() {
    for photo in photos() {
        for asked in [1, 5, 15, 30, 49, 50, 65, 80, 90, 95, 98, 100] {
            let options = quality(asked);
            let own = baseline::encode(&photo, &options).unwrap();
            let theirs = encode::by_libjpeg(&photo, &options).unwrap();
            let ratio = own.len() as f64 / theirs.len() as f64;
            let what = format!("{:?} at {asked}: {} and {} bytes", photo.layout(), own.len(), theirs.len());
            assert!(ratio < 1.01, "{what}");
            // Everything before the codes.
            let frame = theirs.windows(2).position(|marker| marker == [0xFF, 0xC4]).unwrap();
            assert_eq!(own[..frame], theirs[..frame], "{what}");
            let [own, theirs] = [own, theirs].map(|file| {
                let decoded = picture(JPEG, &file.into(), &plain()).unwrap();
                psnr(&convert(photo.clone(), decoded.layout()).unwrap(), &decoded)
            });
            assert!(own > theirs - 0.05, "{what}, {own} and {theirs} dB");
        }
    }
}

/// Blocks outside of the picture cost as little as libjpeg's do.
#[test]
fn odd_sizes_are_as_small_as_libjpegs() {
    let [photo, ..] = photos();
    for (width, height) in [(500, 375), (249, 241), (104, 57), (57, 104), (40, 24), (17, 33)] {
        let window = Rect { x: 70, y: 20, size: Size::new(width, height) };
        let part = crop(photo.clone(), window).unwrap();
        let own = baseline::encode(&part, &quality(80)).unwrap().len();
        let theirs = encode::by_libjpeg(&part, &quality(80)).unwrap().len();
        assert!(own * 100 <= theirs * 101, "{own} and {theirs} bytes of {width}×{height}");
    }
}

#[test]
fn every_size_is_read_by_both_decoders() {
    let photos = photos();
    let mut number = 7_u32;
    for (width, height) in (1..=70).map(|width| (width, width * 29 % 70 + 1)) {
        for photo in &photos {
            number = number.wrapping_mul(1_103_515_245).wrapping_add(12345);
            let options = quality((number >> 16) as u8 % 100 + 1);
            let size = Size::new(width, height);
            let layout = photo.layout();
            let source =
                convert(gradient(size, if layout == Layout::Grey { layout } else { Layout::Rgb }), layout).unwrap();
            let file: Bytes = baseline::encode(&source, &options).unwrap().into();
            assert_eq!(probe(JPEG, &file).unwrap().size, size);
            // 8/8 as planes is ours, as RGB libjpeg's; 7/8 is libjpeg's in every layout.
            let [ours, theirs] = [planes(), plain()].map(|options| picture(JPEG, &file, &options).unwrap());
            let other = DecodeOptions { scale: Scale::Eighths(7), ..plain() };
            assert!(picture(JPEG, &file, &other).is_ok());
            let ours = convert(ours, theirs.layout()).unwrap();
            let decibels = psnr(&ours, &theirs);
            // libjpeg has other rules for the chroma of narrow pictures.
            let alike = decibels > 40.0 || ours == theirs || size.width < 8;
            assert!(alike, "{size:?} {layout:?}: {decibels} dB between decoders");
        }
    }
}

#[test]
fn edges_repeat_what_is_at_the_edge() {
    for size in [Size::new(17, 9), Size::new(9, 17), Size::new(1, 1), Size::new(33, 31)] {
        for layout in [Layout::Rgb, Layout::Grey, Layout::YCbCr(Subsampling::S422), Layout::YCbCr(Subsampling::S420)] {
            let grey = layout == Layout::Grey;
            let flat = gradient(Size::new(1, 1), if grey { Layout::Grey } else { Layout::Rgb });
            let pixel = flat.row(0).to_vec();
            let bytes = pixel.repeat((size.width * size.height) as usize);
            let flat = Picture::interleaved(size, if grey { Layout::Grey } else { Layout::Rgb }, bytes).unwrap();
            let file = baseline::encode(&convert(flat.clone(), layout).unwrap(), &quality(100)).unwrap();
            let made = picture(JPEG, &file.into(), &plain()).unwrap();
            for y in 0..size.height {
                let worst = made.row(y).iter().zip(flat.row(y)).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(worst <= Some(2), "{size:?} {layout:?}, {worst:?}");
            }
        }
    }
}
