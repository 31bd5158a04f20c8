use std::cell::Cell;
use std::ops::ControlFlow;

use super::{collected, scaled};
use crate::testing::{Picture, Random, SAMPLINGS, file};
use crate::{Damage, Decoder, Error, Limits, OnDamage, Options, Rect, Scale};

/// A file of three components in so many scans.
fn sequential_file(width: usize, height: usize, scans: usize) -> Vec<u8> {
    (0..)
        .find_map(|seed| {
            let mut random = Random(seed);
            let picture = Picture::random(&mut random, width, height, SAMPLINGS[3]);
            let (file, _) = file(&mut random, &picture, false);
            let found = file.windows(2).filter(|w| *w == [0xFF, 0xDA]).count();
            (found == scans).then_some(file)
        })
        .unwrap()
}

fn grey_file(width: usize, height: usize, progressive: bool) -> Vec<u8> {
    let mut random = Random(1);
    let picture = Picture::random(&mut random, width, height, SAMPLINGS[0]);
    file(&mut random, &picture, progressive).0
}

/// What strips need at half the size.
fn needed(file: &[u8], region: Option<Rect>) -> u64 {
    let limited = |memory_bytes| {
        let limits = Limits { memory_bytes, ..Limits::default() };
        collected(file, &Options { region, limits, ..scaled(Scale::Half) })
    };
    match limited(0) {
        Err(Error::Limit { limit: "memory_bytes", .. }) => {}
        other => panic!("{other:?}"),
    }
    let mut bytes = 0;
    while let Err(Error::Limit { actual, .. }) = limited(bytes) {
        assert!(actual > bytes);
        bytes = actual;
    }
    assert!(limited(bytes).is_ok() && limited(bytes - 1).is_err());
    bytes
}

#[test]
fn one_scan_needs_one_row_of_mcus() {
    // 4:2:0: 20 MCUs of 6 blocks, each of 16 samples and as many coefficients.
    let row = 20 * 6 * 16;
    for height in [16, 500, 1001] {
        assert_eq!(needed(&sequential_file(320, height, 1), None), row + 2 * row);
    }
    let region = Some(Rect { x: 8, y: 100, width: 16, height: 60 });
    assert_eq!(needed(&sequential_file(320, 500, 1), region), (row + 2 * row) / 10);
    assert_eq!(needed(&grey_file(320, 320, false), None), 40 * 16 * 3);
}

#[test]
fn other_files_need_more() {
    let row = 20 * 6 * 16;
    assert_eq!(needed(&sequential_file(320, 160, 3), None), 10 * row + row + 2 * row);
    // Coefficients of all blocks and of a spare one, and for refinements a note of 8 bytes for each block.
    let coefficients = (40 * 20 + 1) * 32;
    let progressive = needed(&grey_file(320, 160, true), None);
    assert!([0, 40 * 20 * 8].map(|notes| 40 * 16 + coefficients + notes).contains(&progressive), "{progressive}");
}

#[test]
fn strips_of_one_scan_come_as_they_are_read() {
    let file = sequential_file(40, 400, 1);
    let (asked, taken) = (Cell::new(0), Cell::new(0));
    let interrupt = || {
        asked.set(asked.get() + 1);
        false
    };
    let options = Options { interrupt: Some(&interrupt), ..scaled(Scale::Quarter) };
    let damage = Decoder::new(&file).unwrap().decode_strips(&options, &mut |strip| {
        taken.set(taken.get() + 1);
        assert_eq!(asked.get(), taken.get());
        assert_eq!((strip[0].y, strip[1].y), (4 * (taken.get() - 1), 2 * (taken.get() - 1)));
        ControlFlow::Continue(())
    });
    assert_eq!((damage, taken.get()), (Ok(None), 25));
}

#[test]
fn callers_can_break_off() {
    for file in [sequential_file(40, 200, 1), sequential_file(40, 200, 3), grey_file(40, 104, true)] {
        // The last strip as well.
        for last in [1, 5, 13] {
            let mut taken = 0;
            let result = Decoder::new(&file).unwrap().decode_strips(&scaled(Scale::Half), &mut |_| {
                taken += 1;
                if taken == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            assert_eq!((result, taken), (Err(Error::Interrupted), last));
        }
    }
}

#[test]
fn damage_is_told_behind_the_last_strip() {
    let file = sequential_file(40, 200, 1);
    for (on_damage, result) in
        [(OnDamage::Keep, Ok(Some(Damage::Truncated))), (OnDamage::Refuse, Err(Error::Damaged(Damage::Truncated)))]
    {
        let options = Options { on_damage, ..scaled(Scale::Half) };
        let mut last = Vec::new();
        let decoder = Decoder::new(&file[..file.len() / 2]).unwrap();
        let told = decoder.decode_strips(&options, &mut |strip| {
            last = strip.to_vec();
            ControlFlow::Continue(())
        });
        assert_eq!((told, last[0].y + last[0].height), (result, 100));
        assert!(last.iter().all(|plane| plane.data.iter().all(|sample| *sample == 128)));
    }
}
