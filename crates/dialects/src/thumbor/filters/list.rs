use super::{Definition, Form};
use super::{canvas, detail, geometry, output, overlay, response, tone};
use crate::thumbor::Flavour;

/// Every filter, in the order of the documentation; those that hold wherever they stand are written in this order.
static ALL: [&Definition; 65] = [
    &geometry::FOCAL,
    &geometry::EXTRACT_FOCAL,
    &geometry::NO_UPSCALE,
    &geometry::UPSCALE,
    &geometry::STRETCH,
    &geometry::PROPORTION,
    &geometry::ROTATE,
    &geometry::ORIENT,
    &geometry::CROP,
    &geometry::TRIM,
    &canvas::FILL,
    &canvas::PADDING,
    &canvas::BACKGROUND_COLOR,
    &canvas::ROUND_CORNER,
    &canvas::FRAME,
    &overlay::WATERMARK,
    &overlay::IMAGE,
    &overlay::LABEL,
    &overlay::TEXT,
    &tone::BRIGHTNESS,
    &tone::CONTRAST,
    &tone::RGB,
    &tone::COLORIZE,
    &tone::CURVE,
    &tone::INVERT,
    &tone::GRAYSCALE,
    &tone::EQUALIZE,
    &tone::SATURATION,
    &tone::HUE,
    &tone::MODULATE,
    &detail::BLUR,
    &detail::SHARPEN,
    &detail::NOISE,
    &detail::CONVOLUTION,
    &detail::PIXELATE,
    &detail::REDACT,
    &detail::REDACT_OVAL,
    &detail::DRAW_DETECTIONS,
    &detail::RED_EYE,
    &output::QUALITY,
    &output::FORMAT,
    &output::MAX_BYTES,
    &output::AUTOJPG,
    &output::STRIP_EXIF,
    &output::STRIP_METADATA,
    &output::STRIP_ICC,
    &output::TO_COLORSPACE,
    &output::LOSSLESS,
    &output::PALETTE,
    &output::BITDEPTH,
    &output::COMPRESSION,
    &output::DPI,
    &output::COVER,
    &output::PAGE,
    &output::MAX_FRAMES,
    &response::MAX_AGE,
    &response::EXPIRE,
    &response::ATTACHMENT,
    &response::RAW,
    &response::PREVIEW,
    &response::FALLBACK_FORMAT,
    &response::SEEK,
    &response::BLURHASH,
    &response::THUMBHASH,
    &response::AVGCOLOR,
];

/// Every filter of both servers, in the order of the documentation.
pub fn reference() -> &'static [&'static Definition] {
    &ALL
}

/// Names of the filters that are off unless a mount names them.
pub fn opt_in_filters() -> impl Iterator<Item = &'static str> {
    let is_opt_in = |definition: &&&Definition| definition.forms.iter().any(|form| form.opt_in);
    reference().iter().filter(is_opt_in).map(|definition| definition.name)
}

/// The filter of this name in `flavour`.
pub(super) fn find(name: &str, flavour: Flavour) -> Option<(&'static Definition, &'static Form)> {
    let definition = reference().iter().copied().find(|definition| definition.name == name)?;
    definition.form(flavour).map(|form| (definition, form))
}
