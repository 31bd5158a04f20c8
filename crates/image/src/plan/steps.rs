//! Steps as they are planned, one after the other, and what is known of the picture after the last.

use lightmill_recipe::sharp::Recomb;
use lightmill_recipe::{Blend, Enlarge, Fit, Format, Light, Rect, Resize, Size, geometry};

use super::build::Purpose;
use super::view::View;
use super::{Action, Step};
use crate::{Layout, Probe};

/// Steps so far; layouts are filled in by [`super::finish::finish`].
pub(super) struct Steps {
    /// The size after the last.
    pub(super) size: Size,
    pub(super) list: Vec<Step>,
    /// Whether pixels may be transparent after the last.
    pub(super) alpha: bool,
    /// Where things of the upright source lie after the last.
    pub(super) view: View,
    /// Size of the picture before [`lightmill_recipe::Cut`], from which focal regions count.
    pub(super) loaded: Size,
    /// The part of it that is left.
    pub(super) cut: Rect,
    /// The box of the last [`lightmill_recipe::Reframe`].
    pub(super) frame: Option<Size>,
}

impl Steps {
    /// Nothing is done yet to the stored picture.
    pub(super) fn new(probe: &Probe) -> Self {
        let size = probe.size;
        let (view, cut) = (View::of(size), Rect::whole(size));
        Self { size, list: Vec::new(), alpha: probe.has_alpha, view, loaded: size, cut, frame: None }
    }

    pub(super) fn push(&mut self, action: Action, size: Size) {
        self.view = self.view.then(&action, self.size, size);
        self.alpha = match &action {
            Action::Rotate { .. }
            | Action::MaskCircle { .. }
            | Action::MaskRounded { .. }
            | Action::NinePatch { .. }
            | Action::Unflatten
            | Action::EnsureAlpha { .. }
            | Action::MaskEllipse { .. }
            | Action::Recomb { recomb: Recomb::Rgba(_) } => true,
            Action::Stamp { stamp, .. } => self.alpha || matches!(stamp.blend, Blend::Mask | Blend::MaskOut),
            Action::MaskCorners { colour, .. } => self.alpha || colour.is_none(),
            Action::Pad { colour, .. } => self.alpha || colour.alpha < 255,
            Action::Fill { blend: true, backdrop, .. } => super::canvas::lets_through(*backdrop, self.alpha),
            Action::Fill { backdrop, .. } => self.alpha || super::canvas::lets_through(*backdrop, self.alpha),
            Action::Flatten { .. } | Action::Bandbool { .. } | Action::RemoveAlpha | Action::ExtractChannel { .. } => {
                false
            }
            Action::Affine { background, .. } => self.alpha || background.alpha < 255,
            Action::Composite { composite, .. } => self.alpha || !composite.blend.keeps_opaque(),
            _ => self.alpha,
        };
        if size != self.size || matches!(action, Action::Orient { .. }) {
            (self.loaded, self.cut) = (size, Rect::whole(size));
        }
        self.size = size;
        self.list.push(Step { action, size, layout: Layout::Rgb });
    }

    pub(super) fn crop(&mut self, window: Rect) {
        if window.size != self.size {
            self.push(Action::Crop { window }, window.size);
        }
    }

    /// A window of which later focal regions do not know: they count from the picture before it.
    pub(super) fn cut(&mut self, window: Rect) {
        let (loaded, before) = (self.loaded, self.cut);
        self.crop(window);
        self.loaded = loaded;
        self.cut = Rect { x: before.x + window.x, y: before.y + window.y, size: window.size };
    }

    pub(super) fn resample(&mut self, size: Size, light: Light) {
        if size != self.size {
            self.push(Action::Resample { light, part: None }, size);
        }
    }

    pub(super) fn resize(&mut self, mut resize: Resize, probe: &Probe, purpose: Purpose<'_>) {
        if resize.enlarge == Enlarge::AllowedButGif {
            let stays = probe.format == Format::Gif && purpose.format == Some(Format::Gif);
            resize.enlarge = if stays { Enlarge::Never } else { Enlarge::Allowed };
        }
        let resized = geometry::resize(self.size, &resize, purpose.parent);
        self.resample(resized.scaled, resize.light);
        self.crop(resized.window);
        if let Fit::Contain { background } = resize.fit
            && resized.canvas != self.size
        {
            self.push(Action::Pad { at: resized.at, colour: background }, resized.canvas);
        }
    }
}
