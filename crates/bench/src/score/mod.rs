//! How far a result is from what it should have been.
//!
//! [`Goal`] says what was wanted, and makes it of a full decode with Lanczos3 in floating point; [`Quality`] compares a
//! result with that reference. Both see pictures through the testkit's decoders, which the engine does not use.

mod goal;
mod lanczos;
mod quality;
mod ssim;

pub use goal::Goal;
pub use quality::Quality;
