//! Where things lie: sizes and rectangles computed from sizes, without a pixel.
//!
//! No function here returns a size of 0 in either direction or a rectangle outside its picture, whatever the numbers.

mod crop;
mod cut;
mod gravity;
mod grow;
mod reframe;
mod resize;
mod shape;
mod stamp;

pub use crop::{OutOfImage, crop, tile};
pub use cut::cut;
pub use gravity::{Gravity, place};
pub use grow::{grow, proportion};
pub use reframe::{Reframed, reframe};
pub use resize::{Resized, resize};
pub use shape::{circle, disc, inscribe, rotate};
pub use stamp::{mark_size, stamp_places};
