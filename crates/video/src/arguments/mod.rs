//! A wish and what is known of a video → ffmpeg's arguments, and what to expect of them. Pure functions.
//!
//! * [`frame()`], [`clip()`], [`sprite()`] and [`preview()`] each make a [`Job`]: [`Arguments`] and a [`Forecast`].
//! * [`Arguments`] hold only numbers and words of this crate: no text of a client or of a file ever gets into them. Where
//!   the input is read from and where the output goes are filled in by whoever runs them ([`Arguments::command_line`]).
//! * [`Limits`] are checked here, before any work; [`Abilities`] say what the ffmpeg that will run can do.
//!
//! What always holds: a seek stands before the input; streams are chosen by number, and everything else of the file
//! (subtitles, data, covers, titles, chapters) is left behind; aspect ratios are kept and sides of clips are even;
//! nothing is enlarged or given more frames unless the recipe says so.

mod abilities;
mod argument;
mod audio;
mod clip;
mod codec;
mod error;
mod filter;
mod forecast;
mod frame;
mod hls;
mod limits;
mod piece;
mod preview;
mod rates;
mod size;
mod sprite;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use abilities::{Abilities, Encoder};
pub use argument::{Arguments, Target};
pub use clip::{Delivery, clip, remux};
pub use error::Error;
pub use forecast::{Forecast, Job};
pub use frame::frame;
pub use hls::{MASTER_PLAYLIST, SEGMENT_FILES};
pub use limits::Limits;
pub use preview::preview;
pub use sprite::{Tile, sprite, tiles};
