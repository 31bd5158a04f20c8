//! Gives one video to one child, over HTTP on the loopback interface.
//!
//! ffmpeg reads what it needs: the index, then the piece that is wanted. It asks for everything *from* a place on, and
//! hangs up when it has enough; so an answer is fetched from the source only as it is read. HTTP is the protocol of
//! ffmpeg's that can seek and that no file of this machine is reached by.
//!
//! 1. [`RangeServer`]: the listener, and its life.
//! 2. `answer`: what a request gets.
//! 3. `body`: the bytes, fetched in parts that grow.
//! 4. `range`: the header `Range`.

mod answer;
mod body;
mod range;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use server::{Meter, RangeServer};
