//! What is made of every object of a source, and kept beside each other in another place.
//!
//! Whatever is told about an object, [`Variants::settle`] looks at what is there at this moment, and makes the other place
//! agree with it: variants of the state that the object has, none of any other. Told twice, in the wrong order or by
//! several workers at a time, it comes to the same.
//!
//! `name.rs` says what it is called, `make.rs` makes and writes it, `record.rs` is what is known of it then, `settle.rs`
//! leads through these, and `tell.rs` has others be told of it.

mod make;
mod name;
mod record;
mod settle;
mod standing;
mod tell;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use name::of_key;
pub use name::{Id, MANIFEST, Name, is_variant};
pub use record::{Original, Record, StandIn, Written};
pub use settle::{Settled, Target, Variant, Variants, Wish};
pub(crate) use standing::Seen;
pub use standing::Standing;
