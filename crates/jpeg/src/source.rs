use memchr::memchr;

use crate::bits::Bits;
use crate::markers::{RESTART, next_marker};

/// Bytes of the window.
pub(crate) const WINDOW: usize = 1 << 14;
/// Bytes that no MCU exceeds, 10 blocks of 64 codes of 16 bits with 15 more, and then some for what is read ahead.
const MARGIN: usize = 2560;

/// Entropy-coded bytes without their stuffed zeros (ITU-T T.81, section B.1.1.5), one restart interval at a time, in a
/// window that slides over them. Zeros follow the last byte, so that readers need no check within an MCU.
pub(crate) struct Source<'a> {
    bytes: &'a [u8],
    /// Bytes of the file that have been seen; a marker's first one when the interval is at its end.
    at: usize,
    pub window: [u8; WINDOW],
    /// Bytes of the window that are the file's.
    filled: usize,
    /// Bytes of the window that may not be 0.
    dirty: usize,
    /// Whether the interval has no bytes but those in the window.
    complete: bool,
    /// Readers that loaded more than this have to call [`Self::advance`] before the next MCU.
    limit: usize,
}

/// What stands where a restart interval should begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    /// The interval; reading starts anew.
    Here,
    /// A later interval: this one is lost.
    Later,
    /// No interval any more.
    End,
}

impl<'a> Source<'a> {
    /// Entropy-coded data that start at `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Box<Self> {
        let mut source =
            Box::new(Self { bytes, at, window: [0; WINDOW], filled: 0, dirty: 0, complete: false, limit: 0 });
        source.fill(0);
        source
    }

    /// Whether a reader has to call [`Self::advance`].
    #[inline(always)]
    pub fn low(&self, bits: &Bits) -> bool {
        bits.loaded() > self.limit
    }

    /// Whether a reader has used up more than the interval has.
    pub fn overrun(&self, bits: &Bits) -> bool {
        self.complete && bits.beyond(self.filled)
    }

    /// Makes room and bytes for another MCU; `None` if the reader is behind the interval's last byte.
    #[cold]
    #[inline(never)]
    pub fn advance(&mut self, bits: Bits) -> Option<Bits> {
        let bits = if self.complete {
            bits
        } else {
            let from = bits.loaded().min(self.filled);
            self.window.copy_within(from..self.filled, 0);
            self.fill(self.filled - from);
            bits.at_front()
        };
        (!self.overrun(&bits)).then_some(bits)
    }

    /// Looks for restart interval `expected` modulo 8, over whatever is left of the one before. Where another one is
    /// found, numbers decide as in libjpeg (`jpeg_resync_to_restart`): up to two ahead, intervals are lost; up to two
    /// back, the marker is stepped over; else it is taken for the expected one.
    pub fn restart(&mut self, expected: u8) -> Restart {
        loop {
            let Some(found) = next_marker(self.bytes, self.at) else {
                self.at = self.bytes.len();
                return Restart::End;
            };
            self.at = found;
            let marker = self.bytes[found + 1];
            if !RESTART.contains(&marker) {
                return Restart::End;
            }
            match marker.wrapping_sub(expected) & 7 {
                1 | 2 => return Restart::Later,
                6 | 7 => self.at += 2,
                _ => {
                    self.at += 2;
                    self.fill(0);
                    return Restart::Here;
                }
            }
        }
    }

    /// Bytes of the file before which everything has been seen.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Fills the window behind the first `kept` bytes.
    fn fill(&mut self, kept: usize) {
        let (mut filled, end) = (kept, WINDOW - MARGIN - 8);
        self.complete = false;
        while filled < end {
            let rest = &self.bytes[self.at..];
            let rest = &rest[..rest.len().min(end - filled)];
            let plain = memchr(0xFF, rest).unwrap_or(rest.len());
            self.window[filled..filled + plain].copy_from_slice(&rest[..plain]);
            filled += plain;
            self.at += plain;
            if plain < rest.len() {
                match self.bytes.get(self.at + 1) {
                    Some(0x00) => {
                        self.window[filled] = 0xFF;
                        filled += 1;
                        self.at += 2;
                    }
                    Some(0xFF) => self.at += 1,
                    _ => self.complete = true,
                }
            }
            if self.complete || rest.is_empty() {
                self.complete = true;
                break;
            }
        }
        if self.complete {
            let dirty = self.dirty.clamp(filled, WINDOW);
            self.window[filled..dirty].fill(0);
            self.limit = filled;
            self.dirty = filled;
        } else {
            self.limit = filled - MARGIN;
            self.dirty = self.dirty.max(filled);
        }
        self.filled = filled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest_of_interval(source: &mut Source<'_>) -> Vec<u8> {
        let mut bits = Bits::default();
        let mut read = Vec::new();
        loop {
            if source.low(&bits) {
                match source.advance(bits) {
                    Some(advanced) => bits = advanced,
                    None => break,
                }
            }
            bits.refill(&source.window);
            read.push(bits.take(8) as u8);
        }
        read.pop();
        read
    }

    #[test]
    fn stuffing_goes_and_markers_stop() {
        for length in [0, 1, 7, 8, 9, 100, WINDOW - MARGIN, WINDOW, 3 * WINDOW + 5] {
            let plain: Vec<u8> = (0..length).map(|i| if i % 5 == 0 { 0xFF } else { (i % 251) as u8 | 1 }).collect();
            let stuffed = plain.iter().flat_map(|b| if *b == 0xFF { vec![0xFF, 0] } else { vec![*b] });
            let mut file: Vec<u8> = stuffed.collect();
            let bare = file.clone();
            file.extend([0xFF, 0xFF, 0xD3, 5, 6, 0xFF, 0xD9, 9]);
            let mut source = Source::new(&file, 0);
            assert_eq!(rest_of_interval(&mut source), plain, "{length}");
            assert_eq!(source.restart(3), Restart::Here);
            assert_eq!(rest_of_interval(&mut source), [5, 6]);
            assert_eq!((source.restart(4), source.position()), (Restart::End, file.len() - 3));
            assert_eq!(rest_of_interval(&mut Source::new(&bare, 0)), plain, "{length} without an end");
        }
    }

    #[test]
    fn lost_and_repeated_intervals() {
        let file = [1, 0xFF, 0xD0, 2, 0xFF, 0xD3, 3, 0xFF, 0xD2, 4, 0xFF, 0xD0, 5];
        let mut source = Source::new(&file, 0);
        let expected = [(0, Restart::Here), (1, Restart::Later), (2, Restart::Later), (3, Restart::Here)];
        for (number, what) in expected {
            assert_eq!(source.restart(number), what, "{number}");
        }
        // 2 is behind 4; 0 is taken for 4.
        assert_eq!((source.restart(4), rest_of_interval(&mut source)), (Restart::Here, vec![5]));
        assert_eq!(source.restart(5), Restart::End);
    }
}
