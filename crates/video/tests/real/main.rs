//! The arguments in the hands of ffmpeg itself: clips of two seconds, and what ffprobe says of what was made of them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod clips;
mod frames;
mod made;
mod sheets;
mod sources;
