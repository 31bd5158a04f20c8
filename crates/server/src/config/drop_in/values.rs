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
    fn lists_are_read_in_both_spellings() {
        for text in ["a.com,b.com", "['a.com', \"b.com\"]", "(a.com , b.com,)"] {
            assert_eq!(list(text), ["a.com", "b.com"], "{text}");
        }
        assert_eq!(list("[]"), [""; 0]);
    }
}
