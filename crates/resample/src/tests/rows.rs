//! Rows as they come against the whole picture.

use super::*;
use crate::whole::{linear_by, resample_by};
use crate::{Curve, Resampler};

fn streamed(path: Path, source: Samples<'_>, curve: Option<Curve<'_>>, across: &Kernel, down: &Kernel) -> Vec<u8> {
    let mut resampler = Resampler::by(path, source.channels, curve, across.clone(), down.clone()).unwrap();
    for y in 0..source.height as usize {
        resampler.push(source.row(y, 1)).unwrap();
    }
    resampler.finish().unwrap()
}

fn assert_same(channels: usize, x: Axis, y: Axis, seed: u32) {
    let (linear, encoded) = curve();
    let curve = Curve { linear: &linear, encoded: &encoded };
    let data = noise(x.0 as usize * y.0 as usize * channels, seed);
    let source = samples(&data, (x.0, y.0), channels, 1);
    let what = format!("{channels} {x:?} {y:?}");
    let (across, down) = (kernel(x), kernel(y));
    for path in Path::available() {
        let whole = resample_by(path, source, &across, &down, &never).unwrap();
        assert_eq!(streamed(path, source, None, &across, &down), whole, "{path:?} {what}");
        let whole = linear_by(path, source, curve, &across, &down, &never).unwrap();
        assert_eq!(streamed(path, source, Some(curve), &across, &down), whole, "linear {path:?} {what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_as_they_come_give_the_whole(x in axes(70), y in axes(90), channels in prop::sample::select(vec![1, 3]), seed: u32) {
        assert_same(channels, x, y, seed);
    }
}

#[test]
fn floats_serve_kernels_that_are_very_wide() {
    for channels in [1, 3] {
        assert_same(channels, whole(20, 7), whole(700, 4), 1);
        assert_same(channels, whole(900, 5), (30, 3.5..21.0, 11, false), 2);
        assert_same(channels, whole(8, 8), (1000, 300.0..900.0, 3, true), 3);
    }
}

#[test]
fn any_weights_may_leave_rows_out() {
    // Of every 7 rows, two are used.
    let down = Kernel::new(50, 7, |index, weights| {
        weights.extend([1.0, 3.0]);
        i64::from(index) * 7 + 2
    })
    .unwrap();
    let across = kernel(whole(9, 4));
    let data = noise(9 * 50 * 3, 8);
    let source = samples(&data, (9, 50), 3, 1);
    for path in Path::available() {
        let whole = resample_by(path, source, &across, &down, &never).unwrap();
        assert_eq!(streamed(path, source, None, &across, &down), whole);
    }
}

#[test]
fn what_comes_must_be_the_rows() {
    let kernels = || (kernel(whole(6, 3)), kernel(whole(4, 2)));
    let new = |channels| {
        let (across, down) = kernels();
        Resampler::new(channels, across, down)
    };
    for channels in [0, 2, 4] {
        assert!(new(channels).is_err());
    }
    let (across, down) = kernels();
    assert!(Resampler::linear(1, Curve { linear: &[0.0; 256], encoded: &[] }, across, down).is_err());
    let mut resampler = new(3).unwrap();
    assert!(resampler.push(&[0; 17]).is_err() && resampler.push(&[0; 19]).is_err());
    for _ in 0..4 {
        resampler.push(&[9; 18]).unwrap();
    }
    assert!(resampler.push(&[9; 18]).is_err());
    assert_eq!(resampler.finish().unwrap(), [9; 18]);
    let mut resampler = new(1).unwrap();
    for _ in 0..3 {
        resampler.push(&[9; 6]).unwrap();
    }
    assert!(resampler.finish().is_err());
}

#[test]
fn rows_behind_the_last_that_is_needed_may_be_missing() {
    let (across, down) = (kernel(whole(6, 3)), kernel((100, 10.0..20.0, 5, false)));
    let data = noise(600, 4);
    let source = samples(&data, (6, 100), 1, 1);
    let mut resampler = Resampler::new(1, across.clone(), down.clone()).unwrap();
    for y in 0..40 {
        resampler.push(source.row(y, 1)).unwrap();
    }
    assert_eq!(resampler.finish().unwrap(), crate::resample(source, &across, &down, &never).unwrap());
}
