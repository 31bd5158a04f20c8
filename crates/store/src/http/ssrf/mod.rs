//! Which addresses an origin may have: server-side request forgery is stopped where a connection is made.
//!
//! `class.rs` says which addresses are not public, `allowed.rs` what a configuration opens all the same, `resolve.rs`
//! asks for a name's addresses, `gate.rs` joins the three. A connection goes to exactly an address that the gate has
//! let through, on every hop: there is no second look-up that could answer otherwise.

mod allowed;
mod class;
mod gate;
mod resolve;

pub use allowed::{Allowed, AllowedError};
pub use class::AddressClass;
pub(super) use gate::{Gate, Refusal};
pub use resolve::{Resolve, SystemResolver};
