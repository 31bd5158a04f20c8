//! The one place where steps are made: as operations where they are equal, else as sharp's own.

use lightmill_recipe::sharp::{
    ChannelLinear, LchModulate, Negate, Placement, RotateByAngle, SharpConvolution, SharpFit, SharpResize,
    SharpSharpen, SharpTarget,
};
use lightmill_recipe::{
    Backdrop, Blur, ChannelTables, Colour, Enlarge, Fit, Flatten, Flip, Gravity, Light, Linear, Modulate, Operation,
    Rect, Resize, Rotate, Sharpen, Size, Table, Target,
};

/// A window of the picture.
pub(crate) fn crop(left: u32, top: u32, width: u32, height: u32) -> Operation {
    Operation::Extract(Rect { x: left, y: top, size: Size::new(width, height) })
}

/// Another size; `None` if it is the same.
pub(crate) fn resize(wanted: SharpResize) -> Option<Operation> {
    if wanted.target == (SharpTarget::Box { width: None, height: None }) {
        return None;
    }
    Some(plain_resize(&wanted).map_or(Operation::SharpResize(wanted), Operation::Resize))
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
pub(crate) fn flip(horizontal: bool, vertical: bool) -> Operation {
    if horizontal && vertical {
        return Operation::Rotate(Rotate { degrees: 180 });
    }
    Operation::Flip(Flip { horizontal, vertical })
}

/// Turned by degrees from 0 to below 360; corners are black.
pub(crate) fn rotate(degrees: f64) -> Operation {
    if degrees % 90.0 == 0.0 {
        return Operation::Rotate(Rotate { degrees: degrees as u16 });
    }
    Operation::RotateByAngle(RotateByAngle { degrees, background: Colour::BLACK })
}

/// Luma only.
pub(crate) fn greyscale() -> Operation {
    Operation::Greyscale
}

/// A colour behind transparent pixels.
pub(crate) fn flatten(colour: Colour) -> Operation {
    Operation::Flatten(Flatten { backdrop: Backdrop::Colour(colour) })
}

/// Softer, by a standard deviation in pixels.
pub(crate) fn gaussian(sigma: f64) -> Operation {
    Operation::Blur(Blur::Gaussian { sigma: sigma as f32 })
}

/// Sharp's blur without a number: the mean of 3×3 pixels.
pub(crate) fn mild_blur() -> Operation {
    convolution(SharpConvolution { width: 3, height: 3, weights: vec![1.0; 9], scale: 9.0, offset: 0.0 })
}

/// Sharp's sharpen without a number: 32 in the middle of eight −1.
pub(crate) fn mild_sharpen() -> Operation {
    let weights = vec![-1.0, -1.0, -1.0, -1.0, 32.0, -1.0, -1.0, -1.0, -1.0];
    convolution(SharpConvolution { width: 3, height: 3, weights, scale: 24.0, offset: 0.0 })
}

/// Crisper.
pub(crate) fn sharpen(wanted: SharpSharpen) -> Operation {
    let SharpSharpen { sigma, m1, m2, x1, y2, y3 } = wanted;
    if (x1, y2, y3) == (2.0, 10.0, 20.0) {
        return Operation::Sharpen(Sharpen { sigma: sigma as f32, flat: m1 as f32, jagged: m2 as f32 });
    }
    Operation::SharpSharpen(wanted)
}

/// Any kernel.
pub(crate) fn convolution(wanted: SharpConvolution) -> Operation {
    Operation::SharpConvolution(wanted)
}

/// v^exponent on red, green and blue, in parts of 255.
pub(crate) fn power(exponent: f64) -> Operation {
    let table = Table::from_fn(|value| ((value as f64 / 255.0).powf(exponent) * 255.0).round() as i64);
    Operation::Tables(ChannelTables::same(table))
}

/// The inverse.
pub(crate) fn negate(alpha: bool) -> Operation {
    if alpha {
        return Operation::Negate(Negate { alpha });
    }
    Operation::Tables(ChannelTables::same(Table::from_fn(|value| 255 - value)))
}

/// Lightness, chroma and hue.
pub(crate) fn modulate(wanted: LchModulate) -> Operation {
    let LchModulate { brightness, saturation, hue, lightness } = wanted;
    if lightness == 0.0 {
        let (lightness, chroma, hue) = (brightness as f32, saturation as f32, hue as f32);
        return Operation::Modulate(Modulate { lightness, chroma, hue });
    }
    Operation::LchModulate(wanted)
}

/// A factor for all channels or for each.
pub(crate) fn linear(gains: Vec<f64>) -> Operation {
    match gains.as_slice() {
        [gain] => Operation::Linear(Linear { gain: *gain as f32, offset: 0.0 }),
        _ => Operation::ChannelLinear(ChannelLinear { gains }),
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::sharp::Kernel;

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
}
