//! In which layout each step is done.

use lightmill_recipe::sharp::Recomb;
use lightmill_recipe::{Blend, Size};

use super::{Action, Step, canvas, planes};
use crate::Layout;

/// The layout that the first of `steps` wants of a picture in `layout`, and the one that it gives.
pub(super) fn layouts(steps: &[Step], size: Size, layout: Layout, to_the_end: bool) -> (Layout, Layout) {
    if layout.is_wide() {
        let (needed, given) = layouts(steps, size, layout.narrowed(), to_the_end);
        return (needed.widened(), given.widened());
    }
    let interleaved = match layout {
        Layout::YCbCr(subsampling) => match planes::after(steps, size, subsampling, to_the_end) {
            Some(after) => return (layout, Layout::YCbCr(after)),
            None => Layout::Rgb,
        },
        other => other,
    };
    steps.first().map_or((interleaved, interleaved), |step| of_pixels(&step.action, interleaved))
}

/// The same, for a picture that is not planar.
fn of_pixels(action: &Action, layout: Layout) -> (Layout, Layout) {
    let coloured = if layout == Layout::Grey { Layout::Rgb } else { layout };
    let same = |layout| (layout, layout);
    match action {
        Action::Rotate { .. }
        | Action::MaskCircle { .. }
        | Action::MaskRounded { .. }
        | Action::MaskCorners { colour: None, .. }
        | Action::NinePatch { .. }
        | Action::Unflatten
        | Action::EnsureAlpha { .. }
        | Action::MaskEllipse { .. }
        | Action::Recomb { recomb: Recomb::Rgba(_) } => same(Layout::Rgba),
        Action::Affine { background, .. } if background.alpha < 255 => same(Layout::Rgba),
        Action::Composite { composite, .. } if !composite.blend.keeps_opaque() => same(Layout::Rgba),
        Action::Bandbool { .. } | Action::ExtractChannel { .. } => (coloured, Layout::Grey),
        Action::RemoveAlpha if layout.has_alpha() => (layout, Layout::Rgb),
        Action::Pad { colour, .. } if colour.alpha < 255 => same(Layout::Rgba),
        Action::Fill { backdrop, blend, .. } => {
            let opaque = !canvas::lets_through(*backdrop, layout.has_alpha());
            match (opaque, layout.has_alpha()) {
                (true, false) => same(coloured),
                (true, true) if *blend => (Layout::Rgba, Layout::Rgb),
                _ => same(Layout::Rgba),
            }
        }
        Action::Stamp { stamp, .. } if matches!(stamp.blend, Blend::Mask | Blend::MaskOut) => same(Layout::Rgba),
        Action::Tables { tables } if !tables.are_same() => same(coloured),
        Action::ToDisplayP3
        | Action::Pad { .. }
        | Action::Sharpen { .. }
        | Action::Draw { .. }
        | Action::MaskCorners { .. }
        | Action::Saturation { .. }
        | Action::Modulate { .. }
        | Action::WaveletSharpen { .. }
        | Action::Redact { .. }
        | Action::Outline { .. }
        | Action::RedEye { .. }
        | Action::Stamp { .. }
        | Action::Affine { .. }
        | Action::Composite { .. }
        | Action::Recomb { .. }
        | Action::ChannelGains { .. }
        | Action::Normalise { .. }
        | Action::Tint { .. } => same(coloured),
        _ => same(layout),
    }
}
