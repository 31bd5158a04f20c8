use lightmill_recipe::Colour;

/// A colour as CSS writes it (CSS Color 4): a name, `transparent`, 3, 4, 6 or 8 hexadecimal digits with or without `#`,
/// `rgb(r, g, b)` or `rgba(r, g, b, a)` with numbers to 255 and an alpha to 1.
pub fn colour(text: &str) -> Option<Colour> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("transparent") {
        return Some(Colour::TRANSPARENT);
    }
    let digits = text.strip_prefix('#').unwrap_or(text);
    Colour::from_name(text).or_else(|| Colour::from_hex(digits).ok()).or_else(|| function(text))
}

fn function(text: &str) -> Option<Colour> {
    let (name, rest) = text.split_once('(')?;
    let numbers: Vec<f64> =
        rest.strip_suffix(')')?.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    match (name.trim().to_ascii_lowercase().as_str(), numbers.as_slice()) {
        ("rgb" | "rgba", [red, green, blue]) => channels(*red, *green, *blue, 1.0),
        ("rgb" | "rgba", [red, green, blue, alpha]) => channels(*red, *green, *blue, *alpha),
        _ => None,
    }
}

/// Red, green and blue from 0 to 255, alpha from 0 to 1; all are rounded.
pub(super) fn channels(red: f64, green: f64, blue: f64, alpha: f64) -> Option<Colour> {
    let channel = |value: f64| (0.0..=255.0).contains(&value).then_some(value.round() as u8);
    Some(Colour { red: channel(red)?, green: channel(green)?, blue: channel(blue)?, alpha: channel(alpha * 255.0)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling() {
        let half = Colour { alpha: 128, ..Colour::opaque(255, 0, 0) };
        for (text, expected) in [
            ("Red", Some(Colour::opaque(255, 0, 0))),
            ("#f00", Some(Colour::opaque(255, 0, 0))),
            ("ff000080", Some(half)),
            ("rgba(255, 0,0,0.5)", Some(half)),
            ("RGB(0,0,255)", Some(Colour::opaque(0, 0, 255))),
            ("transparent", Some(Colour::TRANSPARENT)),
            ("zzz", None),
            ("", None),
            ("rgb(0,0,256)", None),
            ("rgb(0,0,NaN)", None),
            ("rgb(1,2)", None),
        ] {
            assert_eq!(colour(text), expected, "{text}");
        }
    }
}
