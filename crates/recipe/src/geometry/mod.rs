//! Where things lie: sizes and rectangles computed from sizes, without a pixel.
//!
//! No function here returns a size of 0 in either direction or a rectangle outside its picture, whatever the numbers.

mod crop;
mod gravity;
mod resize;
mod shape;

pub use crop::{OutOfImage, crop, tile};
pub use gravity::{Gravity, place};
pub use resize::{Resized, resize};
pub use shape::{circle, disc, inscribe, rotate};
