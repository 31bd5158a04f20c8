use super::*;

#[test]
fn weights_sum_to_one_and_do_not_overflow() {
    for source in [1, 2, 3, 7, 50, 333, 4000] {
        for result in [1, 2, 3, 8, 49, 50, 51, 500, 3000] {
            let end = f64::from(source);
            for part in [0.0..end, 0.0..end - 0.5, 0.3..end, end / 2.0..end / 2.0 + 0.4] {
                for kernel in
                    [Kernel::lanczos3(source, part.clone(), result), Kernel::lanczos3_pairs(source, part, result)]
                {
                    let kernel = kernel.unwrap();
                    for index in 0..kernel.result() as usize {
                        let weights = kernel.fixed(index).iter().map(|weight| i32::from(*weight));
                        assert_eq!(weights.clone().sum::<i32>(), 1 << WEIGHT_BITS);
                        // Lines of 16 bits times this fit 32 bits, with the rounding term.
                        assert!(weights.map(i32::abs).sum::<i32>() < 3 << WEIGHT_BITS);
                        let used = kernel.fixed(index).iter().rposition(|weight| *weight != 0).unwrap();
                        assert!(kernel.start(index) + used < source as usize);
                    }
                }
            }
        }
    }
}

#[test]
fn the_size_that_it_has_is_a_copy() {
    let kernel = Kernel::lanczos3(40, 0.0..40.0, 40).unwrap();
    assert_eq!((kernel.copies(), kernel.start(0), kernel.start(39)), (true, 0, 39));
    assert!(!Kernel::lanczos3(40, 0.0..40.0, 41).unwrap().copies());
}

#[test]
fn a_part_is_a_window_of_the_whole() {
    for (source, result, window) in
        [(1000u32, 300u32, 30..60), (1000, 300, 0..7), (64, 16, 3..9), (50, 160, 91..160), (90, 37, 36..37)]
    {
        let ratio = f64::from(source) / f64::from(result);
        let part = f64::from(window.start) * ratio..(f64::from(window.end) * ratio).min(source.into());
        let part = Kernel::lanczos3(source, part, window.len() as u32).unwrap();
        let (part, part_used) = part.window(0..part.result()).unwrap();
        let (whole, used) = Kernel::lanczos3(source, 0.0..source.into(), result).unwrap().window(window).unwrap();
        assert_eq!((part_used, part.source()), (used, whole.source()));
        for index in 0..part.result() as usize {
            assert_eq!(part.start(index), whole.start(index));
            let near = |(part, whole): (&f32, &f32)| (part - whole).abs() < 1e-6;
            assert!(part.real(index).iter().zip(whole.real(index)).all(near), "{source} {result} {index}");
        }
    }
}

#[test]
fn what_no_result_needs_is_trimmed() {
    for (part, result) in [(40.0..60.0, 10), (40.5..41.0, 3), (0.0..9.0, 4), (77.0..100.0, 50), (45.0..55.0, 1)] {
        for kernel in [Kernel::lanczos3(100, part.clone(), result), Kernel::lanczos3_pairs(100, part.clone(), result)] {
            let kernel = kernel.unwrap();
            let (trimmed, used) = kernel.window(0..kernel.result()).unwrap();
            let mut needed = [false; 100];
            for index in 0..kernel.result() as usize {
                let weights = kernel.real(index).iter().enumerate().filter(|(_, weight)| **weight != 0.0);
                weights.for_each(|(tap, _)| needed[kernel.start(index) + tap] = true);
            }
            let first = needed.iter().position(|needed| *needed).unwrap() as u32;
            let last = needed.iter().rposition(|needed| *needed).unwrap() as u32;
            assert_eq!((used.clone(), trimmed.source()), (first..last + 1, used.end - used.start), "{part:?}");
            assert!(used.len() < 100);
        }
    }
}

#[test]
fn an_odd_last_pair_is_alone() {
    let (pair, full) =
        (Kernel::lanczos3_pairs(90, 0.0..90.0, 31).unwrap(), Kernel::lanczos3(90, 0.0..90.0, 31).unwrap());
    assert_eq!((pair.result(), pair.start(15)), (16, full.start(30)));
    assert!(pair.real(15).iter().zip(full.real(30)).all(|(pair, full)| (pair - full).abs() < 1e-6));
}

#[test]
fn nothing_comes_of_nothing() {
    for (source, part, result) in [
        (0, 0.0..0.0, 1),
        (1, 0.0..1.0, 0),
        (3, 0.0..3.5, 1),
        (3, -0.5..3.0, 1),
        (3, 1.0..1.0, 1),
        (3, 0.0..f64::NAN, 1),
        (3, f64::NAN..3.0, 1),
    ] {
        assert!(Kernel::lanczos3(source, part.clone(), result).is_err());
        assert!(Kernel::lanczos3_pairs(source, part, result).is_err());
    }
    assert!(Kernel::new(0, 1, |_, _| 0).is_err());
    assert!(Kernel::new(1, 1, |_, _| 0).is_err());
    assert!(
        Kernel::new(1, 1, |_, weights| {
            weights.push(f64::NAN);
            0
        })
        .is_err()
    );
}

#[test]
fn the_outermost_samples_repeat() {
    let kernel = Kernel::new(5, 5, |index, weights| {
        weights.extend([1.0, 2.0, 1.0]);
        i64::from(index) - 1
    })
    .unwrap();
    let quarters = |index: usize| kernel.fixed(index)[..3].iter().map(|weight| weight / 4096).collect::<Vec<_>>();
    assert_eq!((kernel.start(0), quarters(0)), (0, vec![3, 1, 0]));
    assert_eq!((kernel.start(3), quarters(3)), (2, vec![1, 2, 1]));
    assert_eq!((kernel.start(4), quarters(4)), (3, vec![1, 3, 0]));
    let outside = Kernel::new(3, 2, |index, weights| {
        weights.extend([1.0; 4]);
        i64::from(index) * 100 - 50
    })
    .unwrap();
    assert_eq!((outside.taps(), outside.start(0), outside.start(1)), (1, 0, 2));
}
