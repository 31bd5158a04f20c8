//! Every action of videos, one file each: its definition, how it is read, how it is written, its test.
//!
//! `compress` and `transcode` both make a clip, of which `encoding` holds what they share; `transcode` can say every one.

mod compress;
mod encoding;
mod info;
mod list;
mod preview;
mod rates;
mod sizes;
mod snapshot;
mod sprite;
mod transcode;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use list::reference;
pub(super) use list::{find, say};
pub(super) use snapshot::frame_word;
