use lightmill_recipe::{Format, Size};
use resvg::usvg::roxmltree::Node;

use crate::Error;

/// The size of a document that states neither width and height nor a view box, in pixels.
const DEFAULT: f64 = 100.0;
/// Pixels of an em, if nothing says otherwise.
const EM: f64 = 12.0;
/// Pixels of an inch (CSS Values 4, section 6.2).
const INCH: f64 = 96.0;

/// The intrinsic size in pixels, rounded up: width and height, else the view box, else 100 × 100.
pub(super) fn intrinsic(root: Node<'_, '_>) -> Result<Size, Error> {
    let view_box = root.attribute("viewBox").and_then(view_box);
    let side = |name: &str, of_box: Option<f64>| {
        let whole = of_box.unwrap_or(DEFAULT);
        root.attribute(name).and_then(|text| pixels(text, whole)).unwrap_or(whole)
    };
    let width = side("width", view_box.map(|(width, _)| width));
    let height = side("height", view_box.map(|(_, height)| height));
    let valid = |side: f64| side.is_finite() && side > 0.0 && side <= f64::from(i32::MAX);
    if valid(width) && valid(height) {
        Ok(Size::new(width.ceil() as u32, height.ceil() as u32))
    } else {
        Err(Error::corrupt(Format::Svg, "impossible size"))
    }
}

fn view_box(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
    let mut next = || numbers.next()?.parse::<f64>().ok();
    let (_, _, width, height) = (next()?, next()?, next()?, next()?);
    Some((width, height))
}

/// A length in pixels; percents are of `whole`. `None` if it is not a length.
fn pixels(text: &str, whole: f64) -> Option<f64> {
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E') || c == '%');
    // An `e` starts a unit (em, ex) unless digits follow.
    let unit = unit.map_or(text.len(), |at| if text[..at].ends_with(['e', 'E']) { at - 1 } else { at });
    let (number, unit) = text.split_at(unit);
    let number: f64 = number.parse().ok()?;
    Some(match unit.to_ascii_lowercase().as_str() {
        "" | "px" => number,
        "pt" => number * INCH / 72.0,
        "pc" => number * INCH / 6.0,
        "in" => number * INCH,
        "cm" => number * INCH / 2.54,
        "mm" => number * INCH / 25.4,
        "em" => number * EM,
        "ex" => number * EM / 2.0,
        "%" => number * whole / 100.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_with_units() {
        let cases = [("10", 10.0), ("1in", 96.0), ("72pt", 96.0), ("2.54cm", 96.0), ("2em", 24.0), ("50%", 100.0)];
        for (text, expected) in cases {
            assert!((pixels(text, 200.0).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        assert_eq!(pixels("1e2px", 0.0), Some(100.0));
        for bad in ["", "px", "auto", "10apples", "1 0"] {
            assert_eq!(pixels(bad, 1.0), None, "{bad}");
        }
    }
}
