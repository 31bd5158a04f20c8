use std::time::Duration;

use lightmill_recipe::LimitError;
use lightmill_recipe::video::{Preview, PreviewFormat};

use super::argument::{Arguments, Target, Value};
use super::filter::{Filter, Graph};
use super::forecast::decoding;
use super::piece::Piece;
use super::{Abilities, Error, Forecast, Job, Limits, frame, rates, size};
use crate::Facts;

/// An animated picture on standard output.
///
/// # Errors
/// There are no pictures, the piece begins behind their end, a limit is exceeded, HDR cannot be tone-mapped.
pub fn preview(wish: &Preview, facts: &Facts, limits: &Limits, abilities: &Abilities) -> Result<Job, Error> {
    let stream = facts.picture().ok_or(Error::NoPictures)?;
    LimitError::check("video_source_pixels", stream.coded.pixels().0, limits.source_pixels.0)?;
    let piece = Piece::new(facts, wish.start, Some(wish.length.duration()), limits)?;
    let encoder = abilities.preview(wish.format)?;
    let width = u32::from(wish.width.get()).min(stream.display.width);
    let made = size::followed(stream.display, Some(width), None);
    LimitError::check("video_result_pixels", made.pixels().0, limits.result_pixels.0)?;

    let mut arguments = Arguments::new(Target::Stdout);
    arguments.before("threads", u64::from(limits.threads.get()));
    if !wish.start.is_zero() {
        arguments.before("ss", Value::Seconds(wish.start));
    }
    arguments.before("t", Value::Seconds(wish.length.duration()));
    let mut filters: Vec<Filter> = frame::deinterlaced(stream).into_iter().collect();
    filters.extend(rates::cap(stream, Some(wish.frame_rate), false));
    filters.extend(frame::to_sdr(stream, abilities)?);
    filters.push(Filter::Scale { size: made, as_bt709: frame::is_bt709(stream) });
    filters.extend(match wish.format {
        PreviewFormat::Gif => [Filter::Format("bgr24"), Filter::Square, Filter::Palette].to_vec(),
        PreviewFormat::WebP => [Filter::Format("yuv420p"), Filter::Square].to_vec(),
    });
    arguments.set("map", Value::Stream(stream.index)).flag("an").flag("sn").flag("dn");
    arguments.set("filter:v", Value::Filters(Graph(filters)));
    arguments.set("map_metadata", "-1").set("fflags", "+bitexact").set("fps_mode", "vfr").set("c:v", encoder.name());
    match wish.format {
        PreviewFormat::Gif => arguments.set("f", "gif"),
        PreviewFormat::WebP => arguments.set("quality", 75).set("compression_level", 4).set("f", "webp"),
    };
    arguments.set("loop", 0).set("fs", limits.result_bytes);

    let seconds = piece.seconds(limits);
    let frames = (rates::expected(stream, Some(wish.frame_rate)) * seconds).ceil();
    let pixels = made.pixels().0 as f64 * frames;
    let decoded = stream.coded.pixels().0 as f64 * stream.frame_rate.unwrap_or(30.0) * seconds;
    // Bytes and pixels a second, measured.
    let (bytes, speed) = match wish.format {
        PreviewFormat::Gif => (0.5, 8e6),
        PreviewFormat::WebP => (0.1, 5e6),
    };
    let forecast = Forecast {
        size: Some(made),
        duration: piece.length,
        bytes: (pixels * bytes) as u64,
        work: Duration::from_secs_f64(decoding(decoded) + pixels / speed),
    };
    Ok(Job { arguments, forecast: forecast.check(limits)? })
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;
    use lightmill_recipe::video::{FrameRate, Length, VideoSide};

    use super::super::testing::{before_input, behind_input, facts};
    use super::*;

    #[test]
    fn both_formats_repeat_for_ever() {
        let wish = |format| Preview {
            format,
            start: Duration::from_millis(500),
            length: Length::new(3000).unwrap(),
            frame_rate: FrameRate::new(10).unwrap(),
            width: VideoSide::new(320).unwrap(),
        };
        let made = |format| preview(&wish(format), &facts(), &Limits::default(), &Abilities::all()).unwrap();
        let gif = made(PreviewFormat::Gif);
        assert_eq!(before_input(&gif.arguments), "-threads 2 -ss 0.500000 -t 3.000000");
        let line = behind_input(&gif.arguments);
        assert!(line.contains("-filter:v fps=10,scale=320:180:") && line.contains("paletteuse"), "{line}");
        assert!(line.ends_with("-f gif -loop 0 -fs 104857600 pipe:1"), "{line}");
        let webp = made(PreviewFormat::WebP);
        assert!(behind_input(&webp.arguments).contains("-c:v libwebp_anim -quality 75"));
        assert_eq!(
            (webp.forecast.size, webp.forecast.duration),
            (Some(Size::new(320, 180)), Some(Duration::from_secs(3)))
        );
        let none = Abilities { encoders: std::collections::BTreeSet::new(), tone_mapping: true };
        let error = preview(&wish(PreviewFormat::WebP), &facts(), &Limits::default(), &none).unwrap_err();
        assert_eq!(error.to_string(), "animated WebP is not supported here");
    }
}
