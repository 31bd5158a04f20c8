//! Amazon Rekognition. **Pictures leave this machine**: a copy of each goes to Amazon, in the region of the settings.
//!
//! `question` is what is asked: one of four operations, each with the same copy of the picture. `answer` reads what comes
//! back. `copy` makes the picture that is sent: upright, at most 1920 pixels, a JPEG without any metadata. `analyser` is the
//! face of it; the protocol is that of [`lightmill_store::aws`].

mod analyser;
mod answer;
mod copy;
mod question;
#[cfg(test)]
mod tests;

pub use analyser::Rekognition;
