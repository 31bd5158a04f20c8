//! Any bytes are planes of the promised size or an error, at each scale, and a region is part of the whole. The first
//! five bytes are options.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_jpeg::{Decoded, Decoder, Error, Limits, Options, Rect, Refinement, Scale};

const LIMITS: Limits = Limits { pixels: 1 << 20, memory_bytes: 16 << 20, scans: 50 };

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice, x, y, width, height], file)) = bytes.split_first_chunk::<5>() else { return };
    let scale = [Scale::Eighth, Scale::Quarter, Scale::Half][usize::from(choice & 3) % 3];
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
    let n = scale.block() as u32;
    assert_eq!((whole.planes[0].x, whole.planes[0].y), (0, 0));
    let (columns, rows) = ((columns * n).div_ceil(8), (rows * n).div_ceil(8));
    let (x, y) = (u32::from(*x) % columns, u32::from(*y) % rows);
    let (width, height) = (1 + u32::from(*width) % (columns - x), 1 + u32::from(*height) % (rows - y));
    let region = Some(Rect { x, y, width, height });
    let part = Decoder::new(file).and_then(|decoder| decoder.decode(&Options { region, ..options }));
    let part = part.expect("a part of what can be decoded");
    check(&part);
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
