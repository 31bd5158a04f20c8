//! What can be made of a video, as values.
//!
//! * [`VideoFrame`]: the picture that an [`crate::Input`] takes out of a video; operations and outputs follow as on any.
//! * [`Clip`]: another video, in a [`Container`] that takes its codecs; [`Rendition`]s where a player chooses among several.
//! * [`Sprite`] and [`Preview`]: many frames on one sheet, and an animated picture of a piece.
//!
//! Every number is in the range that its constructor states: an encoder never sees another.

mod clip;
mod codec;
mod container;
mod frame;
mod hls_part;
mod milliseconds;
mod number;
mod preview;
mod rendition;
mod sprite;

pub use clip::{Clip, ClipError, Part};
pub use codec::{
    AudioCodec, AudioEncoding, AudioTrack, H264Profile, SpeedPreset, VideoCodec, VideoCoding, VideoEncoding, VideoTrack,
};
pub use container::Container;
pub use frame::{BestFrame, FrameChoice, FrameTurn, Position, VideoFrame};
pub use hls_part::{HlsPart, NoHlsPart};
pub use milliseconds::Length;
pub use number::{AudioRate, BitRate, Crf, FrameRate, PartsPerMillion, SegmentLength, VideoSide};
pub use preview::{Preview, PreviewFormat};
pub use rendition::{Bounds, Rendition, Renditions};
pub use sprite::{Interval, Sprite, SpriteFormat, SpriteGrid};
