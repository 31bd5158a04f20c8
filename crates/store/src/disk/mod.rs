//! Bytes by name in a folder of this machine, no more than a stated number of them: a cache, not a store.
//!
//! [`DiskCache`] is the face; `files` writes, reads and removes; `index` knows what is there and chooses what goes;
//! `scan` finds what an earlier process left.

mod cache;
mod files;
mod index;
mod scan;

pub use cache::DiskCache;
