//! The whole decoder on generated files.

mod damage;
mod limits;
mod regions;
mod shapes;
mod strips;

use std::ops::ControlFlow;

use crate::testing::{Picture, Random, SAMPLINGS};
use crate::{Decoded, Decoder, Error, Options, Plane, Scale};

const SCALES: [Scale; 5] = [Scale::Eighth, Scale::Quarter, Scale::Half, Scale::ThreeQuarters, Scale::Full];

/// What becomes of a file, which is the same in one piece and in strips.
fn decode(file: &[u8], options: &Options<'_>) -> Result<Decoded, Error> {
    let result = whole(file, options);
    assert_eq!(collected(file, options), result);
    result
}

fn whole(file: &[u8], options: &Options<'_>) -> Result<Decoded, Error> {
    Decoder::new(file)?.decode(options)
}

/// Planes put together from strips.
fn collected(file: &[u8], options: &Options<'_>) -> Result<Decoded, Error> {
    let mut planes: Vec<Plane> = Vec::new();
    let damage = Decoder::new(file)?.decode_strips(options, &mut |strip| {
        if planes.is_empty() {
            planes = strip.to_vec();
            return ControlFlow::Continue(());
        }
        assert_eq!(planes.len(), strip.len());
        for (whole, strip) in planes.iter_mut().zip(strip) {
            assert_eq!(strip.y, whole.y + whole.height);
            assert!(strip.height > 0);
            whole.height += strip.height;
            whole.data.extend(&strip.data);
            let placed = Plane { y: whole.y, height: whole.height, data: vec![], ..*strip };
            assert_eq!(placed, Plane { data: vec![], ..*whole });
        }
        ControlFlow::Continue(())
    })?;
    Ok(Decoded { planes, damage })
}

fn scaled(scale: Scale) -> Options<'static> {
    Options { scale, ..Options::default() }
}

fn random_picture(random: &mut Random, largest: usize) -> Picture {
    let (width, height) = (1 + random.below(largest), 1 + random.below(largest));
    let sampling = SAMPLINGS[random.below(SAMPLINGS.len())];
    Picture::random(random, width, height, sampling)
}
