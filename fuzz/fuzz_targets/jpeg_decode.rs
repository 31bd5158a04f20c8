//! Any bytes are planes of the promised size or an error, at each scale, a region is part of the whole, and strips
//! are the same samples. The first five bytes are options.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use lightmill_jpeg::{Decoded, Decoder, Error, Limits, Options, Plane, Rect, Refinement, Scale};

const LIMITS: Limits = Limits { pixels: 1 << 20, memory_bytes: 16 << 20, scans: 50 };

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice, x, y, width, height], file)) = bytes.split_first_chunk::<5>() else { return };
    let scale = match choice & 0b1011 {
        0 => Scale::Eighth,
        1 => Scale::Quarter,
        2 => Scale::Half,
        3 => Scale::ThreeQuarters,
        _ => Scale::Full,
    };
    let refinement = if choice & 4 == 0 { Refinement::Exact } else { Refinement::Visible };
    let options = Options { scale, refinement, limits: LIMITS, ..Options::default() };
    let Ok(decoder) = Decoder::new(file) else { return };
    let (columns, rows) = decoder.size();
    let whole = match decoder.decode(&options) {
        Ok(decoded) => decoded,
        Err(Error::Region | Error::Interrupted | Error::Damaged(_)) => panic!("not asked for"),
        Err(_) => return,
    };
    check(&whole);
    same_in_strips(file, &options, &whole);
    let n = scale.block() as u32;
    assert_eq!((whole.planes[0].x, whole.planes[0].y), (0, 0));
    let (columns, rows) = ((columns * n).div_ceil(8), (rows * n).div_ceil(8));
    let (x, y) = (u32::from(*x) % columns, u32::from(*y) % rows);
    let (width, height) = (1 + u32::from(*width) % (columns - x), 1 + u32::from(*height) % (rows - y));
    let region = Some(Rect { x, y, width, height });
    let part = Decoder::new(file).and_then(|decoder| decoder.decode(&Options { region, ..options }));
    let part = part.expect("a part of what can be decoded");
    check(&part);
    same_in_strips(file, &Options { region, ..options }, &part);
    // Where data are damaged, what can be saved depends on what is asked for.
    if whole.damage.is_none() {
        for (part, whole) in part.planes.iter().zip(&whole.planes) {
            for row in 0..part.height as usize {
                let own = &part.data[row * part.stride..][..part.width as usize];
                let start = (row + part.y as usize) * whole.stride + part.x as usize;
                assert_eq!(own, &whole.data[start..][..part.width as usize], "row {row} of {region:?}");
            }
        }
    }
});

fn check(decoded: &Decoded) {
    assert!(matches!(decoded.planes.len(), 1 | 3));
    for plane in &decoded.planes {
        assert!(plane.width > 0 && plane.height > 0 && plane.stride >= plane.width as usize);
        assert_eq!(plane.data.len(), plane.stride * plane.height as usize);
    }
}

fn same_in_strips(file: &[u8], options: &Options<'_>, whole: &Decoded) {
    let limits = Limits { memory_bytes: 2 * LIMITS.memory_bytes, ..LIMITS };
    let mut rows: Vec<u32> = whole.planes.iter().map(|plane| plane.y).collect();
    let mut compare = |strip: &[Plane]| {
        assert_eq!(strip.len(), whole.planes.len());
        for ((strip, whole), row) in strip.iter().zip(&whole.planes).zip(&mut rows) {
            assert_eq!((strip.x, strip.y, strip.width, strip.stride), (whole.x, *row, whole.width, whole.stride));
            let start = (strip.y - whole.y) as usize * whole.stride;
            assert_eq!(strip.data, whole.data[start..][..strip.stride * strip.height as usize], "row {row}");
            *row += strip.height;
        }
        ControlFlow::Continue(())
    };
    let decoder = Decoder::new(file).expect("what can be decoded");
    // What is held for files of several scans may be a strip more than whole planes.
    let damage = decoder.decode_strips(&Options { limits, ..*options }, &mut compare);
    assert_eq!(damage, Ok(whole.damage));
    for (whole, row) in whole.planes.iter().zip(rows) {
        assert_eq!(row, whole.y + whole.height);
    }
}
