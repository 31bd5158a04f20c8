//! The container of AVIF and HEIC: ISO base media files (ISO/IEC 14496-12) that hold images (HEIF, ISO/IEC 23008-12).
//!
//! Safe Rust over the bytes of the file: every offset is checked, every count is bounded by the bytes that carry it, and
//! no pixel and no sample is touched.
//! * `boxes` walks through boxes and reads their fields.
//! * `meta` reads the `meta` box: items, where they lie, what they refer to and their properties (`property`).
//! * `still` puts the primary item together: size, orientation, tiles, alpha, colour.
//! * `track` reads the tracks of a `moov` box: the samples of an image sequence, one by one.

mod boxes;
mod brand;
mod meta;
mod orientation;
mod property;
mod still;
mod track;

pub(super) use boxes::Boxes;
pub(super) use brand::is_sequence;
pub(super) use property::{Nclx, Samples, space};
pub(super) use still::{Canvas, Still};
pub(super) use track::{Sample, Sequence};

use lightmill_recipe::Format;

use property::Colour;

use crate::Error;

/// What is wrong with a file whose boxes end before their fields do.
fn cut_off(format: Format, what: &str) -> Error {
    Error::corrupt(format, format_args!("a damaged {what} box"))
}
