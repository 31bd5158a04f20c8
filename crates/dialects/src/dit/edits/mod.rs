//! Every edit of the language: its definition, how it is read, what it becomes.

mod canvas;
mod channel;
mod detail;
mod list;
mod output;
mod overlay;
mod resize;
mod tone;
mod turn;
mod vision;

pub use list::edits;
