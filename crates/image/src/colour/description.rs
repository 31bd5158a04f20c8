use moxcms::{ColorProfile, ProfileText};

/// Letters of a description that are told.
const LETTERS: usize = 100;

/// What an ICC profile calls itself (ICC.1:2022, section 9.2.41): its words in English if there are any, without what no
/// reader sees. `None` if it cannot be read, or has no name.
pub(crate) fn description(icc: &[u8]) -> Option<String> {
    let text = match ColorProfile::new_from_slice(icc).ok()?.description? {
        ProfileText::PlainString(text) => text,
        ProfileText::Description(text) => text.ascii_string,
        ProfileText::Localizable(texts) => {
            let english = texts.iter().position(|text| text.language == "en").unwrap_or_default();
            texts.into_iter().nth(english)?.value
        }
    };
    let seen: String = text.trim().chars().filter(|letter| !letter.is_control()).take(LETTERS).collect();
    (!seen.is_empty()).then_some(seen)
}

#[cfg(test)]
mod tests {
    use super::super::Space;
    use super::*;

    #[test]
    fn profiles_are_called_what_they_call_themselves() {
        let icc = Space::DisplayP3.icc().unwrap();
        assert!(description(&icc).unwrap().contains("P3"), "{:?}", description(&icc));
        for broken in [&icc[..10], b"", &[0; 400]] {
            assert_eq!(description(broken), None);
        }
    }
}
