//! Pictures: probe, plan, decode, operate, encode.
//!
//! The road of one picture, in the order in which the functions are called:
//! 1. [`probe`] reads the header of each input: format, size, orientation, frames, alpha, profile. No pixels.
//! 2. [`plan::plan`] turns a recipe and the probes into a [`plan::Plan`]: what will be decoded at which scale, the size
//!    and layout after each step, and what it costs. A value that can be printed.
//! 3. [`run`] does what the plan says, frame by frame, and returns the encoded bytes. CPU only; cancellable.
//!
//! Formats live in `codecs/` (one folder each: `probe.rs`, `decode.rs`, `encode.rs`), operations in `ops/` (one file
//! each), colour in `colour/`. This crate knows no HTTP and no URL language.

mod cancel;
pub mod codecs;
mod colour;
mod error;
mod frame;
mod metadata;
mod one_colour;
mod ops;
mod picture;
pub mod plan;
mod probe;
mod rows;
mod run;
mod text;

pub use cancel::Cancel;
pub use error::{Error, ErrorKind};
pub use frame::{Animation, Frame, FrameSource, Still};
pub use metadata::FileMetadata;
pub use one_colour::one_colour;
pub use picture::{Layout, Picture, Plane, Subsampling};
pub use probe::{ExifOrientation, Probe, SourceColour, probe, probe_allowed};
pub use run::{Context, Decoded, Made, TEXT_MEDIA_TYPES, Timings, first_frame, run};
pub use text::Fonts;
