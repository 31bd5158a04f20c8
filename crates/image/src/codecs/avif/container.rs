//! Writes AVIF files: `ftyp`, `meta`, for sequences `moov`, and `mdat` last.

use std::sync::Arc;
use std::time::Duration;

use lightmill_recipe::Size;

use super::encoder::Planes;
use super::obu;
use super::sequence_header::SequenceHeader;
use super::writer::Writer;
use crate::FileMetadata;

/// What the type of an auxiliary image says that is alpha.
pub(super) const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// Coded frames of colour or of alpha; a still has one.
#[derive(Debug)]
pub(super) struct Stream {
    pub planes: Planes,
    pub frames: Vec<Vec<u8>>,
}

/// A file to be written.
#[derive(Debug)]
pub(super) struct File {
    pub size: Size,
    pub colour: Stream,
    pub alpha: Option<Stream>,
    pub icc: Option<Arc<[u8]>>,
    pub metadata: FileMetadata,
}

/// How a sequence is shown.
#[derive(Debug)]
pub(super) struct Timing {
    /// Of each frame.
    pub delays: Vec<Duration>,
    /// Times it is shown; 0 is for ever.
    pub loop_count: u32,
}

impl File {
    /// The bytes: with `timing` an image sequence, whose first frame is also the primary item.
    pub fn write(&self, timing: Option<&Timing>) -> Vec<u8> {
        let mut writer = Writer::default();
        let fine = self.colour.planes == Planes::Yuv444;
        // The brands of AVIF 1.1, sections 6 and 8; the advanced profile is that of 4:4:4.
        let profile: &[u8; 4] = if fine { b"MA1A" } else { b"MA1B" };
        let brands: &[&[u8; 4]] = match timing {
            None => &[b"avif", b"\0\0\0\0", b"avif", b"mif1", b"miaf", profile],
            Some(_) => &[b"avis", b"\0\0\0\0", b"avis", b"avif", b"msf1", b"iso8", b"mif1", b"miaf", profile],
        };
        writer.boxed(*b"ftyp", |w| brands.iter().for_each(|brand| w.bytes.extend(*brand)));
        self.meta(&mut writer);
        if let Some(timing) = timing {
            self.movie(&mut writer, timing);
        }
        writer.finish(&self.parts())
    }

    pub(super) fn streams(&self) -> Vec<&Stream> {
        std::iter::once(&self.colour).chain(&self.alpha).collect()
    }

    /// The data of all streams, then those of EXIF, which begin with the offset of the TIFF header (HEIF, annex A.2.1), and
    /// of XMP.
    fn parts(&self) -> Vec<Vec<&[u8]>> {
        let streams = self.streams().into_iter().map(|stream| stream.frames.iter().map(Vec::as_slice).collect());
        let exif = self.metadata.exif.iter().map(|exif| vec![&[0; 4][..], exif]);
        streams.chain(exif).chain(self.metadata.xmp.iter().map(|xmp| vec![&xmp[..]])).collect()
    }

    /// Type, name and content type of the items that describe the picture, in the order of [`Self::parts`].
    fn descriptions(&self) -> Vec<&'static [u8]> {
        let exif = self.metadata.exif.as_ref().map(|_| &b"Exif\0"[..]);
        let xmp = self.metadata.xmp.as_ref().map(|_| &b"mime\0application/rdf+xml\0"[..]);
        exif.into_iter().chain(xmp).collect()
    }

    /// HEIF, section 6.2: items 1 (colour), 2 (alpha), and descriptions.
    fn meta(&self, writer: &mut Writer) {
        let (streams, parts, descriptions) = (self.streams(), self.parts(), self.descriptions());
        writer.full(*b"meta", 0, 0, |w| {
            w.handler(*b"pict");
            w.full(*b"pitm", 0, 0, |w| w.u16(1));
            w.full(*b"iloc", 0, 0, |w| {
                // Offsets and lengths of 4 bytes, no base.
                w.bytes.extend([0x44, 0]);
                w.u16(parts.len() as u16);
                for (index, part) in parts.iter().enumerate() {
                    w.u16(index as u16 + 1);
                    // This file, one extent.
                    w.u16(0);
                    w.u16(1);
                    w.offset_of(index);
                    // Of a stream, the first frame.
                    let pieces = if index < streams.len() { 1 } else { part.len() };
                    w.u32(part.iter().take(pieces).map(|piece| piece.len()).sum::<usize>() as u32);
                }
            });
            w.full(*b"iinf", 0, 0, |w| {
                w.u16(parts.len() as u16);
                let kinds = streams.iter().map(|_| &b"av01\0"[..]).chain(descriptions.iter().copied());
                for (item, kind) in (1..).zip(kinds) {
                    w.full(*b"infe", 2, 0, |w| {
                        w.u16(item);
                        w.u16(0);
                        w.bytes.extend(kind);
                    });
                }
            });
            if parts.len() > 1 {
                w.full(*b"iref", 0, 0, |w| {
                    for item in 2..=parts.len() as u16 {
                        // Alpha, or a description, of item 1.
                        let kind = if usize::from(item) > streams.len() { *b"cdsc" } else { *b"auxl" };
                        w.boxed(kind, |w| [item, 1, 1].into_iter().for_each(|v| w.u16(v)));
                    }
                });
            }
            w.boxed(*b"iprp", |w| {
                let mut associations = Vec::new();
                w.boxed(*b"ipco", |w| {
                    let mut index = 0;
                    for (number, stream) in streams.iter().enumerate() {
                        let first = index + 1;
                        w.full(*b"ispe", 0, 0, |w| {
                            w.u32(self.size.width);
                            w.u32(self.size.height);
                        });
                        let more = self.properties(w, stream, number > 0);
                        if number > 0 {
                            w.full(*b"auxC", 0, 0, |w| w.bytes.extend(ALPHA));
                        }
                        index += 1 + more + u8::from(number > 0);
                        associations.push((first, index));
                    }
                });
                w.full(*b"ipma", 0, 0, |w| {
                    w.u32(streams.len() as u32);
                    for (item, (first, last)) in (1..).zip(associations) {
                        w.u16(item);
                        w.bytes.push(last - first + 1);
                        // The codec's configuration, which is second, is essential.
                        w.bytes.extend((first..=last).map(|i| if i == first + 1 { i | 0x80 } else { i }));
                    }
                });
            });
        });
    }

    /// `av1C`, `pixi` and, for colour, `colr`; gives how many they are.
    pub(super) fn properties(&self, w: &mut Writer, stream: &Stream, is_alpha: bool) -> u8 {
        let planes = stream.planes;
        w.boxed(*b"av1C", |w| w.bytes.extend(configuration(stream)));
        w.full(*b"pixi", 0, 0, |w| {
            let channels: &[u8] = if planes == Planes::Grey { &[1, 8] } else { &[3, 8, 8, 8] };
            w.bytes.extend(channels);
        });
        if is_alpha {
            return 2;
        }
        if let Some(icc) = &self.icc {
            w.boxed(*b"colr", |w| {
                w.bytes.extend(b"prof");
                w.bytes.extend(&**icc);
            });
        }
        // ITU-T H.273: primaries of BT.709 and the curve of sRGB, or unspecified beside a profile; matrix of BT.601.
        let (primaries, transfer) = if self.icc.is_some() { (2, 2) } else { (1, 13) };
        w.boxed(*b"colr", |w| {
            w.bytes.extend(b"nclx");
            for code in [primaries, transfer, 6] {
                w.u16(code);
            }
            w.bytes.push(0x80);
        });
        3 + u8::from(self.icc.is_some())
    }
}

/// `av1C` (AV1 in ISOBMFF, section 2.3): 8 bits, chroma in the middle of its luma samples.
fn configuration(stream: &Stream) -> [u8; 4] {
    let (profile, subsampling) = match stream.planes {
        Planes::Grey => (0, 0b1_1100),
        Planes::Yuv420 => (0, 0b0_1100),
        Planes::Yuv444 => (1, 0),
    };
    let first = stream.frames.first().map(Vec::as_slice).unwrap_or_default();
    let header = obu::units(first).find(|unit| obu::kind(unit) == obu::SEQUENCE_HEADER).and_then(SequenceHeader::read);
    // 31 is a level without bounds.
    let (level, tier) = header.map_or((31, false), |header| (header.level, header.high_tier));
    [0x81, profile << 5 | level, u8::from(tier) << 7 | subsampling, 0]
}
