use serde::Serialize;

use super::{BitRate, VideoSide};

/// One version of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rendition {
    /// The size into which its pictures fit; `None` keeps the source's.
    pub bounds: Option<Bounds>,
    /// Bits per second that its pictures may take at most, over two seconds; `None` leaves it to the quality.
    pub max_rate: Option<BitRate>,
}

/// The size into which a video fits: its aspect ratio is kept, both sides become even.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// Pixels from left to right; of `either_way`, of the longer side.
    pub width: VideoSide,
    /// Pixels from top to bottom; of `either_way`, of the shorter side.
    pub height: VideoSide,
    /// Whether the box lies as the video does: `720p` is 1280x720, or 720x1280 for a video that stands.
    pub either_way: bool,
    /// Whether a smaller video is enlarged.
    pub enlarge: bool,
}

/// One to six versions of one video, largest first or as they were asked for; no two are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Renditions(Vec<Rendition>);

impl Renditions {
    /// How many versions there may be.
    pub const MOST: usize = 6;

    /// A single version.
    pub fn one(rendition: Rendition) -> Self {
        Self(vec![rendition])
    }

    /// `None` for no rendition, for more than six, and where two are the same.
    pub fn new(renditions: Vec<Rendition>) -> Option<Self> {
        let repeats = |(index, one): (usize, &Rendition)| renditions.iter().take(index).any(|other| other == one);
        let fits = (1..=Self::MOST).contains(&renditions.len()) && !renditions.iter().enumerate().any(repeats);
        fits.then_some(Self(renditions))
    }

    /// The versions in their order.
    pub fn as_slice(&self) -> &[Rendition] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ladders_have_one_to_six_different_steps() {
        let step = |rate: u64| Rendition { bounds: None, max_rate: BitRate::new(rate * 1000) };
        let ladder = |rates: &[u64]| Renditions::new(rates.iter().map(|rate| step(*rate)).collect());
        assert!(ladder(&[]).is_none() && ladder(&[1, 2, 1]).is_none() && ladder(&[1, 2, 3, 4, 5, 6, 7]).is_none());
        assert_eq!(ladder(&[1, 2, 3, 4, 5, 6]).map(|ladder| ladder.as_slice().len()), Some(6));
        assert_eq!(ladder(&[9]), Some(Renditions::one(step(9))));
    }
}
