//! A folder of this machine.
//!
//! `root.rs` finds files below the folder and never outside of it, `key.rs` says what a key may be, `source.rs` reads,
//! `sink.rs` writes (`unfinished.rs`: under another name first; `condition.rs` and `lock.rs`: one at
//! a time), `list.rs` lists, `styles.rs` reads
//! the file of styles, `stamp.rs` tells whether a file has changed.

mod condition;
mod content_type;
mod key;
mod list;
mod lock;
mod root;
mod sink;
mod source;
mod stamp;
mod styles;
mod unfinished;

pub use sink::LocalSink;
pub use source::LocalSource;
pub use stamp::Stamp;
pub use styles::{StyleFile, StyleFileError};
