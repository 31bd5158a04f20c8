use super::{Point, point};
use crate::codecs::png::palette::pixels;
use crate::{Cancel, Error, Picture};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 64;
/// Opaque colours that agree in the upper 5, 6 and 5 bits share a bin.
const OPAQUE_BINS: usize = 1 << 16;
/// Others share one if they agree in the upper 4 bits of each channel.
const BINS: usize = OPAQUE_BINS + (1 << 16);

/// Pixels of nearly the same colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bin {
    /// Their mean.
    pub point: Point,
    /// Their number.
    pub weight: f32,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    channels: [u64; 4],
    count: u64,
}

/// The colours of a picture, in a fixed order. Fully transparent pixels are one bin, whatever colour they hide.
pub(super) fn bins(picture: &Picture, cancel: &Cancel) -> Result<Vec<Bin>, Error> {
    let mut sums = vec![Sum::default(); BINS];
    for y in 0..picture.size().height {
        if y % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        for colour in pixels(picture.layout(), picture.row(y)) {
            let sum = &mut sums[bin(colour)];
            sum.channels.iter_mut().zip(colour).for_each(|(sum, value)| *sum += u64::from(value));
            sum.count += 1;
        }
    }
    let used = sums.iter().filter(|sum| sum.count > 0);
    Ok(used
        .map(|sum| {
            let mean = sum.channels.map(|channel| (channel as f64 / sum.count as f64) as f32);
            Bin { point: point(mean), weight: sum.count as f32 }
        })
        .collect())
}

fn bin([r, g, b, alpha]: [u8; 4]) -> usize {
    let upper = |value: u8, bits: u32| usize::from(value >> (8 - bits));
    match alpha {
        255 => upper(r, 5) << 11 | upper(g, 6) << 5 | upper(b, 5),
        0 => OPAQUE_BINS,
        _ => OPAQUE_BINS + (upper(r, 4) << 12 | upper(g, 4) << 8 | upper(b, 4) << 4 | upper(alpha, 4)),
    }
}
