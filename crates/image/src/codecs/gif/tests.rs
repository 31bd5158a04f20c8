use std::time::Duration;

use ::gif::DisposalMethod::{Background, Keep, Previous};
use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Size};

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
        Frame { picture, delay: Duration::from_millis(delay) }
    };
    vec![frame(0, 0), frame(8, 40), frame(15, 1000), frame(15, 30)]
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
    for frame in [frame(0, 4, 1, Keep), frame(1, 1, 2, Previous), frame(2, 1, 2, Background), frame(3, 9, 0, Keep)] {
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
    assert_eq!(shown, ["wwww", "wrww", "wwrw", "ww.k"]);
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
