use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lightmill_recipe::Output;
use lightmill_recipe::video::Sprite;
use lightmill_video::arguments::Tile;

use super::Video;
use crate::job::Task;
use crate::{Error, Job, Mill, Validators, version};

impl Mill {
    /// The track of thumbnails that belongs to the sheet that the job wants, as `WebVTT` (W3C): one cue for each frame of
    /// the sheet, with its place there. `sheet` is the sheet's URL.
    ///
    /// # Errors
    /// [`Error::NoSuchPart`] if the job wants no sheet, or something else is done with it; as [`Mill::make`] otherwise.
    pub async fn thumbnails(
        &self,
        job: &Job,
        validators: &Validators,
        sheet: &str,
        deadline: Instant,
    ) -> Result<String, Error> {
        let Task::Transform(transform) = &job.task else { return Err(Error::NoSuchPart) };
        let wish = sheet_of(job).ok_or(Error::NoSuchPart)?;
        let (Some(place), Some(stat)) = (transform.places.first(), validators.stats.first()) else {
            return Err(Error::internal("a video without a place"));
        };
        let stores = &self.shared.stores;
        let video = Video { source: version::source(&stores.sources, place)?, place, stat };
        let videos = stores.videos.as_ref().ok_or(Error::VideoNotServed)?;
        let tiles = tokio::time::timeout_at(deadline.into(), videos.tiles(&video, wish)).await;
        Ok(track(&tiles.unwrap_or(Err(Error::TimedOut))?, sheet))
    }
}

/// The sheet that is wanted as it is: with anything done to it, frames would lie elsewhere.
fn sheet_of(job: &Job) -> Option<&Sprite> {
    let recipe = job.recipe()?;
    match (&recipe.outputs[..], recipe.main()?.operations.is_empty()) {
        ([Output::Sprite(wish)], true) => Some(wish),
        _ => None,
    }
}

/// Cues whose text is an address with a place (Media Fragments URI 1.0, section 4.2.2), as players take it.
fn track(tiles: &[Tile], sheet: &str) -> String {
    // An arrow would end the cue.
    let sheet = sheet.replace("-->", "--%3E");
    let mut text = "WEBVTT\n".to_owned();
    for Tile { from, to, place } in tiles {
        let (width, height) = (place.size.width, place.size.height);
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n{} --> {}", Clock(*from), Clock(*to));
        let _ = writeln!(text, "{sheet}#xywh={},{},{width},{height}", place.x, place.y);
    }
    text
}

/// `01:02:03.004`.
struct Clock(Duration);

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, self.0.subsec_millis())
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Rect, Size};

    use super::*;

    #[test]
    fn cues_name_places_on_the_sheet() {
        let tile = |from, x| Tile {
            from: Duration::from_millis(from),
            to: Duration::from_millis(from + 2500),
            place: Rect { x, y: 90, size: Size::new(160, 90) },
        };
        assert_eq!(
            track(&[tile(0, 0), tile(3_599_000, 160)], "?a=-->b"),
            "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n?a=--%3Eb#xywh=0,90,160,90\n\n\
             00:59:59.000 --> 01:00:01.500\n?a=--%3Eb#xywh=160,90,160,90\n"
        );
    }
}
