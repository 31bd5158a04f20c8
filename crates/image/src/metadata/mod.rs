//! What files say about themselves in EXIF.

mod fields;
mod tiff;

pub(crate) use fields::exif_fields;
pub(crate) use tiff::orientation;
