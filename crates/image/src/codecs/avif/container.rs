//! Writes AVIF files: `ftyp`, `meta`, for sequences `moov`, and `mdat` last.

use std::sync::Arc;
use std::time::Duration;

use lightmill_recipe::Size;

use super::encoder::Planes;
use super::obu;
use super::sequence_header::SequenceHeader;
use crate::codecs::boundary::milliseconds;

/// What the type of an auxiliary image says that is alpha.
const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

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
        writer.finish(&self.streams())
    }

    fn streams(&self) -> Vec<&Stream> {
        std::iter::once(&self.colour).chain(&self.alpha).collect()
    }

    /// HEIF, section 6.2: items 1 (colour) and 2 (alpha).
    fn meta(&self, writer: &mut Writer) {
        let streams = self.streams();
        writer.full(*b"meta", 0, 0, |w| {
            handler(w, *b"pict");
            w.full(*b"pitm", 0, 0, |w| w.u16(1));
            w.full(*b"iloc", 0, 0, |w| {
                // Offsets and lengths of 4 bytes, no base.
                w.bytes.extend([0x44, 0]);
                w.u16(streams.len() as u16);
                for (index, stream) in streams.iter().enumerate() {
                    w.u16(index as u16 + 1);
                    // This file, one extent.
                    w.u16(0);
                    w.u16(1);
                    w.offset_of(index);
                    w.u32(stream.frames.first().map_or(0, Vec::len) as u32);
                }
            });
            w.full(*b"iinf", 0, 0, |w| {
                w.u16(streams.len() as u16);
                for index in 0..streams.len() {
                    w.full(*b"infe", 2, 0, |w| {
                        w.u16(index as u16 + 1);
                        w.u16(0);
                        w.bytes.extend(b"av01\0");
                    });
                }
            });
            if streams.len() > 1 {
                w.full(*b"iref", 0, 0, |w| w.boxed(*b"auxl", |w| [2, 1, 1].into_iter().for_each(|v| w.u16(v))));
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
    fn properties(&self, w: &mut Writer, stream: &Stream, is_alpha: bool) -> u8 {
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

    /// ISO/IEC 14496-12, section 8.2: tracks 1 (colour) and 2 (alpha), in milliseconds.
    fn movie(&self, writer: &mut Writer, timing: &Timing) {
        // A frame of no time would not be there at all.
        let delays: Vec<u32> = timing.delays.iter().map(|delay| milliseconds(*delay).max(1)).collect();
        let once: u64 = delays.iter().copied().map(u64::from).sum();
        let whole = if timing.loop_count == 0 { u64::MAX } else { once * u64::from(timing.loop_count) };
        writer.boxed(*b"moov", |w| {
            w.full(*b"mvhd", 1, 0, |w| {
                w.zeros(16);
                w.u32(1000);
                w.u64(whole);
                // Rate and volume of 1, reserved, the matrix, predefined, the next track.
                w.u32(0x0001_0000);
                w.u16(0x0100);
                w.zeros(10);
                w.matrix();
                w.zeros(24);
                w.u32(self.streams().len() as u32 + 1);
            });
            for (index, stream) in self.streams().into_iter().enumerate() {
                w.boxed(*b"trak", |w| self.track(w, index, stream, &delays, once, whole));
            }
        });
    }

    fn track(&self, w: &mut Writer, index: usize, stream: &Stream, delays: &[u32], once: u64, whole: u64) {
        let is_alpha = index > 0;
        // Enabled, in the movie.
        w.full(*b"tkhd", 1, 3, |w| {
            w.zeros(16);
            w.u32(index as u32 + 1);
            w.u32(0);
            w.u64(whole);
            w.zeros(16);
            w.matrix();
            // Fixed point of 16 bits.
            w.u32(self.size.width << 16);
            w.u32(self.size.height << 16);
        });
        if is_alpha {
            w.boxed(*b"tref", |w| w.boxed(*b"auxl", |w| w.u32(1)));
        }
        w.boxed(*b"edts", |w| {
            // Flag 1: the list is repeated until the track ends.
            w.full(*b"elst", 1, u32::from(whole != once), |w| {
                w.u32(1);
                w.u64(once);
                w.u64(0);
                w.u32(0x0001_0000);
            });
        });
        w.boxed(*b"mdia", |w| {
            w.full(*b"mdhd", 1, 0, |w| {
                w.zeros(16);
                w.u32(1000);
                w.u64(once);
                // The language "und".
                w.u32(0x55C4_0000);
            });
            handler(w, if is_alpha { *b"auxv" } else { *b"pict" });
            w.boxed(*b"minf", |w| {
                w.full(*b"vmhd", 0, 1, |w| w.zeros(8));
                w.boxed(*b"dinf", |w| {
                    w.full(*b"dref", 0, 0, |w| {
                        w.u32(1);
                        w.full(*b"url ", 0, 1, |_| {});
                    });
                });
                w.boxed(*b"stbl", |w| self.samples(w, index, stream, delays));
            });
        });
    }

    fn samples(&self, w: &mut Writer, index: usize, stream: &Stream, delays: &[u32]) {
        w.full(*b"stsd", 0, 0, |w| {
            w.u32(1);
            w.boxed(*b"av01", |w| {
                w.zeros(6);
                w.u16(1);
                w.zeros(16);
                w.u16(self.size.width as u16);
                w.u16(self.size.height as u16);
                // 72 pixels an inch, one frame a sample, no name, 24 bits of colour.
                w.u32(0x0048_0000);
                w.u32(0x0048_0000);
                w.u32(0);
                w.u16(1);
                w.zeros(32);
                w.u16(24);
                w.u16(0xFFFF);
                self.properties(w, stream, index > 0);
                // Frames may refer to any number of earlier ones.
                w.full(*b"ccst", 0, 0, |w| w.u32(0x3C00_0000));
                if index > 0 {
                    w.full(*b"auxi", 0, 0, |w| w.bytes.extend(ALPHA));
                }
            });
        });
        w.full(*b"stts", 0, 0, |w| {
            w.u32(delays.len() as u32);
            for delay in delays {
                w.u32(1);
                w.u32(*delay);
            }
        });
        // One chunk of all samples.
        w.full(*b"stsc", 0, 0, |w| [1, 1, stream.frames.len() as u32, 1].into_iter().for_each(|v| w.u32(v)));
        w.full(*b"stsz", 0, 0, |w| {
            w.u32(0);
            w.u32(stream.frames.len() as u32);
            stream.frames.iter().for_each(|frame| w.u32(frame.len() as u32));
        });
        w.full(*b"stco", 0, 0, |w| {
            w.u32(1);
            w.offset_of(index);
        });
        // Only the first is a key frame.
        w.full(*b"stss", 0, 0, |w| [1, 1].into_iter().for_each(|v| w.u32(v)));
    }
}

fn handler(w: &mut Writer, kind: [u8; 4]) {
    w.full(*b"hdlr", 0, 0, |w| {
        w.u32(0);
        w.bytes.extend(kind);
        w.zeros(13);
    });
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

/// Grows a file box by box.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    /// Where an offset belongs, and of which stream's data.
    offsets: Vec<(usize, usize)>,
}

impl Writer {
    fn boxed(&mut self, kind: [u8; 4], body: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.u32(0);
        self.bytes.extend(kind);
        body(self);
        let length = (self.bytes.len() - start) as u32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    fn full(&mut self, kind: [u8; 4], version: u8, flags: u32, body: impl FnOnce(&mut Self)) {
        self.boxed(kind, |w| {
            w.u32(u32::from(version) << 24 | flags);
            body(w);
        });
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_be_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_be_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_be_bytes());
    }

    fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// The matrix that changes nothing (ISO/IEC 14496-12, section 6.2.2).
    fn matrix(&mut self) {
        for value in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] {
            self.u32(value);
        }
    }

    /// Where the data of a stream will start: known in the end.
    fn offset_of(&mut self, stream: usize) {
        self.offsets.push((self.bytes.len(), stream));
        self.u32(0);
    }

    fn finish(mut self, streams: &[&Stream]) -> Vec<u8> {
        let mut starts = Vec::new();
        self.boxed(*b"mdat", |w| {
            for stream in streams {
                starts.push(w.bytes.len() as u32);
                stream.frames.iter().for_each(|frame| w.bytes.extend(frame));
            }
        });
        for (at, stream) in self.offsets {
            self.bytes[at..at + 4].copy_from_slice(&starts[stream].to_be_bytes());
        }
        self.bytes
    }
}
