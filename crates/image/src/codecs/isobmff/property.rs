use std::sync::Arc;

use lightmill_recipe::Size;

use super::boxes::{Boxes, Fields, IsoBox};
use crate::Subsampling;
use crate::colour::SourceSpace;

/// A property of an item (HEIF, section 6.5), as far as pictures need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property<'a> {
    /// `ispe`: size in pixels, before every transformation.
    Extents(Size),
    /// `clap`: the window that is shown.
    CleanAperture(CleanAperture),
    /// `irot`: quarter turns anti-clockwise, 0 to 3.
    Rotation(u8),
    /// `imir`: exchanges top and bottom (0) or left and right (1).
    Mirror(u8),
    /// `colr`.
    Colour(Colour<'a>),
    /// `av1C` or `hvcC`: what samples are like.
    Codec(Samples),
    /// `auxC`: what an auxiliary image is, as a URN.
    AuxiliaryType(&'a [u8]),
    /// `a1op`: which layers of a layered AV1 image are shown.
    OperatingPoint(u8),
    /// `lsel`: which layer is shown; 65,535 is the last.
    Layer(u16),
    /// Of a type that tells nothing that we need.
    Descriptive,
    /// Of a type that is unknown.
    Unknown([u8; 4]),
}

/// Samples as the codec's configuration describes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codecs) struct Samples {
    /// Of a sample.
    pub bits: u8,
    /// `None` for luma only.
    pub subsampling: Option<Subsampling>,
}

impl Default for Samples {
    fn default() -> Self {
        Self { bits: 8, subsampling: Some(Subsampling::S420) }
    }
}

/// `colr`: an ICC profile or a code point of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codecs) enum Colour<'a> {
    Profile(&'a [u8]),
    Nclx(Nclx),
}

/// Colour as code points (ITU-T H.273, section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codecs) struct Nclx {
    pub primaries: u8,
    pub transfer: u8,
    pub matrix: u8,
    pub full_range: bool,
}

/// The space of samples with this profile, which comes before every code point, and these code points.
pub(in crate::codecs) fn space(icc: Option<Arc<[u8]>>, nclx: Option<Nclx>, grey: bool) -> SourceSpace {
    match (icc, nclx) {
        (None, Some(nclx)) => SourceSpace::from_code_points(nclx.primaries, nclx.transfer, grey),
        (icc, _) => icc.into(),
    }
}

/// `clap` (ISO/IEC 14496-12, section 12.1.4): all as fractions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CleanAperture {
    pub width: (u32, u32),
    pub height: (u32, u32),
    /// From the centre of the picture to that of the window.
    pub horizontal: (i32, u32),
    pub vertical: (i32, u32),
}

impl<'a> Property<'a> {
    /// Reads a box of `ipco`; `None` if it is cut off.
    pub fn read(found: IsoBox<'a>) -> Option<Self> {
        let IsoBox { kind, body } = found;
        let mut fields = Fields::new(body);
        Some(match &kind {
            b"ispe" => {
                let (_, _, mut fields) = Fields::full(body)?;
                Self::Extents(Size::new(fields.u32()?, fields.u32()?))
            }
            b"clap" => {
                let mut fraction = || Some((fields.u32()?, fields.u32()?));
                let [width, height, horizontal, vertical] = [fraction()?, fraction()?, fraction()?, fraction()?];
                let signed = |(n, d): (u32, u32)| (n.cast_signed(), d);
                Self::CleanAperture(CleanAperture {
                    width,
                    height,
                    horizontal: signed(horizontal),
                    vertical: signed(vertical),
                })
            }
            b"irot" => Self::Rotation(fields.u8()? & 3),
            b"imir" => Self::Mirror(fields.u8()? & 1),
            b"colr" => colour(body)?,
            b"av1C" => Self::Codec(av1(body)?),
            b"hvcC" => Self::Codec(hevc(body)?),
            b"auxC" => {
                let (_, _, mut fields) = Fields::full(body)?;
                Self::AuxiliaryType(fields.text())
            }
            b"a1op" => Self::OperatingPoint(fields.u8()?),
            b"lsel" => Self::Layer(fields.u16()?),
            b"pixi" | b"pasp" | b"rloc" | b"clli" | b"mdcv" | b"cclv" | b"amve" | b"a1lx" | b"udes" | b"altt"
            | b"crtt" | b"mdft" | b"aebr" | b"wbbr" | b"fobr" | b"afbr" | b"dobr" | b"pano" | b"ndwt" => {
                Self::Descriptive
            }
            _ => Self::Unknown(kind),
        })
    }

    /// Whether an item can be shown as it is meant though the property is marked essential.
    pub fn is_understood(self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::OperatingPoint(point) => point == 0,
            Self::Layer(layer) => layer == u16::MAX,
            _ => true,
        }
    }
}

/// The body of a `colr` box; of a kind that is unknown, it says nothing.
fn colour(body: &[u8]) -> Option<Property<'_>> {
    let mut fields = Fields::new(body);
    Some(match &fields.array()? {
        b"nclx" => {
            let mut code = || fields.u16().map(|code| u8::try_from(code).unwrap_or(2));
            let (primaries, transfer, matrix) = (code()?, code()?, code()?);
            let full_range = fields.u8()? & 0x80 != 0;
            Property::Colour(Colour::Nclx(Nclx { primaries, transfer, matrix, full_range }))
        }
        b"prof" | b"rICC" => Property::Colour(Colour::Profile(fields.rest())),
        _ => Property::Descriptive,
    })
}

/// `av1C` (AV1 in ISOBMFF, section 2.3).
fn av1(body: &[u8]) -> Option<Samples> {
    let flags = *body.get(2)?;
    let bit = |mask: u8| flags & mask != 0;
    let bits = if bit(0x40) { if bit(0x20) { 12 } else { 10 } } else { 8 };
    let subsampling = match (bit(0x10), bit(0x08), bit(0x04)) {
        (true, _, _) => None,
        (_, true, true) => Some(Subsampling::S420),
        (_, true, false) => Some(Subsampling::S422),
        _ => Some(Subsampling::S444),
    };
    Some(Samples { bits, subsampling })
}

/// `hvcC` (ISO/IEC 14496-15, section 8.3.2).
fn hevc(body: &[u8]) -> Option<Samples> {
    let subsampling = match body.get(16)? & 3 {
        0 => None,
        1 => Some(Subsampling::S420),
        2 => Some(Subsampling::S422),
        _ => Some(Subsampling::S444),
    };
    Some(Samples { bits: (body.get(17)? & 7) + 8, subsampling })
}

/// The colour boxes and the codec's configuration in the sample entry of a track.
pub(super) fn of_sample_entry(boxes: Boxes<'_>) -> impl Iterator<Item = Property<'_>> {
    boxes.filter(|found| matches!(&found.kind, b"colr" | b"av1C" | b"auxi")).filter_map(|found| {
        if &found.kind == b"auxi" {
            let (_, _, mut fields) = Fields::full(found.body)?;
            return Some(Property::AuxiliaryType(fields.text()));
        }
        Property::read(found)
    })
}
