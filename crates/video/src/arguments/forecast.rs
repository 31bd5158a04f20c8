use std::time::Duration;

use lightmill_recipe::video::{SpeedPreset, VideoCodec, VideoCoding};
use lightmill_recipe::{LimitError, Size};

use super::{Arguments, Error, Limits};

/// What ffmpeg is told, and what to expect of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What it is told.
    pub arguments: Arguments,
    /// What to expect.
    pub forecast: Forecast,
}

/// What the result will be like, and what it costs. Size is exact; all else is an estimate, within a factor of about three
/// for usual videos.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Pixels of the result's pictures, of the largest rendition; `None` without pictures.
    pub size: Option<Size>,
    /// How long the result is, if that is known.
    pub duration: Option<Duration>,
    /// Bytes of the result. A result that has grown to [`Limits::result_bytes`] was cut there by ffmpeg, which reports
    /// no error: it is to be refused.
    pub bytes: u64,
    /// Seconds of one processor.
    pub work: Duration,
}

impl Forecast {
    /// An error if the work would surely take longer than it may, on all threads: even if it were three times faster than
    /// estimated.
    pub(super) fn check(self, limits: &Limits) -> Result<Self, Error> {
        let on_all = self.work.as_secs_f64() / f64::from(limits.threads.get()) / 3.0;
        LimitError::check("video_work_seconds", on_all.ceil() as u64, limits.time.as_secs())?;
        Ok(self)
    }
}

/// Seconds of a processor for so many pixels that are decoded: 150 million a second. (720p H.264 was measured at 255
/// million; more bits take longer.)
pub(super) fn decoding(pixels: f64) -> f64 {
    pixels / 150e6
}

/// Seconds of a processor for so many pixels that are encoded: measured with one 720p clip at each codec's usual quality and
/// the preset `medium`; x264's ratios for the other presets.
pub(super) fn encoding(pixels: f64, codec: VideoCodec, preset: SpeedPreset) -> f64 {
    let medium = match codec {
        VideoCodec::H264 => 15e6,
        VideoCodec::H265 => 7e6,
        VideoCodec::Vp8 => 16e6,
        VideoCodec::Vp9 => 6e6,
        VideoCodec::Av1 => 8e6,
    };
    let faster = match preset {
        SpeedPreset::Ultrafast => 7.0,
        SpeedPreset::Superfast => 4.5,
        SpeedPreset::Veryfast => 2.6,
        SpeedPreset::Faster => 1.7,
        SpeedPreset::Fast => 1.2,
        SpeedPreset::Medium => 1.0,
        SpeedPreset::Slow => 0.6,
        SpeedPreset::Slower => 0.35,
        SpeedPreset::Veryslow => 0.2,
    };
    pixels / (medium * faster)
}

/// Bits per second of pictures: a tenth of a bit for each pixel at the first number, half of it for every so many more.
/// Measured with the same clip.
pub(super) fn bits(pixels_per_second: f64, coding: VideoCoding) -> f64 {
    let (usual, halving) = match coding.codec() {
        VideoCodec::H264 => (23.0, 6.0),
        VideoCodec::H265 => (21.0, 6.0),
        VideoCodec::Vp8 => (17.0, 10.0),
        VideoCodec::Vp9 => (21.0, 10.0),
        VideoCodec::Av1 => (20.0, 10.0),
    };
    pixels_per_second * 0.1 * f64::powf(2.0, (usual - f64::from(coding.crf())) / halving)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_quality_is_fewer_bits_and_slower_is_slower() {
        let at = |crf| {
            bits(1e6, VideoCoding::new(VideoCodec::H264, crf, lightmill_recipe::video::H264Profile::Main).unwrap())
        };
        assert!((at(29) * 2.0 - at(23)).abs() < 1.0);
        let times = SpeedPreset::ALL.map(|preset| encoding(1e6, VideoCodec::Vp9, preset));
        assert!(times.is_sorted());
    }

    #[test]
    fn too_much_work_is_refused() {
        let forecast = |work| Forecast { size: None, duration: None, bytes: 0, work: Duration::from_secs(work) };
        let limits = Limits::default();
        assert!(forecast(1800).check(&limits).is_ok());
        assert_eq!(
            forecast(1812).check(&limits).unwrap_err().to_string(),
            "video_work_seconds is 302, over the limit of 300"
        );
    }
}
