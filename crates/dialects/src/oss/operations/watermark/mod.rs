//! Text, a picture or both drawn on top of the picture.

mod definition;
mod picture;
mod read;
mod say;
mod typeface;

pub(super) use definition::DEFINITION;
