use std::time::Duration;

use serde::Serialize;

use super::milliseconds;
use super::{AudioCodec, AudioTrack, Container, Length, VideoCodec, VideoTrack};

/// Another video, made of a piece of the source. Its parts belong together: see [`Clip::new`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clip {
    container: Container,
    video: VideoTrack,
    audio: AudioTrack,
    part: Part,
}

/// A piece of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Part {
    /// Where it begins, in whole milliseconds.
    #[serde(serialize_with = "milliseconds::serialize")]
    pub start: Duration,
    /// How long it is at most; `None` reaches to the end.
    pub most: Option<Length>,
}

/// Parts of a clip that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// Players do not expect such pictures in this container.
    #[error("{container} does not hold {}", codec.name())]
    Video {
        /// The container's name.
        container: &'static str,
        /// The codec that was asked for.
        codec: VideoCodec,
    },
    /// Players do not expect such sound in this container.
    #[error("{container} does not hold {}", codec.name())]
    Audio {
        /// The container's name.
        container: &'static str,
        /// The codec that was asked for.
        codec: AudioCodec,
    },
    /// A file holds one version of a video; several are for HLS.
    #[error("{container} holds one version of a video; only hls holds several")]
    Renditions {
        /// The container's name.
        container: &'static str,
    },
    /// Neither pictures nor sound are wanted.
    #[error("neither video nor audio is left")]
    Nothing,
}

impl Clip {
    /// A clip of parts that belong together: codecs that the container takes, several renditions in HLS alone, at least
    /// one track. What is copied is checked when the source is known.
    ///
    /// # Errors
    /// [`ClipError`] says which parts do not.
    pub fn new(container: Container, video: VideoTrack, audio: AudioTrack, part: Part) -> Result<Self, ClipError> {
        let name = container.name();
        match &video {
            VideoTrack::Drop if audio == AudioTrack::Drop => return Err(ClipError::Nothing),
            VideoTrack::Encode(encoding) => {
                let codec = encoding.coding.codec();
                if !container.takes_video(codec) {
                    return Err(ClipError::Video { container: name, codec });
                }
                if encoding.renditions.as_slice().len() > 1 && !matches!(container, Container::Hls { .. }) {
                    return Err(ClipError::Renditions { container: name });
                }
            }
            VideoTrack::Drop | VideoTrack::Copy => {}
        }
        if let AudioTrack::Encode(encoding) = audio
            && !container.takes_audio(encoding.codec)
        {
            return Err(ClipError::Audio { container: name, codec: encoding.codec });
        }
        Ok(Self { container, video, audio, part })
    }

    /// What its tracks are wrapped in.
    pub const fn container(&self) -> Container {
        self.container
    }

    /// What becomes of the pictures.
    pub const fn video(&self) -> &VideoTrack {
        &self.video
    }

    /// What becomes of the sound.
    pub const fn audio(&self) -> AudioTrack {
        self.audio
    }

    /// Which piece of the source it is.
    pub const fn part(&self) -> Part {
        self.part
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::{
        AudioEncoding, AudioRate, BitRate, H264Profile, Rendition, Renditions, SegmentLength, SpeedPreset, VideoCoding,
        VideoEncoding,
    };

    fn pictures(codec: VideoCodec, versions: u64) -> VideoTrack {
        let rendition = |rate| Rendition { bounds: None, max_rate: BitRate::new(1_000_000 * rate) };
        VideoTrack::Encode(VideoEncoding {
            coding: VideoCoding::new(codec, 23, H264Profile::Main).unwrap(),
            preset: SpeedPreset::Medium,
            frame_rate: None,
            renditions: Renditions::new((1..=versions).map(rendition).collect()).unwrap(),
        })
    }

    fn sound(codec: AudioCodec) -> AudioTrack {
        AudioTrack::Encode(AudioEncoding { codec, rate: AudioRate::USUAL })
    }

    #[test]
    fn parts_that_do_not_belong_together_are_refused() {
        let hls = Container::Hls { segment: SegmentLength::USUAL };
        let clip = |container, video, audio| Clip::new(container, video, audio, Part::default());
        assert!(clip(Container::Mp4, pictures(VideoCodec::H264, 1), sound(AudioCodec::Aac)).is_ok());
        assert!(clip(hls, pictures(VideoCodec::H264, 3), sound(AudioCodec::Aac)).is_ok());
        assert!(clip(Container::Mp4, VideoTrack::Drop, AudioTrack::Copy).is_ok());
        for (container, video, audio, text) in [
            (Container::WebM, pictures(VideoCodec::H264, 1), AudioTrack::Copy, "webm does not hold H.264"),
            (Container::WebM, VideoTrack::Copy, sound(AudioCodec::Aac), "webm does not hold AAC"),
            (
                Container::Mp4,
                pictures(VideoCodec::H264, 2),
                AudioTrack::Drop,
                "mp4 holds one version of a video; only hls holds several",
            ),
            (Container::Mkv, VideoTrack::Drop, AudioTrack::Drop, "neither video nor audio is left"),
        ] {
            assert_eq!(clip(container, video, audio).unwrap_err().to_string(), text);
        }
    }

    #[test]
    fn the_canonical_form_tells_every_part() {
        let part = Part { start: Duration::from_millis(1500), most: Length::new(9000) };
        let clip = Clip::new(Container::Mp4, pictures(VideoCodec::H264, 1), sound(AudioCodec::Aac), part).unwrap();
        assert_eq!(
            serde_json::to_string(&clip).unwrap(),
            r#"{"container":"mp4","video":{"encode":{"coding":{"h264":{"crf":23,"profile":"main"}},"preset":"medium","frame_rate":null,"renditions":[{"bounds":null,"max_rate":1000000}]}},"audio":{"encode":{"codec":"aac","rate":128000}},"part":{"start":1500,"most":9000}}"#
        );
    }
}
