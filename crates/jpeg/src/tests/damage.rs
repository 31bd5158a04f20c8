use super::{SCALES, decode, random_picture, scaled};
use crate::markers::next_marker;
use crate::testing::{Picture, Random, SAMPLINGS, file};
use crate::{Damage, Error, OnDamage, Options, Refinement, Scale};

/// Planes of the right size, or an error that names bad data.
fn survives(file: &[u8], picture: &Picture, options: &Options<'_>) -> Option<Damage> {
    match decode(file, options) {
        Ok(decoded) => {
            for plane in &decoded.planes {
                assert_eq!(plane.data.len(), plane.stride * plane.height as usize);
            }
            assert!(decoded.planes.len() <= picture.components.len().max(3));
            decoded.damage
        }
        Err(Error::Corrupt(_) | Error::Unsupported(_) | Error::Limit { .. }) => None,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn cut_off_anywhere() {
    for seed in 0..16 {
        let mut random = Random(seed);
        let picture = random_picture(&mut random, 24);
        let (file, _) = file(&mut random, &picture, seed % 2 == 0);
        let mut told = 0;
        for length in 0..file.len() {
            let options = Options { refinement: Refinement::Visible, ..scaled(SCALES[length % SCALES.len()]) };
            told += usize::from(survives(&file[..length], &picture, &options).is_some());
        }
        assert!(told > 0, "seed {seed}: no cut was noticed");
    }
}

#[test]
fn bits_upside_down() {
    for seed in 0..3000 {
        let mut random = Random(seed);
        let picture = random_picture(&mut random, 40);
        let (mut file, _) = file(&mut random, &picture, seed % 2 == 0);
        for _ in 0..=random.below(4) {
            let at = random.below(file.len());
            file[at] ^= 1 << random.below(8);
        }
        let limits = crate::Limits { pixels: 1 << 22, ..crate::Limits::default() };
        let options = Options { limits, ..scaled(SCALES[random.below(SCALES.len())]) };
        survives(&file, &picture, &options);
    }
}

#[test]
fn damage_is_refused_if_asked() {
    let mut random = Random(8);
    let picture = Picture::random(&mut random, 40, 40, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, false);
    let part = &file[..file.len() - 60];
    let options = Options { on_damage: OnDamage::Refuse, ..scaled(Scale::Half) };
    assert_eq!(decode(part, &options), Err(Error::Damaged(Damage::Truncated)));
    assert!(decode(&file, &options).is_ok());
}

#[test]
fn what_came_before_the_cut_stays() {
    let mut random = Random(9);
    let picture = Picture::random(&mut random, 64, 256, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, false);
    let whole = decode(&file, &scaled(Scale::Half)).unwrap();
    let part = decode(&file[..file.len() / 2], &scaled(Scale::Half)).unwrap();
    assert_eq!(part.damage, Some(Damage::Truncated));
    let (whole, part) = (&whole.planes[0], &part.planes[0]);
    let third = whole.data.len() / 3;
    assert_eq!(part.data[..third], whole.data[..third]);
    assert!(part.data[part.data.len() - 4 * part.stride..].iter().all(|sample| *sample == 128));
}

/// A file of one component of 16 rows of 8 blocks, with a restart marker behind every `interval` blocks.
fn with_restarts(interval: u8) -> (Vec<u8>, Vec<usize>) {
    for seed in 0.. {
        let mut random = Random(seed);
        let picture = Picture::random(&mut random, 64, 128, SAMPLINGS[0]);
        let (file, _) = file(&mut random, &picture, false);
        let found = file.windows(6).find(|w| w[..4] == [0xFF, 0xDD, 0, 4]).map(|w| w[5]);
        if found == Some(interval) {
            let mut markers = Vec::new();
            let mut at = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap() + 2;
            while let Some(found) = next_marker(&file, at) {
                markers.push(found);
                at = found + 2;
            }
            return (file, markers);
        }
    }
    unreachable!()
}

#[test]
fn only_what_is_damaged_between_restart_markers_is_lost() {
    let (file, markers) = with_restarts(8);
    assert_eq!(markers.len(), 16, "15 restarts and the end");
    let whole = decode(&file, &scaled(Scale::Half)).unwrap();
    let lost = |damaged: &[u8]| -> Vec<usize> {
        let decoded = decode(damaged, &scaled(Scale::Half)).unwrap();
        assert!(decoded.damage.is_some());
        let rows = decoded.planes[0].data.chunks(4 * 32).zip(whole.planes[0].data.chunks(4 * 32));
        rows.enumerate().filter(|(_, (a, b))| a != b).map(|(row, _)| row).collect()
    };
    // Interval 5 without its last bytes; without any, also without its marker; and two intervals on end.
    let shorter = [&file[..markers[5] - 6], &file[markers[5]..]].concat();
    assert_eq!(lost(&shorter), [5]);
    let empty = [&file[..markers[4] + 2], &file[markers[5]..]].concat();
    assert_eq!(lost(&empty), [5]);
    let gone = [&file[..markers[4]], &file[markers[5]..]].concat();
    assert_eq!(lost(&gone), [5]);
    let two = [&file[..markers[4]], &file[markers[6]..]].concat();
    assert_eq!(lost(&two), [5, 6]);
    // An interval that comes twice is taken once.
    let twice = [&file[..markers[5]], &file[markers[4]..]].concat();
    let decoded = decode(&twice, &scaled(Scale::Half)).unwrap();
    assert_eq!(decoded.planes, whole.planes);
}

#[test]
fn blocks_of_a_lost_interval_are_grey() {
    let (file, markers) = with_restarts(4);
    // The right half of row 2, and the left half of row 5.
    let damaged = [&file[..markers[4]], &file[markers[5]..markers[9]], &file[markers[10]..]].concat();
    for scale in SCALES {
        let (whole, decoded) = (decode(&file, &scaled(scale)).unwrap(), decode(&damaged, &scaled(scale)).unwrap());
        assert!(whole.damage.is_none() && decoded.damage.is_some());
        let n = scale.block();
        let (whole, decoded) = (&whole.planes[0], &decoded.planes[0]);
        for (index, (before, after)) in whole.data.iter().zip(&decoded.data).enumerate() {
            let place = (index / whole.stride / n, index % whole.stride / (4 * n));
            let expected = if matches!(place, (2, 1) | (5, 0)) { 128 } else { *before };
            assert_eq!(*after, expected, "{scale:?} {place:?}");
        }
    }
}
