//! Colours of one space as those of another, by ICC profiles (ICC.1:2022; IEC 61966-2-1).

mod cmyk;
mod convert;
mod equivalent;
mod recent;
mod space;
#[cfg(test)]
pub(crate) mod tests;
mod transform;

pub(crate) use cmyk::cmyk_to_rgb;
pub(crate) use convert::{convert, finish, needs_conversion};
pub(crate) use equivalent::{Chromaticities, from_cicp, from_gamma};
pub(crate) use space::Space;
