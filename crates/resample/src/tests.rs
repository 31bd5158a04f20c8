//! Every path against the formula in real numbers, and against each other.

use std::ops::Range;

use proptest::prelude::*;

use super::*;

fn noise(count: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

fn samples(data: &[u8], (width, height): (u32, u32), channels: usize, bytes: usize) -> Samples<'_> {
    Samples { data, stride: width as usize * channels * bytes, width, height, channels }
}

fn window(x: f64) -> f64 {
    let x = x.abs() * std::f64::consts::PI;
    if x < 1e-9 {
        1.0
    } else if x >= 3.0 * std::f64::consts::PI {
        0.0
    } else {
        3.0 * x.sin() * (x / 3.0).sin() / (x * x)
    }
}

/// Weights of every result sample over all source samples; of pairs if `paired`.
fn weights((source, part, full, paired): Axis) -> Vec<Vec<f64>> {
    let ratio = (part.end - part.start) / f64::from(full);
    let one = |index: u32| {
        let middle = part.start + (f64::from(index) + 0.5) * ratio;
        let raw: Vec<f64> = (0..source).map(|i| window((f64::from(i) + 0.5 - middle) / ratio.max(1.0))).collect();
        let sum = raw.iter().sum::<f64>();
        raw.into_iter().map(|weight| weight / sum).collect::<Vec<f64>>()
    };
    if !paired {
        return (0..full).map(one).collect();
    }
    let mean = |index: u32| {
        let pair = [one(2 * index), one((2 * index + 1).min(full - 1))];
        pair[0].iter().zip(&pair[1]).map(|(a, b)| (a + b) / 2.0).collect()
    };
    (0..full.div_ceil(2)).map(mean).collect()
}

/// Both passes over interleaved samples.
fn exact(plane: &[f64], (width, channels): (usize, usize), across: &[Vec<f64>], down: &[Vec<f64>]) -> Vec<f64> {
    let narrow: Vec<f64> = plane
        .chunks(width * channels)
        .flat_map(|row| {
            across.iter().flat_map(move |weights| {
                (0..channels).map(move |channel| {
                    weights.iter().enumerate().map(|(x, weight)| weight * row[x * channels + channel]).sum::<f64>()
                })
            })
        })
        .collect();
    let line = across.len() * channels;
    down.iter()
        .flat_map(|weights| {
            let narrow = &narrow;
            (0..line).map(move |x| weights.iter().enumerate().map(|(y, weight)| weight * narrow[y * line + x]).sum())
        })
        .collect()
}

fn never() -> bool {
    false
}

/// A size, the part of it, the result, and whether it is paired.
type Axis = (u32, Range<f64>, u32, bool);

fn whole(source: u32, result: u32) -> Axis {
    (source, 0.0..source.into(), result, false)
}

/// Parts that are everything, or lack half a sample at the end as chroma does, or are anywhere.
fn axes(most: u32) -> impl Strategy<Value = Axis> {
    (1..most, 0..3, 0.0..0.9, 0.1..1.0, 1..most, prop::bool::ANY).prop_map(
        |(source, kind, start, share, result, paired)| {
            let length = f64::from(source);
            let part = match kind {
                0 => 0.0..length,
                1 => 0.0..length - 0.5,
                _ => start * length..(start + (1.0 - start) * share) * length,
            };
            (source, part, result, paired)
        },
    )
}

fn kernel((source, part, result, paired): Axis) -> Kernel {
    if paired { Kernel::lanczos3_pairs(source, part, result) } else { Kernel::lanczos3(source, part, result) }.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bytes_are_within_one_of_the_formula(x in axes(70), y in axes(70), channels in prop::sample::select(vec![1, 3, 4]), seed: u32) {
        let (across, down) = (kernel(x.clone()), kernel(y.clone()));
        let mut data = noise(x.0 as usize * y.0 as usize * channels, seed);
        if channels == 4 {
            data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
        }
        let source = samples(&data, (x.0, y.0), channels, 1);
        let plane: Vec<f64> = data.iter().map(|sample| f64::from(*sample)).collect();
        let exact = exact(&plane, (x.0 as usize, channels), &weights(x.clone()), &weights(y.clone()));
        let made = resample_by(Path::Scalar, source, &across, &down, &never).unwrap();
        prop_assert_eq!(made.len(), exact.len());
        for (made, exact) in made.iter().zip(&exact) {
            prop_assert!((f64::from(*made) - exact.clamp(0.0, 255.0)).abs() <= 1.0, "{} {}", made, exact);
        }
        for path in Path::available() {
            prop_assert_eq!(&made, &resample_by(path, source, &across, &down, &never).unwrap(), "{:?}", path);
        }
        // The floats that serve all other samples agree.
        let floats = real::resample(source, &across, &down, &Plain { channels }, Path::best(), &never).unwrap();
        prop_assert!(floats.iter().zip(&made).all(|(a, b)| a.abs_diff(*b) <= 1));
    }

    #[test]
    fn colours_are_weighted_by_alpha(x in axes(40), y in axes(40), seed: u32) {
        let (across, down) = (kernel(x.clone()), kernel(y.clone()));
        let mut data = noise(x.0 as usize * y.0 as usize * 4, seed);
        data[3] = 7;
        let source = samples(&data, (x.0, y.0), 4, 1);
        let plane: Vec<f64> = data.as_chunks::<4>().0.iter().flat_map(|pixel| {
            let [r, g, b, alpha] = pixel.map(f64::from);
            [r * alpha, g * alpha, b * alpha, alpha]
        }).collect();
        let exact = exact(&plane, (x.0 as usize, 4), &weights(x.clone()), &weights(y.clone()));
        let made = resample_by(Path::Scalar, source, &across, &down, &never).unwrap();
        let floats = real::resample(source, &across, &down, &Plain { channels: 4 }, Path::best(), &never).unwrap();
        for (made, tolerance) in [(&made, 1.0), (&floats, 0.52)] {
            for (made, exact) in made.as_chunks::<4>().0.iter().zip(exact.as_chunks::<4>().0) {
                prop_assert!((f64::from(made[3]) - exact[3].clamp(0.0, 255.0)).abs() <= tolerance);
                if exact[3] > 1.0 {
                    // What is hardly visible may be off by more.
                    let visible = (exact[3] / 255.0).min(1.0);
                    for (made, exact_colour) in made.iter().zip(&exact[..3]) {
                        let colour = (exact_colour / exact[3]).clamp(0.0, 255.0);
                        prop_assert!((f64::from(*made) - colour).abs() * visible <= tolerance, "{} {}", made, colour);
                    }
                }
            }
        }
        for path in Path::available() {
            prop_assert_eq!(&made, &resample_by(path, source, &across, &down, &never).unwrap(), "{:?}", path);
        }
    }

    #[test]
    fn sixteen_bits_are_within_one_of_the_formula(x in axes(50), y in axes(50), channels in prop::sample::select(vec![1, 3]), seed: u32) {
        let (across, down) = (kernel(x.clone()), kernel(y.clone()));
        let data = noise(x.0 as usize * y.0 as usize * channels * 2, seed);
        let source = samples(&data, (x.0, y.0), channels, 2);
        let words = |data: &[u8]| data.as_chunks::<2>().0.iter().map(|word| f64::from(u16::from_ne_bytes(*word))).collect();
        let plane: Vec<f64> = words(&data);
        let exact = exact(&plane, (x.0 as usize, channels), &weights(x.clone()), &weights(y.clone()));
        let made = wide_by(Path::Scalar, source, &across, &down, &never).unwrap();
        let found: Vec<f64> = words(&made);
        prop_assert_eq!(found.len(), exact.len());
        for (found, exact) in found.iter().zip(exact) {
            prop_assert!((found - exact.clamp(0.0, 65535.0)).abs() <= 1.0, "{} {}", found, exact);
        }
        for path in Path::available() {
            prop_assert_eq!(&made, &wide_by(path, source, &across, &down, &never).unwrap(), "{:?}", path);
        }
    }
}

/// The square root as a transfer function.
fn curve() -> ([f32; 256], Vec<u8>) {
    let linear = std::array::from_fn(|value| (value as f32 / 255.0).powi(2));
    let encoded = (0..=1u32 << 14).map(|step| ((f64::from(step) / 16384.0).sqrt() * 255.0).round() as u8).collect();
    (linear, encoded)
}

#[test]
fn integers_and_floats_of_light_agree() {
    let (linear, encoded) = curve();
    let curve = Curve { linear: &linear, encoded: &encoded };
    for channels in [1, 3, 4] {
        let mut data = noise(60 * 50 * channels, 9);
        if channels == 4 {
            data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] |= 128);
        }
        let source = samples(&data, (60, 50), channels, 1);
        for (width, height) in [(20, 15), (61, 50), (90, 7)] {
            let (across, down) = (kernel(whole(60, width)), kernel(whole(50, height)));
            let floats = real::resample(source, &across, &down, &Linear { channels, curve }, Path::best(), &never);
            let floats = floats.unwrap();
            let made = linear_by(Path::Scalar, source, curve, &across, &down, &never).unwrap();
            // The square root is infinitely steep in the dark.
            let near = |a: u8, b: u8| a.abs_diff(b) <= 1 || a.max(b) < 6;
            assert!(made.iter().zip(&floats).all(|(a, b)| near(*a, *b)), "{channels} {width}");
            for path in Path::available() {
                assert_eq!(made, linear_by(path, source, curve, &across, &down, &never).unwrap(), "{path:?}");
            }
        }
    }
}

#[test]
fn light_is_mixed_linearly() {
    let (linear, encoded) = curve();
    let curve = Curve { linear: &linear, encoded: &encoded };
    let data = [[0u8, 255].repeat(40), [255u8, 0].repeat(40)].concat().repeat(40);
    let kernel = kernel(whole(80, 10));
    for path in Path::available() {
        let grey = linear_by(path, samples(&data, (80, 80), 1, 1), curve, &kernel, &kernel, &never).unwrap();
        // √½ of 255.
        assert!(grey.iter().all(|sample| sample.abs_diff(180) <= 1), "{path:?} {:?}", &grey[..10]);
        for channels in [3, 4] {
            let pixels: Vec<u8> = data.iter().flat_map(|sample| [*sample, 77, 255, 200][..channels].to_vec()).collect();
            let source = samples(&pixels, (80, 80), channels, 1);
            let made = linear_by(path, source, curve, &kernel, &kernel, &never).unwrap();
            for (pixel, grey) in made.chunks(channels).zip(&grey) {
                assert_eq!(pixel[0], *grey);
                assert!(pixel[1].abs_diff(77) <= 1 && pixel[2] >= 254 && (channels == 3 || pixel[3] == 200));
            }
        }
    }
}

#[test]
fn extreme_shapes() {
    for (from, to) in [
        ((1, 30_000), (1, 1)),
        ((30_000, 1), (1, 1)),
        ((1, 3000), (3000, 1)),
        ((1, 1), (500, 500)),
        ((2, 2), (16_384, 3)),
        ((300, 2), (2, 300)),
    ] {
        let (across, down) = (kernel(whole(from.0, to.0)), kernel(whole(from.1, to.1)));
        for channels in [1, 3, 4] {
            let data = noise(from.0 as usize * from.1 as usize * channels, 5);
            let source = samples(&data, from, channels, 1);
            let made = resample_by(Path::Scalar, source, &across, &down, &never).unwrap();
            assert_eq!(made.len(), to.0 as usize * to.1 as usize * channels);
            for path in Path::available() {
                assert_eq!(made, resample_by(path, source, &across, &down, &never).unwrap());
            }
            if channels == 1 && from.0 * from.1 == 30_000 {
                let weights = weights(whole(30_000, 1));
                let plane: Vec<f64> = data.iter().map(|sample| f64::from(*sample)).collect();
                assert!((f64::from(made[0]) - exact(&plane, (30_000, 1), &weights, &[vec![1.0]])[0]).abs() < 0.51);
            }
        }
    }
}

#[test]
fn sharp_edges_saturate() {
    let data = [[0u8; 20], [255; 20]].concat().repeat(40);
    for to in [13, 40, 160] {
        let kernel = kernel(whole(40, to));
        for path in Path::available() {
            let made = resample_by(path, samples(&data, (40, 40), 1, 1), &kernel, &kernel, &never).unwrap();
            assert!(made.contains(&0) && made.contains(&255));
            assert!(made.chunks(to as usize).all(|row| row[0] < 10 && row[to as usize - 1] > 245), "{path:?} {to}");
        }
    }
}

#[test]
fn padding_is_not_seen() {
    let (plain, across) = (noise(10 * 8 * 3, 3), kernel(whole(10, 4)));
    let down = kernel(whole(8, 5));
    let padded: Vec<u8> = plain.chunks(30).flat_map(|row| [row, &[99; 7]].concat()).collect();
    let source = samples(&plain, (10, 8), 3, 1);
    let wide = Samples { data: &padded, stride: 37, ..source };
    let made = resample(source, &across, &down, &never).unwrap();
    assert_eq!(made, resample(wide, &across, &down, &never).unwrap());
}

#[test]
fn what_does_not_fit_is_refused() {
    let (across, down) = (kernel(whole(4, 2)), kernel(whole(3, 2)));
    let whole = Samples { data: &[7; 12], stride: 4, width: 4, height: 3, channels: 1 };
    assert_eq!(resample(whole, &across, &down, &never).unwrap(), [7; 4]);
    for wrong in [
        Samples { data: &[7; 11], ..whole },
        Samples { height: 4, ..whole },
        Samples { width: 5, ..whole },
        Samples { channels: 2, ..whole },
        Samples { channels: 3, ..whole },
        Samples { channels: 0, ..whole },
        Samples { stride: usize::MAX, ..whole },
    ] {
        assert!(resample(wrong, &across, &down, &never).is_err(), "{wrong:?}");
    }
    assert!(resample(whole, &down, &across, &never).is_err());
    assert!(resample_16(whole, &across, &down, &never).is_err());
    let curve = Curve { linear: &[0.0; 256], encoded: &[] };
    assert!(resample_linear(whole, curve, &across, &down, &never).is_err());
}

#[test]
fn it_stops_when_told() {
    let data = noise(64 * 64 * 4, 1);
    let kernel = kernel(whole(64, 8));
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    for channels in [1, 4] {
        asked.set(0);
        let source = samples(&data[..64 * 64 * channels], (64, 64), channels, 1);
        assert!(matches!(resample(source, &kernel, &kernel, &stop), Err(Error::Stopped)));
        assert_eq!(asked.get(), 4);
    }
}

#[test]
fn a_window_is_cut_from_the_whole() {
    let (width, height) = (67, 41);
    for channels in [1, 3, 4] {
        let mut data = noise(67 * 41 * channels, 5);
        if channels == 4 {
            data.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
        }
        let source = samples(&data, (width, height), channels, 1);
        for (columns, rows) in [(30, 20), (67, 9), (100, 90), (7, 3)] {
            let across = kernel((width, 0.25..66.5, columns, false));
            let down = kernel(whole(height, rows));
            let whole = resample(source, &across, &down, &|| false).unwrap();
            for (x, y) in [(0, 0), (columns / 3, rows / 3), (columns - 1, rows - 1)] {
                let (right, bottom) = ((x + 9).min(columns), (y + 5).min(rows));
                let (across, used_columns) = across.window(x..right).unwrap();
                let (down, used_rows) = down.window(y..bottom).unwrap();
                let cut: Vec<u8> = used_rows
                    .flat_map(|y| {
                        let row = source.row(y as usize, 1);
                        &row[used_columns.start as usize * channels..used_columns.end as usize * channels]
                    })
                    .copied()
                    .collect();
                let part = samples(&cut, (across.source(), down.source()), channels, 1);
                let made = resample(part, &across, &down, &|| false).unwrap();
                let expected: Vec<u8> = (y..bottom)
                    .flat_map(|y| {
                        let start = (y * columns + x) as usize * channels;
                        &whole[start..start + (right - x) as usize * channels]
                    })
                    .copied()
                    .collect();
                assert_eq!(made, expected, "{columns}x{rows} from {x}, {y}");
            }
        }
    }
    let kernel = kernel(whole(9, 4));
    assert!(kernel.window(2..2).is_err() && kernel.window(3..5).is_err());
}

#[test]
fn a_change_reaches_what_is_made_of_it() {
    for (source, result) in [(40u32, 13u32), (13, 40), (20, 20), (9, 1)] {
        let kernel = kernel(whole(source, result));
        assert!(kernel.reached(4..4).is_empty());
        for first in 0..source {
            let changed = first..(first + 2).min(source);
            let reached = kernel.reached(changed.clone());
            for index in 0..result {
                let start = kernel.start(index as usize) as u32;
                let mut used = (start..).zip(kernel.real(index as usize)).filter(|(_, weight)| **weight != 0.0);
                let touched = used.any(|(sample, _)| changed.contains(&sample));
                assert!(!touched || reached.contains(&index), "{changed:?} {index} {reached:?}");
            }
        }
    }
}
