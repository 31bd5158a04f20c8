//! What draws the eye, found on this machine, and which window of a picture holds most of it.
//!
//! * `map` says for each place of a small copy how much it draws the eye: by edges, by the colour of skin and by
//!   saturation, the three that libvips' `attention` adds up too; the rarer each is, the more it counts.
//! * `peak` finds the strongest place and what belongs to it. `analyser` is the face of both.
//! * `entropy` cuts the sides of a picture that hold least, as libvips' `entropy` does.

mod analyser;
mod entropy;
mod map;
mod peak;

pub use analyser::Attention;
pub use entropy::{AspectRatio, CropWindow};
