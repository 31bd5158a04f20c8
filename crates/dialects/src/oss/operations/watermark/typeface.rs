//! The typefaces that a text may be set in, by their official names.

use crate::oss::Flavour;

/// The one that is used without `type`.
pub(super) const DEFAULT: &str = "wqy-zenhei";

/// Every official name.
const KNOWN: [&str; 7] = [
    DEFAULT,
    "wqy-microhei",
    "fangzhengshusong",
    "fangzhengkaiti",
    "fangzhengheiti",
    "fangzhengfangsong",
    "droidsansfallback",
];

/// What the open-source servers call their default.
const REFERENCE_DEFAULT: &str = "FZHei-B01";

/// The typeface of this name.
pub(super) fn find(name: &str, flavour: Flavour) -> Option<&'static str> {
    if flavour.is_reference_server() && name == REFERENCE_DEFAULT {
        return Some(DEFAULT);
    }
    KNOWN.into_iter().find(|known| *known == name)
}

/// What a `type` must be.
pub(super) fn allowed() -> String {
    format!("the base64url of one of {}", KNOWN.join(", "))
}
