use std::time::Duration;

/// A switch as Go's `strconv.ParseBool` and shell scripts spell it.
pub fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// What [`switch`] takes, in words.
pub const A_SWITCH: &str = "`true` or `false`";

/// A positive whole number.
pub fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number > 0)
}

/// A time as Go spells it: `168h`, `1h30m`, `90s`.
pub fn go_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        seconds += amount
            * match &rest[end..unit_end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|_| !text.is_empty())
}

/// Items between commas, or of a list as Python writes it.
pub fn list(text: &str) -> Vec<&str> {
    let inner = text.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let items = inner.split(',').map(|item| item.trim().trim_matches(['\'', '"']));
    items.filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_go_writes_them() {
        for (text, seconds) in [("168h", 604_800), ("1h30m", 5400), ("90s", 90), ("0", 0), ("1.5m", 90)] {
            assert_eq!(go_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "7", "h", "5d", "1h-", "-1h", "1..5h"] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_read_in_both_spellings() {
        for text in ["a.com,b.com", "['a.com', \"b.com\"]", "(a.com , b.com,)"] {
            assert_eq!(list(text), ["a.com", "b.com"], "{text}");
        }
        assert_eq!(list("[]"), [""; 0]);
    }
}
