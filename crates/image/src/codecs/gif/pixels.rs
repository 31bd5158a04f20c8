use lightmill_recipe::{Rect, Size};

use crate::{Error, Layout, Picture};

/// Pixels of at least this alpha are seen.
const OPAQUE: u8 = 128;

/// A picture as a GIF can show it, row by row: each pixel is a colour or nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    pub size: Size,
    /// 255, red, green and blue from the highest byte down; 0 is transparent.
    data: Vec<u32>,
}

impl Pixels {
    /// A transparent picture.
    pub fn nothing(size: Size) -> Self {
        Self { size, data: vec![0; size.pixels().0 as usize] }
    }

    /// Alpha is rounded to all or nothing.
    pub fn of(picture: &Picture) -> Result<Self, Error> {
        let size = picture.size();
        let mut data = Vec::with_capacity(size.pixels().0 as usize);
        let colour = |[r, g, b]: [u8; 3]| u32::from_be_bytes([255, r, g, b]);
        for y in 0..size.height {
            let row = picture.row(y);
            match picture.layout() {
                Layout::Grey => data.extend(row.iter().map(|v| colour([*v; 3]))),
                Layout::Rgb => data.extend(row.as_chunks::<3>().0.iter().map(|p| colour(*p))),
                Layout::Rgba => {
                    let seen = |[r, g, b, a]: &[u8; 4]| if *a >= OPAQUE { colour([*r, *g, *b]) } else { 0 };
                    data.extend(row.as_chunks::<4>().0.iter().map(seen));
                }
                other => return Err(Error::internal(format!("a GIF cannot hold {other:?}"))),
            }
        }
        Ok(Self { size, data })
    }

    /// The part of row `y` that lies in `window`.
    pub fn row(&self, window: Rect, y: u32) -> &[u32] {
        let start = y as usize * self.size.width as usize + window.x as usize;
        &self.data[start..start + window.size.width as usize]
    }

    /// Makes `window` transparent.
    pub fn clear(&mut self, window: Rect) {
        for y in window.y..window.y + window.size.height {
            let start = y as usize * self.size.width as usize + window.x as usize;
            self.data[start..start + window.size.width as usize].fill(0);
        }
    }

    /// The smallest window that holds every pixel for which `what` holds of it and of its counterpart in `other`, a
    /// picture of the same size; empty if there is none.
    pub fn window(&self, other: &Self, what: impl Fn(u32, u32) -> bool) -> Rect {
        let whole = Rect::whole(self.size);
        let mut window = Rect::whole(Size::new(0, 0));
        for y in 0..self.size.height {
            let (a, b) = (self.row(whole, y), other.row(whole, y));
            let pixels = || a.iter().zip(b);
            let Some(first) = pixels().position(|(a, b)| what(*a, *b)) else { continue };
            let last = pixels().rposition(|(a, b)| what(*a, *b)).unwrap_or(first);
            window = window.hull(Rect { x: first as u32, y, size: Size::new((last - first + 1) as u32, 1) });
        }
        window
    }
}

/// Red, green and blue of a pixel that is seen.
pub(super) fn rgb(pixel: u32) -> [u8; 3] {
    let [_, r, g, b] = pixel.to_be_bytes();
    [r, g, b]
}
