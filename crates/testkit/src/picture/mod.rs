//! Pictures as a viewer sees them, and how far two of them are apart.

mod close;
mod decode;
mod encode;
mod score;

pub use close::{Tolerance, assert_close, compare_pictures};
pub use decode::Picture;
pub use score::Score;
