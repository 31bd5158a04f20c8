use super::{SCALES, decode, random_picture, scaled};
use crate::testing::{Picture, Random, SAMPLINGS, file, same_samples};
use crate::{Error, Options, Rect, Scale};

#[test]
fn a_region_is_part_of_the_whole() {
    for seed in 0..700 {
        let mut random = Random(seed);
        let picture = random_picture(&mut random, 90);
        let (file, _) = file(&mut random, &picture, seed % 2 == 0);
        let scale = SCALES[random.below(SCALES.len())];
        let whole = decode(&file, &scaled(scale)).unwrap();
        let side = |length: usize| (length * scale.block()).div_ceil(8);
        let (width, height) = (side(picture.width), side(picture.height));
        for _ in 0..3 {
            let (x, y) = (random.below(width), random.below(height));
            let (w, h) = (1 + random.below(width - x), 1 + random.below(height - y));
            let region = Rect { x: x as u32, y: y as u32, width: w as u32, height: h as u32 };
            let options = Options { region: Some(region), ..scaled(scale) };
            let part = decode(&file, &options).unwrap();
            assert_eq!(part.damage, None);
            for ((part, whole), component) in part.planes.iter().zip(&whole.planes).zip(&picture.components) {
                assert!(same_samples(whole, part), "seed {seed} {scale:?} {region:?}");
                let (most_h, most_v) = picture.largest();
                let (h, v) = if most_h * most_v == 1 { (1, 1) } else { (component.horizontal, component.vertical) };
                let covers = |start: u32, length: u32, from: u32, to: u32, own: usize, most: usize| {
                    let wanted = (start as usize * own / most, ((start + length) as usize * own).div_ceil(most));
                    from as usize <= wanted.0 && wanted.1 <= to as usize
                };
                assert!(covers(region.x, region.width, part.x, part.x + part.width, h, most_h));
                assert!(covers(region.y, region.height, part.y, part.y + part.height, v, most_v));
            }
        }
    }
}

#[test]
fn what_lies_behind_a_region_is_not_read() {
    let mut random = Random(3);
    let picture = Picture::random(&mut random, 64, 640, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, false);
    let region = Some(Rect { x: 0, y: 0, width: 8, height: 8 });
    let options = Options { region, ..scaled(Scale::Eighth) };
    let whole = decode(&file, &options).unwrap();
    assert_eq!(decode(&file[..file.len() / 2], &options), Ok(whole));
}

#[test]
fn regions_outside_are_refused() {
    let mut random = Random(4);
    let picture = Picture::random(&mut random, 20, 20, SAMPLINGS[0]);
    for progressive in [false, true] {
        let (file, _) = file(&mut random, &picture, progressive);
        for (x, y, width, height) in [(0, 0, 6, 1), (5, 0, 1, 1), (0, 0, 0, 1), (1, 1, u32::MAX, 1)] {
            let options = Options { region: Some(Rect { x, y, width, height }), ..scaled(Scale::Quarter) };
            assert_eq!(decode(&file, &options), Err(Error::Region));
        }
    }
}
