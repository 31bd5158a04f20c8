//! Holes in a frame, through which the frame before is seen: what does not change costs few bytes then.

use lightmill_recipe::{Rect, Size};

use crate::codecs::difference::seen;
use crate::{Error, Layout, Picture, Plane, Subsampling, ops};

/// Side of the blocks that become holes in lossy frames: a macroblock of VP8, so that what is coded is coded as if
/// nothing were missing.
const BLOCK: u32 = 16;
/// Holes pay in lossy frames if at least this share of the window's pixels does not change: their shape costs bytes too.
const SHARE: f64 = 0.5;

/// Alpha of the pixels of `window`: 0 in blocks that are the same in both pictures, else 255. `None` if this does not
/// pay or a pixel is not opaque.
pub(super) fn blocks(before: &Picture, after: &Picture, window: Rect) -> Option<Vec<u8>> {
    let size = window.size;
    let mut alpha = vec![255; size.pixels().0 as usize];
    let mut holes = 0;
    for y in (0..size.height).step_by(BLOCK as usize) {
        for x in (0..size.width).step_by(BLOCK as usize) {
            let block = Rect { x: window.x + x, y: window.y + y, size: Size::new(BLOCK, BLOCK) };
            let block = block.intersection(window);
            if !same(before, after, block) {
                continue;
            }
            holes += block.size.pixels().0;
            let rows = alpha.chunks_exact_mut(size.width as usize).skip(y as usize);
            for row in rows.take(block.size.height as usize) {
                row[x as usize..][..block.size.width as usize].fill(0);
            }
        }
    }
    let pays = holes as f64 >= SHARE * size.pixels().0 as f64;
    (pays && is_opaque(after, window)).then_some(alpha)
}

/// The pixels of `window` in RGBA, transparent where both pictures look the same. `None` if nothing does, or if one that
/// changes is not opaque and would mix with what is below.
pub(super) fn pixels(before: &Picture, after: &Picture, window: Rect) -> Result<Option<Picture>, Error> {
    let part = |picture: &Picture| ops::convert(ops::crop(picture.clone(), window)?, Layout::Rgba);
    let (before, mut after) = (part(before)?, part(after)?);
    let mut holes = false;
    for y in 0..window.size.height {
        let pixels = after.row_mut(y).as_chunks_mut::<4>().0.iter_mut();
        for (pixel, before) in pixels.zip(before.row(y).as_chunks::<4>().0) {
            if !seen(*before, *pixel) {
                *pixel = [0; 4];
                holes = true;
            } else if pixel[3] < 255 {
                return Ok(None);
            }
        }
    }
    Ok(holes.then_some(after))
}

/// Whether all samples of `block` (its origin even) are equal.
fn same(before: &Picture, after: &Picture, block: Rect) -> bool {
    let channels = after.layout().channels();
    let subsampling = match after.layout() {
        Layout::YCbCr(subsampling) => subsampling,
        _ => Subsampling::S444,
    };
    let equal = |a: &Plane, b: &Plane, Subsampling { horizontal, vertical }: Subsampling| {
        let (across, down) = (u32::from(horizontal), u32::from(vertical));
        let columns =
            (block.x / across) as usize * channels..(block.x + block.size.width).div_ceil(across) as usize * channels;
        let mut rows = block.y / down..(block.y + block.size.height).div_ceil(down);
        rows.all(|y| a.row(y, channels)[columns.clone()] == b.row(y, channels)[columns.clone()])
    };
    let mut planes = before.planes().iter().zip(after.planes()).enumerate();
    planes.all(|(number, (a, b))| equal(a, b, if number == 0 { Subsampling::S444 } else { subsampling }))
}

/// Whether all pixels of `window` are.
pub(super) fn is_opaque(picture: &Picture, window: Rect) -> bool {
    let columns = window.x as usize..(window.x + window.size.width) as usize;
    !picture.layout().has_alpha()
        || (window.y..window.y + window.size.height)
            .all(|y| picture.row(y).as_chunks::<4>().0[columns.clone()].iter().all(|pixel| pixel[3] == 255))
}
