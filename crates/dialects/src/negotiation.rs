//! Which formats an `Accept` header opts in to (RFC 9110, section 12.5.1).

use lightmill_recipe::Format;

/// Weight in thousandths.
type Weight = u16;

/// Those of `offered` that the client names in `accept` with a weight above 0, best first.
///
/// The order is the mount's, but for formats that the client wants clearly less than another (with less than half of
/// the highest weight): they come last. Wildcards (`*/*`, `image/*`) opt in to formats that every client shows (JPEG, PNG,
/// GIF) and to no others, as every client sends them. Ranges that are not understood are passed over.
pub fn accepted(accept: Option<&str>, offered: &[Format]) -> Vec<Format> {
    let Some(accept) = accept else { return Vec::new() };
    let ranges: Vec<(&str, Weight)> = ranges(accept).collect();
    let find = |wanted: &str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(wanted));
    let weight = |format: Format| {
        let any = || {
            let known = matches!(format, Format::Jpeg | Format::Png | Format::Gif);
            known.then(|| find("image/*").or_else(|| find("*/*"))).flatten()
        };
        find(format.media_type()).or_else(any).map_or(0, |(_, weight)| *weight)
    };
    let wanted: Vec<(Format, Weight)> =
        offered.iter().map(|format| (*format, weight(*format))).filter(|(_, weight)| *weight > 0).collect();
    let best = wanted.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
    let (liked, tolerated): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(_, weight)| *weight * 2 >= best);
    liked.into_iter().chain(tolerated).map(|(format, _)| format).collect()
}

/// Whether the client takes any picture (`image/*` or `*/*` with a weight above 0); true without a header.
pub fn accepts_any_image(accept: Option<&str>) -> bool {
    accept.is_none_or(|accept| ranges(accept).any(|(range, weight)| weight > 0 && matches!(range, "*/*" | "image/*")))
}

/// The media ranges of the header with their weights.
fn ranges(accept: &str) -> impl Iterator<Item = (&str, Weight)> {
    accept.split(',').filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let range = parts.next().filter(|range| range.contains('/'))?;
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(Some(1000), |(_, value)| weight(value.trim()))?;
        Some((range, weight))
    })
}

/// A weight of RFC 9110, section 12.4.2; more than three decimals are cut.
fn weight(text: &str) -> Option<Weight> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths = decimals.bytes().chain(std::iter::repeat(b'0')).take(3);
    let weight = thousandths.fold(Weight::from(whole == "1"), |n, digit| n * 10 + Weight::from(digit - b'0'));
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use Format::{Avif, Jpeg, WebP};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_named_formats_opt_in() {
        let both = [Avif, WebP];
        let cases: [(&str, &[Format]); 14] = [
            ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", &both),
            ("image/webp,*/*", &[WebP]),
            ("*/*", &[]),
            ("image/*", &[]),
            ("image/svg+xml", &[]),
            ("", &[]),
            ("IMAGE/WEBP ; Q=0.9", &[WebP]),
            ("image/webp;q=0", &[]),
            ("image/webp;q=0.000, image/avif;q=0.001", &[Avif]),
            ("image/avif;q=0.2,image/webp", &[WebP, Avif]),
            ("image/avif;q=0.5,image/webp", &both),
            ("image/webp;q=abc", &[]),
            ("image/webp;q=1.5,image/avif;q=1.0000", &[Avif]),
            ("image/webp;v=1;q=0.3", &[WebP]),
        ];
        for (accept, expected) in cases {
            assert_eq!(accepted(Some(accept), &both), expected, "{accept}");
        }
        assert_eq!(accepted(None, &both), []);
        assert_eq!(accepted(Some("image/avif,image/webp,image/jpeg"), &[WebP, Jpeg, Avif]), [WebP, Jpeg, Avif]);
    }

    #[test]
    fn wildcards_take_any_picture() {
        assert!(accepts_any_image(None));
        assert!(accepts_any_image(Some("text/html, image/*;q=0.1")));
        assert!(!accepts_any_image(Some("image/jpeg, */*;q=0")));
    }

    proptest! {
        #[test]
        fn any_header_is_read(accept in "\\PC*") {
            prop_assert!(accepted(Some(&accept), &Format::ALL).len() <= Format::ALL.len());
        }
    }
}
