use std::sync::Arc;

use lightmill_recipe::Size;
use serde::Serialize;

use crate::Error;

/// How samples lie in memory. Samples are full range: 8 bits, or 16 bits in the wide layouts, which hold each as two
/// bytes in the machine's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// One plane of luma.
    Grey,
    /// One plane of interleaved red, green, blue.
    Rgb,
    /// One plane of interleaved red, green, blue and straight alpha.
    Rgba,
    /// Three planes, Y'CbCr of ITU-R BT.601 as JFIF 1.02 has it.
    YCbCr(Subsampling),
    /// As [`Self::Grey`], of 16 bits.
    Grey16,
    /// As [`Self::Rgb`], of 16 bits.
    Rgb16,
    /// As [`Self::Rgba`], of 16 bits.
    Rgba16,
}

/// How many luma samples share one chroma sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Subsampling {
    /// Across: 1 or 2.
    pub horizontal: u8,
    /// Down: 1 or 2.
    pub vertical: u8,
}

impl Subsampling {
    /// Chroma as fine as luma.
    pub const S444: Self = Self { horizontal: 1, vertical: 1 };
    /// Half as many columns.
    pub const S422: Self = Self { horizontal: 2, vertical: 1 };
    /// Half as many rows.
    pub const S440: Self = Self { horizontal: 1, vertical: 2 };
    /// Half as many columns and rows.
    pub const S420: Self = Self { horizontal: 2, vertical: 2 };

    /// Size of a chroma plane for a picture of `size`: rounded up.
    pub fn chroma(self, size: Size) -> Size {
        Size::new(size.width.div_ceil(self.horizontal.into()), size.height.div_ceil(self.vertical.into()))
    }
}

impl Layout {
    /// Samples of one pixel in an interleaved plane; 1 for planar layouts.
    pub const fn channels(self) -> usize {
        match self {
            Self::Grey | Self::Grey16 | Self::YCbCr(_) => 1,
            Self::Rgb | Self::Rgb16 => 3,
            Self::Rgba | Self::Rgba16 => 4,
        }
    }

    /// Bytes of one sample: 2 in the wide layouts, otherwise 1.
    pub const fn sample_bytes(self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }

    /// Bytes of one pixel in an interleaved plane; 1 for planar layouts.
    pub const fn bytes_per_pixel(self) -> usize {
        self.channels() * self.sample_bytes()
    }

    /// Whether pixels carry transparency.
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::Rgba | Self::Rgba16)
    }

    /// Whether samples have 16 bits.
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Grey16 | Self::Rgb16 | Self::Rgba16)
    }

    /// The same channels in 16 bits. Planar layouts have no wide one and stay.
    #[must_use]
    pub const fn widened(self) -> Self {
        match self {
            Self::Grey => Self::Grey16,
            Self::Rgb => Self::Rgb16,
            Self::Rgba => Self::Rgba16,
            other => other,
        }
    }

    /// The same channels in 8 bits.
    #[must_use]
    pub const fn narrowed(self) -> Self {
        match self {
            Self::Grey16 => Self::Grey,
            Self::Rgb16 => Self::Rgb,
            Self::Rgba16 => Self::Rgba,
            other => other,
        }
    }

    /// Bytes of a picture of `size` in this layout, without padding.
    pub fn bytes(self, size: Size) -> u64 {
        match self {
            Self::YCbCr(subsampling) => size.pixels().0 + 2 * subsampling.chroma(size).pixels().0,
            other => size.pixels().0 * other.bytes_per_pixel() as u64,
        }
    }
}

/// A rectangle of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Columns and rows of pixels (not of samples).
    pub size: Size,
    /// Bytes from the start of one row to the next, at least `size.width` × bytes of a pixel.
    pub stride: usize,
    /// `stride` × `size.height` bytes.
    pub data: Vec<u8>,
}

impl Plane {
    /// A plane of `size` pixels of `bytes_per_pixel`, rows without padding, every byte being `value`.
    pub fn filled(size: Size, bytes_per_pixel: usize, value: u8) -> Self {
        let stride = size.width as usize * bytes_per_pixel;
        Self { size, stride, data: vec![value; stride * size.height as usize] }
    }

    /// The bytes of one row, without padding.
    pub fn row(&self, y: u32, bytes_per_pixel: usize) -> &[u8] {
        let start = y as usize * self.stride;
        &self.data[start..start + self.size.width as usize * bytes_per_pixel]
    }

    /// The bytes of one row, without padding.
    pub fn row_mut(&mut self, y: u32, bytes_per_pixel: usize) -> &mut [u8] {
        let start = y as usize * self.stride;
        &mut self.data[start..start + self.size.width as usize * bytes_per_pixel]
    }
}

/// One frame in a stated layout. Its colours are sRGB, unless it carries the ICC profile that they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    layout: Layout,
    planes: Vec<Plane>,
    /// The profile of the samples; `None` is sRGB.
    pub icc: Option<Arc<[u8]>>,
}

impl Picture {
    /// An sRGB picture of one interleaved plane whose rows have no padding.
    ///
    /// `layout` is not planar; `data` holds width × height pixels, or it is an internal error.
    pub fn interleaved(size: Size, layout: Layout, data: Vec<u8>) -> Result<Self, Error> {
        let stride = size.width as usize * layout.bytes_per_pixel();
        if matches!(layout, Layout::YCbCr(_)) || data.len() != stride * size.height as usize {
            return Err(Error::internal(format!("{} bytes are not a {size} picture of {layout:?}", data.len())));
        }
        Ok(Self { size, layout, planes: vec![Plane { size, stride, data }], icc: None })
    }

    /// An sRGB picture of Y', Cb and Cr planes; the chroma planes' sizes follow from `subsampling`.
    pub fn planar(size: Size, subsampling: Subsampling, planes: [Plane; 3]) -> Result<Self, Error> {
        let chroma = subsampling.chroma(size);
        let fits = |plane: &Plane, size: Size| {
            plane.size == size
                && plane.stride >= size.width as usize
                && plane.data.len() >= plane.stride * size.height as usize
        };
        if !(fits(&planes[0], size) && fits(&planes[1], chroma) && fits(&planes[2], chroma)) {
            return Err(Error::internal(format!("planes do not make a {size} picture of {subsampling:?}")));
        }
        Ok(Self { size, layout: Layout::YCbCr(subsampling), planes: planes.into(), icc: None })
    }

    /// A picture of one colour, in [`Layout::Rgba`].
    pub fn solid(size: Size, rgba: [u8; 4]) -> Self {
        let data = rgba.repeat(size.pixels().0 as usize);
        let plane = Plane { size, stride: size.width as usize * 4, data };
        Self { size, layout: Layout::Rgba, planes: vec![plane], icc: None }
    }

    /// An sRGB picture of any layout whose samples are all 0, rows without padding.
    pub fn blank(size: Size, layout: Layout) -> Self {
        let planes = match layout {
            Layout::YCbCr(subsampling) => {
                let chroma = Plane::filled(subsampling.chroma(size), 1, 0);
                vec![Plane::filled(size, 1, 0), chroma.clone(), chroma]
            }
            other => vec![Plane::filled(size, other.bytes_per_pixel(), 0)],
        };
        Self { size, layout, planes, icc: None }
    }

    /// The same picture with samples in the profile `icc`.
    #[must_use]
    pub fn with_icc(mut self, icc: Option<Arc<[u8]>>) -> Self {
        self.icc = icc;
        self
    }

    /// Columns and rows.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// How samples lie.
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Plane 0 is the interleaved one, or Y'.
    pub fn planes(&self) -> &[Plane] {
        &self.planes
    }

    /// The planes, to be changed in place; sizes stay.
    pub fn planes_mut(&mut self) -> &mut [Plane] {
        &mut self.planes
    }

    /// The planes, given away.
    pub fn into_planes(self) -> Vec<Plane> {
        self.planes
    }

    /// Bytes of row `y` of the first plane, without padding.
    pub fn row(&self, y: u32) -> &[u8] {
        self.planes[0].row(y, self.layout.bytes_per_pixel())
    }

    /// Bytes of row `y` of the first plane, without padding.
    pub fn row_mut(&mut self, y: u32) -> &mut [u8] {
        self.planes[0].row_mut(y, self.layout.bytes_per_pixel())
    }
}
