use std::time::Duration;

use lightmill_recipe::video::{FrameChoice, FrameTurn, Position, VideoFrame};
use lightmill_recipe::{LimitError, Size};

use super::argument::{Arguments, Target, Value};
use super::filter::{Filter, Graph};
use super::forecast::decoding;
use super::{Abilities, Error, Forecast, Job, Limits, size};
use crate::Facts;
use crate::facts::{Matrix, VideoStream};

/// Frames that are looked at for the best where the recipe leaves it open.
const LOOKED_AT: u32 = 100;

/// Frames that may be looked at, so that memory stays bounded: the filter holds all of them.
const LOOKED_AT_MOST: u32 = 300;

/// Bytes of pixels that the search for the best frame may hold.
const LOOKED_AT_BYTES: u64 = 256 << 20;

/// One frame, as a BMP of 24 bits on standard output: no loss, no time to compress.
///
/// # Errors
/// There are no pictures, a side is longer than the video's, HDR cannot be tone-mapped, a limit is exceeded.
pub fn frame(wish: &VideoFrame, facts: &Facts, limits: &Limits, abilities: &Abilities) -> Result<Job, Error> {
    let stream = facts.picture().ok_or(Error::NoPictures)?;
    LimitError::check("video_source_pixels", stream.coded.pixels().0, limits.source_pixels.0)?;
    let turned = is_turned(stream.display, wish.turn);
    let own = if turned { stream.display.transposed() } else { stream.display };
    let made = sized(own, wish)?;
    LimitError::check("video_result_pixels", made.pixels().0, limits.result_pixels.0)?;

    let mut arguments = Arguments::new(Target::Stdout);
    arguments.before("threads", u64::from(limits.threads.get()));
    let mut filters: Vec<Filter> = deinterlaced(stream).into_iter().collect();
    let decoded = match wish.choice {
        FrameChoice::Exact(position) => {
            arguments.before("ss", Value::Seconds(moment(position, facts, stream)));
            // Frames from the key frame on come through, at moments before 0; so does the last one, where nothing follows.
            arguments.before_flag("noaccurate_seek");
            filters.extend([Filter::GoOn, Filter::FromSeek, Filter::FromZero]);
            // Half of what usually lies between two key frames, five seconds.
            2.5 * stream.frame_rate.unwrap_or(30.0)
        }
        FrameChoice::KeyFrame(position) => {
            arguments.before("skip_frame", "nokey").before("ss", Value::Seconds(moment(position, facts, stream)));
            arguments.before_flag("noaccurate_seek");
            filters.push(Filter::FromZero);
            1.0
        }
        FrameChoice::Best(best) => {
            arguments.before("ss", Value::Seconds(moment(best.from, facts, stream)));
            let fitting = LOOKED_AT_BYTES / (stream.coded.pixels().0.max(1) * 3);
            let most = LOOKED_AT_MOST.min(u32::try_from(fitting).unwrap_or(u32::MAX)).max(2);
            let frames = best.frames.map_or(LOOKED_AT, std::num::NonZeroU32::get).clamp(2, most);
            filters.push(Filter::Best(frames));
            f64::from(frames)
        }
    };
    filters.extend(to_sdr(stream, abilities)?);
    filters.extend(turned.then_some(Filter::Turn));
    filters.push(Filter::Scale { size: made, as_bt709: is_bt709(stream) });
    filters.extend([Filter::Format("bgr24"), Filter::Square]);
    arguments.set("map", Value::Stream(stream.index)).flag("an").flag("sn").flag("dn");
    arguments.set("filter:v", Value::Filters(Graph(filters)));
    arguments.set("frames:v", 1).set("map_metadata", "-1").set("c:v", "bmp").set("f", "image2pipe");

    let work = decoding(decoded * stream.coded.pixels().0 as f64);
    let forecast = Forecast {
        size: Some(made),
        duration: None,
        bytes: made.pixels().0 * 3 + 64,
        work: Duration::from_secs_f64(work),
    };
    Ok(Job { arguments, forecast: forecast.check(limits)? })
}

fn is_turned(shown: Size, turn: FrameTurn) -> bool {
    match turn {
        FrameTurn::Upright => false,
        FrameTurn::Landscape => shown.height > shown.width,
        FrameTurn::Portrait => shown.width > shown.height,
    }
}

/// The frame's size; a side that is asked for is at most the video's own.
fn sized(own: Size, wish: &VideoFrame) -> Result<Size, Error> {
    let [width, height] = [wish.width, wish.height].map(|side| side.map(std::num::NonZeroU32::get));
    for (side, actual, most) in [("w", width, own.width), ("h", height, own.height)] {
        if let Some(actual) = actual.filter(|actual| *actual > most) {
            return Err(Error::SideTooLong { side, actual, most });
        }
    }
    Ok(size::followed(own, width, height))
}

/// The moment in the video; never behind its end, if that is known.
fn moment(position: Position, facts: &Facts, stream: &VideoStream) -> Duration {
    let wanted = match position {
        Position::Time(time) => time,
        Position::Frame(number) => {
            let rate = stream.frame_rate.unwrap_or(30.0);
            // Half a frame earlier, so that no rounding of the rate passes over the frame that is meant.
            Duration::from_secs_f64(((f64::from(number) - 0.5) / rate).max(0.0))
        }
        Position::Share(share) => share.of(facts.duration.unwrap_or_default()),
    };
    facts.duration.map_or(wanted, |duration| wanted.min(duration))
}

/// What makes whole pictures of fields. It looks at the frames beside each, and so stands first.
pub(super) fn deinterlaced(stream: &VideoStream) -> Option<Filter> {
    stream.interlaced.then_some(Filter::Deinterlace)
}

/// Filters that make SDR of HDR.
pub(super) fn to_sdr(stream: &VideoStream, abilities: &Abilities) -> Result<Option<Filter>, Error> {
    match stream.transfer.is_high_dynamic_range() {
        false => Ok(None),
        true if abilities.tone_mapping => Ok(Some(Filter::ToneMap)),
        true => Err(Error::HighDynamicRange),
    }
}

/// Whether the colours of a file that does not say it are those of BT.709, as players take them.
pub(super) fn is_bt709(stream: &VideoStream) -> bool {
    stream.matrix == Matrix::Unstated && stream.coded.height >= 720
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use lightmill_recipe::video::{BestFrame, PartsPerMillion};

    use super::super::testing::{before_input, behind_input, facts};
    use super::*;
    use crate::facts::Transfer;

    fn at(milliseconds: u64) -> Position {
        Position::Time(Duration::from_millis(milliseconds))
    }

    fn made(wish: VideoFrame, facts: &Facts) -> Result<Job, Error> {
        frame(&wish, facts, &Limits::default(), &Abilities::all())
    }

    #[test]
    fn seeks_stand_before_the_input_and_never_behind_the_end() {
        let seek = |choice| before_input(&made(VideoFrame::new(choice), &facts()).unwrap().arguments);
        assert_eq!(seek(FrameChoice::Exact(at(1500))), "-threads 2 -ss 1.500000 -noaccurate_seek");
        assert_eq!(seek(FrameChoice::KeyFrame(at(9))), "-threads 2 -skip_frame nokey -ss 0.009000 -noaccurate_seek");
        assert_eq!(seek(FrameChoice::Exact(at(99_999))), "-threads 2 -ss 10.000000 -noaccurate_seek");
        assert_eq!(seek(FrameChoice::Exact(Position::Frame(25))), "-threads 2 -ss 0.980000 -noaccurate_seek");
        let share = Position::Share(PartsPerMillion::new(500_000).unwrap());
        let best = BestFrame { from: share, frames: None };
        assert_eq!(seek(FrameChoice::Best(best)), "-threads 2 -ss 5.000000");
    }

    #[test]
    fn filters_in_their_order() {
        let mut wish = VideoFrame::new(FrameChoice::Exact(at(0)));
        wish.width = NonZeroU32::new(320);
        assert_eq!(
            behind_input(&made(wish, &facts()).unwrap().arguments),
            "-map 0:0 -an -sn -dn -filter:v tpad=stop=-1:stop_mode=clone,select=gte(t\\,-0.0005),setpts=PTS-STARTPTS,\
             scale=320:180:flags=lanczos+accurate_rnd+full_chroma_int,format=bgr24,setsar=1 -frames:v 1 -map_metadata -1 -c:v \
             bmp -f image2pipe pipe:1"
        );
        let mut hdr = facts();
        hdr.video[0].transfer = Transfer::Hlg;
        hdr.video[0].matrix = Matrix::Unstated;
        wish.turn = FrameTurn::Portrait;
        let line = behind_input(&made(wish, &hdr).unwrap().arguments);
        assert!(line.contains("zscale=t=bt709:m=bt709:r=tv,transpose=clock,scale=320:569"), "{line}");
        let none = Abilities { tone_mapping: false, ..Abilities::all() };
        assert_eq!(frame(&wish, &hdr, &Limits::default(), &none), Err(Error::HighDynamicRange));
    }

    #[test]
    fn sides_are_at_most_those_of_the_video_as_it_is_turned() {
        let mut wish = VideoFrame::new(FrameChoice::KeyFrame(at(0)));
        wish.height = NonZeroU32::new(1081);
        let error = made(wish, &facts()).unwrap_err();
        assert_eq!(error.to_string(), "h is 1081; it must be from 0 to 1080, the video's own");
        wish.turn = FrameTurn::Portrait;
        assert_eq!(made(wish, &facts()).unwrap().forecast.size, Some(Size::new(608, 1081)));
        wish.width = NonZeroU32::new(7);
        assert_eq!(made(wish, &facts()).unwrap().forecast.size, Some(Size::new(7, 1081)));
    }

    #[test]
    fn sources_without_pictures_or_with_too_many_pixels_are_refused() {
        let wish = VideoFrame::new(FrameChoice::Exact(at(0)));
        assert_eq!(made(wish, &Facts { video: Vec::new(), ..facts() }), Err(Error::NoPictures));
        let mut large = facts();
        large.video[0].coded = Size::new(8192, 8192);
        assert!(made(wish, &large).unwrap_err().to_string().starts_with("video_source_pixels is 67108864"));
    }
}
