//! Variants of what is already there.
//!
//! * [`Walk`] goes through all objects of a source in the order of their keys, and says what is kept of each ([`Looked`]); the other
//!   way round through all variants, and says which are of nothing any more ([`Orphan`]). Both places are listed side by
//!   side, in windows (`window.rs`), so that neither takes a request for each object, nor memory for all of them.
//! * [`Backfill`] makes what is missing, and removes what is of nothing. It goes on where it was stopped (`state.rs`), and
//!   reports what failed (`report.rs`).
//! * [`Estimate`] says beforehand what that will be.
//!
//! Whatever a listing says may be of a moment ago: what is made is decided by a look at the object, and what is removed was
//! looked for by its own name.

mod error;
mod estimate;
mod orphans;
mod report;
mod run;
mod shown;
mod state;
#[cfg(test)]
mod tests;
mod walk;
mod window;

pub use error::Error;
pub use estimate::{Estimate, Sample};
pub use orphans::{Orphan, Orphans};
pub use run::{Backfill, Ended, Settle};
pub use shown::{Counts, Shown};
pub use state::{Belongs, Phase};
pub use walk::{Looked, Walk};
