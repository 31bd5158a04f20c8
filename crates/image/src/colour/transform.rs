use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout as Samples, Transform8BitExecutor, Transform16BitExecutor, TransformOptions,
};

use super::Space;
use super::recent::recent;
use crate::Layout;

/// Steps of an 8-bit channel by which a way may change colours and still be none: the rounding of the many published
/// variants of the same profile.
const TOLERANCE: u8 = 2;

/// A way from one space to another, for samples of one depth. Grey samples come out as three equal ones.
#[derive(Clone)]
pub(super) enum Transform {
    Narrow(Arc<Transform8BitExecutor>),
    Wide(Arc<Transform16BitExecutor>),
}

/// The way from `icc` (sRGB if there is none) to `space`, or `None` if there is none or nothing to do.
///
/// Y'CbCr planes are asked about as the RGB that they encode.
pub(super) fn transform(icc: Option<&[u8]>, space: Space, layout: Layout) -> Option<Transform> {
    let layout = if let Layout::YCbCr(_) = layout { Layout::Rgb } else { layout };
    recent(icc.unwrap_or_default(), space, layout, || make(icc, space, layout))
}

fn make(icc: Option<&[u8]>, space: Space, layout: Layout) -> Option<Transform> {
    let source = match icc {
        Some(icc) => ColorProfile::new_from_slice(icc).ok()?,
        None => Space::Srgb.profile(),
    };
    let (needed, samples, target) = match layout.narrowed() {
        Layout::Grey => (DataColorSpace::Gray, Samples::Gray, Samples::Rgb),
        Layout::Rgba => (DataColorSpace::Rgb, Samples::Rgba, Samples::Rgba),
        _ => (DataColorSpace::Rgb, Samples::Rgb, Samples::Rgb),
    };
    if source.color_space != needed {
        return None;
    }
    let options = TransformOptions { rendering_intent: source.rendering_intent, ..TransformOptions::default() };
    let narrow = source.create_transform_8bit(samples, &space.profile(), target, options).ok()?;
    if is_identity(&*narrow, layout.narrowed()) {
        return None;
    }
    if layout.is_wide() {
        // Fixed point is made for 8 bits.
        let options = TransformOptions { prefer_fixed_point: false, ..options };
        return source.create_transform_16bit(samples, &space.profile(), target, options).ok().map(Transform::Wide);
    }
    Some(Transform::Narrow(narrow))
}

/// Whether a transform changes no colour of a coarse grid by more than [`TOLERANCE`]: compares what profiles do,
/// whatever they are called and however they are written.
fn is_identity(transform: &Transform8BitExecutor, layout: Layout) -> bool {
    const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    let source: Vec<u8> = match layout {
        Layout::Grey => (0..=255).collect(),
        other => {
            let alpha = other.has_alpha().then_some(255);
            let grid = STEPS.iter().flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.map(|b| [*r, *g, b])));
            let greys = (0..=255).map(|v| [v; 3]);
            grid.chain(greys).flat_map(|rgb| rgb.into_iter().chain(alpha)).collect()
        }
    };
    let channels = if layout == Layout::Grey { 3 } else { 1 };
    let mut result = vec![0; source.len() * channels];
    transform.transform(&source, &mut result).is_ok()
        && result.chunks_exact(channels).zip(&source).all(|(new, old)| new[0].abs_diff(*old) <= TOLERANCE)
}
