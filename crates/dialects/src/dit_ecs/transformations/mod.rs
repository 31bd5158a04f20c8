//! Every transformation of the language: its definition, how it is read, what it becomes.

mod definition;
mod geometry;
mod list;
mod output;
mod tone;
mod watermark;

pub use definition::Definition;
pub(super) use list::find;
pub use list::transformations;
pub(super) use tone::tighten;
