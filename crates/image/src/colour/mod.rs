//! Colours of one space as those of another, by ICC profiles and code points (ICC.1:2022; ITU-T H.273; IEC 61966-2-1).

mod cmyk;
mod code_points;
mod convert;
mod description;
mod equivalent;
mod recent;
mod space;
#[cfg(test)]
pub(crate) mod tests;
mod tone_map;
mod transform;

pub(crate) use cmyk::cmyk_to_rgb;
pub(crate) use code_points::SourceSpace;
pub(crate) use convert::{convert, finish, needs_conversion};
pub(crate) use description::description;
pub(crate) use equivalent::{Chromaticities, from_gamma};
pub(crate) use space::Space;
