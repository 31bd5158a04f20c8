//! Encoders of pictures.

use lightmill_recipe::Size;
use lightmill_recipe::video::{
    BitRate, Container, H264Profile, Rendition, SpeedPreset, VideoCodec, VideoCoding, VideoEncoding,
};

use super::argument::{Arguments, Value};
use super::{Abilities, Encoder, Error, Limits, forecast};

/// The pictures that are encoded, one size for each rendition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pictures<'a> {
    pub encoding: &'a VideoEncoding,
    pub sizes: &'a [Size],
    /// Frames per second of the result, about.
    pub frame_rate: f64,
    pub container: Container,
}

/// Seconds between two key frames at most: a player can begin at each.
const KEY_FRAMES: f64 = 4.0;

/// Encoder, quality, rates; the same for all renditions but for their rates.
pub(super) fn put(
    arguments: &mut Arguments,
    pictures: Pictures<'_>,
    limits: &Limits,
    abilities: &Abilities,
) -> Result<(), Error> {
    let VideoEncoding { coding, preset, renditions, .. } = pictures.encoding;
    let encoder = abilities.video(coding.codec())?;
    arguments.set("c:v", encoder.name()).set("crf", u64::from(coding.crf()));
    speed(arguments, encoder, *preset, limits);
    if let VideoCoding::H264 { profile, .. } = coding {
        arguments.set(
            "profile:v",
            match profile {
                H264Profile::Baseline => "baseline",
                H264Profile::Main => "main",
                H264Profile::High => "high",
            },
        );
    }
    if coding.codec() == VideoCodec::H265 {
        tag(arguments, pictures.container);
    }
    for (index, (rendition, size)) in renditions.as_slice().iter().zip(pictures.sizes).enumerate() {
        rate(arguments, encoder, index, *rendition, size.pixels().0 as f64 * pictures.frame_rate);
    }
    arguments.set("pix_fmt", "yuv420p");
    // Otherwise ffmpeg repeats frames of uneven distances until they are even.
    arguments.set("fps_mode", if matches!(pictures.container, Container::Avi) { "cfr" } else { "vfr" });
    arguments.set("g", (pictures.frame_rate * KEY_FRAMES).ceil().max(1.0) as u64);
    arguments.set("threads", u64::from(limits.threads.get())).set("flags:v", "+bitexact");
    Ok(())
}

/// Apple's players look for this name of H.265.
pub(super) fn tag(arguments: &mut Arguments, container: Container) {
    if matches!(container, Container::Mp4 | Container::Mov | Container::Hls { .. }) {
        arguments.set("tag:v", "hvc1");
    }
}

/// The encoder's setting that is nearest to x264's preset.
fn speed(arguments: &mut Arguments, encoder: Encoder, preset: SpeedPreset, limits: &Limits) {
    let place = SpeedPreset::ALL.iter().position(|one| *one == preset).unwrap_or(5);
    let of = |numbers: [u64; 9]| numbers.get(place).copied().unwrap_or(0);
    let threads = u64::from(limits.threads.get());
    match encoder {
        Encoder::X264 => {
            arguments.set("preset", preset.name());
        }
        Encoder::X265 => {
            arguments.set("preset", preset.name()).set("x265-params", Value::Setting("log-level=error:pools", threads));
        }
        Encoder::Vp8 | Encoder::Vp9 => {
            arguments.set("deadline", if place < 2 { "realtime" } else { "good" });
            arguments.set("cpu-used", of([8, 6, 5, 4, 3, 2, 1, 1, 0]));
            if encoder == Encoder::Vp9 {
                arguments.set("row-mt", 1);
            }
        }
        Encoder::SvtAv1 => {
            arguments
                .set("preset", of([12, 11, 10, 9, 8, 7, 6, 5, 4]))
                .set("svtav1-params", Value::Setting("lp", threads));
        }
        Encoder::Aom => {
            arguments.set("cpu-used", of([8, 8, 7, 6, 6, 5, 4, 3, 2])).set("row-mt", 1);
        }
        _ => {}
    }
}

/// The quality decides; a rate only caps it. `pixels`: a second.
fn rate(arguments: &mut Arguments, encoder: Encoder, index: usize, rendition: Rendition, pixels: f64) {
    let cap = rendition.max_rate.map(BitRate::get);
    match (encoder, cap) {
        (Encoder::Vp9 | Encoder::Aom, None) => {
            arguments.set_for("b", index, 0);
        }
        // libvpx needs a rate for VP8: one that only the worst of pictures reach.
        (Encoder::Vp8, None) => {
            arguments.set_for("b", index, (pixels * 0.5).max(200_000.0) as u64);
        }
        // Their constrained quality takes the cap for the rate.
        (Encoder::Vp8 | Encoder::Vp9 | Encoder::Aom, Some(cap)) => {
            arguments.set_for("b", index, cap).set_for("maxrate", index, cap).set_for("bufsize", index, cap * 2);
        }
        (_, Some(cap)) => {
            arguments.set_for("maxrate", index, cap).set_for("bufsize", index, cap * 2);
        }
        (_, None) => {}
    }
}

/// Bits per second that a rendition will have, about.
pub(super) fn bits(encoding: &VideoEncoding, rendition: Rendition, size: Size, frame_rate: f64) -> f64 {
    let free = forecast::bits(size.pixels().0 as f64 * frame_rate, encoding.coding);
    rendition.max_rate.map_or(free, |cap| free.min(cap.get() as f64))
}
