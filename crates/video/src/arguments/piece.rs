use std::time::Duration;

use lightmill_recipe::LimitError;

use super::{Error, Limits};
use crate::Facts;

/// What is taken of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: Duration,
    /// How long it is at most; set where less than the rest is taken, or the rest is not known.
    pub most: Option<Duration>,
    /// How long it will be, if that is known.
    pub length: Option<Duration>,
}

impl Piece {
    /// The piece from `start` on.
    ///
    /// # Errors
    /// It begins behind the end, or is longer than the limit. A source that does not say how long it is gets the limit.
    pub fn new(facts: &Facts, start: Duration, most: Option<Duration>, limits: &Limits) -> Result<Self, Error> {
        let Some(duration) = facts.duration else {
            if let Some(most) = most {
                check(most, limits)?;
            }
            return Ok(Self { start, most: Some(most.unwrap_or(limits.duration)), length: None });
        };
        let rest =
            duration.checked_sub(start).filter(|rest| !rest.is_zero()).ok_or_else(|| Error::StartsBehindEnd {
                start_milliseconds: milliseconds(start),
                duration_milliseconds: milliseconds(duration),
            })?;
        let length = most.map_or(rest, |most| most.min(rest));
        check(length, limits)?;
        Ok(Self { start, most: most.filter(|most| *most < rest), length: Some(length) })
    }

    /// How long it is at the most, in seconds.
    pub fn seconds(&self, limits: &Limits) -> f64 {
        self.length.or(self.most).unwrap_or(limits.duration).as_secs_f64()
    }
}

fn check(length: Duration, limits: &Limits) -> Result<(), LimitError> {
    let seconds = |duration: Duration| duration.as_secs() + u64::from(duration.subsec_millis() > 0);
    LimitError::check("video_duration_seconds", seconds(length), seconds(limits.duration))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use super::*;

    #[test]
    fn pieces_lie_inside_of_the_video() {
        let seconds = Duration::from_secs;
        let limits = Limits::default();
        let of = |duration, start, most| Piece::new(&Facts { duration, ..facts() }, start, most, &limits);
        let piece = of(Some(seconds(100)), seconds(90), Some(seconds(30))).unwrap();
        assert_eq!((piece.most, piece.length), (None, Some(seconds(10))));
        let piece = of(Some(seconds(1000)), seconds(90), Some(seconds(30))).unwrap();
        assert_eq!((piece.most, piece.length), (Some(seconds(30)), Some(seconds(30))));
        let piece = of(None, seconds(90), None).unwrap();
        assert_eq!((piece.most, piece.length), (Some(limits.duration), None));
        let behind = of(Some(seconds(100)), seconds(100), None).unwrap_err();
        assert_eq!(behind.to_string(), "the piece begins at 100000 ms; the video has 100000 ms");
        for (duration, most) in [(Some(seconds(601)), None), (None, Some(seconds(601)))] {
            let long = of(duration, Duration::ZERO, most).unwrap_err();
            assert_eq!(long.to_string(), "video_duration_seconds is 601, over the limit of 600");
        }
        let long = Duration::from_millis(600_001);
        assert!(of(Some(long), Duration::ZERO, None).is_err());
    }
}
