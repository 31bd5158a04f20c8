use serde::Serialize;

use super::{AudioRate, Crf, FrameRate, Renditions};

/// A way of compressing pictures of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264, ITU-T H.264 (AVC).
    H264,
    /// H.265, ITU-T H.265 (HEVC).
    H265,
    /// VP8, RFC 6386.
    Vp8,
    /// VP9.
    Vp9,
    /// AV1.
    Av1,
}

impl VideoCodec {
    /// Every codec, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::H264, Self::H265, Self::Vp8, Self::Vp9, Self::Av1];

    /// The name that the field writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::Av1 => "AV1",
        }
    }
}

/// A way of compressing sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// AAC, ISO/IEC 14496-3.
    Aac,
    /// MP3, MPEG-1 audio layer III.
    Mp3,
    /// Vorbis.
    Vorbis,
    /// Opus, RFC 6716.
    Opus,
}

impl AudioCodec {
    /// Every codec, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Aac, Self::Mp3, Self::Vorbis, Self::Opus];

    /// The name that the field writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aac => "AAC",
            Self::Mp3 => "MP3",
            Self::Vorbis => "Vorbis",
            Self::Opus => "Opus",
        }
    }
}

/// What becomes of the pictures of a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoTrack {
    /// They are left out.
    Drop,
    /// Their compressed data are taken as they are.
    Copy,
    /// They are compressed anew.
    Encode(VideoEncoding),
}

/// How pictures are compressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VideoEncoding {
    /// The codec, with its quality.
    pub coding: VideoCoding,
    /// How long the encoder may search.
    pub preset: SpeedPreset,
    /// Frames per second at most; a video of fewer keeps its own, `None` keeps every one.
    pub frame_rate: Option<FrameRate>,
    /// Size and bit rate of each version that is made; a file holds one.
    pub renditions: Renditions,
}

/// A codec with the settings that only it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCoding {
    /// 8 bits, 4:2:0.
    H264 {
        /// Quality on x264's scale.
        crf: Crf<51>,
        /// Which of the standard's tools are used (H.264, annex A.2).
        profile: H264Profile,
    },
    /// 8 bits, 4:2:0.
    H265 {
        /// Quality on x265's scale.
        crf: Crf<51>,
    },
    /// 8 bits, 4:2:0.
    Vp8 {
        /// Quality on libvpx' scale.
        crf: Crf<63>,
    },
    /// 8 bits, 4:2:0.
    Vp9 {
        /// Quality on libvpx' scale.
        crf: Crf<63>,
    },
    /// 8 bits, 4:2:0.
    Av1 {
        /// Quality on the scale of SVT-AV1.
        crf: Crf<63>,
    },
}

impl VideoCoding {
    /// Which codec it is.
    pub const fn codec(self) -> VideoCodec {
        match self {
            Self::H264 { .. } => VideoCodec::H264,
            Self::H265 { .. } => VideoCodec::H265,
            Self::Vp8 { .. } => VideoCodec::Vp8,
            Self::Vp9 { .. } => VideoCodec::Vp9,
            Self::Av1 { .. } => VideoCodec::Av1,
        }
    }

    /// The constant rate factor.
    pub const fn crf(self) -> u8 {
        match self {
            Self::H264 { crf, .. } | Self::H265 { crf } => crf.get(),
            Self::Vp8 { crf } | Self::Vp9 { crf } | Self::Av1 { crf } => crf.get(),
        }
    }

    /// `codec` with this quality, H.264 in this profile; `None` for a number that is not on the codec's scale: 1 to 51
    /// for H.264 and H.265, 1 to 63 for the others.
    pub fn new(codec: VideoCodec, crf: u8, profile: H264Profile) -> Option<Self> {
        Some(match codec {
            VideoCodec::H264 => Self::H264 { crf: Crf::new(crf)?, profile },
            VideoCodec::H265 => Self::H265 { crf: Crf::new(crf)? },
            VideoCodec::Vp8 => Self::Vp8 { crf: Crf::new(crf)? },
            VideoCodec::Vp9 => Self::Vp9 { crf: Crf::new(crf)? },
            VideoCodec::Av1 => Self::Av1 { crf: Crf::new(crf)? },
        })
    }
}

/// A profile of H.264 (annex A.2): what a player must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum H264Profile {
    /// No B-frames, no CABAC: for the oldest players.
    Baseline,
    /// Every player of the last decade.
    #[default]
    Main,
    /// With 8×8 transforms: smaller.
    High,
}

/// How long an encoder may search for a smaller file, by x264's names; other encoders have their nearest setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeedPreset {
    /// The least work and the largest file.
    Ultrafast,
    /// More work than `Ultrafast`.
    Superfast,
    /// More work than `Superfast`.
    Veryfast,
    /// More work than `Veryfast`.
    Faster,
    /// More work than `Faster`.
    Fast,
    /// x264's own default.
    #[default]
    Medium,
    /// More work than `Medium`.
    Slow,
    /// More work than `Slow`.
    Slower,
    /// The most work and the smallest file.
    Veryslow,
}

impl SpeedPreset {
    /// Every preset, fastest first.
    pub const ALL: [Self; 9] = [
        Self::Ultrafast,
        Self::Superfast,
        Self::Veryfast,
        Self::Faster,
        Self::Fast,
        Self::Medium,
        Self::Slow,
        Self::Slower,
        Self::Veryslow,
    ];

    /// x264's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ultrafast => "ultrafast",
            Self::Superfast => "superfast",
            Self::Veryfast => "veryfast",
            Self::Faster => "faster",
            Self::Fast => "fast",
            Self::Medium => "medium",
            Self::Slow => "slow",
            Self::Slower => "slower",
            Self::Veryslow => "veryslow",
        }
    }
}

/// What becomes of the sound of a video. One without sound stays without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioTrack {
    /// It is left out.
    Drop,
    /// Its compressed data are taken as they are.
    Copy,
    /// It is compressed anew, in one or two channels.
    Encode(AudioEncoding),
}

/// How sound is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AudioEncoding {
    /// The codec.
    pub codec: AudioCodec,
    /// Bits per second of all channels together.
    pub rate: AudioRate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_on_the_scale_of_their_codec() {
        for codec in VideoCodec::ALL {
            let most = if matches!(codec, VideoCodec::H264 | VideoCodec::H265) { 51 } else { 63 };
            for crf in 0..=u8::MAX {
                let coding = VideoCoding::new(codec, crf, H264Profile::High);
                assert_eq!(coding.is_some(), (1..=most).contains(&crf), "{codec:?} {crf}");
                assert!(coding.is_none_or(|coding| coding.crf() == crf && coding.codec() == codec));
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::HashSet<_> = SpeedPreset::ALL.iter().map(|preset| preset.name()).collect();
        assert_eq!(names.len(), 9);
        assert!(SpeedPreset::ALL.is_sorted());
    }
}
