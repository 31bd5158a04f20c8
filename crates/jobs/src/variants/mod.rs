//! What is made of every object of a source, and kept beside each other in another place.
//!
//! Whatever is told about an object, [`Variants::settle`] looks at what is there at this moment, and makes the other place
//! agree with it: variants of the state that the object has, none of any other. Told twice, in the wrong order or by
//! several workers at a time, it comes to the same.

mod name;
mod settle;
mod standing;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use name::of_key;
pub use name::{Id, Name, is_variant};
pub use settle::{Settled, Target, Variant, Variants, Wish};
pub(crate) use standing::Seen;
pub use standing::Standing;
