use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Size};
use moxcms::ColorProfile;

use crate::codecs::testing::{Reel, damage, encoded, frames, gradient, picture, plain, psnr, quality, sample, samples};
use crate::codecs::{DecodeOptions, EncodeOptions, decode, encode, probe};
use crate::{Cancel, Error, Frame, Layout, Picture, SourceColour, Subsampling};

const WEBP: Format = Format::WebP;

fn animation() -> Reel {
    let size = Size::new(40, 30);
    let frame = |shade: u8, delay: u64| {
        let mut picture = gradient(size, Layout::Rgba);
        (5..15).for_each(|y| picture.row_mut(y)[20..60].fill(shade));
        (0..30).for_each(|y| picture.row_mut(y).chunks_exact_mut(4).for_each(|p| p[3] = 255));
        Frame::new(picture, Duration::from_millis(delay))
    };
    Reel::new(vec![frame(0, 40), frame(120, 100), frame(250, 30)], 3)
}

#[test]
fn photos_survive() {
    let original = picture(Format::Png, &sample("coffee.png"), &plain()).unwrap();
    let file = encoded(WEBP, original.clone(), &quality(80));
    let told = probe(WEBP, &file).unwrap();
    assert_eq!((told.size, told.colour), (original.size(), SourceColour::YCbCr(Subsampling::S420)));
    let decibels = psnr(&original, &picture(WEBP, &file, &plain()).unwrap());
    assert!(decibels > 33.0, "{decibels}");
    let worse = encoded(WEBP, original, &quality(30));
    assert!(worse.len() < file.len());
}

#[test]
fn planes_and_rgb_give_the_same_colours() {
    let jpeg = encoded(Format::Jpeg, gradient(Size::new(99, 61), Layout::Rgb), &quality(95));
    let rgb = picture(Format::Jpeg, &jpeg, &plain()).unwrap();
    let planar = picture(Format::Jpeg, &jpeg, &DecodeOptions { planes: true, ..plain() }).unwrap();
    assert!(matches!(planar.layout(), Layout::YCbCr(_)));
    for source in [rgb.clone(), planar] {
        let result = picture(WEBP, &encoded(WEBP, source, &quality(95)), &plain()).unwrap();
        let decibels = psnr(&rgb, &result);
        assert!(decibels > 38.0, "{decibels}");
    }
    let grey = gradient(Size::new(30, 20), Layout::Grey);
    let result = picture(WEBP, &encoded(WEBP, grey.clone(), &quality(95)), &plain()).unwrap();
    for (actual, expected) in samples(&result).chunks_exact(3).zip(samples(&grey)) {
        assert!(actual.iter().all(|v| v.abs_diff(expected) <= 6), "{actual:?} {expected}");
    }
}

#[test]
fn alpha_is_exact() {
    let mut source = gradient(Size::new(33, 17), Layout::Rgba);
    source.row_mut(3).chunks_exact_mut(4).enumerate().for_each(|(x, p)| p[3] = x as u8 * 7);
    let file = encoded(WEBP, source.clone(), &quality(80));
    assert!(probe(WEBP, &file).unwrap().has_alpha);
    let result = picture(WEBP, &file, &plain()).unwrap();
    let alpha = |picture: &Picture| samples(picture).chunks_exact(4).map(|p| p[3]).collect::<Vec<_>>();
    assert_eq!(alpha(&result), alpha(&source));
}

#[test]
fn animations_keep_frames_times_and_loops() {
    let originals: Vec<Frame> = animation().frames.collect();
    let file: Bytes = encode(WEBP, &mut animation(), &quality(90)).unwrap().into();
    let told = probe(WEBP, &file).unwrap();
    assert_eq!((told.frames, told.size, told.has_alpha), (3, Size::new(40, 30), false));
    let source = decode(WEBP, &file, &plain()).unwrap();
    assert_eq!(source.animation().unwrap().loop_count, 3);
    let results = frames(WEBP, &file, &plain()).unwrap();
    assert_eq!(results.iter().map(|f| f.delay.as_millis()).collect::<Vec<_>>(), [40, 100, 30]);
    for (result, original) in results.iter().zip(&originals) {
        assert_eq!(result.picture.layout(), Layout::Rgb);
        // Where the picture does not change from frame to frame, and in the middle of what does.
        for (y, x) in [(25, 35), (10, 10)] {
            let (a, b) = (&result.picture.row(y)[x * 3..][..3], &original.picture.row(y)[x * 4..][..3]);
            assert!(a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) < 20), "{a:?} {b:?}");
        }
    }
    assert_eq!(frames(WEBP, &file, &DecodeOptions { frames: 2, ..plain() }).unwrap().len(), 2);
}

#[test]
fn limits_count_frames() {
    let file: Bytes = encode(WEBP, &mut animation(), &quality(90)).unwrap().into();
    for (limits, name) in [
        (Limits { frames: 2, ..Limits::default() }, "frames"),
        (Limits { animation_pixels: Pixels(3000), ..Limits::default() }, "animation_pixels"),
        (Limits { source_side: 39, ..Limits::default() }, "source_side"),
    ] {
        let error = decode(WEBP, &file, &DecodeOptions { limits: limits.clone(), ..plain() }).err();
        assert!(matches!(&error, Some(Error::Limit(e)) if e.limit == name), "{error:?}");
    }
    let small = EncodeOptions { limits: Limits { result_bytes: 100, ..Limits::default() }, ..quality(80) };
    let result = encode(WEBP, &mut animation(), &small);
    assert!(matches!(result, Err(Error::Limit(e)) if e.limit == "result_bytes"));
    let mut still = crate::Still::new(gradient(Size::new(300, 200), Layout::Rgb));
    assert!(matches!(encode(WEBP, &mut still, &small), Err(Error::Limit(e)) if e.limit == "result_bytes"));
    let mut wide = crate::Still::new(gradient(Size::new(16_384, 1), Layout::Rgb));
    assert!(matches!(encode(WEBP, &mut wide, &quality(80)), Err(Error::Unsuitable(_))));
}

#[test]
fn profiles_are_carried() {
    let p3: Arc<[u8]> = ColorProfile::new_display_p3().encode().unwrap().into();
    for layout in [Layout::Rgb, Layout::Rgba] {
        let source = gradient(Size::new(24, 24), layout).with_icc(Some(p3.clone()));
        let file = encoded(WEBP, source, &quality(90));
        let told = probe(WEBP, &file).unwrap();
        assert_eq!((told.icc.as_deref(), told.has_alpha), (Some(&*p3), layout == Layout::Rgba));
        let kept = picture(WEBP, &file, &DecodeOptions { to_srgb: false, ..plain() }).unwrap();
        assert_eq!((kept.layout(), kept.icc.as_deref()), (layout, Some(&*p3)));
        assert!(picture(WEBP, &file, &plain()).unwrap().icc.is_none());
    }
}

#[test]
fn work_that_nobody_wants_stops() {
    let photo = picture(Format::Png, &sample("coffee.png"), &plain()).unwrap();
    let options = quality(80);
    let soon = Cancel::with_deadline(std::time::Instant::now() + Duration::from_millis(3));
    let result = encode(WEBP, &mut crate::Still::new(photo), &EncodeOptions { cancel: soon, ..options });
    assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
}

#[test]
fn damage_is_an_error_or_a_picture() {
    damage(WEBP, &encoded(WEBP, gradient(Size::new(120, 90), Layout::Rgb), &quality(90)), &plain());
    damage(WEBP, &encoded(WEBP, gradient(Size::new(60, 90), Layout::Rgba), &quality(90)), &plain());
    let animated: Bytes = encode(WEBP, &mut animation(), &quality(90)).unwrap().into();
    damage(WEBP, &animated, &plain());
    let cut = animated.slice(..animated.len() - 10);
    assert_eq!(frames(WEBP, &cut, &plain()).unwrap().len(), 2);
}
