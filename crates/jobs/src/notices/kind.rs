use serde::{Deserialize, Serialize};

/// What can be told about the variants of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// All of them are there.
    #[serde(rename = "variants.made")]
    Made,
    /// They cannot be made, and that will not be tried again.
    #[serde(rename = "variants.failed")]
    Failed,
    /// Some are gone: those of a state that the object has no more.
    #[serde(rename = "variants.removed")]
    Removed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Made, Self::Failed, Self::Removed];

    /// The word for it, as it is told and configured.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Made => "variants.made",
            Self::Failed => "variants.failed",
            Self::Removed => "variants.removed",
        }
    }
}
