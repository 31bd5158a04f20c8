use std::borrow::Cow;

use lightmill_recipe::{Format, Rect, Size};

use super::boxes::Fields;
use super::meta::Meta;
use super::orientation::Transform;
use super::property::{CleanAperture, Property};
use super::{Colour, Nclx, Samples};
use crate::metadata::MAX_PACKET;
use crate::{Error, ExifOrientation};

/// What the type of an auxiliary image says that is alpha: of AV1 and others, and of HEVC.
pub(super) const ALPHA: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];

/// The primary item of a file, put together.
#[derive(Debug)]
pub(in crate::codecs) struct Still<'a> {
    format: Format,
    meta: Meta<'a>,
    pub colour: Canvas,
    /// Of the same size as `colour`.
    pub alpha: Option<Canvas>,
    /// Whether colour has been multiplied by alpha.
    pub premultiplied: bool,
    /// The part of the canvas that is shown.
    pub window: Rect,
    /// To be applied to the window.
    pub orientation: ExifOrientation,
    pub samples: Samples,
    pub nclx: Option<Nclx>,
    pub icc: Option<&'a [u8]>,
}

/// Tiles that lie side by side, all of one size; a picture that is not a grid has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::codecs) struct Canvas {
    /// Of the whole; what the last tiles have beyond it is not shown.
    pub size: Size,
    pub columns: u32,
    pub tile: Size,
    /// Items in rows, from left to right.
    pub tiles: Vec<u32>,
    /// The type of the tiles' items.
    pub codec: [u8; 4],
}

impl<'a> Still<'a> {
    /// Reads everything about the primary item of `file`, but no coded data.
    pub fn read(format: Format, file: &'a [u8]) -> Result<Self, Error> {
        let meta = Meta::read(format, file)?;
        let corrupt = |detail: &str| Error::corrupt(format, detail);
        let primary = meta.primary;
        let colour = Canvas::read(format, &meta, primary)?;
        let mut alpha = None;
        for item in meta.referring(b"auxl", primary) {
            let is_alpha = |p: &Property<'_>| matches!(p, Property::AuxiliaryType(kind) if ALPHA.contains(kind));
            if meta.properties(item)?.iter().any(is_alpha) {
                alpha = Some((item, Canvas::read(format, &meta, item)?));
                break;
            }
        }
        if alpha.as_ref().is_some_and(|(_, alpha)| alpha.size != colour.size) {
            return Err(Error::unsupported(format!("{format} with alpha of another size than colour")));
        }
        let premultiplied = alpha.as_ref().is_some_and(|(item, _)| meta.referred(*b"prem", primary).contains(item));
        let mut properties = meta.properties(primary)?;
        // A grid leaves it to its tiles to tell about samples, and may leave it to them to tell about colour.
        if let Some(tile) = colour.tiles.first().filter(|tile| **tile != primary) {
            let told = |p: &Property<'_>| matches!(p, Property::Codec(_));
            properties.extend(meta.properties(*tile)?.into_iter().filter(told));
        }
        let mut still = Self {
            format,
            window: Rect::whole(colour.size),
            colour,
            alpha: alpha.map(|(_, canvas)| canvas),
            premultiplied,
            orientation: ExifOrientation::UPRIGHT,
            samples: Samples::default(),
            nclx: None,
            icc: None,
            meta,
        };
        let mut transform = Transform::default();
        for property in properties {
            match property {
                Property::CleanAperture(aperture) if transform == Transform::default() => {
                    still.window = aperture.within(still.colour.size).ok_or_else(|| corrupt("an impossible window"))?;
                }
                Property::CleanAperture(_) => {
                    return Err(Error::unsupported(format!("{format} that is turned before it is cropped")));
                }
                Property::Colour(Colour::Nclx(nclx)) => still.nclx = Some(nclx),
                Property::Colour(Colour::Profile(icc)) => still.icc = Some(icc),
                Property::Codec(samples) => still.samples = samples,
                other => transform = transform.then(other),
            }
        }
        still.orientation = transform.orientation();
        Ok(still)
    }

    /// The TIFF structure of the EXIF item (HEIF, annex A.2.1).
    pub fn exif(&self) -> Option<Cow<'a, [u8]>> {
        let data = self.meta.data(self.meta.description(*b"Exif", b"")?).ok()?;
        let offset = Fields::new(&data).u32()? as usize;
        let start = offset.checked_add(4).filter(|start| *start < data.len())?;
        Some(match data {
            Cow::Borrowed(data) => Cow::Borrowed(&data[start..]),
            Cow::Owned(data) => Cow::Owned(data[start..].to_vec()),
        })
    }

    /// The XMP packet (HEIF, annex A.3); one that is too large is none.
    pub fn xmp(&self) -> Option<Cow<'a, [u8]>> {
        let data = self.meta.data(self.meta.description(*b"mime", b"application/rdf+xml")?).ok()?;
        (data.len() <= MAX_PACKET).then_some(data)
    }

    /// The coded data of a tile.
    pub fn tile(&self, item: u32) -> Result<Cow<'a, [u8]>, Error> {
        self.meta.data(item)
    }

    /// The type of the tiles, if it is the one that `format` has.
    pub fn check_codec(&self, codec: [u8; 4]) -> Result<(), Error> {
        let mut canvases = [Some(&self.colour), self.alpha.as_ref()].into_iter().flatten();
        match canvases.find(|canvas| canvas.codec != codec) {
            None => Ok(()),
            Some(other) => {
                let kind = String::from_utf8_lossy(&other.codec).into_owned();
                Err(Error::unsupported(format!("{} of {kind} items", self.format)))
            }
        }
    }
}

impl Canvas {
    fn read(format: Format, meta: &Meta<'_>, item: u32) -> Result<Self, Error> {
        let size = extents(format, meta, item)?;
        let kind = meta.kind(item)?;
        if &kind != b"grid" {
            return Ok(Self { size, columns: 1, tile: size, tiles: vec![item], codec: kind });
        }
        let corrupt = || Error::corrupt(format, "an impossible grid");
        let data = meta.data(item)?;
        let (rows, columns, whole) = grid(&data).ok_or_else(corrupt)?;
        let tiles = meta.referred(*b"dimg", item).to_vec();
        let first = *tiles.first().ok_or_else(corrupt)?;
        let tile = extents(format, meta, first)?;
        let codec = meta.kind(first)?;
        let covers = |tile: u32, count: u32, whole: u32| {
            let (tile, count, whole) = (u64::from(tile), u64::from(count), u64::from(whole));
            tile * count >= whole && tile * (count - 1) < whole
        };
        let fits = whole == size
            && tiles.len() as u64 == u64::from(rows) * u64::from(columns)
            && covers(tile.width, columns, whole.width)
            && covers(tile.height, rows, whole.height);
        if !fits {
            return Err(corrupt());
        }
        for item in &tiles {
            if extents(format, meta, *item)? != tile || meta.kind(*item)? != codec {
                return Err(corrupt());
            }
        }
        Ok(Self { size, columns, tile, tiles, codec })
    }

    /// Where tile number `index` lies on the canvas.
    pub fn place(&self, index: usize) -> (u32, u32) {
        let index = index as u32;
        (index % self.columns * self.tile.width, index / self.columns * self.tile.height)
    }
}

/// The item's `ispe`.
fn extents(format: Format, meta: &Meta<'_>, item: u32) -> Result<Size, Error> {
    let extents = meta.properties(item)?.into_iter().find_map(|property| match property {
        Property::Extents(size) => Some(size),
        _ => None,
    });
    match extents {
        Some(size) if size.width > 0 && size.height > 0 => Ok(size),
        _ => Err(Error::corrupt(format, "an item without a size")),
    }
}

/// Rows, columns and size of a grid (HEIF, section 6.6.2.3).
fn grid(data: &[u8]) -> Option<(u32, u32, Size)> {
    let mut fields = Fields::new(data);
    let [_version, flags, rows, columns] = fields.array()?;
    let wide = flags & 1 == 1;
    let size = Size::new(fields.narrow_or_wide(wide)?, fields.narrow_or_wide(wide)?);
    Some((u32::from(rows) + 1, u32::from(columns) + 1, size))
}

impl CleanAperture {
    /// The window in a picture of `size`, if it lies at whole pixels inside of it.
    fn within(self, size: Size) -> Option<Rect> {
        let (left, width) = span(size.width, self.width, self.horizontal)?;
        let (top, height) = span(size.height, self.height, self.vertical)?;
        Some(Rect { x: left, y: top, size: Size::new(width, height) })
    }
}

/// Start and length of a window on a side of `whole` pixels: its centre lies `offset` from that of the side.
fn span(whole: u32, (length, divisor): (u32, u32), (offset, divisor_of_offset): (i32, u32)) -> Option<(u32, u32)> {
    if divisor == 0 || divisor_of_offset == 0 || !length.is_multiple_of(divisor) {
        return None;
    }
    let length = length / divisor;
    let twice = i64::from(divisor_of_offset) * 2;
    let start = (i64::from(whole) - i64::from(length)) * i64::from(divisor_of_offset) + i64::from(offset) * 2;
    let start = (start % twice == 0).then_some(start / twice)?;
    let fits = length > 0 && start >= 0 && start + i64::from(length) <= i64::from(whole);
    fits.then_some((start as u32, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows() {
        assert_eq!(span(100, (60, 1), (0, 1)), Some((20, 60)));
        assert_eq!(span(100, (120, 2), (-10, 1)), Some((10, 60)));
        assert_eq!(span(101, (60, 1), (1, 2)), Some((21, 60)));
        assert_eq!(span(101, (60, 1), (0, 1)), None, "between two pixels");
        assert_eq!(span(100, (60, 1), (21, 1)), None, "outside");
        assert_eq!(span(100, (60, 0), (0, 1)), None);
        assert_eq!(span(100, (0, 1), (0, 1)), None);
        assert_eq!(span(u32::MAX, (u32::MAX, 1), (i32::MIN, u32::MAX)), None);
    }

    #[test]
    fn grids() {
        assert_eq!(grid(&[0, 0, 1, 2, 1, 0, 0, 9]), Some((2, 3, Size::new(256, 9))));
        assert_eq!(grid(&[0, 1, 255, 255, 0, 1, 0, 0, 0, 0, 1, 0]), Some((256, 256, Size::new(65536, 256))));
        assert_eq!(grid(&[0, 1, 0, 0, 0, 1]), None);
    }
}
