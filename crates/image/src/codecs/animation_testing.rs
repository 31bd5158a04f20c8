//! What the tests of formats with animations share.

use std::time::Duration;

use lightmill_recipe::{Rect, Size};
use proptest::prelude::*;

use super::testing::samples;
use crate::{Frame, Layout, Picture};

/// Pictures of `colours`, one rectangle after the other painted over a ground.
pub fn painted(size: Size, layout: Layout, rects: &[(Rect, [u8; 4])]) -> Picture {
    let mut picture = Picture::blank(size, layout);
    let channels = layout.channels();
    for (rect, colour) in rects {
        for y in rect.y..rect.y + rect.size.height {
            let row = &mut picture.row_mut(y)[rect.x as usize * channels..];
            let pixels = row.chunks_exact_mut(channels).take(rect.size.width as usize);
            pixels.for_each(|pixel| pixel.copy_from_slice(&colour[..channels]));
        }
    }
    picture
}

/// A rectangle.
pub fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, size: Size::new(width, height) }
}

/// A frame of a time in milliseconds.
pub fn frame(picture: Picture, milliseconds: u64) -> Frame {
    Frame::new(picture, Duration::from_millis(milliseconds))
}

/// RGBA with black where nothing is seen: what tells two pictures apart.
pub fn seen(picture: &Picture) -> Vec<[u8; 4]> {
    let channels = picture.layout().channels();
    let pixel = |p: &[u8]| match *p {
        [v] => [v, v, v, 255],
        [r, g, b] => [r, g, b, 255],
        [_, _, _, 0] => [0; 4],
        [r, g, b, a] => [r, g, b, a],
        _ => unreachable!(),
    };
    samples(picture).chunks_exact(channels).map(pixel).collect()
}

/// What is seen when: the frames with equal neighbours put together.
pub fn shown(frames: &[Frame]) -> Vec<(Vec<[u8; 4]>, Duration)> {
    let mut shown: Vec<(Vec<[u8; 4]>, Duration)> = Vec::new();
    for frame in frames {
        let pixels = seen(&frame.picture);
        match shown.last_mut() {
            Some(last) if last.0 == pixels => last.1 += frame.delay,
            _ => shown.push((pixels, frame.delay)),
        }
    }
    shown
}

prop_compose! {
    /// A few frames of a few rectangles each, painted over the frame before.
    pub fn animation()(width in 1u32..12, height in 1u32..12, alpha in any::<bool>())(
        size in Just(Size::new(width, height)),
        alpha in Just(alpha),
        frames in prop::collection::vec(
            (prop::collection::vec((0..width, 0..height, 1..=width, 1..=height, 0u8..4), 0..3), 0u64..9), 1..7),
    ) -> Vec<Frame> {
        let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
        let mut picture = Picture::blank(size, layout);
        frames.into_iter().map(|(rects, delay)| {
            for (x, y, width, height, colour) in rects {
                let area = rect(x, y, width, height).intersection(Rect::whole(size));
                let colour = [[255, 0, 0, 255], [0; 4], [0, 90, 0, 128], [1, 2, 3, 255]][usize::from(colour)];
                let channels = layout.channels();
                for y in area.y..area.y + area.size.height {
                    let row = &mut picture.row_mut(y)[area.x as usize * channels..];
                    let pixels = row.chunks_exact_mut(channels).take(area.size.width as usize);
                    pixels.for_each(|pixel| pixel.copy_from_slice(&colour[..channels]));
                }
            }
            frame(picture.clone(), delay * 10)
        }).collect()
    }
}
