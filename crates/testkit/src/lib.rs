//! Only for tests and benchmarks: what it takes to try lightmill from outside.
//!
//! * [`Server`] starts the real binary on a free port with a [`Scratch`] folder of pictures, and stops it.
//! * [`Client`] sends a target exactly as it is written, however broken; [`get_at_once`] sends many over one connection of
//!   HTTP/2.
//! * [`Picture`] decodes an answer with decoders that lightmill does not use for it; [`Score`] says how far two
//!   pictures are apart, and [`assert_close`] leaves a side-by-side picture where they are too far.
//! * [`generate`] makes pictures and hostile files, the same ones every time.
//! * [`servers`] starts servers of other people, such as a stand-in for Amazon's services, and one that knows no manners.
//! * [`conformance`] reads recorded answers of other servers.

mod client;
pub mod conformance;
pub mod generate;
mod http2;
mod picture;
mod scratch;
mod server;
pub mod servers;

pub use ::image::{ImageFormat, RgbaImage};
pub use client::{Client, Response};
pub use http2::get_at_once;
pub use picture::{Picture, Score, Tolerance, assert_close, compare_pictures};
pub use scratch::Scratch;
pub use server::{Exit, Server, ServerOptions, command};
