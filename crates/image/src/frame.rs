use std::time::Duration;

use lightmill_recipe::{Rect, Size};

use crate::{Error, Picture};

/// One picture of an animation, whole (never only the changed rectangle).
#[derive(Debug, Clone)]
pub struct Frame {
    /// The picture.
    pub picture: Picture,
    /// How long it is shown; zero for stills.
    pub delay: Duration,
    /// Outside of this window every pixel is that of the frame before; `None` if nothing is known. Spares work, and
    /// changes no result: to ignore it is right.
    pub changed: Option<Rect>,
}

impl Frame {
    /// A frame of which nothing but the picture is known.
    pub fn new(picture: Picture, delay: Duration) -> Self {
        Self { picture, delay, changed: None }
    }
}

/// What an animation says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Animation {
    /// Times it is shown; 0 is for ever.
    pub loop_count: u32,
}

/// Frames that are pulled one by one; never a buffer of all of them.
pub trait FrameSource {
    /// Size of every frame.
    fn size(&self) -> Size;

    /// What the animation says about itself; `None` for stills.
    fn animation(&self) -> Option<Animation>;

    /// The next frame, or `None` after the last. Not to be called again after an error.
    fn next_frame(&mut self) -> Result<Option<Frame>, Error>;
}

/// A source of one frame.
#[derive(Debug)]
pub struct Still {
    size: Size,
    picture: Option<Picture>,
}

impl Still {
    /// Gives `picture` once.
    pub fn new(picture: Picture) -> Self {
        Self { size: picture.size(), picture: Some(picture) }
    }
}

impl FrameSource for Still {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        None
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        Ok(self.picture.take().map(|picture| Frame::new(picture, Duration::ZERO)))
    }
}
