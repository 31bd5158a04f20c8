//! One file per operation. Every function takes a picture and gives a picture; none knows of plans or recipes.
//!
//! Samples are 8 bits, or 16 where an operation says that it keeps them, and colours are mixed as they are stored (gamma-encoded, as browsers and libvips do), weighted by
//! alpha wherever pixels are mixed. Where an operation works on RGB only, it converts first by [`convert()`]; alpha is
//! never dropped except by [`flatten`]. A profile travels with the picture.

mod average;
mod blur;
mod convert;
mod convolve;
mod crop;
mod depth;
mod draw;
mod draw_planes;
mod flatten;
mod greyscale;
mod linear;
mod mask;
mod mix;
mod orient;
mod pad;
mod part;
mod resample;
mod resample_frames;
mod resample_rows;
mod rotate;
mod sharpen;
mod sharpen_luma;
mod srgb;
mod tile;
mod unmultiply;
pub(crate) mod ycbcr;

pub use average::average;
pub use blur::blur;
pub use convert::convert;
pub use crop::crop;
#[cfg(test)]
pub use depth::widen;
pub use depth::{narrow, to_eight_bits};
pub use draw::draw;
pub use flatten::flatten;
pub use greyscale::greyscale;
pub use linear::{linear, stays_within};
pub use mask::{mask_circle, mask_rounded};
pub use orient::orient;
pub use pad::pad;
pub use part::Part;
pub use resample::resample;
pub use resample_frames::FrameResampler;
pub use resample_rows::RowResampler;
pub use rotate::rotate;
pub use sharpen::sharpen;
pub use tile::tile;
pub use unmultiply::unmultiply;

#[cfg(test)]
mod tests;
