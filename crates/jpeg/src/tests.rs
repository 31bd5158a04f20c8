//! The whole decoder on generated files.

use std::cell::Cell;

use crate::testing::{Picture, Random, SAMPLINGS, check, file, same_samples};
use crate::{Damage, Decoded, Decoder, Error, Limits, OnDamage, Options, Rect, Refinement, Scale};

const SCALES: [Scale; 3] = [Scale::Eighth, Scale::Quarter, Scale::Half];

fn decode(file: &[u8], options: &Options<'_>) -> Result<Decoded, Error> {
    Decoder::new(file)?.decode(options)
}

fn scaled(scale: Scale) -> Options<'static> {
    Options { scale, ..Options::default() }
}

fn random_picture(random: &mut Random, largest: usize) -> Picture {
    let (width, height) = (1 + random.below(largest), 1 + random.below(largest));
    let sampling = SAMPLINGS[random.below(SAMPLINGS.len())];
    Picture::random(random, width, height, sampling)
}

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
    every_file(1500, false);
}

#[test]
fn progressive_files_of_all_shapes() {
    every_file(1500, true);
}
