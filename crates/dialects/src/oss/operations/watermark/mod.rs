//! Text, a picture or both drawn on top of the picture.

mod base64url;
mod definition;
mod picture;
mod read;
mod say;
mod typeface;

pub(super) use definition::DEFINITION;
