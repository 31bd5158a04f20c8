use super::container::{ALPHA, File, Stream, Timing};
use super::writer::Writer;
use crate::codecs::boundary::milliseconds;

impl File {
    /// ISO/IEC 14496-12, section 8.2: tracks 1 (colour) and 2 (alpha), in milliseconds.
    pub(super) fn movie(&self, writer: &mut Writer, timing: &Timing) {
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
            w.handler(if is_alpha { *b"auxv" } else { *b"pict" });
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
