use lightmill_recipe::video::AudioCodec;
use serde::Serialize;

use super::number::{name, whole};
use super::raw::Fields;

/// A stream of sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudioStream {
    /// Its place in the file.
    pub index: u32,
    /// ffprobe's name of its codec.
    pub codec: String,
    /// Channels, 1 to 64.
    pub channels: Option<u32>,
    /// Samples per second of each channel.
    pub sample_rate: Option<u32>,
    /// Bits per second.
    pub bit_rate: Option<u64>,
}

impl AudioStream {
    pub(super) fn of(stream: &Fields, index: u32) -> Option<Self> {
        let small = |name, most| whole(stream.get(name), most).filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
        Some(Self {
            index,
            codec: name(stream.get("codec_name"))?,
            channels: small("channels", 64),
            sample_rate: small("sample_rate", 768_000),
            bit_rate: whole(stream.get("bit_rate"), 1_000_000_000).filter(|rate| *rate > 0),
        })
    }

    /// The codec, if it is one that recipes name.
    pub fn known_codec(&self) -> Option<AudioCodec> {
        Some(match self.codec.as_str() {
            "aac" => AudioCodec::Aac,
            "mp3" => AudioCodec::Mp3,
            "vorbis" => AudioCodec::Vorbis,
            "opus" => AudioCodec::Opus,
            _ => return None,
        })
    }
}
