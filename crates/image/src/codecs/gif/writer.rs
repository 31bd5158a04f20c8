use ::gif::{DisposalMethod, Encoder, EncodingError, Frame as GifFrame, Repeat};
use lightmill_recipe::{Rect, Size};

use super::dither::Dither;
use super::palette::Palette;
use super::pixels::{Pixels, rgb};
use super::quantise::Histogram;
use crate::{Cancel, Error};

/// Bytes before the global colour table, whose size stands in the lowest bits of one of them (GIF 89a, section 18).
const SCREEN: usize = 13;
const FLAGS: usize = 10;
/// How much worse than where it was made the global palette may be in another frame before that has its own: the mean
/// squared distance as a factor, and on top the squared distance of all pixels together, as 768 bytes of palette are
/// dear to a small frame.
const TOLERANCE: (f32, f32) = (1.5, 80_000.0);

/// A file that grows frame by frame.
///
/// The global palette is exact as long as all colours fit, or else the first frame's; a frame for which it does not do
/// has a palette of its own.
pub(super) struct Writer {
    encoder: Encoder<Vec<u8>>,
    global: Palette,
    /// Whether `global` was made for more colours than it has, and then how well it suits them (mean squared distance).
    chosen: Option<f32>,
    /// Entries of the global table that frames refer to, at least 2.
    entries: usize,
    cancel: Cancel,
}

/// How the pixels of a frame become indices.
enum Colours {
    /// Every colour is in the global palette.
    Exact,
    /// The nearest ones of the global palette.
    Global,
    /// A palette of its own, exact or not.
    Local(Palette, bool),
}

impl Writer {
    /// A file of `width` × `height` pixels that is shown `loop_count` times; 0 is for ever.
    ///
    /// `cancel` is asked for each row that is dithered.
    pub fn new(width: u16, height: u16, loop_count: u32, cancel: &Cancel) -> Result<Self, Error> {
        // The table's place; its colours are known at the end.
        let mut encoder = Encoder::new(Vec::new(), width, height, &[0; 768]).map_err(failed)?;
        match loop_count {
            // Shown once is what a file without the extension means; the extension counts the repetitions.
            1 => {}
            0 => encoder.set_repeat(Repeat::Infinite).map_err(failed)?,
            n => encoder.set_repeat(Repeat::Finite((n - 1).min(u16::MAX.into()) as u16)).map_err(failed)?,
        }
        Ok(Self { encoder, global: Palette::new(&[]), chosen: None, entries: 2, cancel: cancel.clone() })
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.encoder.get_ref().len()
    }

    /// A frame of those pixels in `window` that differ from `shown`; the others stay as they are.
    pub fn add(
        &mut self,
        pixels: &Pixels,
        shown: &Pixels,
        window: Rect,
        hundredths: u16,
        dispose: DisposalMethod,
    ) -> Result<(), Error> {
        let rows = || {
            (window.y..window.y + window.size.height).map(|y| {
                let pairs = pixels.row(window, y).iter().zip(shown.row(window, y));
                pairs.map(|(pixel, shown)| (pixel != shown && *pixel != 0).then_some(*pixel))
            })
        };
        let skips = rows().flatten().any(|pixel| pixel.is_none());
        let mut colours = self.colours(rows().flatten().flatten().map(rgb));
        let (palette, exact) = match &mut colours {
            Colours::Exact => (&mut self.global, true),
            Colours::Global => (&mut self.global, false),
            Colours::Local(palette, exact) => (palette, *exact),
        };
        let skipped = palette.len() as u8;
        let mut indices = Vec::with_capacity(window.size.pixels().0 as usize);
        if exact {
            // `colours` put every one of them into the palette.
            let index = |pixel: Option<u32>| pixel.and_then(|pixel| palette.insert(rgb(pixel))).unwrap_or(skipped);
            indices.extend(rows().flatten().map(index));
        } else {
            let mut dither = Dither::new(window.size.width as usize);
            for row in rows() {
                self.cancel.check()?;
                dither.row(row, palette, skipped, &mut indices);
            }
        }
        let local = match colours {
            Colours::Local(palette, _) => {
                let mut table = palette.table().to_vec();
                table.extend(if skips { &[0; 3][..] } else { &[] });
                Some(table)
            }
            Colours::Exact | Colours::Global => {
                self.entries = self.entries.max(self.global.len() + usize::from(skips));
                None
            }
        };
        // All sides are at most 65535, as the file's own are.
        let frame = GifFrame {
            delay: hundredths,
            dispose,
            transparent: skips.then_some(skipped),
            left: window.x as u16,
            top: window.y as u16,
            width: window.size.width as u16,
            height: window.size.height as u16,
            palette: local,
            buffer: indices.into(),
            ..GifFrame::default()
        };
        self.cancel.check()?;
        self.encoder.write_frame(&frame).map_err(failed)
    }

    /// The file, with a global table as large as it must be.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let mut file = self.encoder.into_inner().map_err(failed)?;
        let bits = self.entries.next_power_of_two().trailing_zeros().clamp(1, 8);
        let mut table = self.global.table().to_vec();
        table.resize(3 << bits, 0);
        file.splice(SCREEN..SCREEN + 768, table);
        // Colours of the table, and the resolution of colours.
        file[FLAGS] = 0x80 | ((bits - 1) << 4 | (bits - 1)) as u8;
        Ok(file)
    }

    /// The cheapest way that suits `colours`; extends or makes the global palette where that helps.
    fn colours(&mut self, colours: impl Iterator<Item = [u8; 3]> + Clone) -> Colours {
        if self.chosen.is_none() {
            let before = self.global.clone();
            if colours.clone().all(|colour| self.global.insert(colour).is_some()) {
                return Colours::Exact;
            }
            self.global = before;
        }
        let mut histogram = None;
        if let Some(error) = self.chosen {
            let of_frame = Histogram::of(colours.clone());
            let allowed = error * TOLERANCE.0 + TOLERANCE.1 / of_frame.pixels();
            if of_frame.error(&mut self.global) <= allowed {
                return Colours::Global;
            }
            histogram = Some(of_frame);
        }
        let mut own = Palette::new(&[]);
        if colours.clone().all(|colour| own.insert(colour).is_some()) {
            return Colours::Local(own, true);
        }
        let histogram = histogram.unwrap_or_else(|| Histogram::of(colours));
        if self.global.len() == 0 {
            self.global = histogram.palette();
            self.chosen = Some(histogram.error(&mut self.global));
            return Colours::Global;
        }
        Colours::Local(histogram.palette(), false)
    }
}

#[allow(clippy::needless_pass_by_value)] // The signature that `map_err` takes.
fn failed(error: EncodingError) -> Error {
    Error::internal(error)
}

/// The size of the screen as the format holds it.
pub(super) fn sides(size: Size) -> Result<(u16, u16), Error> {
    let side = |side: u32| {
        u16::try_from(side).map_err(|_| Error::Unsuitable("a GIF has at most 65535 pixels a side".to_owned()))
    };
    Ok((side(size.width)?, side(size.height)?))
}
