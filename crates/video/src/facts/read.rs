use lightmill_recipe::video::VideoCodec;
use serde_json::Value;

use super::number::{clock, duration, name, whole};
use super::raw::{Fields, Raw};
use super::{AudioStream, Facts, VideoStream};

/// Streams of one file that are looked at; the rest is as if it were not there.
const STREAMS: usize = 64;

/// Why nothing is known about a video.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// What ffprobe said is not what it says about a file that it understands.
    #[error("the source is not a video")]
    NotAVideo,
    /// There is neither a moving picture of plausible size nor sound.
    #[error("the source has neither moving pictures nor sound")]
    NoStreams,
}

impl Facts {
    /// Reads what ffprobe wrote with `-print_format json -show_format -show_streams`.
    ///
    /// # Errors
    /// [`FactsError`] if that is no JSON of this form, or tells of no stream that can be used.
    pub fn of_ffprobe(json: &[u8]) -> Result<Self, FactsError> {
        let raw: Raw = serde_json::from_slice(json).map_err(|_| FactsError::NotAVideo)?;
        let container = name(raw.format.get("format_name")).ok_or(FactsError::NotAVideo)?;
        let streams = || (0_u32..).zip(&raw.streams).take(STREAMS);
        let of = |stream: &Fields, place| {
            whole(stream.get("index"), 9999).and_then(|own| u32::try_from(own).ok()).unwrap_or(place)
        };
        let video: Vec<_> = streams()
            .filter(|(_, stream)| stream.is("codec_type", "video") && !is_cover(stream))
            .filter_map(|(place, stream)| VideoStream::of(stream, of(stream, place)))
            .collect();
        let audio: Vec<_> = streams()
            .filter(|(_, stream)| stream.is("codec_type", "audio"))
            .filter_map(|(place, stream)| AudioStream::of(stream, of(stream, place)))
            .collect();
        if video.is_empty() && audio.is_empty() {
            return Err(FactsError::NoStreams);
        }
        let positive = |duration: &std::time::Duration| !duration.is_zero();
        let of_streams = || {
            let each = raw.streams.iter().take(STREAMS).filter_map(|stream| {
                duration(stream.get("duration")).or_else(|| clock(stream.tag("duration"))).filter(positive)
            });
            each.max()
        };
        Ok(Self {
            container,
            duration: duration(raw.format.get("duration")).filter(positive).or_else(of_streams),
            bit_rate: whole(raw.format.get("bit_rate"), 100_000_000_000).filter(|rate| *rate > 0),
            bytes: whole(raw.format.get("size"), u64::MAX).filter(|bytes| *bytes > 0),
            video,
            audio,
        })
    }

    /// Whether the pictures are of this codec.
    pub fn is_of(&self, codec: VideoCodec) -> bool {
        self.picture().and_then(VideoStream::known_codec) == Some(codec)
    }
}

/// Whether it is a still picture that belongs to the file.
fn is_cover(stream: &Fields) -> bool {
    let disposition = |name| stream.get("disposition").and_then(|all| all.get(name)).and_then(Value::as_i64) == Some(1);
    disposition("attached_pic") || disposition("timed_thumbnails")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(json: &Value) -> Result<Facts, FactsError> {
        Facts::of_ffprobe(json.to_string().as_bytes())
    }

    fn clip() -> Value {
        json!({
            "streams": [
                {"index": 0, "codec_type": "video", "codec_name": "mjpeg", "width": 600, "height": 600, "disposition": {"attached_pic": 1}},
                {"index": 1, "codec_type": "data", "codec_name": "bin_data"},
                {"index": 2, "codec_type": "video", "codec_name": "h264", "width": 320, "height": 180, "avg_frame_rate": "25/1",
                 "r_frame_rate": "25/1", "duration": "2.000000", "color_transfer": "smpte2084"},
                {"index": 3, "codec_type": "audio", "codec_name": "aac", "channels": 2, "sample_rate": "44100"},
            ],
            "format": {"format_name": "mov,mp4,m4a", "duration": "2.020000", "size": "170072", "bit_rate": "680288"},
        })
    }

    #[test]
    fn covers_and_data_are_passed_over() {
        let facts = read(&clip()).unwrap();
        assert_eq!(facts.picture().map(|stream| stream.index), Some(2));
        assert_eq!(facts.sound().map(|stream| (stream.index, stream.channels)), Some((3, Some(2))));
        assert_eq!((facts.duration, facts.bytes), (Some(Duration::from_millis(2020)), Some(170_072)));
        assert!(facts.is_of(VideoCodec::H264) && facts.video[0].transfer.is_high_dynamic_range());
        let info = serde_json::to_value(&facts).unwrap();
        assert_eq!(info["duration_seconds"], 2.02);
        assert_eq!(info["video"][0]["display"], json!({"width": 320, "height": 180}));
        assert_eq!(info["video"][0]["rotation"], 0);
    }

    #[test]
    fn durations_of_streams_and_tags_stand_in() {
        let mut facts = clip();
        facts["format"]["duration"] = json!("N/A");
        assert_eq!(read(&facts).unwrap().duration, Some(Duration::from_secs(2)));
        facts["streams"][2]["duration"] = json!("nan");
        assert_eq!(read(&facts).unwrap().duration, None);
        facts["streams"][3]["tags"] = json!({"DURATION": "00:00:01.500000000"});
        assert_eq!(read(&facts).unwrap().duration, Some(Duration::from_millis(1500)));
    }

    #[test]
    fn what_is_no_video_is_told() {
        for text in ["", "{", "[]", "{}", r#"{"streams": 3}"#, r#"{"format": {}}"#] {
            assert_eq!(Facts::of_ffprobe(text.as_bytes()), Err(FactsError::NotAVideo), "{text}");
        }
        let empty = json!({"format": {"format_name": "mp4"}, "streams": [{"codec_type": "subtitle"}]});
        assert_eq!(read(&empty), Err(FactsError::NoStreams));
    }

    fn anything() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[-+0-9.:/a-zN]{0,12}".prop_map(Value::from),
            Just(json!([])),
            Just(json!({"rotation": "x"})),
        ]
    }

    proptest! {
        #[test]
        fn whatever_a_file_says_sizes_are_plausible(values in proptest::collection::vec(anything(), 14)) {
            let names = [
                "width", "height", "avg_frame_rate", "r_frame_rate", "duration", "sample_aspect_ratio", "nb_frames", "bit_rate",
                "bits_per_raw_sample", "pix_fmt", "tags", "side_data_list", "disposition", "index",
            ];
            let mut clip = clip();
            for (name, value) in names.iter().zip(&values) {
                clip["streams"][2][*name] = value.clone();
                clip["format"][*name] = value.clone();
            }
            let facts = read(&clip).unwrap();
            for stream in &facts.video {
                prop_assert!(stream.display.shorter() > 0 && stream.display.longer() <= 16 * 32_768);
                prop_assert!(stream.frame_rate.is_none_or(|rate| (0.001..=1000.0).contains(&rate)));
                prop_assert!((8..=16).contains(&stream.bits));
            }
            prop_assert!(facts.duration.is_none_or(|duration| !duration.is_zero()));
        }
    }
}
