use std::cell::Cell;
use std::time::{Duration, Instant};

use super::{SCALES, decode, scaled, whole};
use crate::testing::{Picture, Random, SAMPLINGS, file};
use crate::{Error, Limits, Options, Rect, Scale};

fn limited(limits: Limits, scale: Scale) -> Options<'static> {
    Options { limits, ..scaled(scale) }
}

#[test]
fn sizes_are_checked_before_memory_is_taken() {
    let mut random = Random(1);
    let mut picture = Picture::random(&mut random, 8, 8, SAMPLINGS[2]);
    (picture.width, picture.height) = (65535, 65535);
    picture.components.clear();
    for progressive in [false, true] {
        let mut small = Picture::random(&mut random, 8, 8, SAMPLINGS[2]);
        small.steps.clone_from(&picture.steps);
        let (mut file, _) = file(&mut random, &small, progressive);
        let frame = file.windows(2).position(|w| w[0] == 0xFF && matches!(w[1], 0xC0..=0xC2)).unwrap();
        file[frame + 5..frame + 9].fill(0xFF);
        for scale in SCALES {
            let refused = |limits| match whole(&file, &limited(limits, scale)) {
                Err(Error::Limit { limit, .. }) => limit,
                other => panic!("{other:?}"),
            };
            assert_eq!(refused(Limits::default()), "pixels");
            assert_eq!(
                refused(Limits { pixels: u64::MAX, memory_bytes: 1 << 20, ..Limits::default() }),
                "memory_bytes"
            );
        }
    }
}

#[test]
fn coefficients_of_a_region_need_less_memory() {
    let mut random = Random(2);
    let picture = Picture::random(&mut random, 320, 320, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, true);
    let limits = Limits { memory_bytes: 60_000, ..Limits::default() };
    let options = limited(limits, Scale::Half);
    assert!(matches!(whole(&file, &options), Err(Error::Limit { limit: "memory_bytes", .. })));
    let region = Some(Rect { x: 10, y: 10, width: 20, height: 20 });
    assert!(whole(&file, &Options { region, ..options }).is_ok());
}

#[test]
fn too_many_scans() {
    let mut random = Random(3);
    let picture = Picture::random(&mut random, 16, 16, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, true);
    let scan = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
    let bomb = [&file[..], &file[scan..].repeat(300)].concat();
    // The end of the image comes first; without it, scan follows scan.
    assert!(decode(&bomb, &scaled(Scale::Half)).is_ok());
    let whole = bomb.len();
    let mut bomb: Vec<u8> = bomb;
    for at in 0..whole - 1 {
        if bomb[at..at + 2] == [0xFF, 0xD9] {
            bomb[at + 1] = 0xFE;
            bomb.splice(at + 2..at + 2, [0, 2]);
        }
    }
    assert!(matches!(decode(&bomb, &scaled(Scale::Half)), Err(Error::Limit { limit: "scans", .. })));
}

/// Scans without data on a large frame cost next to nothing: each stops where its data do.
#[test]
fn empty_scans_are_not_walked() {
    let mut random = Random(4);
    let picture = Picture::random(&mut random, 8, 8, SAMPLINGS[0]);
    let (file, _) = file(&mut random, &picture, true);
    let scan = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
    let frame = file.windows(2).position(|w| w == [0xFF, 0xC2]).unwrap();
    let mut bomb = file[..scan].to_vec();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0xF0, 0x1F, 0xF0]);
    for _ in 0..199 {
        bomb.extend(&file[scan..scan + 10]);
    }
    let start = Instant::now();
    let decoded = decode(&bomb, &scaled(Scale::Half)).unwrap();
    assert!(decoded.damage.is_some());
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn callers_can_stop_the_work() {
    for progressive in [false, true] {
        let mut random = Random(5);
        let picture = Picture::random(&mut random, 32, 320, SAMPLINGS[0]);
        let (file, _) = file(&mut random, &picture, progressive);
        let asked = Cell::new(0);
        let count = || {
            asked.set(asked.get() + 1);
            false
        };
        let options = Options { interrupt: Some(&count), ..scaled(Scale::Half) };
        let planes = whole(&file, &options).unwrap();
        assert!(asked.get() >= 40, "once for each row");
        assert_eq!(Ok(planes), decode(&file, &scaled(Scale::Half)));
        for stop in [1, asked.get() / 2, asked.get()] {
            let left = Cell::new(stop);
            let interrupt = || {
                left.set(left.get() - 1);
                left.get() == 0
            };
            let options = Options { interrupt: Some(&interrupt), ..scaled(Scale::Half) };
            assert_eq!(whole(&file, &options), Err(Error::Interrupted));
        }
    }
}

#[test]
fn what_is_missing_is_named() {
    let mut random = Random(6);
    let picture = Picture::random(&mut random, 16, 16, SAMPLINGS[0]);
    for progressive in [false, true] {
        let (file, _) = file(&mut random, &picture, progressive);
        let without = |marker: u8| -> Vec<u8> {
            let hide = |w: &[u8]| if w[0] == 0xFF && w[1] == marker { 0xFE } else { w[1] };
            let scan = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
            let hidden = file.windows(2).enumerate().map(|(at, w)| if at <= scan { hide(w) } else { w[1] });
            std::iter::once(0xFF).chain(hidden).collect()
        };
        let error = |file: &[u8]| match decode(file, &scaled(Scale::Half)) {
            Err(Error::Corrupt(what)) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(error(&without(0xDB)), "a quantisation table is missing");
        assert_eq!(error(&without(0xC4)), "a Huffman table is missing");
        assert_eq!(error(&file[1..]), "no start of an image");
        assert_eq!(error(&file[..10]), "no frame header");
        let scan = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
        assert_eq!(error(&file[..scan]), "no scan");
    }
}
