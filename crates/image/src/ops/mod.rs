//! One file per operation. Every function takes a picture and gives a picture; none knows of plans or recipes.
//!
//! Samples are 8 bits, or 16 where an operation says that it keeps them, and colours are mixed as they are stored (gamma-encoded, as browsers and libvips do), weighted by
//! alpha wherever pixels are mixed. Where an operation works on RGB only, it converts first by [`convert()`]; alpha is
//! never dropped except by [`flatten`]. A profile travels with the picture.

mod average;
mod blend;
mod blur;
mod border;
mod convert;
mod convolve;
mod corners;
mod crop;
mod depth;
mod draw;
mod draw_planes;
mod equalize;
mod fill;
mod flatten;
mod greyscale;
mod kernel;
mod linear;
mod luma;
mod mask;
mod mix;
mod modulate;
mod nine_patch;
mod noise;
mod orient;
mod outline;
mod over;
mod pad;
mod part;
mod pixelate;
mod random;
mod red_eye;
mod redact;
mod resample;
mod resample_frames;
mod resample_rows;
mod rotate;
mod saturation;
mod sharpen;
mod sharpen_luma;
mod srgb;
mod stamp;
mod tables;
mod tile;
mod unmultiply;
mod wavelet;
pub(crate) mod ycbcr;

pub use average::{average, mean};
pub use blur::blur;
pub use border::border;
pub use convert::convert;
pub use corners::mask_corners;
pub use crop::crop;
#[cfg(test)]
pub use depth::widen;
pub use depth::{narrow, to_eight_bits};
pub use draw::draw;
pub use equalize::equalize;
pub use fill::fill;
pub use flatten::flatten;
pub use greyscale::greyscale;
pub use kernel::kernel;
pub use linear::{linear, stays_within};
pub use luma::luma;
pub use mask::{mask_circle, mask_rounded};
pub use modulate::modulate;
pub use nine_patch::{insets, nine_patch};
pub use noise::noise;
pub use orient::orient;
pub use outline::outline;
pub use pad::pad;
pub use part::Part;
pub use pixelate::pixelate;
pub use red_eye::red_eye;
pub use redact::redact;
pub use resample::resample;
pub use resample_frames::FrameResampler;
pub use resample_rows::RowResampler;
pub use rotate::rotate;
pub use saturation::saturate;
pub use sharpen::sharpen;
pub use stamp::{Meeting, stamp};
pub use tables::{line, tables};
pub use tile::tile;
pub use unmultiply::unmultiply;
pub use wavelet::wavelet_sharpen;

#[cfg(test)]
mod tests;
