//! The whole decoder on generated files.

mod damage;
mod limits;
mod regions;
mod shapes;

use crate::testing::{Picture, Random, SAMPLINGS};
use crate::{Decoded, Decoder, Error, Options, Scale};

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
