//! The filters of a URL.
//!
//! * [`reference()`] is the one ordered list of definitions: the reader, the writer and `docs/dialects/thumbor.md` come
//!   from it.
//! * [`Filter`]: one filter as read; those that no server knows are kept, so that nothing of a URL is lost.

mod access;
mod argument;
mod block;
mod call;
mod canvas;
mod definition;
mod detail;
mod geometry;
mod list;
mod output;
mod overlay;
mod read;
mod response;
mod tone;
mod values;

#[cfg(test)]
mod documentation;
#[cfg(test)]
mod tests;

pub use argument::{Argument, Length};
pub(super) use block::Written;
#[cfg(test)]
pub(super) use block::arguments as split_arguments;
pub(super) use block::split;
pub use call::{Call, Filter};
pub use definition::{Definition, Form, Parameter, Presence};
pub use list::{opt_in_filters, reference};
pub use values::{Backdrops, Values};
