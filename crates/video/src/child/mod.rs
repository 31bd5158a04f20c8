//! A boxed child from its start to its end.
//!
//! 1. `spawner`: forks, on a thread that lasts.
//! 2. [`Running`]: what whoever asked for the work holds: its output, its progress, and the child's life.
//! 3. `supervisor`: waits for the end, or makes one: time, cancellation, too much written, a source that failed.
//! 4. `complaint`: the end of what a child says about its troubles, and which error that is.
//! 5. [`Progress`]: how far it is.

mod complaint;
mod progress;
mod running;
mod spawner;
mod supervisor;

pub use progress::Progress;
pub use running::Running;
pub(crate) use running::{Order, Reports, start};
