//! Objects of an HTTP(S) origin: which addresses it may have (`ssrf/`).

#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the source that connects through it comes next"))]
mod ssrf;
#[cfg(test)]
mod tests;

pub use ssrf::{AddressClass, Allowed, AllowedError, Resolve, SystemResolver};
