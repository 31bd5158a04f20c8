//! A palette for a picture of many colours, with transparency: which colours occur ([`histogram`]), which of them
//! stand for the others ([`choose`]), and which pixel gets which ([`dither`]).
//!
//! Distances are those of premultiplied colours, so that what is nearly transparent matters little.

mod choose;
mod dither;
mod histogram;

use crate::codecs::png::palette::Indexed;
use crate::{Cancel, Error, Picture};

/// The picture (of 8 bits, not planar) in at most `most` colours, 2 to 256.
pub(super) fn quantise(picture: &Picture, most: usize, cancel: &Cancel) -> Result<Indexed, Error> {
    let bins = histogram::bins(picture, cancel)?;
    let colours = choose::palette(&bins, most, cancel)?;
    let indices = dither::indices(picture, &colours, cancel)?;
    Ok(Indexed::new(picture.size(), indices, &colours))
}

/// A colour as a point: premultiplied red, green and blue, and alpha, each times its weight.
type Point = [f32; 4];

/// How much a difference counts: green most, blue least, near to what luma makes of them. A difference of alpha shows
/// on any background.
const WEIGHTS: Point = [0.6, 1.0, 0.45, 1.0];

fn point(colour: [f32; 4]) -> Point {
    let share = colour[3] / 255.0;
    [
        colour[0] * share * WEIGHTS[0],
        colour[1] * share * WEIGHTS[1],
        colour[2] * share * WEIGHTS[2],
        colour[3] * WEIGHTS[3],
    ]
}

/// The colour nearest to a point, 8 bits a channel and straight.
fn colour(point: Point) -> [u8; 4] {
    let alpha = (point[3] / WEIGHTS[3]).clamp(0.0, 255.0);
    if alpha < 0.5 {
        return [0; 4];
    }
    let channel = |i: usize| (point[i] / WEIGHTS[i] * 255.0 / alpha).round() as u8;
    [channel(0), channel(1), channel(2), alpha.round() as u8]
}

fn distance(a: &Point, b: &Point) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2) + (a[3] - b[3]).powi(2)
}

/// The index of the point nearest to `to`, the first of equals; 0 if there are none.
fn nearest(points: &[Point], to: &Point) -> usize {
    let mut best = (f32::INFINITY, 0);
    for (index, point) in points.iter().enumerate() {
        let apart = distance(point, to);
        if apart < best.0 {
            best = (apart, index);
        }
    }
    best.1
}
