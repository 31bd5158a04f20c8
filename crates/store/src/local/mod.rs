//! A folder of this machine.
//!
//! `root.rs` finds files below the folder and never outside of it, `key.rs` says what a key may be, `source.rs` reads,
//! `sink.rs` writes, `list.rs` lists, `styles.rs` reads the file of styles, `stamp.rs` tells whether a file has changed.

mod content_type;
mod key;
mod list;
mod root;
mod sink;
mod source;
mod stamp;
mod styles;

pub use sink::LocalSink;
pub use source::LocalSource;
pub use stamp::Stamp;
pub use styles::{StyleFile, StyleFileError};
