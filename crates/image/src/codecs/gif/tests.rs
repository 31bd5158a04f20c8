use std::time::Duration;

use ::gif::DisposalMethod::{Background, Keep, Previous};
use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Rect, Size};
use proptest::prelude::*;

use crate::codecs::animation_testing::{animation, frame, painted, rect, shown};
use crate::codecs::testing::{Reel, damage, encoded, frames, gradient, picture, plain, psnr, quality, sample, samples};
use crate::codecs::{DecodeOptions, EncodeOptions, decode, encode, probe};
use crate::{Error, Frame, Layout, Picture};

const GIF: Format = Format::Gif;

/// A dot that moves over a flat or transparent ground.
fn dots(ground: [u8; 4]) -> Vec<Frame> {
    let size = Size::new(20, 10);
    let frame = |x: usize, delay: u64| {
        let mut picture = Picture::solid(size, ground);
        for y in 2..5 {
            picture.row_mut(y)[x * 4..(x + 3) * 4].copy_from_slice(&[255, 0, 0, 255].repeat(3));
        }
        Frame::new(picture, Duration::from_millis(delay))
    };
    vec![frame(0, 0), frame(8, 40), frame(15, 1000), frame(11, 30)]
}

fn file(ground: [u8; 4], loop_count: u32) -> Bytes {
    encode(GIF, &mut Reel::new(dots(ground), loop_count), &quality(80)).unwrap().into()
}

#[test]
fn few_colours_are_exact_in_every_frame() {
    for (ground, layout) in [([0, 40, 80, 255], Layout::Rgb), ([0; 4], Layout::Rgba)] {
        let file = file(ground, 0);
        let told = probe(GIF, &file).unwrap();
        assert_eq!((told.frames, told.size, told.has_alpha), (4, Size::new(20, 10), layout == Layout::Rgba));
        let results = frames(GIF, &file, &plain()).unwrap();
        assert_eq!(results.len(), 4);
        for (result, original) in results.iter().zip(dots(ground)) {
            assert_eq!((result.picture.layout(), result.delay), (layout, original.delay));
            let channels = layout.channels();
            let pixels = samples(&result.picture);
            for (a, b) in pixels.chunks_exact(channels).zip(samples(&original.picture).chunks_exact(4)) {
                assert_eq!(a, &b[..channels]);
            }
        }
    }
}

#[test]
fn loop_counts_survive() {
    for loop_count in [0, 1, 2, 7, 65_536] {
        let source = decode(GIF, &file([1, 2, 3, 255], loop_count), &plain()).unwrap();
        assert_eq!(source.animation().unwrap().loop_count, loop_count);
    }
}

#[test]
fn frames_are_counted_and_limited() {
    let file = file([0; 4], 0);
    let two = DecodeOptions { frames: 2, ..plain() };
    assert_eq!(frames(GIF, &file, &two).unwrap().len(), 2);
    let first = DecodeOptions { frames: 1, ..plain() };
    assert!(decode(GIF, &file, &first).unwrap().animation().is_none());
    for (limits, name) in [
        (Limits { frames: 3, ..Limits::default() }, "frames"),
        (Limits { animation_pixels: Pixels(700), ..Limits::default() }, "animation_pixels"),
        (Limits { source_pixels: Pixels(199), ..Limits::default() }, "source_pixels"),
    ] {
        let error = decode(GIF, &file, &DecodeOptions { limits, ..plain() }).err();
        assert!(matches!(&error, Some(Error::Limit(e)) if e.limit == name), "{error:?}");
    }
    let small = EncodeOptions { limits: Limits { result_bytes: 100, ..Limits::default() }, ..quality(80) };
    let result = encode(GIF, &mut Reel::new(dots([0; 4]), 0), &small);
    assert!(matches!(result, Err(Error::Limit(e)) if e.limit == "result_bytes"));
}

/// Where the frames of a file lie, their transparent index, and whether they have a palette of their own.
fn stored(file: &Bytes) -> Vec<(Rect, bool, bool)> {
    let mut decoder = ::gif::DecodeOptions::new().read_info(std::io::Cursor::new(file.clone())).unwrap();
    let mut stored = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let window = rect(frame.left.into(), frame.top.into(), frame.width.into(), frame.height.into());
        stored.push((window, frame.transparent.is_some(), frame.palette.is_some()));
    }
    stored
}

fn written(originals: &[Frame]) -> Bytes {
    encode(GIF, &mut Reel::new(originals.to_vec(), 0), &quality(80)).unwrap().into()
}

#[test]
fn only_what_changes_is_stored() {
    let size = Size::new(40, 30);
    let ground = (Rect::whole(size), [10, 200, 30, 255]);
    let sprite = |x, y| painted(size, Layout::Rgb, &[ground, (rect(x, y, 5, 4), [250, 0, 0, 255])]);
    let originals =
        [frame(sprite(3, 3), 50), frame(sprite(9, 3), 50), frame(sprite(9, 3), 70), frame(sprite(9, 3), 80)];
    let file = written(&originals);
    // From the old to the new place of the sprite; what lies between them stays.
    assert_eq!(stored(&file), [(Rect::whole(size), false, false), (rect(3, 3, 11, 4), true, false)]);
    assert_eq!(shown(&frames(GIF, &file, &plain()).unwrap()), shown(&originals));
    let mut decoded = decode(GIF, &file, &plain()).unwrap();
    let changed = std::iter::from_fn(|| decoded.next_frame().unwrap()).map(|frame| frame.changed).collect::<Vec<_>>();
    assert_eq!(changed, [None, Some(rect(3, 3, 11, 4))]);
}

#[test]
fn equal_frames_are_shown_longer() {
    let still = |shade| painted(Size::new(6, 6), Layout::Rgb, &[(rect(0, 0, 6, 6), [shade; 4])]);
    let delays = |originals: &[Frame]| -> Vec<u128> {
        frames(GIF, &written(originals), &plain()).unwrap().iter().map(|f| f.delay.as_millis()).collect()
    };
    assert_eq!(
        delays(&[frame(still(9), 20), frame(still(9), 30), frame(still(8), 70), frame(still(9), 50)]),
        [50, 70, 50]
    );
    // The sum of times that browsers lengthen would be another time.
    assert_eq!(delays(&[frame(still(9), 0), frame(still(9), 10), frame(still(9), 30)]), [0, 10, 30]);
    // A time has 16 bits.
    assert_eq!(delays(&[frame(still(9), 655_300), frame(still(9), 60), frame(still(9), 90)]), [655_300, 150]);
}

#[test]
fn palettes_are_shared_as_long_as_they_do() {
    let size = Size::new(32, 32);
    let ramp = |from: u8, step: u8| {
        let mut picture = Picture::blank(size, Layout::Rgb);
        for y in 0..32u8 {
            let row = picture.row_mut(y.into()).as_chunks_mut::<3>().0;
            row.iter_mut().zip(0u8..).for_each(|(p, x)| *p = [from, y / 8 * step, x * step]);
        }
        picture
    };
    // 128 colours, 64 more, and 64 more: the last do not fit.
    let originals = [frame(ramp(0, 1), 50), frame(ramp(1, 1), 50), frame(ramp(2, 1), 50), frame(ramp(0, 1), 50)];
    let file = written(&originals);
    assert_eq!(stored(&file).iter().map(|frame| frame.2).collect::<Vec<_>>(), [false, true, true, false]);
    assert_eq!(shown(&frames(GIF, &file, &plain()).unwrap()), shown(&originals));
    // A global table is as large as it must be, 2 colours; control, descriptor, one pixel and trailer follow.
    let dot = painted(Size::new(1, 1), Layout::Rgb, &[]);
    assert_eq!(encoded(GIF, dot, &quality(80)).len(), 13 + 6 + 8 + 10 + 5 + 1);
}

#[test]
fn many_colours_keep_their_look_and_stay_calm() {
    let photo = picture(Format::Png, &sample("coffee.png"), &plain()).unwrap();
    let mut second = photo.clone();
    (100..140).for_each(|y| second.row_mut(y)[300..420].copy_from_slice(&photo.row(y + 80)[600..720]));
    let originals = [frame(photo, 50), frame(second, 50)];
    let file = written(&originals);
    assert_eq!(stored(&file)[1], (rect(100, 100, 40, 40), false, false));
    let results = frames(GIF, &file, &plain()).unwrap();
    // Dithering does not stir what does not change.
    assert_eq!(results[0].picture.row(140), results[1].picture.row(140));
    assert_eq!(results[0].picture.row(120)[420..], results[1].picture.row(120)[420..]);
    for (result, original) in results.iter().zip(&originals) {
        let decibels = psnr(&original.picture, &result.picture);
        assert!(decibels > 33.0, "{decibels}");
    }
}

#[test]
fn limits_hold_while_writing() {
    for (limits, name) in [
        (Limits { frames: 3, ..Limits::default() }, "frames"),
        (Limits { animation_pixels: Pixels(700), ..Limits::default() }, "animation_pixels"),
    ] {
        let result = encode(GIF, &mut Reel::new(dots([0; 4]), 0), &EncodeOptions { limits, ..quality(80) });
        assert!(matches!(&result, Err(Error::Limit(e)) if e.limit == name), "{result:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_frame_is_the_one_that_went_in(originals in animation()) {
        let file = written(&originals);
        let results = frames(GIF, &file, &plain()).unwrap();
        // Alpha is all or nothing, and times are hundredths of a second.
        let rounded: Vec<Frame> = originals.iter().map(|original| {
            let mut picture = original.picture.clone();
            if picture.layout().has_alpha() {
                let pixels = picture.planes_mut()[0].data.as_chunks_mut::<4>().0;
                for pixel in pixels {
                    pixel[3] = if pixel[3] >= 128 { 255 } else { 0 };
                }
            }
            Frame::new(picture, original.delay)
        }).collect();
        let (mut results, mut rounded) = (shown(&results), shown(&rounded));
        if results.len() == 1 {
            // What never changes is read as a still, which has no time.
            results.iter_mut().chain(&mut rounded).for_each(|(_, delay)| *delay = Duration::ZERO);
        }
        prop_assert_eq!(results, rounded);
    }
}

#[test]
fn photos_keep_their_look() {
    let photo = picture(Format::Png, &sample("coffee.png"), &plain()).unwrap();
    let result = picture(GIF, &encoded(GIF, photo.clone(), &quality(80)), &plain()).unwrap();
    let decibels = psnr(&photo, &result);
    assert!(decibels > 33.0, "{decibels}");
    let grey = gradient(Size::new(64, 9), Layout::Grey);
    let result = picture(GIF, &encoded(GIF, grey.clone(), &quality(80)), &plain()).unwrap();
    assert!(samples(&result).chunks_exact(3).zip(samples(&grey)).all(|(rgb, grey)| rgb == [grey; 3]));
}

#[test]
fn disposal_methods_and_offsets() {
    let mut bytes = Vec::new();
    let mut encoder = ::gif::Encoder::new(&mut bytes, 4, 1, &[0, 0, 0, 255, 255, 255, 255, 0, 0]).unwrap();
    let frame = |left: u16, width: u16, index: u8, dispose: ::gif::DisposalMethod| ::gif::Frame {
        left,
        width,
        height: 1,
        dispose,
        buffer: vec![index; usize::from(width)].into(),
        ..::gif::Frame::default()
    };
    let partly = [frame(0, 4, 1, Keep), frame(1, 1, 2, Previous), frame(2, 1, 2, Background), frame(3, 9, 0, Keep)];
    let beside = [frame(9, 2, 1, Previous), frame(9, 2, 1, Background), frame(4, 1, 1, Keep)];
    for frame in partly.into_iter().chain(beside) {
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    let file = Bytes::from(bytes);
    assert!(probe(GIF, &file).unwrap().has_alpha);
    let shown: Vec<String> = frames(GIF, &file, &plain())
        .unwrap()
        .iter()
        .map(|frame| {
            let name = |p: &[u8]| match p {
                [255, 255, 255, 255] => 'w',
                [255, 0, 0, 255] => 'r',
                [0, 0, 0, 255] => 'k',
                [_, _, _, 0] => '.',
                _ => '?',
            };
            samples(&frame.picture).chunks_exact(4).map(name).collect()
        })
        .collect();
    assert_eq!(shown, ["wwww", "wrww", "wwrw", "ww.k", "ww.k", "ww.k", "ww.k"]);
}

#[test]
fn damage_is_an_error_or_a_picture() {
    damage(GIF, &file([0; 4], 0), &plain());
    let still = encoded(GIF, gradient(Size::new(50, 50), Layout::Rgb), &quality(80));
    damage(GIF, &still, &plain());
    let part = picture(GIF, &still.slice(..still.len() / 2), &plain()).unwrap();
    let whole = picture(GIF, &still, &plain()).unwrap();
    assert_eq!(part.row(5), whole.row(5));
}
