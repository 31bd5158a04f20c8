use serde::Deserialize;

use crate::sharp::Json;

/// A stored list of transformations.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What URLs and mappings call it.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Whether it holds where no other is named; one at most.
    #[serde(default)]
    pub is_default: bool,
    /// What is done, in this order; 100 at most.
    #[serde(default)]
    pub transformations: Vec<PolicyEntry>,
    /// What the client decides.
    #[serde(default)]
    pub outputs: Outputs,
}

/// One transformation of a policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyEntry {
    /// Its name.
    pub transformation: String,
    /// What it takes.
    pub value: Json,
    /// When it is done; always, if absent.
    #[serde(default)]
    pub condition: Option<Condition>,
}

/// A test of a request header.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The header's name, in any case.
    pub field: String,
    /// Text, a number, or a list of them, one of which the header must equal.
    pub value: Json,
}

impl Condition {
    /// Whether its field can be the name of a header (RFC 9110, section 5.6.2). Nothing else is ever sent.
    pub(in crate::dit_ecs) fn is_of_a_header(&self) -> bool {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !self.field.is_empty() && self.field.bytes().all(is_token)
    }

    /// Whether it holds for this value of the header. In compatibility numbers never match.
    pub(in crate::dit_ecs) fn holds(&self, header: Option<&str>, compat: bool) -> bool {
        let equals = |value: &Json, header: &str| match value {
            Json::Text(text) => text == header,
            Json::Number(number) => !compat && header.trim().parse() == Ok(*number),
            _ => false,
        };
        let Some(header) = header else { return false };
        match &self.value {
            Json::List(values) => values.iter().any(|value| equals(value, header)),
            value => equals(value, header),
        }
    }
}

/// What the client decides, as far as its own request does not.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outputs {
    /// Quality by the ratio of pixels.
    pub quality: Option<QualityOutput>,
    /// The format.
    pub format: Option<AutoFormat>,
    /// Width by that of the window.
    pub autosize: Option<Autosize>,
}

/// Quality by the ratio of pixels.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityOutput {
    /// Without a ratio, or outside of every range; 1 to 100.
    pub default: u8,
    /// The first that holds the ratio counts.
    #[serde(default)]
    pub ranges: Vec<QualityRange>,
    /// The ratio of clients that say none.
    #[serde(default)]
    pub fallback_dpr: Option<f64>,
}

/// Quality for ratios from `min` on and below `max`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityRange {
    /// The first ratio.
    pub min: f64,
    /// Where the range ends.
    pub max: f64,
    /// 1 to 100.
    pub quality: u8,
}

impl QualityOutput {
    /// The quality for a client's ratio.
    pub(in crate::dit_ecs) fn quality(&self, pixel_ratio: Option<f64>) -> u8 {
        let ratio = pixel_ratio.or(self.fallback_dpr);
        let range = ratio.and_then(|ratio| self.ranges.iter().find(|range| (range.min..range.max).contains(&ratio)));
        range.map_or(self.default, |range| range.quality)
    }
}

/// The format of results.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoFormat {
    /// A format, or `auto`.
    pub format: String,
    /// With `auto`, the format for clients that name none of those on offer.
    #[serde(default)]
    pub fallback: Option<String>,
}

/// Width by that of the window.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Autosize {
    /// Widths in pixels, 1 to 4000.
    pub widths: Vec<u32>,
    /// The window's width of clients that say none.
    #[serde(default)]
    pub fallback_viewport_width: Option<u32>,
}

impl Autosize {
    /// The smallest width that is at least `wanted`, else the largest. In compatibility it must be above.
    pub(in crate::dit_ecs) fn width(&self, wanted: f64, compat: bool) -> Option<u32> {
        let fits = |width: &u32| f64::from(*width) > wanted || (!compat && f64::from(*width) >= wanted);
        self.widths.iter().copied().filter(fits).min().or_else(|| self.widths.iter().copied().max())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open() {
        let range = |min, max, quality| QualityRange { min, max, quality };
        let ranges = vec![range(1.0, 2.0, 90), range(2.0, 3.0, 85), range(3.0, 4.0, 80)];
        let output = QualityOutput { default: 70, ranges, fallback_dpr: None };
        let cases = [(Some(2.5), 85), (Some(2.0), 85), (Some(4.0), 70), (None, 70)];
        for (ratio, expected) in cases {
            assert_eq!(output.quality(ratio), expected, "{ratio:?}");
        }
        assert_eq!(QualityOutput { fallback_dpr: Some(1.0), ..output }.quality(None), 90);
    }

    #[test]
    fn widths_reach_what_is_wanted() {
        let widths = Autosize { widths: vec![320, 480, 768], fallback_viewport_width: None };
        assert_eq!([widths.width(480.0, false), widths.width(480.0, true)], [Some(480), Some(768)]);
        assert_eq!(widths.width(1500.0, false), Some(768));
    }

    #[test]
    fn conditions_are_exact() {
        let condition = |value: &str| Condition { field: "x".to_owned(), value: serde_json::from_str(value).unwrap() };
        assert!(condition(r#""a""#).holds(Some("a"), false) && !condition(r#""a""#).holds(Some("A"), false));
        assert!(condition(r#"["a",2]"#).holds(Some("2"), false) && !condition("2").holds(Some("2"), true));
        assert!(!condition(r#""a""#).holds(None, false));
    }
}
