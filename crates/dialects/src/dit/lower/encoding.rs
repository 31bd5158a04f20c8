//! Which format a result has, and with which parameters.

use lightmill_recipe::{Effort, Format, PaletteColours};

use super::Draft;
use crate::dit::{FormatWish, ImageRequest, Options};
use crate::negotiation::accepted;
use crate::sharp::{Encoding, Value};

/// The formats of [`FormatWish::Auto`], best first.
const AUTO: [Format; 2] = [Format::Avif, Format::WebP];

/// The encoding of the request: `toFormat`, then `outputFormat`, then what `Accept` chooses, then the last edit of a
/// format, then the source's format. (In compatibility `Accept` goes before `outputFormat`.)
pub(super) fn decide(request: &ImageRequest, accept: Option<&str>, draft: &mut Draft<'_>) -> Encoding {
    let negotiated = accepted(accept, &draft.options.negotiate);
    let mut encoding = Encoding { metadata: draft.metadata, quality: draft.quality, ..Encoding::default() };
    match wish(request, draft.to_format, draft.options, !negotiated.is_empty()) {
        Some(FormatWish::Is(format)) => encoding.format = Some(format),
        Some(FormatWish::Auto) => encoding.preferred = accepted(accept, &AUTO),
        None if negotiated.is_empty() => encoding.format = draft.encoders.last().map(|(format, _)| *format),
        None => encoding.preferred = negotiated,
    }
    let certain = encoding.format.or(encoding.preferred.first().copied());
    for (format, value) in std::mem::take(&mut draft.encoders) {
        if certain == Some(format) {
            parameters(&value, &mut encoding);
        }
        pass_over(format, &value, certain == Some(format), &mut draft.ignored);
    }
    if let Some(effort) = request.effort {
        if certain == Some(Format::WebP) {
            encoding.effort = effort_of(f64::from(effort));
        } else {
            draft.ignored.push("effort".to_owned());
        }
    }
    encoding
}

/// Whether the answer depends on `Accept`.
pub(super) fn varies_by_accept(request: &ImageRequest, to_format: Option<FormatWish>, options: &Options) -> bool {
    let negotiates = !options.negotiate.is_empty();
    match wish(request, to_format, options, negotiates) {
        Some(FormatWish::Auto) => true,
        Some(FormatWish::Is(_)) => negotiates && options.compat && to_format.is_none(),
        None => negotiates,
    }
}

/// The format that is asked for, where `negotiates` says whether `Accept` chooses one.
fn wish(
    request: &ImageRequest,
    to_format: Option<FormatWish>,
    options: &Options,
    negotiates: bool,
) -> Option<FormatWish> {
    let output_format = request.output_format.filter(|_| !(options.compat && negotiates));
    to_format.or(output_format)
}

/// What a format's edit says.
fn parameters(value: &Value, encoding: &mut Encoding) {
    let quality = value.get("quality").and_then(Value::number).map(|quality| quality as u8);
    let colours = value.natural("colours");
    let asks_for_palette = value.is_set("palette") || value.get("dither").is_some() || colours.is_some();
    if encoding.format == Some(Format::Png) {
        if asks_for_palette || quality.is_some() {
            let colours = colours.and_then(|colours| PaletteColours::new(colours as u16));
            encoding.palette = Some(colours.unwrap_or(PaletteColours::MOST));
        }
    } else {
        encoding.quality = quality.filter(|quality| *quality > 0).or(encoding.quality);
    }
    encoding.lossless = value.is_set("lossless");
    encoding.progressive = value.get("progressive").and_then(Value::flag);
    let effort = value.get("effort").and_then(Value::number);
    encoding.effort = effort.map_or(Effort::Fast, effort_of);
    if value.is_set("mozjpeg") {
        encoding.effort = Effort::Small;
        encoding.progressive = encoding.progressive.or(Some(true));
    }
}

/// The default, 4, and less are fast.
fn effort_of(effort: f64) -> Effort {
    if effort > 4.0 { Effort::Small } else { Effort::Fast }
}

/// Notes the members of a format's edit that have no effect: those without a counterpart, or all if the format is another.
fn pass_over(format: Format, value: &Value, is_used: bool, ignored: &mut Vec<String>) {
    const USED: [&str; 9] =
        ["quality", "progressive", "mozjpeg", "lossless", "effort", "palette", "colours", "compression", "bitdepth"];
    let Value::Object(members) = value else { return };
    for (name, _) in members {
        let has_effect = match format {
            Format::Gif | Format::Tiff => false,
            Format::Png => matches!(*name, "palette" | "colours" | "quality" | "dither"),
            _ => USED.contains(name),
        };
        if is_used && has_effect {
            continue;
        }
        let name = format!("{format}.{name}");
        if !ignored.contains(&name) && ignored.len() < 16 {
            ignored.push(name);
        }
    }
}
