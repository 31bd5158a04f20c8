//! ffmpeg and ffprobe, boxed in.
//!
//! 1. [`Sandbox`]: what this machine can enforce, and how much of it is demanded.
//! 2. [`Tools`]: the two programs, their versions, and what they can write.
//! 3. [`Source`]: where the bytes of one video come from, in parts.
//! 4. [`probe`]: what a video is, as ffprobe tells it.
//! 5. [`run`]: starts [`Work`]; its [`Running`] gives the result, as a stream or as files, and the progress.
//! 6. [`Facts`]: what ffprobe says about a video, with every number in a plausible range. [`arguments`]: wish and facts → a
//!    typed list of ffmpeg's arguments, and a [`Forecast`](arguments::Forecast) of result and work. Pure functions.
//! 7. [`facts()`] and [`Known`]: all of that in one call.
//!
//! A child gets no path and no address but that of a private server on the loopback interface, which reads the source
//! as the child reads it (`range_server`), and of a folder of its own. `docs/decisions/0029-boxed-ffmpeg.md` says why.

pub mod arguments;
mod child;
mod error;
pub mod facts;
mod input;
mod made;
mod probe;
mod range_server;
mod run;
pub mod sandbox;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tools;
mod wish;
mod work_folder;

pub use async_trait::async_trait;
pub use child::{Progress, Running};
pub use error::{Error, ErrorKind, Measured, SourceError};
pub use facts::{Facts, FactsError};
pub use made::open_made;
pub use probe::{ProbeLimits, probe};
pub use run::{Destination, Work, run};
pub use sandbox::{Identity, Level, Protection, Sandbox};
pub use source::Source;
pub use tempfile::TempDir;
pub use tools::{Places, Tools};
pub use wish::{Known, Remuxed, facts, remux};
pub use work_folder::WorkFolder;
