//! The box that a child process runs in: what it may read, write, call and reach, and how much of everything.
//!
//! 1. [`Protection`]: what this kernel and this processor can enforce. [`Level`]: how much of it is demanded.
//! 2. [`Limits`]: how much time, memory, files and descriptors a child may use.
//! 3. `files`: Landlock's rules. `calls`: the system calls that are let through (seccomp).
//! 4. `program`: a program that may be run, and where the loader finds its libraries.
//! 5. `enter`: what happens between fork and exec; the one file with `unsafe` code.

mod calls;
mod enter;
mod files;
mod level;
mod limits;
mod prepared;
mod program;
#[cfg(test)]
mod tests;

pub use level::{Identity, Level, Protection, Sandbox};
pub use limits::Limits;
pub(crate) use prepared::{Access, Prepared};
pub(crate) use program::Program;
