use lightmill_recipe::Size;
use lightmill_recipe::video::VideoCodec;
use serde::Serialize;

use super::number::{name, ratio, whole};
use super::raw::Fields;
use super::{Matrix, Rotation, Transfer};

/// The longest side that is believed.
const SIDE: u64 = 32_768;

/// A stream of moving pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VideoStream {
    /// Its place in the file.
    pub index: u32,
    /// ffprobe's name of its codec.
    pub codec: String,
    /// Pixels as they are stored.
    pub coded: Size,
    /// Pixels as they are shown: square and upright.
    pub display: Size,
    /// How stored pictures are turned.
    pub rotation: Rotation,
    /// Frames per second on average, 0.001 to 1000.
    pub frame_rate: Option<f64>,
    /// Whether some frames are shown for longer than others.
    pub variable_frame_rate: bool,
    /// Whether frames are woven of two fields, each of another moment.
    pub interlaced: bool,
    /// How many frames there are, where the file says it.
    pub frames: Option<u64>,
    /// Bits per second.
    pub bit_rate: Option<u64>,
    /// ffmpeg's name of its pixel format.
    pub pixel_format: Option<String>,
    /// Bits per sample, 8 to 16.
    pub bits: u8,
    /// How numbers become light.
    pub transfer: Transfer,
    /// Whether the file says how numbers become colours.
    #[serde(skip)]
    pub matrix: Matrix,
}

impl VideoStream {
    pub(super) fn of(stream: &Fields, index: u32) -> Option<Self> {
        let side =
            |name| whole(stream.get(name), SIDE).filter(|side| *side > 0).and_then(|side| u32::try_from(side).ok());
        let coded = Size::new(side("width")?, side("height")?);
        let rotation = Rotation::of(stream);
        let average = rate(stream, "avg_frame_rate");
        let base = rate(stream, "r_frame_rate");
        let pixel_format = name(stream.get("pix_fmt"));
        Some(Self {
            index,
            codec: name(stream.get("codec_name"))?,
            coded,
            display: display(coded, ratio(stream.get("sample_aspect_ratio"), ':'), rotation),
            rotation,
            frame_rate: average.or(base),
            variable_frame_rate: average.zip(base).is_some_and(|(average, base)| (average - base).abs() > base * 0.01),
            interlaced: is_interlaced(stream),
            frames: whole(stream.get("nb_frames"), u64::from(u32::MAX)).filter(|frames| *frames > 0),
            bit_rate: whole(stream.get("bit_rate"), 100_000_000_000).filter(|rate| *rate > 0),
            bits: bits(stream, pixel_format.as_deref()),
            pixel_format,
            transfer: Transfer::of(stream),
            matrix: Matrix::of(stream),
        })
    }

    /// Whether samples stand for light of high dynamic range.
    pub(super) fn is_high_dynamic_range(&self) -> bool {
        self.transfer != Transfer::Sdr
    }

    /// The codec, if it is one that recipes name.
    pub fn known_codec(&self) -> Option<VideoCodec> {
        Some(match self.codec.as_str() {
            "h264" => VideoCodec::H264,
            "hevc" => VideoCodec::H265,
            "vp8" => VideoCodec::Vp8,
            "vp9" => VideoCodec::Vp9,
            "av1" => VideoCodec::Av1,
            _ => return None,
        })
    }
}

fn rate(stream: &Fields, name: &str) -> Option<f64> {
    let (above, below) = ratio(stream.get(name), '/')?;
    Some(f64::from(above) / f64::from(below)).filter(|rate| (0.001..=1000.0).contains(rate))
}

/// The size in square pixels, upright. The height stays, as players have it; an aspect ratio of samples beyond 1:16 is not
/// believed.
fn display(coded: Size, samples: Option<(u32, u32)>, rotation: Rotation) -> Size {
    let ratio = samples.map_or(1.0, |(width, height)| f64::from(width) / f64::from(height));
    let ratio = if (1.0 / 16.0..=16.0).contains(&ratio) { ratio } else { 1.0 };
    let width = (f64::from(coded.width) * ratio).round().max(1.0) as u32;
    let square = Size::new(width, coded.height);
    if rotation.is_sideways() { square.transposed() } else { square }
}

/// Two fields in any order, as ffprobe names them: which is stored first, and which is shown first.
fn is_interlaced(stream: &Fields) -> bool {
    ["tt", "bb", "tb", "bt"].iter().any(|order| stream.is("field_order", order))
}

/// Bits per sample: what the file says, or what the name of the pixel format ends with (`yuv420p10le`).
fn bits(stream: &Fields, pixel_format: Option<&str>) -> u8 {
    let stated = whole(stream.get("bits_per_raw_sample"), 16).filter(|bits| *bits >= 8);
    let named = pixel_format.and_then(|name| {
        let name = name.trim_end_matches("le").trim_end_matches("be");
        ["9", "10", "12", "14", "16"]
            .iter()
            .find(|bits| name.ends_with(&format!("p{bits}")))
            .and_then(|bits| bits.parse().ok())
    });
    named.or(stated).and_then(|bits| u8::try_from(bits).ok()).unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stream(more: &serde_json::Value) -> Option<VideoStream> {
        let mut all = json!({
            "codec_name": "h264", "width": 720, "height": 576, "avg_frame_rate": "25/1", "r_frame_rate": "25/1",
            "pix_fmt": "yuv420p", "sample_aspect_ratio": "1:1",
        });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        VideoStream::of(&serde_json::from_value(all).unwrap(), 0)
    }

    #[test]
    fn shown_pixels_are_square_and_upright() {
        let shown = |more: serde_json::Value| stream(&more).unwrap().display;
        assert_eq!(shown(json!({})), Size::new(720, 576));
        assert_eq!(shown(json!({"sample_aspect_ratio": "64:45"})), Size::new(1024, 576));
        assert_eq!(shown(json!({"sample_aspect_ratio": "64:45", "tags": {"rotate": "90"}})), Size::new(576, 1024));
        for absurd in ["0:1", "1000000:1", "1:1000000", "x", "-1:1"] {
            assert_eq!(shown(json!({"sample_aspect_ratio": absurd})), Size::new(720, 576), "{absurd}");
        }
    }

    #[test]
    fn without_a_plausible_size_there_is_no_stream() {
        for wrong in [json!(0), json!(-720), json!(1_000_000), json!("nan"), json!(null), json!({})] {
            assert_eq!(stream(&json!({"width": wrong})), None);
        }
    }

    #[test]
    fn fields_are_of_another_moment_in_any_order() {
        let interlaced = |order: &str| stream(&json!({"field_order": order})).unwrap().interlaced;
        assert_eq!(["tt", "bb", "tb", "bt"].map(interlaced), [true; 4]);
        assert_eq!(["progressive", "unknown", ""].map(interlaced), [false; 3]);
        assert!(!stream(&json!({})).unwrap().interlaced);
    }

    #[test]
    fn rates_and_depths() {
        let rates = |average: &str, base: &str| {
            let stream = stream(&json!({"avg_frame_rate": average, "r_frame_rate": base})).unwrap();
            (stream.frame_rate.map(|rate| (rate * 100.0).round()), stream.variable_frame_rate)
        };
        assert_eq!(rates("30000/1001", "30000/1001"), (Some(2997.0), false));
        assert_eq!(rates("17/1", "90000/1"), (Some(1700.0), false));
        assert_eq!(rates("20/1", "30/1"), (Some(2000.0), true));
        assert_eq!(rates("0/0", "25/1"), (Some(2500.0), false));
        assert_eq!(rates("0/0", "0/0"), (None, false));
        let bits = |format: &str, stated: &str| {
            stream(&json!({"pix_fmt": format, "bits_per_raw_sample": stated})).unwrap().bits
        };
        assert_eq!(
            [bits("yuv420p10le", "8"), bits("yuv420p", "8"), bits("gbrp12be", ""), bits("nv12", "N/A")],
            [10, 8, 12, 8]
        );
    }
}
