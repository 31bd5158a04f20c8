use std::sync::Arc;

use ::png::{BitDepth, ColorType};
use lightmill_recipe::{PaletteColours, Size};

use super::palette::Indexed;
use super::quantise::quantise;
use crate::ops::narrow;
use crate::{Cancel, Error, Layout, Picture};

/// A picture and the samples of it that a file needs.
pub(super) struct Form {
    picture: Picture,
    kept: Kept,
    icc: Option<Arc<[u8]>>,
}

enum Kept {
    /// Samples of each pixel, by their places in the layout.
    Samples {
        colour: ColorType,
        places: &'static [usize],
    },
    Indices(Indexed),
}

impl Form {
    /// The smallest form that holds every pixel; a palette of at most so many `colours` if they are given.
    pub fn of(picture: Picture, colours: Option<PaletteColours>, cancel: &Cancel) -> Result<Self, Error> {
        if let Layout::YCbCr(_) = picture.layout() {
            return Err(Error::internal("a PNG cannot hold Y'CbCr"));
        }
        let fits = colours.is_some() || fits_eight_bits(&picture);
        let picture = if fits { narrow(picture) } else { picture };
        let grey = is_grey(&picture);
        let opaque = is_opaque(&picture);
        let icc = picture.icc.clone();
        // A profile for red, green and blue says nothing about grey.
        let grey_allowed = icc.is_none() || picture.layout().channels() == 1;
        let most = colours.map_or(PaletteColours::MOST, |colours| colours).get().into();
        // Greys of 8 bits compress better as samples than as indices.
        let exact = if grey && opaque && grey_allowed && colours.is_none() { 16 } else { most };
        let indexed = Indexed::exact(&picture, exact);
        let indexed = match (indexed, colours) {
            (None, Some(_)) => Some(quantise(&picture, most, cancel)?),
            (indexed, _) => indexed,
        };
        // A grey profile says nothing about a palette.
        let indexed = indexed.filter(|_| icc.is_none() || picture.layout().channels() > 1);
        let kept = match indexed {
            Some(indexed) => Kept::Indices(indexed),
            None => kept(picture.layout().channels(), grey && grey_allowed, opaque),
        };
        Ok(Self { picture, kept, icc })
    }

    pub fn size(&self) -> Size {
        self.picture.size()
    }

    pub fn icc(&self) -> Option<&[u8]> {
        self.icc.as_deref()
    }

    pub fn colour(&self) -> ColorType {
        match &self.kept {
            Kept::Samples { colour, .. } => *colour,
            Kept::Indices(_) => ColorType::Indexed,
        }
    }

    pub fn depth(&self) -> BitDepth {
        match &self.kept {
            Kept::Samples { .. } if self.picture.layout().is_wide() => BitDepth::Sixteen,
            Kept::Samples { .. } => BitDepth::Eight,
            Kept::Indices(indexed) => indexed.depth(),
        }
    }

    /// `PLTE` and `tRNS`, if there is a palette.
    pub fn palette(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        match &self.kept {
            Kept::Samples { .. } => None,
            Kept::Indices(indexed) => Some(indexed.chunks()),
        }
    }

    /// Appends row `y` as it is filtered: big-endian samples, or packed indices.
    pub fn row(&self, y: u32, line: &mut Vec<u8>) {
        let places = match &self.kept {
            Kept::Indices(indexed) => return indexed.pack(y, line),
            Kept::Samples { places, .. } => *places,
        };
        let (row, channels) = (self.picture.row(y), self.picture.layout().channels());
        if self.picture.layout().is_wide() {
            for pixel in row.as_chunks::<2>().0.chunks_exact(channels) {
                line.extend(places.iter().flat_map(|place| u16::from_ne_bytes(pixel[*place]).to_be_bytes()));
            }
        } else if places.len() == channels {
            line.extend_from_slice(row);
        } else if let ([0, 1, 2], 4) = (places, channels) {
            line.extend(row.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]));
        } else {
            line.extend(row.chunks_exact(channels).flat_map(|pixel| places.iter().map(|place| pixel[*place])));
        }
    }
}

/// What is kept of pixels of so many channels.
fn kept(channels: usize, grey: bool, opaque: bool) -> Kept {
    let (colour, places): (_, &'static [usize]) = match (channels, grey, opaque) {
        (1, ..) | (3, true, _) | (_, true, true) => (ColorType::Grayscale, &[0]),
        (_, true, false) => (ColorType::GrayscaleAlpha, &[0, 3]),
        (3, ..) | (_, _, true) => (ColorType::Rgb, &[0, 1, 2]),
        _ => (ColorType::Rgba, &[0, 1, 2, 3]),
    };
    Kept::Samples { colour, places }
}

/// Whether every row holds to `rule`; ends at the first that does not.
fn every_row(picture: &Picture, rule: impl Fn(&[u8]) -> bool) -> bool {
    (0..picture.size().height).all(|y| rule(picture.row(y)))
}

/// Whether 8 bits hold every sample: both bytes are equal.
fn fits_eight_bits(picture: &Picture) -> bool {
    every_row(picture, |row| row.as_chunks::<2>().0.iter().all(|[a, b]| a == b))
}

fn is_opaque(picture: &Picture) -> bool {
    match picture.layout() {
        Layout::Rgba => every_row(picture, |row| row.as_chunks::<4>().0.iter().fold(255, |all, p| all & p[3]) == 255),
        Layout::Rgba16 => every_row(picture, |row| row.as_chunks::<8>().0.iter().all(|p| p[6..] == [255; 2])),
        _ => true,
    }
}

fn is_grey(picture: &Picture) -> bool {
    let channels = picture.layout().channels();
    let same = |row: &[u8]| match channels {
        3 => row.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b),
        4 => row.as_chunks::<4>().0.iter().all(|[r, g, b, _]| r == g && g == b),
        _ => true,
    };
    if picture.layout().is_wide() {
        return every_row(picture, |row| {
            row.as_chunks::<2>().0.chunks_exact(channels).all(|p| channels == 1 || (p[0] == p[1] && p[1] == p[2]))
        });
    }
    every_row(picture, same)
}
