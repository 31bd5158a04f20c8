//! The `x-oss-process` language of Alibaba Cloud OSS, and of the open-source servers that speak it.
//!
//! `/example.jpg?x-oss-process=image/resize,w_100/format,webp` is a key and a list of actions, which run strictly in
//! the order written; `format`, `quality`, `interlace`, `auto-orient`, `cgif` and `threshold` are settings of the whole,
//! wherever they stand. `style/NAME`, `key!NAME` and `key@!NAME` name a stored list of actions;
//! `im=Resize,width=100` is the second spelling of a few of them. `video/snapshot,t_1000/image/resize,w_320` begins with a
//! frame of a video; the other actions of `video/` make something of the whole video, and stand alone.
//!
//! * [`parse`], [`parse_style`] and [`parse_actions`] read, [`format()`] writes; [`parse_save`] reads what is posted to be
//!   kept. Everything is validated, down to the
//!   range of each number, before any object is fetched.
//! * [`Flavour`] says which server's reading holds where they disagree; every such decision is a method of it.
//! * [`reference()`] is the one ordered list of actions of pictures, [`video_reference`] that of videos: the parser, the
//!   writer and `docs/dialects/oss.md` come from them.

mod arguments;
mod definition;
mod draft;
mod flavour;
mod format;
mod im;
mod operations;
mod options;
mod parse;
mod saveas;
mod style;
mod video;

#[cfg(test)]
mod documentation;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;

pub use definition::{Definition, Origin, Parameter, Values};
pub use flavour::Flavour;
pub use format::{CannotSay, format};
pub use operations::reference;
pub use options::Options;
pub(crate) use parse::PROCESS;
pub use parse::{locator, parse, parse_actions, parse_process, parse_style};
pub use saveas::{SaveAs, parse_save};
pub use video::reference as video_reference;
