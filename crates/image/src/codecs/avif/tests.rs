use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Effort, Format, Limits, Pixels, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{Reel, damage, encoded, frames, gradient, picture, plain, psnr, quality, sample, seed};
use crate::codecs::{DecodeOptions, EncodeOptions, decode, encode, probe};
use crate::{Cancel, Error, Frame, Layout, Picture, SourceColour, Still, Subsampling, ops};

const AVIF: Format = Format::Avif;

fn reference(name: &str) -> Picture {
    picture(Format::Png, &seed(name), &plain()).unwrap()
}

/// The first plane's samples, RGB of RGBA without the invisible.
fn visible(picture: &Picture) -> Picture {
    ops::flatten(ops::convert(picture.clone(), Layout::Rgba).unwrap(), lightmill_recipe::Colour::WHITE)
}

#[test]
fn every_kind_of_samples_of_other_encoders() {
    for (file, photo, bits, least) in [
        ("8-420-full.avif", "photo.png", 8, 31.0),
        ("10-422-limited.avif", "odd.png", 10, 31.0),
        ("12-444.avif", "odd.png", 12, 24.0),
        ("identity.avif", "odd.png", 8, 31.0),
        ("alpha.avif", "alpha.png", 8, 31.0),
        ("premultiplied.avif", "alpha.png", 8, 31.0),
        ("sharp.avif", "photo.png", 8, 28.0),
    ] {
        let (bytes, source) = (seed(file), reference(photo));
        let told = probe(AVIF, &bytes).unwrap();
        assert_eq!(
            (told.size, told.bits, told.frames, told.has_alpha),
            (source.size(), bits, 1, source.layout().has_alpha()),
            "{file}"
        );
        let made = picture(AVIF, &bytes, &plain()).unwrap();
        assert_eq!(made.layout(), source.layout(), "{file}");
        // The file of BT.2020 holds the same numbers as other colours: compare it as it is stored.
        let made = if file == "12-444.avif" {
            picture(AVIF, &bytes, &DecodeOptions { to_srgb: false, ..plain() }).unwrap().with_icc(None)
        } else {
            made
        };
        let decibels = psnr(&visible(&source), &visible(&made));
        assert!(decibels > if file == "12-444.avif" { 31.0 } else { least }, "{file}: {decibels}");
    }
    let grey = picture(AVIF, &seed("grey.avif"), &plain()).unwrap();
    assert_eq!((grey.layout(), probe(AVIF, &seed("grey.avif")).unwrap().colour), (Layout::Grey, SourceColour::Grey));
}

#[test]
fn grids_are_put_together() {
    let made = picture(AVIF, &seed("grid.avif"), &plain()).unwrap();
    assert_eq!(made.size(), Size::new(128, 128));
    // Across the seams, neighbours are as alike as inside of the tiles.
    let step = |x: usize| {
        let difference = |y| made.row(y)[x * 3].abs_diff(made.row(y)[x * 3 - 3]);
        (0..128).map(|y| u32::from(difference(y))).sum::<u32>()
    };
    assert!(step(64) < 2 * (step(63) + step(65)), "{} {} {}", step(63), step(64), step(65));
}

#[test]
fn turns_and_windows_are_told_and_cut() {
    let bytes = seed("turned.avif");
    let told = probe(AVIF, &bytes).unwrap();
    // A quarter anti-clockwise, then top and bottom exchanged: transposed.
    assert_eq!((told.size, told.orientation.value(), told.upright()), (Size::new(32, 24), 5, Size::new(24, 32)));
    let made = picture(AVIF, &bytes, &plain()).unwrap();
    let source = ops::crop(reference("photo.png"), lightmill_recipe::Rect { x: 16, y: 12, size: told.size }).unwrap();
    let decibels = psnr(&source, &made);
    assert!(decibels > 30.0, "{decibels}");
}

#[test]
fn sequences_are_animations() {
    let bytes = seed("sequence.avif");
    let told = probe(AVIF, &bytes).unwrap();
    assert_eq!((told.frames, told.size), (3, Size::new(64, 48)));
    let list = frames(AVIF, &bytes, &plain()).unwrap();
    assert_eq!(list.len(), 3);
    assert!(list.iter().all(|frame| frame.delay == Duration::from_millis(100)));
    let shown: Vec<Picture> = list.iter().map(|frame| visible(&frame.picture)).collect();
    assert!(psnr(&shown[0], &visible(&reference("photo.png"))) > 29.0);
    assert!(psnr(&shown[0], &shown[1]) < 25.0, "another hue");
    assert_eq!(frames(AVIF, &bytes, &DecodeOptions { frames: 2, ..plain() }).unwrap().len(), 2);
    let list = frames(AVIF, &seed("alpha-sequence.avif"), &plain()).unwrap();
    assert!(list.len() == 2 && list.iter().all(|frame| frame.picture.layout() == Layout::Rgba));
    assert!(psnr(&visible(&list[1].picture), &visible(&reference("alpha.png"))) > 29.0);
}

#[test]
fn profiles_and_code_points_become_srgb_or_stay() {
    let bytes = seed("icc.avif");
    let icc = probe(AVIF, &bytes).unwrap().icc.unwrap();
    let kept = picture(AVIF, &bytes, &DecodeOptions { to_srgb: false, ..plain() }).unwrap();
    assert_eq!(kept.icc.as_deref(), Some(&*icc));
    let converted = picture(AVIF, &bytes, &plain()).unwrap();
    assert!(psnr(&converted, &reference("photo.png")) > 30.0 && psnr(&kept.with_icc(None), &converted) < 40.0);
    assert!(probe(AVIF, &seed("12-444.avif")).unwrap().icc.is_some(), "BT.2020 is a profile");
    // High dynamic range is never left as it is.
    let bytes = seed("pq.avif");
    assert!(probe(AVIF, &bytes).unwrap().icc.is_none());
    let pictures = [true, false].map(|to_srgb| picture(AVIF, &bytes, &DecodeOptions { to_srgb, ..plain() }).unwrap());
    assert_eq!(pictures[0], pictures[1]);
    assert!(psnr(&pictures[0], &reference("photo.png")) < 25.0);
}

#[test]
fn planes_are_those_of_the_picture() {
    let options = DecodeOptions { planes: true, ..plain() };
    let bytes = seed("8-420-full.avif");
    let planes = picture(AVIF, &bytes, &options).unwrap();
    assert_eq!(planes.layout(), Layout::YCbCr(Subsampling::S420));
    assert_eq!(probe(AVIF, &bytes).unwrap().colour, SourceColour::YCbCr(Subsampling::S420));
    assert_eq!(ops::convert(planes, Layout::Rgb).unwrap(), picture(AVIF, &bytes, &plain()).unwrap());
    for other in ["10-422-limited.avif", "alpha.avif", "identity.avif", "icc.avif", "pq.avif"] {
        let made = picture(AVIF, &seed(other), &options).unwrap();
        assert!(!matches!(made.layout(), Layout::YCbCr(_)), "{other}");
    }
}

#[test]
fn photos_survive_at_the_quality_asked_for() {
    let original = picture(Format::Jpeg, &sample("rocket.jpg"), &plain()).unwrap();
    let mut last = (0.0, 0);
    for (asked, least) in [(30, 26.0), (50, 28.0), (80, 31.0)] {
        let file = encoded(AVIF, original.clone(), &quality(asked));
        let decibels = psnr(&original, &picture(AVIF, &file, &plain()).unwrap());
        assert!(decibels > least && decibels > last.0 && file.len() > last.1, "{asked}: {decibels} dB, {}", file.len());
        last = (decibels, file.len());
    }
}

#[test]
fn every_layout_and_size_round_trips() {
    for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
        for size in [Size::new(1, 1), Size::new(2, 1), Size::new(1, 7), Size::new(17, 9), Size::new(70, 66)] {
            for effort in [Effort::Fast, Effort::Small] {
                let source = gradient(size, layout);
                let file = encoded(AVIF, source.clone(), &EncodeOptions { effort, ..quality(90) });
                let told = probe(AVIF, &file).unwrap();
                assert_eq!((told.size, told.has_alpha, told.frames), (size, layout.has_alpha(), 1));
                let made = picture(AVIF, &file, &plain()).unwrap();
                assert_eq!(made.layout(), layout);
                // Subsampling costs tiny pictures of steep colours most.
                let least = if effort == Effort::Small || layout == Layout::Grey { 32.0 } else { 18.0 };
                let decibels = psnr(&source, &made);
                assert!(decibels > least, "{layout:?} {size} {effort:?}: {decibels}");
            }
        }
    }
}

#[test]
fn chroma_is_as_the_effort_says_and_planes_do() {
    let size = Size::new(40, 30);
    let rgb = gradient(size, Layout::Rgb);
    for (effort, subsampling) in [(Effort::Fast, Subsampling::S420), (Effort::Small, Subsampling::S444)] {
        let options = EncodeOptions { effort, ..quality(90) };
        for from in [Subsampling::S420, Subsampling::S422, Subsampling::S440, Subsampling::S444] {
            let planes = ops::convert(rgb.clone(), Layout::YCbCr(from)).unwrap();
            let file = encoded(AVIF, planes, &options);
            assert_eq!(probe(AVIF, &file).unwrap().colour, SourceColour::YCbCr(subsampling));
            let decibels = psnr(&rgb, &picture(AVIF, &file, &plain()).unwrap());
            assert!(decibels > 30.0, "{effort:?} {from:?}: {decibels}");
        }
    }
}

#[test]
fn the_profile_is_embedded() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    let source = gradient(Size::new(32, 32), Layout::Rgb).with_icc(Some(p3.clone()));
    let file = encoded(AVIF, source, &quality(80));
    assert_eq!(probe(AVIF, &file).unwrap().icc.as_deref(), Some(&*p3));
}

#[test]
fn invisible_colours_cost_nothing() {
    let size = Size::new(128, 128);
    let mut noisy = Picture::solid(size, [0; 4]);
    let mut state = 7u32;
    for y in 0..size.height {
        for pixel in noisy.row_mut(y).as_chunks_mut::<4>().0 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            pixel[..3].copy_from_slice(&state.to_be_bytes()[..3]);
        }
    }
    let flat = encoded(AVIF, Picture::solid(size, [0; 4]), &quality(80));
    let noisy = encoded(AVIF, noisy, &quality(80));
    assert!(noisy.len() <= flat.len() + 16, "{} {}", noisy.len(), flat.len());
}

#[test]
fn animations_keep_times_loops_and_alpha() {
    for layout in [Layout::Rgb, Layout::Rgba] {
        for loop_count in [0, 1, 3] {
            let size = Size::new(48, 32);
            let source: Vec<Frame> = (1..=3u64)
                .map(|i| {
                    let mut picture = gradient(size, layout);
                    for y in 0..size.height {
                        picture.row_mut(y)[..16 * i as usize].fill(200);
                    }
                    Frame::new(picture, Duration::from_millis(70 * i))
                })
                .collect();
            let file: Bytes = encode(AVIF, &mut Reel::new(source.clone(), loop_count), &quality(80)).unwrap().into();
            let told = probe(AVIF, &file).unwrap();
            assert_eq!((told.frames, told.size, told.has_alpha), (3, size, layout.has_alpha()));
            let animation = decode(AVIF, &file, &plain()).unwrap().animation().unwrap();
            assert_eq!(animation.loop_count, loop_count);
            let made = frames(AVIF, &file, &plain()).unwrap();
            for (made, source) in made.iter().zip(&source) {
                assert_eq!(made.delay, source.delay);
                let decibels = psnr(&source.picture, &made.picture);
                assert!(decibels > 25.0, "{layout:?}: {decibels}");
            }
        }
    }
}

#[test]
fn the_same_bytes_each_time() {
    let source = reference("alpha.png");
    assert_eq!(encoded(AVIF, source.clone(), &quality(50)), encoded(AVIF, source, &quality(50)));
}

#[test]
fn damage_is_an_error() {
    for file in ["8-420-full.avif", "alpha.avif", "grid.avif", "alpha-sequence.avif", "turned.avif"] {
        damage(AVIF, &seed(file), &plain());
    }
}

#[test]
fn claims_are_refused_before_they_cost() {
    let file = seed("8-420-full.avif").to_vec();
    let at = file.windows(4).position(|window| window == b"ispe").unwrap() + 8;
    let mut bomb = file.clone();
    bomb[at..at + 8].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    assert!(matches!(decode(AVIF, &bomb.into(), &plain()).err(), Some(Error::Limit(e)) if e.limit == "source_side"));
    // A size that is allowed, but not that of the coded data.
    let mut other = file.clone();
    other[at + 3] = 63;
    assert!(matches!(decode(AVIF, &other.into(), &plain()).err(), Some(Error::Corrupt { .. })));
    let mut smaller = file;
    smaller[at + 3] = 32;
    assert!(matches!(decode(AVIF, &smaller.into(), &plain()).err(), Some(Error::Corrupt { .. })));
    // A grid of 256 by 256 tiles, of which there are four.
    let mut grid = seed("grid.avif").to_vec();
    let at = grid.windows(8).position(|window| window == [0, 0, 1, 1, 0, 128, 0, 128]).unwrap();
    grid[at + 2..at + 8].copy_from_slice(&[255, 255, 255, 255, 255, 255]);
    assert!(matches!(decode(AVIF, &grid.into(), &plain()).err(), Some(Error::Corrupt { .. })));
    let limits = Limits { animation_pixels: Pixels(5000), ..Limits::default() };
    let options = DecodeOptions { limits, ..plain() };
    let error = decode(AVIF, &seed("sequence.avif"), &options).err();
    assert!(matches!(error, Some(Error::Limit(e)) if e.limit == "animation_pixels"));
}

#[test]
fn cancelled_work_stops() {
    let cancel = Cancel::default();
    cancel.cancel();
    let options = EncodeOptions { cancel: cancel.clone(), ..quality(50) };
    let mut source = Still::new(gradient(Size::new(64, 64), Layout::Rgba));
    assert!(matches!(encode(AVIF, &mut source, &options), Err(Error::Cancelled)));
    let options = DecodeOptions { cancel, ..plain() };
    assert!(matches!(decode(AVIF, &seed("alpha.avif"), &options).err(), Some(Error::Cancelled)));
}
