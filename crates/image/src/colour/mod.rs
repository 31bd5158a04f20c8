//! ICC profiles and code points to sRGB (ICC.1:2022; ITU-T H.273; IEC 61966-2-1).

mod cmyk;
mod code_points;
mod convert;
mod recent;
mod tone_map;

pub(crate) use cmyk::cmyk_to_rgb;
pub(crate) use code_points::CodePoints;
pub(crate) use convert::{finish, needs_conversion};
pub(crate) use tone_map::tone_map;
