//! Human faces seen from the front, found on this machine.
//!
//! The model is that of `SeetaFace` (BSD-2-Clause, `model/`): a funnel of classifiers that ever fewer windows of a picture
//! pass, described by S. Wu, M. Kan, Z. He, S. Shan and X. Chen in "Funnel-structured cascade for multi-view face detection
//! with alignment-awareness", Neurocomputing 221, 2017. Its parts, in the order of the work:
//!
//! * `plane` is the grey picture, and its reductions: a window of 40×40 pixels finds faces of one size, so the picture
//!   comes in many sizes.
//! * `codes` describes the surroundings of each pixel in a byte; `boosted` reads those bytes and throws nearly all windows
//!   out, three times, for faces that look left, ahead and right.
//! * `gradients` describes patches of the windows that are left, `network` judges those descriptions, and moves the window
//!   to where the face is.
//! * `overlap` makes one of many windows on the same face.
//! * `model` reads the model, `search` puts all of it together, `analyser` is the face of it.
//!
//! All of it is our own, in safe Rust: its input is whatever anybody uploads.

mod analyser;
mod boosted;
mod codes;
mod gradients;
mod model;
mod network;
#[cfg(test)]
mod oracle;
mod overlap;
mod plane;
mod search;

pub use analyser::Faces;
