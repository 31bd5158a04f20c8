//! What the image library sharp can do to a picture, and what the servers built on it (AWS Dynamic Image
//! Transformation) add: the values of those [`super::Operation`]s that no other dialect can say.
//!
//! Sharp does not run calls in the order written: its pipeline has one fixed order (`src/pipeline.cc`, version 0.34), in
//! which the dialects write these steps. Colours are sRGB of 8 bits with straight alpha; sizes and positions are in
//! pixels; ranges are those that sharp accepts.
//!
//! [`SharpResize`] and [`sharp_resize`] are the arithmetic of its resize.

mod canvas;
mod channel;
mod composite;
mod detail;
mod resize;
mod tone;
mod vision;

pub use canvas::{Affine, Extend, ExtendWith, Interpolator, RotateByAngle, RoundCrop, SharpTrim};
pub use channel::{Bandbool, Channel, Colourspace};
pub use composite::{Composite, CompositeBlend, CompositeMark, Offset};
pub use detail::{SharpConvolution, SharpSharpen};
pub use resize::{Kernel, Placement, SharpFit, SharpResize, SharpTarget, sharp_resize};
pub use tone::{ChannelLinear, Clahe, LchModulate, Negate, Normalise, Recomb};
pub use vision::{ContentModeration, SmartCrop};
