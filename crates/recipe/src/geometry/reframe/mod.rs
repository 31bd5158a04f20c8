//! What a [`Reframe`] comes to for a picture of known size.

mod fit;
mod focus;
mod target;
mod window;

use serde::Serialize;

use crate::{Arithmetic, Method, Rect, Reframe, Size};

/// What a [`Reframe`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reframed {
    /// This part of the picture…
    pub crop: Rect,
    /// …is resampled to this size…
    pub scaled: Size,
    /// …of which this part is kept.
    pub window: Rect,
    /// The box asked for, or the result where that is larger: the canvas of [`crate::FillCanvas::Frame`].
    pub frame: Size,
}

/// What `reframe` comes to for the part `cut` of a picture of size `loaded`. Regions that an analyser found stand in
/// `reframe.focus.regions`, as those of the request do. `parent` is the size of the picture on which this one will be
/// laid; a main input, which has none, counts as its own.
pub fn reframe(loaded: Size, cut: Rect, reframe: &Reframe, parent: Option<Size>) -> Reframed {
    let size = cut.size;
    let target = target::target(loaded, size, parent.unwrap_or(size), reframe);
    let whole = |scaled: Size, frame: Size| Reframed {
        crop: Rect::whole(size),
        scaled,
        window: Rect::whole(scaled),
        frame: Size::new(frame.width.max(scaled.width), frame.height.max(scaled.height)),
    };
    match reframe.method {
        Method::Stretch => whole(target, target),
        Method::FitIn { adaptive, full } => {
            let frame = if adaptive { fit::adapted(size, target) } else { target };
            whole(fit::fit(size, frame, full, reframe), frame)
        }
        Method::Cover => match reframe.arithmetic {
            Arithmetic::CropThenScale => {
                let crop = window::crop(size, target, focus::point(loaded, cut, &reframe.focus));
                Reframed { crop, scaled: target, window: Rect::whole(target), frame: target }
            }
            Arithmetic::ScaleThenCrop => {
                let centre = focus::centre(loaded, cut, &reframe.focus);
                let (scaled, window) = window::scaled(size, target, centre, &reframe.focus);
                Reframed { crop: Rect::whole(size), scaled, window, frame: target }
            }
        },
    }
}

/// `length` as a side: rounded already, at least 1. A float cast saturates, so that absurd requests meet the limits.
fn side(length: f64) -> u32 {
    (length as u32).max(1)
}

#[cfg(test)]
mod tests;
