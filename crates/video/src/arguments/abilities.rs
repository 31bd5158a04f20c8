use std::collections::BTreeSet;

use lightmill_recipe::video::{AudioCodec, PreviewFormat, VideoCodec};

use super::Error;

/// An encoder, by ffmpeg's name of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoder {
    /// H.264 by x264.
    X264,
    /// H.265 by x265.
    X265,
    /// VP8 by libvpx.
    Vp8,
    /// VP9 by libvpx.
    Vp9,
    /// AV1 by SVT-AV1.
    SvtAv1,
    /// AV1 by libaom.
    Aom,
    /// AAC by ffmpeg itself.
    Aac,
    /// MP3 by LAME.
    Lame,
    /// Vorbis by libvorbis.
    Vorbis,
    /// Opus by libopus.
    Opus,
    /// Animated WebP by libwebp.
    WebP,
    /// GIF by ffmpeg itself.
    Gif,
}

impl Encoder {
    /// Every encoder that arguments may name.
    pub const ALL: [Self; 12] = [
        Self::X264,
        Self::X265,
        Self::Vp8,
        Self::Vp9,
        Self::SvtAv1,
        Self::Aom,
        Self::Aac,
        Self::Lame,
        Self::Vorbis,
        Self::Opus,
        Self::WebP,
        Self::Gif,
    ];

    /// ffmpeg's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X264 => "libx264",
            Self::X265 => "libx265",
            Self::Vp8 => "libvpx",
            Self::Vp9 => "libvpx-vp9",
            Self::SvtAv1 => "libsvtav1",
            Self::Aom => "libaom-av1",
            Self::Aac => "aac",
            Self::Lame => "libmp3lame",
            Self::Vorbis => "libvorbis",
            Self::Opus => "libopus",
            Self::WebP => "libwebp_anim",
            Self::Gif => "gif",
        }
    }
}

/// What the ffmpeg that will run can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abilities {
    /// Encoders that it has.
    pub encoders: BTreeSet<Encoder>,
    /// Whether it has the filters `zscale` and `tonemap`, which make SDR of HDR.
    pub tone_mapping: bool,
}

impl Abilities {
    /// Everything that arguments may ask for.
    pub fn all() -> Self {
        Self { encoders: Encoder::ALL.into_iter().collect(), tone_mapping: true }
    }

    fn first(&self, encoders: &[Encoder], what: &'static str) -> Result<Encoder, Error> {
        encoders.iter().copied().find(|one| self.encoders.contains(one)).ok_or(Error::NoEncoder { what })
    }

    pub(super) fn video(&self, codec: VideoCodec) -> Result<Encoder, Error> {
        let encoders: &[Encoder] = match codec {
            VideoCodec::H264 => &[Encoder::X264],
            VideoCodec::H265 => &[Encoder::X265],
            VideoCodec::Vp8 => &[Encoder::Vp8],
            VideoCodec::Vp9 => &[Encoder::Vp9],
            VideoCodec::Av1 => &[Encoder::SvtAv1, Encoder::Aom],
        };
        self.first(encoders, codec.name())
    }

    pub(super) fn audio(&self, codec: AudioCodec) -> Result<Encoder, Error> {
        let encoder = match codec {
            AudioCodec::Aac => Encoder::Aac,
            AudioCodec::Mp3 => Encoder::Lame,
            AudioCodec::Vorbis => Encoder::Vorbis,
            AudioCodec::Opus => Encoder::Opus,
        };
        self.first(&[encoder], codec.name())
    }

    pub(super) fn preview(&self, format: PreviewFormat) -> Result<Encoder, Error> {
        match format {
            PreviewFormat::Gif => self.first(&[Encoder::Gif], "GIF"),
            PreviewFormat::WebP => self.first(&[Encoder::WebP], "animated WebP"),
        }
    }
}
