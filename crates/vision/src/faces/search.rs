use std::cell::LazyCell;

use lightmill_image::Cancel;

use super::boosted::{WINDOW, has_contrast};
use super::codes::Codes;
use super::gradients::Gradients;
use super::model::{Judge, Model};
use super::overlap::thin_out;
use super::plane::{Plane, Tap, mix, mix2, taps};
use crate::Error;

/// Each size of the picture is so much of the one before.
const REDUCTION: f32 = 0.8;

/// Pixels from one window to the next, at every size of the picture.
const STEP: usize = 4;

/// Windows of one pose that go to the judges, the best ones. A photo has some dozens.
const MOST_WINDOWS: usize = 600;

/// Overlap above which windows are the same, before and after the last judge.
const SAME: f32 = 0.8;
const SAME_FACE: f32 = 0.3;

/// A square that may hold a face, in pixels of the picture. May reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) side: i32,
    pub(super) score: f32,
}

impl Window {
    pub(super) fn area(&self) -> f32 {
        self.side as f32 * self.side as f32
    }

    /// Pixels that are in both.
    pub(super) fn common(&self, other: &Self) -> f32 {
        let along = |a: i32, b: i32| (a + self.side).min(b + other.side) - a.max(b);
        (along(self.x, other.x).max(0) as f32) * (along(self.y, other.y).max(0) as f32)
    }
}

/// Faces of `plane`, at least [`WINDOW`] pixels wide, the surest first; the score is about 1 for each window that agrees.
///
/// # Errors
/// As `cancel` says.
pub(super) fn search(model: &Model, plane: &Plane, cancel: &Cancel) -> Result<Vec<Window>, Error> {
    let mut windows = propose(model, plane, cancel)?;
    let mut gradients = Gradients::new();
    let mut cut = [[0; WINDOW]; WINDOW];
    for (place, judge) in model.judges.iter().enumerate() {
        let mut left = Vec::with_capacity(windows.len());
        for window in windows {
            cancel.check()?;
            left.extend(ask(judge, plane, window, &mut gradients, &mut cut));
        }
        windows = match (place + 1 == model.judges.len(), judge.ends_group) {
            (true, _) => thin_out(left, SAME_FACE),
            (false, true) => left,
            (false, false) => thin_out(left, SAME),
        };
    }
    Ok(windows)
}

/// Windows of all sizes that one of the boosted classifiers takes for a face.
fn propose(model: &Model, plane: &Plane, cancel: &Cancel) -> Result<Vec<Window>, Error> {
    let mut taken = vec![Vec::new(); model.boosted.len()];
    let mut scale = 1.0_f32;
    loop {
        let size = |side: usize| (side as f32 * scale) as usize;
        let (width, height) = (size(plane.width), size(plane.height));
        if width.min(height) < WINDOW {
            break;
        }
        let reduced = plane.scaled(width, height);
        let codes = Codes::of(&reduced);
        let offsets: Vec<_> = model.boosted.iter().map(|boosted| boosted.offsets(&codes)).collect();
        let whole = |length: usize| (length as f32 / scale + 0.5) as i32;
        for y in (0..=height - WINDOW).step_by(STEP) {
            cancel.check()?;
            for x in (0..=width - WINDOW).step_by(STEP) {
                let here = &codes.data[y * codes.width + x..];
                // Asked for few windows only, but by each pose.
                let contrast = LazyCell::new(|| has_contrast(&reduced, x, y));
                for ((boosted, offsets), taken) in model.boosted.iter().zip(&offsets).zip(&mut taken) {
                    if let Some(score) = boosted.score(here, offsets)
                        && *contrast
                    {
                        taken.push(Window { x: whole(x), y: whole(y), side: whole(WINDOW), score });
                    }
                }
            }
        }
        scale *= REDUCTION;
    }
    Ok(taken.into_iter().flat_map(|windows| thin_out(best(windows), SAME)).collect())
}

/// The best of `windows`, so that a picture made of nothing but faces costs no more than others.
fn best(mut windows: Vec<Window>) -> Vec<Window> {
    if windows.len() > MOST_WINDOWS {
        windows.sort_by(|a, b| b.score.total_cmp(&a.score));
        windows.truncate(MOST_WINDOWS);
    }
    windows
}

/// The window moved to the face in it, if `judge` sees one.
fn ask(
    judge: &Judge,
    plane: &Plane,
    window: Window,
    gradients: &mut Gradients,
    cut: &mut [[u8; WINDOW]; WINDOW],
) -> Option<Window> {
    let Window { x, y, side, .. } = window;
    let reaches = |from: i32, length: usize| from + side > 0 && i64::from(from) < length as i64;
    // A judge may move a window to anywhere. What lies outside is no face of this picture.
    if side < 2 || !reaches(x, plane.width) || !reaches(y, plane.height) {
        return None;
    }
    cut_out(plane, window, cut);
    gradients.take(cut);
    let input = judge.patches.iter().flat_map(|patch| gradients.describe(patch)).collect();
    let answers = judge.network.answer(input);
    let [score, right, down, wider] = *answers.first_chunk()?;
    if score <= judge.bound {
        return None;
    }
    // Answers from 0 to 1 are parts of the side, from -1 to 1. The window begins in the picture.
    let (left, top, before) = (x.max(0) as f32, y.max(0) as f32, side as f32);
    let after = ((wider * 2.0 - 1.0) * before + before + 0.5).floor();
    let moved = |from: f32, by: f32| ((by * 2.0 - 1.0) * before + from + (before - after) * 0.5 + 0.5).floor() as i32;
    Some(Window { x: moved(left, right), y: moved(top, down), side: after as i32, score })
}

/// The samples of `window`, 2 pixels wide or more, in the size that judges look at. Black outside of the plane.
fn cut_out(plane: &Plane, window: Window, cut: &mut [[u8; WINDOW]; WINDOW]) {
    let (left, top, side) = (i64::from(window.x), i64::from(window.y), window.side as usize);
    let mut columns = [Tap::default(); WINDOW];
    columns.iter_mut().zip(taps(side, WINDOW)).for_each(|(column, tap)| *column = tap);
    let fits = |from: i64, length: usize| from >= 0 && from as usize + side <= length;
    let inside = fits(left, plane.width) && fits(top, plane.height);
    for (row, vertical) in cut.iter_mut().zip(taps(side, WINDOW)) {
        let y = top + vertical.at as i64;
        if inside {
            let line = |y: i64| &plane.row(y as usize)[left as usize..][..side];
            let (upper, lower) = (line(y), line(y + 1));
            for (sample, column) in row.iter_mut().zip(&columns) {
                let mix = |line: &[u8]| mix(line[column.at].into(), line[column.at + 1].into(), column.weight);
                *sample = mix2(mix(upper), mix(lower), vertical.weight);
            }
        } else {
            for (sample, column) in row.iter_mut().zip(&columns) {
                let x = left + column.at as i64;
                let mix = |y| mix(plane.at(x, y), plane.at(x + 1, y), column.weight);
                *sample = mix2(mix(y), mix(y + 1), vertical.weight);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn noise(width: usize, height: usize) -> Plane {
        let mut random = 1_u32;
        let data = (0..width * height).map(|_| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        });
        Plane { width, height, data: data.collect() }
    }

    #[test]
    fn pictures_of_every_small_size_are_searched() {
        let model = Model::embedded().unwrap();
        for (width, height) in [(1, 1), (39, 400), (40, 40), (40, 41), (50, 50), (51, 63), (400, 43), (99, 100)] {
            let found = search(&model, &noise(width, height), &Cancel::default()).unwrap();
            assert!(found.is_empty(), "{width}x{height}: {found:?}");
        }
    }

    #[test]
    fn windows_outside_of_the_picture_are_none() {
        let model = Model::embedded().unwrap();
        let (plane, mut gradients, mut cut) = (noise(60, 50), Gradients::new(), [[0; WINDOW]; WINDOW]);
        for (x, y, side) in [(-40, 0, 40), (0, -40, 40), (60, 0, 40), (0, 50, 40), (5, 5, 1), (5, 5, 0), (5, 5, -3)] {
            let window = Window { x, y, side, score: 1.0 };
            assert_eq!(ask(&model.judges[0], &plane, window, &mut gradients, &mut cut), None, "{window:?}");
        }
        cut_out(&plane, Window { x: -20, y: 40, side: 40, score: 0.0 }, &mut cut);
        assert_eq!((cut[0][19], cut[10][30], cut[0][20]), (0, 0, plane.data[40 * 60]));
    }

    #[test]
    fn what_is_cancelled_ends_at_once() {
        let cancel = Cancel::with_deadline(Instant::now() + Duration::from_millis(1));
        std::thread::sleep(Duration::from_millis(2));
        let result = search(&Model::embedded().unwrap(), &noise(400, 400), &cancel);
        assert!(result.unwrap_err().is_of_one_request());
    }

    #[test]
    fn as_many_windows_as_there_may_be_are_judged() {
        let windows: Vec<_> =
            (0..5000).map(|i| Window { x: i, y: 0, side: 40, score: (i * 7919 % 5000) as f32 }).collect();
        let best = best(windows);
        assert_eq!(best.len(), MOST_WINDOWS);
        assert!(best.iter().all(|window| window.score >= (5000 - MOST_WINDOWS) as f32));
    }
}
