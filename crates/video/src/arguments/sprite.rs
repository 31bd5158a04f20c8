use std::time::Duration;

use lightmill_recipe::video::{Interval, Sprite, VideoSide};
use lightmill_recipe::{LimitError, Rect, Size};

use super::argument::{Arguments, Target, Value};
use super::filter::{Filter, Graph};
use super::forecast::decoding;
use super::piece::Piece;
use super::{Abilities, Error, Forecast, Job, Limits, frame, size};
use crate::Facts;

/// Width of a frame where the recipe names no side.
const WIDTH: u32 = 160;

/// The sheet, as a BMP of 24 bits on standard output.
///
/// # Errors
/// There are no pictures, the piece begins behind their end, the sheet exceeds a limit, HDR cannot be tone-mapped.
pub fn sprite(wish: &Sprite, facts: &Facts, limits: &Limits, abilities: &Abilities) -> Result<Job, Error> {
    let sheet = Sheet::new(wish, facts, limits)?;
    let stream = facts.picture().ok_or(Error::NoPictures)?;
    let mut arguments = Arguments::new(Target::Stdout);
    arguments.before("threads", u64::from(limits.threads.get()));
    if !wish.start.is_zero() {
        arguments.before("ss", Value::Seconds(wish.start));
    }
    let mut filters: Vec<Filter> = frame::deinterlaced(stream).into_iter().collect();
    filters.push(Filter::Every(sheet.interval));
    filters.extend(frame::to_sdr(stream, abilities)?);
    filters.push(Filter::Scale { size: sheet.picture, as_bt709: frame::is_bt709(stream) });
    filters.extend([Filter::Format("bgr24"), Filter::Square]);
    if sheet.place != sheet.picture {
        let [x, y] =
            [sheet.place.width - sheet.picture.width, sheet.place.height - sheet.picture.height].map(|rest| rest / 2);
        filters.push(Filter::Pad { size: sheet.place, x, y });
    }
    filters.push(Filter::Tile { columns: sheet.columns, rows: sheet.rows, frames: sheet.frames });
    arguments.set("map", Value::Stream(stream.index)).flag("an").flag("sn").flag("dn");
    arguments.set("filter:v", Value::Filters(Graph(filters)));
    arguments.set("frames:v", 1).set("map_metadata", "-1").set("c:v", "bmp").set("f", "image2pipe");
    let size = sheet.size();
    // The interval lies between frames: nothing is decoded behind the last one.
    let seconds = sheet.interval.as_secs_f64() * f64::from(sheet.frames.saturating_sub(1));
    let decoded = stream.coded.pixels().0 as f64 * (stream.frame_rate.unwrap_or(30.0) * seconds + 1.0);
    let forecast = Forecast {
        size: Some(size),
        duration: None,
        bytes: size.pixels().0 * 3 + 64,
        work: Duration::from_secs_f64(decoding(decoded)),
    };
    Ok(Job { arguments, forecast: forecast.check(limits)? })
}

/// A frame of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// The moment in the video from which it stands for the video.
    pub from: Duration,
    /// The moment at which the next one takes its place.
    pub to: Duration,
    /// Where it lies on the sheet.
    pub place: Rect,
}

/// Where each frame lies on the sheet and which moments it stands for: what a `WebVTT` track of thumbnails says.
///
/// # Errors
/// As [`sprite`].
pub fn tiles(wish: &Sprite, facts: &Facts, limits: &Limits) -> Result<Vec<Tile>, Error> {
    let sheet = Sheet::new(wish, facts, limits)?;
    let tile = |index: u32| {
        let (column, row) = (index % sheet.columns, index / sheet.columns);
        let from = wish.start + sheet.interval * index;
        let place = Rect { x: column * sheet.place.width, y: row * sheet.place.height, size: sheet.place };
        Tile { from, to: from + sheet.interval, place }
    };
    Ok((0..sheet.frames).map(tile).collect())
}

/// The geometry of a sheet.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    /// Size of one frame.
    picture: Size,
    /// Size of one place: larger than the frame where both sides are given.
    place: Size,
    columns: u32,
    rows: u32,
    frames: u32,
    interval: Duration,
}

impl Sheet {
    fn new(wish: &Sprite, facts: &Facts, limits: &Limits) -> Result<Self, Error> {
        let stream = facts.picture().ok_or(Error::NoPictures)?;
        LimitError::check("video_source_pixels", stream.coded.pixels().0, limits.source_pixels.0)?;
        let piece = Piece::new(facts, wish.start, None, limits)?;
        let most = wish.frames.map_or(wish.grid.places(), |frames| frames.get().min(wish.grid.places()));
        let seconds = piece.seconds(limits);
        let (interval, frames) = match wish.interval {
            Interval::Spread => (Duration::from_secs_f64((seconds / f64::from(most)).max(0.001)), most),
            Interval::Every(length) => {
                let fitting = (seconds / length.duration().as_secs_f64()).ceil().max(1.0);
                (length.duration(), most.min(fitting as u32))
            }
        };
        // No more frames than the video has: places that nothing fills would be black.
        let own = (seconds * stream.frame_rate.unwrap_or(30.0)).floor().max(1.0) as u32;
        let frames = frames.min(own);
        let columns = u32::from(wish.grid.columns()).min(frames);
        let [width, height] = [wish.width, wish.height].map(|side| side.map(|side| u32::from(VideoSide::get(side))));
        let (picture, place) = match (width, height) {
            (Some(width), Some(height)) => {
                (inscribed(stream.display, Size::new(width, height)), Size::new(width, height))
            }
            (None, None) => repeated(size::followed(stream.display, Some(WIDTH), None)),
            one => repeated(size::followed(stream.display, one.0, one.1)),
        };
        let sheet = Self { picture, place, columns, rows: frames.div_ceil(columns), frames, interval };
        let Size { width, height } = sheet.size();
        LimitError::check("video_result_side", width.max(height).into(), limits.result_side.into())?;
        LimitError::check("video_result_pixels", sheet.size().pixels().0, limits.result_pixels.0)?;
        Ok(sheet)
    }

    const fn size(&self) -> Size {
        Size::new(self.place.width.saturating_mul(self.columns), self.place.height.saturating_mul(self.rows))
    }
}

const fn repeated(size: Size) -> (Size, Size) {
    (size, size)
}

/// The largest size of this aspect ratio inside of `room`.
fn inscribed(source: Size, room: Size) -> Size {
    let by_width = size::followed(source, Some(room.width), None);
    if by_width.height <= room.height { by_width } else { size::followed(source, None, Some(room.height)) }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use lightmill_recipe::video::{Length, SpriteFormat, SpriteGrid};

    use super::super::testing::{before_input, behind_input, facts};
    use super::*;

    fn wish() -> Sprite {
        Sprite {
            format: SpriteFormat::Jpeg,
            grid: SpriteGrid::new(4, 3).unwrap(),
            width: VideoSide::new(160),
            height: None,
            start: Duration::ZERO,
            interval: Interval::Every(Length::new(2000).unwrap()),
            frames: None,
        }
    }

    fn made(wish: &Sprite) -> Result<Job, Error> {
        sprite(wish, &facts(), &Limits::default(), &Abilities::all())
    }

    #[test]
    fn a_sheet_has_as_many_rows_as_it_needs() {
        let job = made(&wish()).unwrap();
        // 10 s, one frame every 2 s: five frames in four columns.
        assert_eq!(job.forecast.size, Some(Size::new(640, 180)));
        assert!(behind_input(&job.arguments).contains("select=gte(t\\,selected_n*2-0.0005),scale=160:90"));
        assert!(behind_input(&job.arguments).contains(",setsar=1,tile=4x2:nb_frames=5 -frames:v 1"));
        let tiles = tiles(&wish(), &facts(), &Limits::default()).unwrap();
        assert_eq!(tiles.len(), 5);
        assert_eq!((tiles[4].from, tiles[4].to), (Duration::from_secs(8), Duration::from_secs(10)));
        assert_eq!(tiles[4].place, Rect { x: 0, y: 90, size: Size::new(160, 90) });
    }

    #[test]
    fn frames_are_spread_over_the_rest() {
        let spread = Sprite { interval: Interval::Spread, start: Duration::from_secs(4), ..wish() };
        let job = made(&spread).unwrap();
        assert_eq!(job.forecast.size, Some(Size::new(640, 270)));
        assert_eq!(before_input(&job.arguments), "-threads 2 -ss 4.000000");
        assert!(behind_input(&job.arguments).contains("selected_n*0.5-0.0005"));
        let few = Sprite { frames: NonZeroU32::new(2), ..spread };
        assert_eq!(made(&few).unwrap().forecast.size, Some(Size::new(320, 90)));
        let behind = Sprite { start: Duration::from_secs(10), ..spread };
        assert!(matches!(made(&behind), Err(Error::StartsBehindEnd { .. })));
    }

    #[test]
    fn with_both_sides_frames_fit_inside() {
        let square = Sprite { height: VideoSide::new(160), ..wish() };
        let job = made(&square).unwrap();
        assert!(behind_input(&job.arguments).contains("setsar=1,pad=160:160:0:35,tile=4x2"));
        assert_eq!(job.forecast.size, Some(Size::new(640, 320)));
        let huge = Sprite { width: VideoSide::new(4096), grid: SpriteGrid::new(5, 1).unwrap(), ..wish() };
        assert_eq!(made(&huge).unwrap_err().to_string(), "video_result_side is 20480, over the limit of 16384");
    }
}
