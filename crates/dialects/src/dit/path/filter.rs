use super::calls::Call;
use super::resize::PathDraft;
use crate::dit::Error;

/// One filter of paths.
#[derive(Debug)]
pub struct Filter {
    /// What stands before the parenthesis.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// A whole filter that is right.
    pub example: &'static str,
    /// What it takes, in this order.
    pub arguments: &'static [Argument],
    pub(super) apply: fn(&Call<'_>, &mut PathDraft) -> Result<(), Error>,
}

/// One argument of a filter.
#[derive(Debug)]
pub struct Argument {
    /// Its name in the documentation; paths do not have it.
    pub name: &'static str,
    /// What it takes, in words.
    pub takes: &'static str,
    /// What holds without it; empty if it must be given.
    pub default: &'static str,
}

/// An argument.
pub(super) const fn argument(name: &'static str, takes: &'static str, default: &'static str) -> Argument {
    Argument { name, takes, default }
}
