use crate::Error;

/// The lowest quality that is tried for a number of bytes.
const FLOOR: u8 = 10;
/// Encodes at most, the first one included.
const TRIES: usize = 6;

/// The file with the highest quality up to `quality` that was found to keep `bytes`, and that quality: by interpolation,
/// ended when it uses 95 % of them. If even the lowest quality does not keep them, its file. `None` if `make` gives none
/// at all.
///
/// `make` gives no file where that is of no use, because there is a smaller one already; it counts as too large.
pub(super) fn fit(
    bytes: u64,
    quality: u8,
    mut make: impl FnMut(u8) -> Result<Option<Vec<u8>>, Error>,
) -> Result<Option<(Vec<u8>, u8)>, Error> {
    let size = |file: &Option<Vec<u8>>| file.as_ref().map_or(u64::MAX, |file| file.len() as u64);
    let first = make(quality)?;
    if size(&first) <= bytes || quality <= FLOOR {
        return Ok(first.map(|file| (file, quality)));
    }
    let (mut over, mut over_bytes) = (quality, size(&first));
    drop(first);
    let mut kept: Option<(Vec<u8>, u8)> = None;
    for left in (0..TRIES - 1).rev() {
        let guess = match &kept {
            None if left == 0 => FLOOR,
            // As if size grew in proportion: a first step that is seldom too long.
            None if left == TRIES - 2 => interpolated((FLOOR, 0), (over, over_bytes), bytes),
            None => middle(FLOOR, over),
            Some((_, low)) if over - low <= 1 => break,
            Some((file, _)) if (file.len() as u64).saturating_mul(20) >= bytes.saturating_mul(19) => break,
            // Size grows faster than quality: what lies on the line keeps the bytes, but may creep up from below.
            Some((file, low)) if left % 2 == 0 => {
                interpolated((*low, file.len() as u64), (over, over_bytes), bytes).max(low + 1)
            }
            Some((_, low)) => middle(*low, over),
        };
        let file = make(guess)?;
        let made = size(&file);
        match file {
            Some(file) if made <= bytes => kept = Some((file, guess)),
            file if guess == FLOOR => return Ok(file.map(|file| (file, guess))),
            _ => (over, over_bytes) = (guess, made),
        }
    }
    Ok(kept)
}

/// The quality below that of `over` at which a straight line between two qualities and their bytes reaches `bytes`.
fn interpolated(low: (u8, u64), over: (u8, u64), bytes: u64) -> u8 {
    let share = u128::from(bytes.saturating_sub(low.1)) * u128::from(over.0 - low.0);
    let step = share / u128::from(over.1.saturating_sub(low.1)).max(1);
    (u128::from(low.0) + step).min(u128::from(over.0) - 1) as u8
}

fn middle(low: u8, over: u8) -> u8 {
    low + (over - low) / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Files whose size grows faster than quality, as those of every codec do.
    fn encoder(scale: u64, tries: &mut usize) -> impl FnMut(u8) -> Result<Option<Vec<u8>>, Error> {
        move |quality| {
            *tries += 1;
            Ok(Some(vec![0; (200 + scale * u64::from(quality) * u64::from(quality) / 100) as usize]))
        }
    }

    #[test]
    fn what_fits_at_once_is_made_once() {
        let mut tries = 0;
        let (file, quality) = fit(10_000, 80, encoder(100, &mut tries)).unwrap().unwrap();
        assert_eq!((file.len(), quality, tries), (6600, 80, 1));
    }

    #[test]
    fn what_never_fits_is_made_with_the_lowest_quality() {
        let mut tries = 0;
        let (_, quality) = fit(100, 80, encoder(100, &mut tries)).unwrap().unwrap();
        assert!(quality == FLOOR && tries <= TRIES, "{quality} after {tries}");
        assert_eq!(fit(5, 80, |_| Ok(None)).unwrap(), None);
    }

    proptest! {
        #[test]
        fn what_can_fit_does(scale in 1u64..100, quality in 11u8..=100, share in 0.05..1.0f64) {
            let all = 200 + scale * u64::from(quality) * u64::from(quality) / 100;
            let lowest = 200 + scale;
            let bytes = lowest + ((all - lowest) as f64 * share) as u64;
            let mut tries = 0;
            let (file, found) = fit(bytes, quality, encoder(scale, &mut tries)).unwrap().unwrap();
            prop_assert!(file.len() as u64 <= bytes && tries <= TRIES);
            // Not far from the best: the search gives away no more than a few steps of quality.
            let next = 200 + scale * (u64::from(found) + 8).pow(2) / 100;
            prop_assert!(found == quality || next > bytes || file.len() as u64 * 100 >= bytes * 90, "{found} of {quality}");
        }
    }
}
