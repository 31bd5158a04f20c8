use super::{SCALES, decode, random_picture, scaled};
use crate::testing::{Picture, Random, SAMPLINGS, check, file};
use crate::{Decoder, Options, Refinement, Scale, cpu};

fn every_file(count: u64, progressive: bool) {
    for seed in 0..count {
        let mut random = Random(seed);
        let picture = random_picture(&mut random, 70);
        let (file, given) = file(&mut random, &picture, progressive);
        for scale in SCALES {
            let what = format!("seed {seed} {scale:?} {}×{}", picture.width, picture.height);
            check(&given, &decode(&file, &scaled(scale)).unwrap(), scale.block(), &what);
        }
    }
}

#[test]
fn sequential_files_of_all_shapes() {
    every_file(1000, false);
}

#[test]
fn progressive_files_of_all_shapes() {
    every_file(1000, true);
}

#[test]
fn a_long_file_slides_through_the_window() {
    for progressive in [false, true] {
        let mut random = Random(1);
        let picture = Picture::random(&mut random, 900, 700, SAMPLINGS[3]);
        let (file, given) = file(&mut random, &picture, progressive);
        assert!(file.len() > 1 << 17);
        for scale in [Scale::Half, Scale::Full] {
            check(&given, &decode(&file, &scaled(scale)).unwrap(), scale.block(), "long");
        }
    }
}

#[test]
fn processors_agree() {
    for seed in 0..200 {
        let mut random = Random(seed);
        let picture = random_picture(&mut random, 70);
        let (mut file, _) = file(&mut random, &picture, seed % 2 == 0);
        if seed % 3 == 0 {
            let at = random.below(file.len());
            file[at] ^= 1 << random.below(8);
        }
        for scale in SCALES {
            for refinement in [Refinement::Exact, Refinement::Visible] {
                let options = Options { refinement, ..scaled(scale) };
                let best = decode(&file, &options);
                cpu::PORTABLE.set(true);
                let portable = decode(&file, &options);
                cpu::PORTABLE.set(false);
                assert_eq!(best, portable, "seed {seed} {scale:?} {refinement:?}");
            }
        }
    }
}

#[test]
fn headers_tell_the_shape() {
    let mut random = Random(5);
    let picture = Picture::random(&mut random, 33, 17, SAMPLINGS[3]);
    let (file, _) = file(&mut random, &picture, true);
    let decoder = Decoder::new(&file).unwrap();
    let sampling: Vec<_> = decoder.sampling().map(|s| (s.horizontal, s.vertical)).collect();
    assert_eq!((decoder.size(), decoder.is_progressive()), ((33, 17), true));
    assert_eq!(sampling, [(2, 2), (1, 1), (1, 1)]);
}

/// Where steps are fine, refinements are left out, and nobody sees it; where they are coarse, everything is read.
#[test]
fn invisible_refinements_are_left_out() {
    let mut left_out = 0;
    for seed in 0..60 {
        let mut random = Random(seed);
        let mut picture = random_picture(&mut random, 70);
        let coarse = seed % 3 == 0;
        for step in picture.steps.iter_mut().flat_map(|steps| &mut steps[1..]) {
            *step = if coarse { 60 } else { 1 + *step % 4 };
        }
        let (file, _) = file(&mut random, &picture, true);
        for scale in SCALES {
            let exact = decode(&file, &scaled(scale)).unwrap();
            let visible = Options { refinement: Refinement::Visible, ..scaled(scale) };
            let visible = decode(&file, &visible).unwrap();
            left_out += usize::from(exact != visible);
            if coarse || scale == Scale::Eighth {
                assert_eq!(exact, visible, "seed {seed} {scale:?}");
            }
            for (exact, visible) in exact.planes.iter().zip(&visible.planes) {
                let off = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b)).powi(2);
                let error: f64 = exact.data.iter().zip(&visible.data).map(off).sum::<f64>() / exact.data.len() as f64;
                // 46 dB are 1.6; rounding to samples adds up to 1/6.
                assert!(error < 1.9, "seed {seed} {scale:?}: {error}");
            }
        }
    }
    assert!(left_out > 20, "{left_out}");
}
