//! What is written is read back by libwebp's own decoder of animations and compared with what went in.

use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Colour, Format, Limits, Pixels, Rect, Size};
use proptest::prelude::*;

use super::header::Windows;
use crate::codecs::animation_testing::{animation, frame, painted, rect, seen, shown};
use crate::codecs::testing::{Reel, frames, gradient, picture, plain, psnr, quality, sample};
use crate::codecs::{EncodeOptions, encode, probe};
use crate::{Cancel, Error, Frame, Layout, Picture, Subsampling, ops};

const WEBP: Format = Format::WebP;

fn lossless() -> EncodeOptions {
    EncodeOptions { lossless: true, ..quality(80) }
}

fn written(originals: &[Frame], loop_count: u32, options: &EncodeOptions) -> Bytes {
    encode(WEBP, &mut Reel::new(originals.to_vec(), loop_count), options).unwrap().into()
}

fn windows(file: &Bytes) -> Vec<Rect> {
    Windows::new(file.clone()).collect()
}

#[test]
fn only_what_changes_is_stored() {
    let size = Size::new(40, 30);
    let ground = (Rect::whole(size), [10, 200, 30, 255]);
    let sprite = |x, y| painted(size, Layout::Rgb, &[ground, (rect(x, y, 5, 4), [250, 0, 0, 255])]);
    let originals = [frame(sprite(3, 3), 50), frame(sprite(8, 3), 50), frame(sprite(35, 25), 70)];
    let file = written(&originals, 0, &lossless());
    // From the old to the new place of the sprite, beginning at even columns and rows.
    assert_eq!(windows(&file), [Rect::whole(size), rect(2, 2, 12, 6), rect(8, 2, 32, 28)]);
    assert_eq!(shown(&frames(WEBP, &file, &plain()).unwrap()), shown(&originals));
}

#[test]
fn equal_frames_are_shown_longer() {
    let still = |shade| painted(Size::new(6, 6), Layout::Rgb, &[(rect(0, 0, 6, 6), [shade; 4])]);
    let originals =
        [frame(still(9), 20), frame(still(9), 30), frame(still(9), 40), frame(still(8), 70), frame(still(9), 50)];
    let file = written(&originals, 4, &lossless());
    let results = frames(WEBP, &file, &plain()).unwrap();
    assert_eq!(results.iter().map(|f| f.delay.as_millis()).collect::<Vec<_>>(), [90, 70, 50]);
    // The sum of times that browsers lengthen would be another time.
    let short = [frame(still(9), 0), frame(still(9), 10), frame(still(9), 30)];
    let results = frames(WEBP, &written(&short, 0, &lossless()), &plain()).unwrap();
    assert_eq!(results.iter().map(|f| f.delay.as_millis()).collect::<Vec<_>>(), [0, 10, 30]);
    // A time has 24 bits.
    let long = [frame(still(9), 16_777_000), frame(still(9), 300), frame(still(8), 30)];
    let results = frames(WEBP, &written(&long, 0, &lossless()), &plain()).unwrap();
    assert_eq!(results.iter().map(|f| f.delay.as_millis()).collect::<Vec<_>>(), [16_777_000, 300, 30]);
}

#[test]
fn pixels_can_vanish() {
    let size = Size::new(9, 7);
    let dot =
        |x| painted(size, Layout::Rgba, &[(rect(x, 2, 3, 3), [0, 0, 255, 255]), (rect(1, 1, 2, 1), [9, 9, 9, 90])]);
    let nothing = Picture::blank(size, Layout::Rgba);
    let originals = [
        frame(nothing.clone(), 40),
        frame(dot(0), 40),
        frame(dot(5), 50),
        frame(nothing, 60),
        frame(dot(6), 70),
        frame(dot(6), 80),
    ];
    let file = written(&originals, 0, &lossless());
    assert!(probe(WEBP, &file).unwrap().has_alpha);
    assert_eq!(shown(&frames(WEBP, &file, &plain()).unwrap()), shown(&originals));
    // Alpha is exact without `lossless` too.
    let file = written(&originals, 0, &quality(60));
    let alpha = |frames: &[Frame]| -> Vec<Vec<u8>> {
        frames.iter().map(|frame| seen(&frame.picture).iter().map(|p| p[3]).collect()).collect()
    };
    let mut expected = alpha(&originals);
    expected.pop();
    assert_eq!(alpha(&frames(WEBP, &file, &plain()).unwrap()), expected);
}

#[test]
fn one_pixel_is_enough() {
    let dot = |shade| painted(Size::new(1, 1), Layout::Grey, &[(rect(0, 0, 1, 1), [shade; 4])]);
    let originals = [frame(dot(7), 30), frame(dot(200), 30), frame(dot(7), 30)];
    let results = frames(WEBP, &written(&originals, 1, &lossless()), &plain()).unwrap();
    assert_eq!(shown(&results), shown(&originals));
    assert_eq!(frames(WEBP, &written(&originals, 1, &quality(80)), &plain()).unwrap().len(), 3);
}

#[test]
fn every_layout_keeps_its_look() {
    let size = Size::new(70, 50);
    for layout in
        [Layout::Grey, Layout::Rgb, Layout::Rgba, Layout::YCbCr(Subsampling::S420), Layout::YCbCr(Subsampling::S444)]
    {
        let ground = |picture: Picture| match layout {
            Layout::YCbCr(_) => ops::convert(picture, layout).unwrap(),
            _ => picture,
        };
        let basic = if matches!(layout, Layout::YCbCr(_)) { Layout::Rgb } else { layout };
        let originals: Vec<Frame> = [3, 20, 41]
            .map(|x| {
                let mut picture = gradient(size, basic);
                let channels = basic.channels();
                for y in 9..29 {
                    let row = &mut picture.row_mut(y)[x * channels..(x + 20) * channels];
                    for sample in row {
                        *sample = *sample / 2 + 64;
                    }
                }
                if basic.has_alpha() {
                    (0..50).for_each(|y| picture.row_mut(y).chunks_exact_mut(4).for_each(|p| p[3] = 255));
                }
                frame(picture, 50)
            })
            .into();
        let given: Vec<Frame> = originals.iter().map(|f| frame(ground(f.picture.clone()), 50)).collect();
        let file = written(&given, 0, &quality(90));
        assert!(!probe(WEBP, &file).unwrap().has_alpha);
        let results = frames(WEBP, &file, &plain()).unwrap();
        assert_eq!(results.len(), 3);
        for (result, original) in results.into_iter().zip(originals) {
            let original = match layout {
                Layout::Rgba => ops::flatten(original.picture, Colour::WHITE),
                _ => ops::convert(original.picture, Layout::Rgb).unwrap(),
            };
            let decibels = psnr(&original, &result.picture);
            assert!(decibels > 34.0, "{layout:?}: {decibels}");
        }
    }
}

#[test]
fn what_does_not_change_is_a_hole() {
    let photo = picture(Format::Png, &sample("coffee.png"), &plain()).unwrap();
    let size = photo.size();
    let corners = |shade| {
        let mut picture = photo.clone();
        for (x, y) in [(0, 0), (size.width as usize - 20, size.height - 20)] {
            (y..y + 20).for_each(|y| picture.row_mut(y)[x * 3..(x + 20) * 3].fill(shade));
        }
        picture
    };
    let originals = [frame(corners(0), 40), frame(corners(255), 40)];
    let file = written(&originals, 0, &quality(80));
    let results = frames(WEBP, &file, &plain()).unwrap();
    assert_eq!(windows(&file)[1], Rect::whole(size));
    // Between the corners the second frame shows what was coded in the first.
    assert_eq!(results[0].picture.row(200), results[1].picture.row(200));
    for (result, original) in results.iter().zip(&originals) {
        let result = ops::flatten(ops::convert(result.picture.clone(), Layout::Rgba).unwrap(), Colour::WHITE);
        let decibels = psnr(&original.picture, &result);
        assert!(decibels > 33.0, "{decibels}");
    }
    let first = written(&originals[..1], 0, &quality(80));
    assert!(file.len() < first.len() * 11 / 10, "{} {}", file.len(), first.len());
}

#[test]
fn limits_hold_while_writing() {
    let originals: Vec<Frame> =
        (0..6).map(|i| frame(painted(Size::new(20, 20), Layout::Rgb, &[(rect(i, i, 9, 9), [255; 4])]), 40)).collect();
    for (limits, name) in [
        (Limits { frames: 5, ..Limits::default() }, "frames"),
        (Limits { animation_pixels: Pixels(2300), ..Limits::default() }, "animation_pixels"),
        (Limits { result_bytes: 300, ..Limits::default() }, "result_bytes"),
    ] {
        let result = encode(WEBP, &mut Reel::new(originals.clone(), 0), &EncodeOptions { limits, ..quality(80) });
        assert!(matches!(&result, Err(Error::Limit(e)) if e.limit == name), "{result:?}");
    }
    let cancel = Cancel::default();
    cancel.cancel();
    let result = encode(WEBP, &mut Reel::new(originals, 0), &EncodeOptions { cancel, ..quality(80) });
    assert!(matches!(result, Err(Error::Cancelled)));
}

#[test]
fn a_decoded_frame_tells_what_it_changed() {
    let size = Size::new(40, 30);
    let sprite = |x| painted(size, Layout::Rgb, &[(rect(x, 4, 6, 6), [250, 0, 0, 255])]);
    let file = written(&[frame(sprite(4), 50), frame(sprite(10), 50)], 0, &lossless());
    let changed: Vec<_> = frames(WEBP, &file, &plain()).unwrap().iter().map(|frame| frame.changed).collect();
    assert_eq!(changed, [None, Some(rect(4, 4, 12, 6))]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn without_loss_every_frame_is_the_one_that_went_in(originals in animation()) {
        let file = written(&originals, 0, &lossless());
        let results = frames(WEBP, &file, &plain()).unwrap();
        let (mut results, mut originals) = (shown(&results), shown(&originals));
        if results.len() == 1 {
            // What never changes is read as a still, which has no time.
            results.iter_mut().chain(&mut originals).for_each(|(_, delay)| *delay = Duration::ZERO);
        }
        prop_assert_eq!(results, originals);
    }

    #[test]
    fn with_loss_alpha_and_times_stay(originals in animation()) {
        let file = written(&originals, 0, &quality(75));
        let results = frames(WEBP, &file, &plain()).unwrap();
        let alpha = |frame: &Frame| -> Vec<u8> { seen(&frame.picture).iter().map(|p| p[3]).collect() };
        let total = |frames: &[Frame]| frames.iter().map(|frame| frame.delay).sum::<Duration>();
        prop_assert!(results.len() == 1 || total(&results) == total(&originals));
        // The last frame is the last one, however many were put together before it.
        prop_assert_eq!(alpha(results.last().unwrap()), alpha(originals.last().unwrap()));
    }
}
