use serde::Serialize;

use super::{AudioCodec, SegmentLength, VideoCodec};

/// What a video's tracks are wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MP4, ISO/IEC 14496-14.
    Mp4,
    /// `WebM`.
    WebM,
    /// `QuickTime`.
    Mov,
    /// Matroska, RFC 9559.
    Mkv,
    /// AVI.
    Avi,
    /// Flash video.
    Flv,
    /// HTTP Live Streaming, RFC 8216: playlists and segments of fragmented MP4.
    Hls {
        /// How long each segment is; the last one may be shorter.
        segment: SegmentLength,
    },
}

impl Container {
    /// The name in lower case: `mp4`, `webm`, …
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
            Self::Mov => "mov",
            Self::Mkv => "mkv",
            Self::Avi => "avi",
            Self::Flv => "flv",
            Self::Hls { .. } => "hls",
        }
    }

    /// The media type of the file; of HLS, of its playlist.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Mov => "video/quicktime",
            Self::Mkv => "video/x-matroska",
            Self::Avi => "video/x-msvideo",
            Self::Flv => "video/x-flv",
            Self::Hls { .. } => "application/vnd.apple.mpegurl",
        }
    }

    /// Whether players expect pictures of this codec in it.
    pub const fn takes_video(self, codec: VideoCodec) -> bool {
        use VideoCodec::{Av1, H264, H265, Vp8, Vp9};
        match self {
            Self::Mp4 => matches!(codec, H264 | H265 | Vp9 | Av1),
            Self::WebM => matches!(codec, Vp8 | Vp9 | Av1),
            Self::Mov => matches!(codec, H264 | H265),
            Self::Mkv => true,
            Self::Avi => matches!(codec, H264 | Vp8),
            Self::Flv => matches!(codec, H264),
            Self::Hls { .. } => matches!(codec, H264 | H265 | Av1),
        }
    }

    /// Whether players expect sound of this codec in it.
    pub const fn takes_audio(self, codec: AudioCodec) -> bool {
        use AudioCodec::{Aac, Mp3, Opus, Vorbis};
        match self {
            Self::Mp4 => matches!(codec, Aac | Mp3 | Opus),
            Self::WebM => matches!(codec, Vorbis | Opus),
            Self::Mov | Self::Avi | Self::Flv => matches!(codec, Aac | Mp3),
            Self::Mkv => true,
            Self::Hls { .. } => matches!(codec, Aac),
        }
    }

    /// The codec of its pictures where nobody says another.
    pub const fn usual_video(self) -> VideoCodec {
        if matches!(self, Self::WebM) { VideoCodec::Vp9 } else { VideoCodec::H264 }
    }

    /// The codec of its sound where nobody says another.
    pub const fn usual_audio(self) -> AudioCodec {
        if matches!(self, Self::WebM) { AudioCodec::Opus } else { AudioCodec::Aac }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_container_takes_its_usual_codecs() {
        let hls = Container::Hls { segment: SegmentLength::USUAL };
        let all =
            [Container::Mp4, Container::WebM, Container::Mov, Container::Mkv, Container::Avi, Container::Flv, hls];
        for container in all {
            assert!(container.takes_video(container.usual_video()), "{container:?}");
            assert!(container.takes_audio(container.usual_audio()), "{container:?}");
        }
        assert!(!Container::WebM.takes_video(VideoCodec::H264) && !hls.takes_audio(AudioCodec::Opus));
    }
}
