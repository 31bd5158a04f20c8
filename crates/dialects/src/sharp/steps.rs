//! The one place where steps are made: as operations where they are equal, else as sharp's own.

use lightmill_recipe::sharp::{
    ChannelLinear, Composite, CompositeBlend, LchModulate, Negate, Offset, Placement, RotateByAngle, SharpConvolution,
    SharpFit, SharpResize, SharpSharpen, SharpStep, SharpTarget,
};
use lightmill_recipe::{
    Backdrop, Blur, ChannelTables, Colour, Convolution, Crop, CropOrigin, Enlarge, Fit, Flatten, Flip, Gravity, Light,
    Linear, Mark, Modulate, Operation, Overlay, Resize, Rotate, Sharpen, Step, Table, Target,
};

use super::pipeline::gravity_of;

/// A window of the picture.
pub(crate) fn crop(left: u32, top: u32, width: u32, height: u32) -> SharpStep {
    let (gravity, origin) = (Gravity::NorthWest, CropOrigin::Window);
    Operation::Crop(Crop { width: Some(width), height: Some(height), x: left, y: top, gravity, origin }).into()
}

/// Another size; `None` if it is the same.
pub(crate) fn resize(wanted: SharpResize) -> Option<SharpStep> {
    if wanted.target == (SharpTarget::Box { width: None, height: None }) {
        return None;
    }
    Some(plain_resize(&wanted).map_or(SharpStep::Resize(wanted), |resize| Operation::Resize(resize).into()))
}

/// The resize that other dialects know, if it comes to the same.
fn plain_resize(wanted: &SharpResize) -> Option<Resize> {
    let SharpResize { target, fit, placement, kernel, without_enlargement, without_reduction } = *wanted;
    let target = match target {
        SharpTarget::Box { width, height } => Target::Box { width, height },
        SharpTarget::Ratio(ratio) => {
            let percent = ratio * 100.0;
            let whole = percent.fract() == 0.0 && (1.0..=10_000.0).contains(&percent);
            Target::Percent(whole.then_some(percent as u32)?)
        }
    };
    let cuts = matches!(target, Target::Box { width: Some(_), height: Some(_) });
    let centred = placement == Placement::Gravity(Gravity::Centre) || !cuts;
    let fit = match fit {
        SharpFit::Cover | SharpFit::Contain(_) if !cuts => Fit::Inside,
        // Without enlargement sharp keeps the box, where other dialects keep the picture.
        SharpFit::Cover | SharpFit::Contain(_) if without_enlargement || !centred => return None,
        SharpFit::Cover => Fit::Cover,
        SharpFit::Contain(background) => Fit::Contain { background },
        SharpFit::Fill => Fit::Stretch,
        SharpFit::Inside => Fit::Inside,
        SharpFit::Outside => Fit::Outside,
    };
    let enlarge = match (without_enlargement, fit) {
        (false, _) => Enlarge::Allowed,
        (true, Fit::Stretch) => Enlarge::NeverEachSide,
        (true, _) => Enlarge::Never,
    };
    let plain = kernel == lightmill_recipe::sharp::Kernel::default() && !without_reduction;
    plain.then_some(Resize { target, fit, enlarge, light: Light::Gamma })
}

/// Mirrored.
pub(crate) fn flip(horizontal: bool, vertical: bool) -> SharpStep {
    if horizontal && vertical {
        return Operation::Rotate(Rotate { degrees: 180 }).into();
    }
    Step::Flip(Flip { horizontal, vertical }).into()
}

/// Turned by degrees from 0 to below 360; corners are black.
pub(crate) fn rotate(degrees: f64) -> SharpStep {
    if degrees % 90.0 == 0.0 {
        return Operation::Rotate(Rotate { degrees: degrees as u16 }).into();
    }
    SharpStep::RotateByAngle(RotateByAngle { degrees, background: Colour::BLACK })
}

/// Luma only.
pub(crate) fn greyscale() -> SharpStep {
    Operation::Greyscale.into()
}

/// A colour behind transparent pixels.
pub(crate) fn flatten(colour: Colour) -> SharpStep {
    Step::Flatten(Flatten { backdrop: Backdrop::Colour(colour) }).into()
}

/// Softer, by a standard deviation in pixels.
pub(crate) fn gaussian(sigma: f64) -> SharpStep {
    Operation::Blur(Blur::Gaussian { sigma: sigma as f32 }).into()
}

/// Sharp's blur without a number: the mean of 3×3 pixels.
pub(crate) fn mild_blur() -> SharpStep {
    convolution(SharpConvolution { width: 3, height: 3, weights: vec![1.0; 9], scale: 9.0, offset: 0.0 })
}

/// Sharp's sharpen without a number: 32 in the middle of eight −1.
pub(crate) fn mild_sharpen() -> SharpStep {
    let weights = vec![-1.0, -1.0, -1.0, -1.0, 32.0, -1.0, -1.0, -1.0, -1.0];
    convolution(SharpConvolution { width: 3, height: 3, weights, scale: 24.0, offset: 0.0 })
}

/// Crisper.
pub(crate) fn sharpen(wanted: SharpSharpen) -> SharpStep {
    let SharpSharpen { sigma, m1, m2, x1, y2, y3 } = wanted;
    if (x1, y2, y3) == (2.0, 10.0, 20.0) {
        return Operation::Sharpen(Sharpen { sigma: sigma as f32, flat: m1 as f32, jagged: m2 as f32 }).into();
    }
    SharpStep::Sharpen(wanted)
}

/// Any kernel.
pub(crate) fn convolution(wanted: SharpConvolution) -> SharpStep {
    let sum: f64 = wanted.weights.iter().sum();
    let divisor = if sum == 0.0 { 1.0 } else { sum };
    let odd = wanted.width % 2 == 1 && wanted.height % 2 == 1;
    if odd && (wanted.scale - divisor).abs() < f64::EPSILON && wanted.offset == 0.0 {
        let weights = wanted.weights.iter().map(|weight| *weight as f32).collect();
        return Step::Convolution(Convolution { weights, columns: wanted.width, normalize: true }).into();
    }
    SharpStep::Convolution(wanted)
}

/// v^exponent on red, green and blue, in parts of 255.
pub(crate) fn power(exponent: f64) -> SharpStep {
    let table = Table::from_fn(|value| ((value as f64 / 255.0).powf(exponent) * 255.0).round() as i64);
    Step::Tables(ChannelTables::same(table)).into()
}

/// The inverse.
pub(crate) fn negate(alpha: bool) -> SharpStep {
    if alpha {
        return SharpStep::Negate(Negate { alpha });
    }
    Step::Tables(ChannelTables::same(Table::from_fn(|value| 255 - value))).into()
}

/// Lightness, chroma and hue.
pub(crate) fn modulate(wanted: LchModulate) -> SharpStep {
    let LchModulate { brightness, saturation, hue, lightness } = wanted;
    if lightness == 0.0 {
        let (lightness, chroma, hue) = (brightness as f32, saturation as f32, hue as f32);
        return Step::Modulate(Modulate { lightness, chroma, hue }).into();
    }
    SharpStep::Modulate(wanted)
}

/// A factor for all channels or for each.
pub(crate) fn linear(gains: Vec<f64>) -> SharpStep {
    match gains.as_slice() {
        [gain] => Operation::Linear(Linear { gain: *gain as f32, offset: 0.0 }).into(),
        _ => SharpStep::Linear(ChannelLinear { gains }),
    }
}

/// A picture on top.
pub(crate) fn composite(wanted: Composite) -> SharpStep {
    match overlay(&wanted) {
        Some(overlay) => Operation::Overlay(overlay).into(),
        None => SharpStep::Composite(wanted),
    }
}

/// The overlay that other dialects know, if it comes to the same: in the mark's own size, at whole pixels inside.
fn overlay(wanted: &Composite) -> Option<Overlay> {
    let mark = wanted.mark;
    let own_size = mark.width_percent.is_none() && mark.height_percent.is_none();
    let opacity = 100.0 - mark.transparency_percent;
    let plain = wanted.blend == CompositeBlend::Over && !wanted.tile && !wanted.premultiplied;
    if !plain || !own_size || opacity.fract() != 0.0 {
        return None;
    }
    let axis = |offset: Option<Offset>, cell: u32| match offset {
        None => Some((cell, 0)),
        Some(Offset::FromStart(pixels)) => Some((0, pixels)),
        Some(Offset::FromEnd(pixels)) => Some((2, pixels)),
        Some(Offset::PercentFromStart(_) | Offset::PercentFromEnd(_)) => None,
    };
    let (column, x) = axis(wanted.left, wanted.gravity.column())?;
    let (row, y) = axis(wanted.top, wanted.gravity.row())?;
    Some(Overlay {
        mark: Mark::Image(mark.input),
        gravity: gravity_of((column, row)),
        x,
        y,
        vertical_offset: 0,
        opacity: opacity as u8,
        degrees: 0,
        tiling: None,
        shrink_to_fit: false,
    })
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::InputIndex;
    use lightmill_recipe::sharp::{CompositeMark, Kernel};

    use super::*;

    #[test]
    fn what_equals_an_operation_becomes_one() {
        let wanted = |fit, without_enlargement| SharpResize {
            target: SharpTarget::Box { width: Some(9), height: Some(8) },
            fit,
            placement: Placement::Gravity(Gravity::Centre),
            kernel: Kernel::default(),
            without_enlargement,
            without_reduction: false,
        };
        let name = |wanted| resize(wanted).unwrap().name();
        assert_eq!(name(wanted(SharpFit::Cover, false)), "resize");
        assert_eq!(name(wanted(SharpFit::Cover, true)), "sharp_resize");
        assert_eq!(name(wanted(SharpFit::Fill, true)), "resize");
        let half = SharpResize { target: SharpTarget::Ratio(0.5), ..wanted(SharpFit::Inside, false) };
        assert_eq!(name(half), "resize");
        let third = SharpResize { target: SharpTarget::Ratio(1.0 / 3.0), ..half };
        assert_eq!(name(third), "sharp_resize");
        let free = SharpTarget::Box { width: None, height: None };
        assert_eq!(resize(SharpResize { target: free, ..half }), None);
    }

    #[test]
    fn overlays_at_whole_pixels_are_operations() {
        let input = InputIndex(1);
        let mark = CompositeMark {
            input,
            width_percent: None,
            height_percent: None,
            stretched: false,
            transparency_percent: 20.0,
        };
        let wanted = Composite {
            mark,
            gravity: Gravity::Centre,
            left: Some(Offset::FromEnd(5)),
            top: None,
            tile: false,
            blend: CompositeBlend::Over,
            premultiplied: false,
        };
        let SharpStep::Step(Step::Operation(Operation::Overlay(overlay))) = composite(wanted.clone()) else {
            panic!("an overlay")
        };
        assert_eq!((overlay.gravity, overlay.x, overlay.y, overlay.opacity), (Gravity::East, 5, 0, 80));
        assert_eq!(composite(Composite { tile: true, ..wanted }).name(), "composite");
    }

    #[test]
    fn mild_kernels_are_normalised() {
        assert_eq!((mild_blur().name(), mild_sharpen().name()), ("convolution", "convolution"));
        let edges = SharpConvolution { width: 3, height: 3, weights: vec![0.0; 9], scale: 2.0, offset: 0.0 };
        assert_eq!(convolution(edges).name(), "sharp_convolution");
    }
}
