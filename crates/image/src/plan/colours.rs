//! Where colours are converted, and how many bits samples have on the way.

use lightmill_recipe::{Backdrop, Colour, Format, Light, PictureOutput, Profile, Redact, RedactWith, Size};

use super::{Action, Step, decode};
use crate::colour::Space;
use crate::{Layout, Probe, SourceColour, codecs};

/// Inserts the step that converts colours among `steps`, which begin at a picture of `decoded`, if one is needed. Gives
/// whether the decoder is to give sRGB at once.
pub(super) fn convert(
    probe: &Probe,
    output: Option<(&PictureOutput, Format)>,
    decoded: Size,
    steps: &mut Vec<Step>,
) -> bool {
    let profile = output.map_or(
        Profile::ToSrgb,
        |(output, format)| {
            if holds_profile(format) { output.profile } else { Profile::ToSrgb }
        },
    );
    let differs = decode::converts_colours(probe);
    let place = decode::conversion_place(steps, decoded);
    let mut insert = |place: usize, action: Action| {
        let size = place.checked_sub(1).map_or(decoded, |before| steps[before].size);
        steps.insert(place, Step { action, size, layout: Layout::Rgb });
    };
    match profile {
        Profile::ToSrgb => match place.filter(|_| differs) {
            Some(place) => {
                insert(place, Action::ToSrgb);
                false
            }
            None => true,
        },
        Profile::Keep => {
            // A profile for grey says nothing any more once the picture is coloured.
            let grey = decode::interleaved(probe) == Layout::Grey;
            grey && !steps.iter().all(|step| stays_grey(&step.action))
        }
        Profile::DisplayP3 => {
            let place = place.unwrap_or(0);
            insert(place, Action::ToDisplayP3);
            // Colours that the recipe names are sRGB.
            for colour in steps[place..].iter_mut().filter_map(|step| colour(&mut step.action)) {
                *colour = Space::DisplayP3.colour(*colour);
            }
            // Grey has no primaries: it becomes that of sRGB, whose white and transfer function are those of Display P3.
            decode::interleaved(probe) == Layout::Grey
        }
    }
}

/// The colour that an action names.
fn colour(action: &mut Action) -> Option<&mut Colour> {
    match action {
        Action::Pad { colour, .. }
        | Action::Affine { background: colour, .. }
        | Action::Fill { backdrop: Backdrop::Colour(colour), .. }
        | Action::MaskCorners { colour: Some(colour), .. }
        | Action::Redact { redact: Redact { with: RedactWith::Colour(colour), .. }, .. } => Some(colour),
        _ => None,
    }
}

/// The matte in the colours of the steps' end.
pub(super) fn matte(output: &PictureOutput, steps: &[Step]) -> Colour {
    let converted = steps.iter().any(|step| step.action == Action::ToDisplayP3);
    if converted { Space::DisplayP3.colour(output.matte) } else { output.matte }
}

/// Whether files of `format` have a place for a profile, and this build writes it.
pub(super) fn holds_profile(format: Format) -> bool {
    matches!(format, Format::Jpeg | Format::Png | Format::WebP | Format::Tiff | Format::Avif)
}

fn stays_grey(action: &Action) -> bool {
    matches!(
        action,
        Action::Crop { .. }
            | Action::Orient { .. }
            | Action::Resample { .. }
            | Action::Blur { .. }
            | Action::Linear { .. }
            | Action::Greyscale
            | Action::Luma
            | Action::Equalize
            | Action::Noise { .. }
            | Action::Convolution { .. }
            | Action::Pixelate { .. }
            | Action::ResampleBy { .. }
            | Action::Extend { .. }
            | Action::Median { .. }
            | Action::Threshold { .. }
            | Action::DivideConvolution { .. }
            | Action::Clahe { .. }
            | Action::Invert
    ) || matches!(action, Action::Tables { tables } if tables.are_same())
}

/// Whether samples of more than 8 bits are kept: the source has them, the result holds them, and every step works on
/// them.
pub(super) fn wide(probe: &Probe, output: Option<(&PictureOutput, Format)>, frames: u32, steps: &[Step]) -> bool {
    let holds = codecs::takes_wide;
    let steps = || steps.iter().all(|step| works_on_wide(&step.action));
    let wanted = output.is_some_and(|(output, format)| holds(format) && output.palette.is_none());
    wanted && probe.bits > 8 && holds(probe.format) && probe.colour != SourceColour::Cmyk && frames == 1 && steps()
}

fn works_on_wide(action: &Action) -> bool {
    match action {
        Action::ToSrgb
        | Action::ToDisplayP3
        | Action::Convert
        | Action::Flatten { .. }
        | Action::Orient { .. }
        | Action::Resample { light: Light::Gamma, .. }
        | Action::Crop { .. }
        | Action::Pad { .. }
        | Action::Linear { .. }
        | Action::Greyscale => true,
        Action::Resample { light: Light::Linear, .. }
        | Action::Rotate { .. }
        | Action::MaskCircle { .. }
        | Action::MaskRounded { .. }
        | Action::Blur { .. }
        | Action::Sharpen { .. }
        | Action::Draw { .. }
        | Action::Fill { .. }
        | Action::MaskCorners { .. }
        | Action::Tables { .. }
        | Action::Luma
        | Action::Equalize
        | Action::Saturation { .. }
        | Action::Modulate { .. }
        | Action::WaveletSharpen { .. }
        | Action::Noise { .. }
        | Action::Convolution { .. }
        | Action::Pixelate { .. }
        | Action::Redact { .. }
        | Action::Outline { .. }
        | Action::RedEye { .. }
        | Action::NinePatch { .. }
        | Action::Stamp { .. }
        | Action::ResampleBy { .. }
        | Action::Extend { .. }
        | Action::Affine { .. }
        | Action::Median { .. }
        | Action::Threshold { .. }
        | Action::Unflatten
        | Action::DivideConvolution { .. }
        | Action::Recomb { .. }
        | Action::Composite { .. }
        | Action::ChannelGains { .. }
        | Action::Normalise { .. }
        | Action::Clahe { .. }
        | Action::Bandbool { .. }
        | Action::Tint { .. }
        | Action::RemoveAlpha
        | Action::EnsureAlpha { .. }
        | Action::ExtractChannel { .. }
        | Action::Invert
        | Action::MaskEllipse { .. } => false,
    }
}
