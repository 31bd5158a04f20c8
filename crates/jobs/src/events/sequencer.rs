/// Longest text that is believed to be one; S3 writes 16 to 18 digits.
const DIGITS: usize = 64;

/// The place of an event among those of its key, as S3 tells it: hexadecimal digits, of which the shorter ones are
/// filled up with zeros on the right before they are compared.
///
/// Those of different keys have nothing to say to each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequencer(
    /// Upper-case digits without zeros at the end. Zero is the least digit, so the order of these texts is the order of the
    /// filled-up ones.
    String,
);

impl Sequencer {
    /// Reads 1 to 64 hexadecimal digits. What is anything else orders nothing.
    pub fn read(text: &str) -> Option<Self> {
        let is_one = (1..=DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_one.then(|| Self(text.trim_end_matches('0').to_ascii_uppercase()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Sequencer {
        Sequencer::read(text).unwrap()
    }

    #[test]
    fn zeros_are_filled_up_on_the_right() {
        assert!(of("0055AED6DCD90281E5") < of("0055AED6DCD90281E6"));
        assert!(of("0055AED6DCD90281E5") < of("0055AED6DCD90281E501"));
        assert!(of("01") > of("0055AED6DCD90281E5"));
        assert_eq!(of("00ab"), of("00AB0000"));
        for bad in ["", "0x12", "12 ", "g", &"0".repeat(65)] {
            assert_eq!(Sequencer::read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_the_documented_one(first in "[0-9A-F]{1,20}", second in "[0-9A-F]{1,20}") {
            let filled = |text: &str| format!("{text:0<20}");
            prop_assert_eq!(of(&first).cmp(&of(&second)), filled(&first).cmp(&filled(&second)));
        }
    }
}
