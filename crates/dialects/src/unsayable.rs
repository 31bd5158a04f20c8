/// Something that a dialect has no words for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Unsayable {
    /// What is wished for, by the name that plans use for it.
    pub what: String,
    /// Why the dialect cannot say it.
    pub why: String,
}

impl Unsayable {
    pub(crate) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }
}
