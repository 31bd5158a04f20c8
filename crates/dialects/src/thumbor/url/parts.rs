//! One function for each kind of segment: what it says, or `None` if it is no such segment.

use std::num::NonZeroU32;

use lightmill_recipe::{Corner, Edge, Edges, Margins, Side};

use super::{Dimensions, FitIn, TrimWish};
use crate::thumbor::Flavour;

/// `trim[:top-left|:bottom-right][:N]`.
pub(super) fn trim(segment: &str, flavour: Flavour) -> Option<TrimWish> {
    let rest = segment.strip_prefix("trim")?;
    let (reference, tolerance) = match (rest.strip_prefix(":top-left"), rest.strip_prefix(":bottom-right")) {
        (Some(rest), _) => (Corner::TopLeft, rest),
        (None, Some(rest)) => (Corner::BottomRight, rest),
        (None, None) => (Corner::TopLeft, rest),
    };
    let tolerance = match tolerance {
        "" => 0,
        text => digits(text.strip_prefix(':')?)?,
    };
    // Thumbor reads a lone number as the name of a corner, and any name but `top-left` is the lower right one.
    if flavour == Flavour::Thumbor && rest.len() > 1 && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        return Some(TrimWish { reference: Corner::BottomRight, tolerance: 0 });
    }
    Some(TrimWish { reference, tolerance })
}

/// `AxB:CxD`: left, top, right, bottom. imagor takes parts of the picture too.
pub(super) fn crop(segment: &str, flavour: Flavour) -> Option<Edges> {
    let (start, end) = segment.split_once(':')?;
    let ((left, top), (right, bottom)) = (start.split_once('x')?, end.split_once('x')?);
    if let (Some(left), Some(top), Some(right), Some(bottom)) =
        (digits(left), digits(top), digits(right), digits(bottom))
    {
        let whole = flavour == Flavour::Imagor && left == 0 && top == 0 && right <= 1 && bottom <= 1;
        if !whole {
            return Some(Edges::Pixels { left, top, right, bottom });
        }
    } else if flavour == Flavour::Thumbor {
        return None;
    }
    let (left, top) = (part(left, &["0.", "."])?, part(top, &["0.", "."])?);
    let (right, bottom) = (part(right, &["0.", "1.", "."])?, part(bottom, &["0.", "1.", "."])?);
    if left < 1.0 && top < 1.0 && right <= 1.0 && bottom <= 1.0 {
        return Some(Edges::Parts { left, top, right, bottom });
    }
    let pixels = |length: f64| length.round() as u32;
    Some(Edges::Pixels { left: pixels(left), top: pixels(top), right: pixels(right), bottom: pixels(bottom) })
}

/// Digits, after one of these prefixes or none.
fn part(text: &str, prefixes: &[&str]) -> Option<f64> {
    let decimals = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    if decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `fit-in`, after `adaptive-`, `full-` or both.
pub(super) fn fit_in(segment: &str) -> Option<FitIn> {
    let rest = segment.strip_prefix("adaptive-");
    let (adaptive, rest) = rest.map_or((false, segment), |rest| (true, rest));
    let (full, rest) = rest.strip_prefix("full-").map_or((false, rest), |rest| (true, rest));
    (rest == "fit-in").then_some(FitIn { adaptive, full })
}

/// `[-]E x [-]F`. `nested`: this is the path of a picture that is laid on another one, whose size is `f`.
pub(super) fn size(segment: &str, flavour: Flavour, nested: bool) -> Option<Dimensions> {
    let (width, height) = segment.split_once('x')?;
    let minus = |text: &'_ str| text.starts_with('-');
    let side = |text: &str| side(text.strip_prefix('-').unwrap_or(text), flavour, nested);
    Some(Dimensions {
        width: side(width)?,
        height: side(height)?,
        flip_horizontal: minus(width),
        flip_vertical: minus(height),
    })
}

/// One side of a size, without its sign.
fn side(text: &str, flavour: Flavour, nested: bool) -> Option<Side> {
    if text.is_empty() {
        return Some(Side::Free);
    }
    if flavour == Flavour::Thumbor && text == "orig" {
        return Some(Side::Original);
    }
    if flavour == Flavour::Imagor && nested && text.starts_with('f') {
        return parent_less(text).map(Side::ParentLess);
    }
    digits(text).map(|pixels| NonZeroU32::new(pixels).map_or(Side::Free, Side::Pixels))
}

/// `f`, `full`, `f-20`, `full-20`: how many pixels less than the picture below.
pub(in crate::thumbor) fn parent_less(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("full").or_else(|| text.strip_prefix('f'))?;
    if rest.is_empty() { Some(0) } else { digits(rest.strip_prefix('-')?) }
}

/// `GxH` or `GxH:IxJ`: left, top, right, bottom.
pub(super) fn padding(segment: &str) -> Option<Margins> {
    let (start, end) = segment.split_once(':').unwrap_or((segment, segment));
    let ((left, top), (right, bottom)) = (start.split_once('x')?, end.split_once('x')?);
    Some(Margins { left: digits(left)?, top: digits(top)?, right: digits(right)?, bottom: digits(bottom)? })
}

/// `left`, `center`, `right`.
pub(super) fn column(segment: &str) -> Option<Edge> {
    edge(segment, ["left", "center", "right"])
}

/// `top`, `middle`, `bottom`.
pub(super) fn row(segment: &str) -> Option<Edge> {
    edge(segment, ["top", "middle", "bottom"])
}

fn edge(segment: &str, [start, middle, end]: [&str; 3]) -> Option<Edge> {
    match segment {
        _ if segment == start => Some(Edge::Start),
        _ if segment == middle => Some(Edge::Middle),
        _ if segment == end => Some(Edge::End),
        _ => None,
    }
}

/// Digits and nothing else. Too many of them are the largest number, which no picture reaches.
fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

/// Whether some part of the grammar would take this segment from the beginning of an image.
pub(super) fn is_reserved(segment: &str, flavour: Flavour, nested: bool) -> bool {
    matches!(segment, "unsafe" | "debug" | "meta" | "params" | "stretch" | "smart")
        || trim(segment, flavour).is_some()
        || crop(segment, flavour).is_some()
        || fit_in(segment).is_some()
        || size(segment, flavour, nested).is_some()
        || padding(segment).is_some()
        || column(segment).or_else(|| row(segment)).is_some()
        || (flavour == Flavour::Imagor && is_signature(segment))
}

/// What imagor takes for a signature: at least 17 letters of base64url. (`adaptive-full-fit-in` looks like one.)
pub(in crate::thumbor) fn is_signature(segment: &str) -> bool {
    segment.len() >= 17
        && fit_in(segment).is_none()
        && segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
}

/// Whether what Thumbor takes for a signature is one of its options: the URL is not signed.
pub(in crate::thumbor) fn is_option(signature: &[u8]) -> bool {
    std::str::from_utf8(signature)
        .is_ok_and(|segment| segment.starts_with("filters:") || is_reserved(segment, Flavour::Thumbor, false))
}
