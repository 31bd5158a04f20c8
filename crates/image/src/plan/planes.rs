//! Which steps work on Y'CbCr planes, and how chroma is subsampled after them.

use lightmill_recipe::{Blend, Rect, Size};

use super::{Action, Step};
use crate::{ExifOrientation, Subsampling, ops};

/// Subsampling of a planar picture of size `before` after the first of `steps`; `None` if that wants interleaved pixels.
/// `to_the_end`: the encoder takes planes as 4:2:0.
pub(super) fn after(steps: &[Step], before: Size, subsampling: Subsampling, to_the_end: bool) -> Option<Subsampling> {
    let (step, rest) = steps.split_first()?;
    let whole = |size: Size| {
        size.width.is_multiple_of(subsampling.horizontal.into())
            && size.height.is_multiple_of(subsampling.vertical.into())
    };
    match &step.action {
        // The size that it has is no resampling; its chroma stays as it is.
        Action::Resample { part: None, .. } if step.size == before => Some(subsampling),
        Action::Resample { .. } if to_the_end && stays_coarse(rest, step.size) => Some(Subsampling::S420),
        Action::Crop { window: Rect { x, y, .. } } if whole(Size::new(*x, *y)) => Some(subsampling),
        // Chroma is brought to luma's grid.
        Action::Resample { .. } | Action::Crop { .. } => Some(Subsampling::S444),
        Action::Orient { orientation } if whole(before) => Some(turned(subsampling, *orientation)),
        // Luma of BT.601 is that of JFIF.
        Action::Blur { .. } | Action::Sharpen { .. } | Action::Draw { .. } | Action::Luma => Some(subsampling),
        Action::Linear { linear } if ops::stays_within(*linear) => Some(subsampling),
        Action::Tables { tables } if ops::line(tables).is_some_and(ops::stays_within) => Some(subsampling),
        Action::WaveletSharpen { sharpen } if sharpen.luminance_only => Some(subsampling),
        Action::Stamp { stamp, .. } if stamp.blend == Blend::Normal => Some(subsampling),
        _ => None,
    }
}

/// Whether chroma of a picture of `size` can be 4:2:0 through all of `steps` without loss.
fn stays_coarse(steps: &[Step], mut size: Size) -> bool {
    let mut subsampling = Subsampling::S420;
    for (place, step) in steps.iter().enumerate() {
        // A second resampling makes more of fine chroma.
        if matches!(step.action, Action::Resample { .. }) {
            return false;
        }
        match after(&steps[place..], size, subsampling, true) {
            Some(next) if next != Subsampling::S444 => subsampling = next,
            _ => return false,
        }
        size = step.size;
    }
    true
}

fn turned(subsampling: Subsampling, orientation: ExifOrientation) -> Subsampling {
    if orientation.transposes() {
        Subsampling { horizontal: subsampling.vertical, vertical: subsampling.horizontal }
    } else {
        subsampling
    }
}
