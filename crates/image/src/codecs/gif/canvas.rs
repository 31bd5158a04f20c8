use std::ops::Range;

use ::gif::DisposalMethod;
use lightmill_recipe::{Rect, Size};

use crate::{Layout, Picture, Plane};

/// The logical screen, onto which frames are drawn one over the other, in the layout of the frames that are given on.
pub(super) struct Canvas {
    picture: Picture,
    /// What is to be done before the next frame is drawn.
    pending: Option<Pending>,
}

enum Pending {
    /// The window becomes transparent.
    Clear(Rect),
    /// What was there before the frame comes back: rows of the window.
    Restore(Rect, Vec<u8>),
}

/// Samples of a plane for each palette index; `None` is not drawn.
type Colours<const CHANNELS: usize> = [Option<[u8; CHANNELS]>; 256];

impl Canvas {
    /// A screen in RGBA that is transparent, or a black one in RGB.
    pub fn new(size: Size, alpha: bool) -> Self {
        let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
        Self { picture: Picture::blank(size, layout), pending: None }
    }

    /// Draws a frame whose palette indices are `indices`, row by row. Indices beyond `palette` are not drawn.
    ///
    /// Returns the window outside of which no pixel differs from the frame before.
    pub fn draw(&mut self, frame: &::gif::Frame<'_>, indices: &[u8], palette: &[u8]) -> Rect {
        let disposed = self.dispose();
        let position = Rect {
            x: frame.left.into(),
            y: frame.top.into(),
            size: Size::new(frame.width.into(), frame.height.into()),
        };
        let seen = position.intersection(Rect::whole(self.picture.size()));
        // One that lies beside the screen has no place on it either.
        let window = if seen.is_empty() { Rect::whole(Size::new(0, 0)) } else { seen };
        let saved = match frame.dispose {
            DisposalMethod::Previous => Some(self.save(window)),
            _ => None,
        };
        let mut colours: Colours<3> = [None; 256];
        for (colour, rgb) in colours.iter_mut().zip(palette.as_chunks::<3>().0) {
            *colour = Some(*rgb);
        }
        if let Some(index) = frame.transparent {
            colours[usize::from(index)] = None;
        }
        let alpha = self.picture.layout().has_alpha();
        let plane = &mut self.picture.planes_mut()[0];
        let drawn = if alpha {
            let colours = colours.map(|colour| colour.map(|[r, g, b]| [r, g, b, 255]));
            blit(plane, window, indices, frame.width.into(), &colours)
        } else {
            blit(plane, window, indices, frame.width.into(), &colours)
        };
        self.pending = match (frame.dispose, saved) {
            (DisposalMethod::Background, _) => Some(Pending::Clear(window)),
            (DisposalMethod::Previous, Some(saved)) => Some(Pending::Restore(window, saved)),
            _ => None,
        };
        disposed.hull(drawn)
    }

    /// What is seen.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    fn save(&self, window: Rect) -> Vec<u8> {
        let columns = self.columns(window);
        let rows = window.y..window.y + window.size.height;
        rows.flat_map(|y| self.picture.row(y)[columns.clone()].iter().copied()).collect()
    }

    fn dispose(&mut self) -> Rect {
        let (window, saved) = match self.pending.take() {
            None => return Rect::whole(Size::new(0, 0)),
            // As browsers do: to transparency, not to the background colour.
            Some(Pending::Clear(window)) => (window, None),
            Some(Pending::Restore(window, saved)) => (window, Some(saved)),
        };
        let columns = self.columns(window);
        for (i, y) in (window.y..window.y + window.size.height).enumerate() {
            let row = &mut self.picture.row_mut(y)[columns.clone()];
            match &saved {
                Some(saved) => row.copy_from_slice(&saved[i * row.len()..][..row.len()]),
                None => row.fill(0),
            }
        }
        window
    }

    /// Where the samples of `window` lie in a row.
    fn columns(&self, window: Rect) -> Range<usize> {
        let channels = self.picture.layout().channels();
        window.x as usize * channels..(window.x + window.size.width) as usize * channels
    }
}

/// Draws `indices`, rows of `columns`, into `window` of `plane`. Only what is between the first and the last pixel of a
/// row that become others is written; the window of all of these is returned.
fn blit<const CHANNELS: usize>(
    plane: &mut Plane,
    window: Rect,
    indices: &[u8],
    columns: usize,
    colours: &Colours<CHANNELS>,
) -> Rect {
    let (left, width) = (window.x as usize, window.size.width as usize);
    let mut drawn = Rect::whole(Size::new(0, 0));
    let rows = indices.chunks_exact(columns.max(1)).take(window.size.height as usize);
    for (y, indices) in (window.y..).zip(rows) {
        let pixels = &mut plane.row_mut(y, CHANNELS).as_chunks_mut::<CHANNELS>().0[left..left + width];
        let indices = &indices[..width];
        let becomes_other = |(pixel, index): (&[u8; CHANNELS], &u8)| {
            colours[usize::from(*index)].is_some_and(|colour| colour != *pixel)
        };
        let Some(first) = pixels.iter().zip(indices).position(becomes_other) else { continue };
        let last = pixels.iter().zip(indices).rposition(becomes_other).unwrap_or(first);
        for (pixel, index) in pixels[first..=last].iter_mut().zip(&indices[first..=last]) {
            if let Some(colour) = colours[usize::from(*index)] {
                *pixel = colour;
            }
        }
        let row = Rect { x: (left + first) as u32, y, size: Size::new((last - first + 1) as u32, 1) };
        drawn = drawn.hull(row);
    }
    drawn
}
