//! ICC profiles to sRGB (ICC.1:2022; IEC 61966-2-1).

mod cmyk;
mod convert;
mod recent;

pub(crate) use cmyk::cmyk_to_rgb;
pub(crate) use convert::{finish, needs_conversion};
