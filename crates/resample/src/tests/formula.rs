//! Every path against the formula in real numbers, and against each other.

use proptest::prelude::*;

use super::*;
use crate::lift::Plain;
use crate::whole::{resample_by, wide_by};

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
        let floats = floats(source, &across, &down, Plain { channels });
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
        let floats = floats(source, &across, &down, Plain { channels: 4 });
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
