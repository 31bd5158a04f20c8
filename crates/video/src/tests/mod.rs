//! Real tools in their box, on real clips.

mod ends;
mod refused;
mod work;
