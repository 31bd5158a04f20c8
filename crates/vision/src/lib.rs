//! What is in a picture: faces, what draws the eye, text, things, and what a page may not want to show.
//!
//! 1. [`Analyser`]: finds what is [`Wanted`] in a [`Subject`], or says that it cannot. What it finds is counted from the
//!    upright picture, as parts of its sides.
//! 2. [`Subject`]: a stored picture, and the small copy of it that all analysers share.
//! 3. [`faces`]: human faces, on this machine. [`attention`]: what draws the eye, on this machine.
//! 4. [`rekognition`]: all but the latter by Amazon Rekognition, which the picture is sent to.
//! 5. [`Chain`]: one analyser after the other, until one finds something. [`Remembered`]: each picture is analysed once.
//! 6. [`Workers`]: on whose threads the work of this machine is done.

mod analyser;
pub mod attention;
mod chain;
mod error;
pub mod faces;
#[cfg(feature = "rekognition")]
pub mod rekognition;
mod remembered;
mod small;
mod subject;
#[cfg(test)]
mod testing;
mod wanted;
mod workers;

pub use analyser::Analyser;
pub use chain::Chain;
pub use error::{Error, ErrorKind};
pub use remembered::{Remembered, RememberedLimits};
pub use subject::Subject;
pub use wanted::{Confidence, Kind, Wanted};
pub use workers::{BlockingThreads, Work, Workers};
