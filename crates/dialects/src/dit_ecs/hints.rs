use super::Options;

/// A request's headers, with their names in any case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a>(pub &'a [(&'a str, &'a str)]);

impl<'a> Headers<'a> {
    /// The value of the first header of this name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// What a client says about itself, in steps, so that caches hold few variants.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hints<'a> {
    /// The host that was asked for.
    pub host: Option<&'a str>,
    /// What the client accepts.
    pub accept: Option<&'a str>,
    /// Device pixels in a pixel of the page, to one decimal, above 0 and at most 5.
    pub pixel_ratio: Option<f64>,
    /// Width of the page's window, in its pixels; one of a few.
    pub viewport_width: Option<u32>,
    /// Width of the place for the picture, in device pixels; one of a few.
    pub width: Option<u32>,
}

/// The widths to which every width is rounded up.
const WIDTHS: [u32; 7] = [320, 480, 768, 1024, 1200, 1440, 1920];
/// The largest width that is believed.
const WIDEST: u32 = 7680;

impl<'a> Hints<'a> {
    /// Reads the headers: those of the edge function where it is trusted, else the client's own.
    pub fn read(headers: &Headers<'a>, options: &Options) -> Self {
        // Where the edge is trusted, its cache knows nothing of the client's own headers.
        let said = |edge: &str, own: &str| headers.get(if options.trusts_edge { edge } else { own });
        let width = |text: &str| text.trim().parse().ok().and_then(bucket);
        Self {
            host: headers.get("dit-host").filter(|_| options.trusts_edge).or_else(|| headers.get("host")),
            accept: said("dit-accept", "accept"),
            pixel_ratio: said("dit-dpr", "sec-ch-dpr").and_then(pixel_ratio),
            viewport_width: said("dit-viewport-width", "sec-ch-viewport-width").and_then(width),
            width: headers.get("sec-ch-width").filter(|_| !options.trusts_edge).and_then(width),
        }
    }

    /// The names of all headers that are looked at, in lower case.
    pub fn all_names(options: &Options) -> &'static [&'static str] {
        if options.trusts_edge {
            &["host", "dit-host", "dit-accept", "dit-dpr", "dit-viewport-width"]
        } else {
            &["host", "accept", "sec-ch-dpr", "sec-ch-viewport-width", "sec-ch-width"]
        }
    }

    /// The names of the headers that say `hint` (`accept`, `dpr` or `viewport-width`), for `Vary`.
    pub fn names(hint: &str, options: &Options) -> Vec<String> {
        match (hint, options.trusts_edge) {
            (hint, true) => vec![format!("dit-{hint}")],
            ("accept", false) => vec!["accept".to_owned()],
            ("viewport-width", false) => vec!["sec-ch-width".to_owned(), "sec-ch-viewport-width".to_owned()],
            (hint, false) => vec![format!("sec-ch-{hint}")],
        }
    }
}

/// The next of a few widths, the last for all beyond.
fn bucket(width: u32) -> Option<u32> {
    let next = WIDTHS.iter().copied().find(|step| *step >= width).or(WIDTHS.last().copied());
    next.filter(|_| (1..=WIDEST).contains(&width))
}

/// A number above 0, to one decimal and at most 5.
fn pixel_ratio(text: &str) -> Option<f64> {
    let ratio: f64 = text.trim().parse().ok().filter(|ratio: &f64| ratio.is_finite() && *ratio > 0.0)?;
    Some(((ratio * 10.0).round() / 10.0).clamp(0.1, 5.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_come_in_steps() {
        for (text, expected) in [
            ("1.23", Some(1.2)),
            ("2.87", Some(2.9)),
            ("0.14", Some(0.1)),
            ("6.5", Some(5.0)),
            ("x", None),
            ("-1", None),
            ("NaN", None),
        ] {
            assert_eq!(pixel_ratio(text), expected, "{text}");
        }
        for (width, expected) in [
            (1366, Some(1440)),
            (375, Some(480)),
            (100, Some(320)),
            (320, Some(320)),
            (2000, Some(1920)),
            (0, None),
            (9999, None),
        ] {
            assert_eq!(bucket(width), expected, "{width}");
        }
    }

    #[test]
    fn only_a_trusted_edge_is_believed() {
        let headers = Headers(&[
            ("Host", "a.b"),
            ("dit-host", "c.d"),
            ("dit-dpr", "2"),
            ("Sec-CH-DPR", "3"),
            ("sec-ch-viewport-width", "320"),
            ("accept", "x/y"),
        ]);
        let hints = Hints::read(&headers, &Options::default());
        assert_eq!((hints.host, hints.pixel_ratio, hints.accept), (Some("a.b"), Some(3.0), Some("x/y")));
        let hints = Hints::read(&headers, &Options { trusts_edge: true, ..Options::default() });
        assert_eq!((hints.host, hints.pixel_ratio, hints.accept), (Some("c.d"), Some(2.0), None));
        assert_eq!(hints.viewport_width, None, "what the edge does not say is not in its cache's key");
    }
}
