use crate::frame::Frame;
use crate::markers::{Markers, START_OF_IMAGE, START_OF_SCAN};
use crate::scan::{Scan, State};
use crate::{Error, huffman, quantisation};

/// Reads everything that is not entropy-coded: tables into a state, and scans one by one.
pub(crate) struct Headers<'a> {
    markers: Markers<'a>,
    state: State<'a>,
}

impl<'a> Headers<'a> {
    /// Reads up to the frame header.
    pub fn new(bytes: &'a [u8]) -> Result<(Frame, Self), Error> {
        if !bytes.starts_with(&[0xFF, START_OF_IMAGE]) {
            return Err(Error::Corrupt("no start of an image"));
        }
        let state = State { tables: Default::default(), quantisation: [None; 4], restart_interval: 0 };
        let mut this = Self { markers: Markers::new(bytes), state };
        while let Some(segment) = this.markers.next() {
            match segment.marker {
                0xC4 | 0xC8 | 0xCC => this.table(segment.marker, segment.body)?,
                0xC0..=0xCF => return Ok((Frame::read(segment.marker, segment.body)?, this)),
                START_OF_SCAN => break,
                marker => this.table(marker, segment.body)?,
            }
        }
        Err(Error::Corrupt("no frame header"))
    }

    /// The next scan; `None` at the end of the image.
    pub fn scan(&mut self, frame: &Frame) -> Result<Option<Scan<'a>>, Error> {
        while let Some(segment) = self.markers.next() {
            match segment.marker {
                START_OF_SCAN => {
                    return Scan::read(segment.body, self.markers.position(), frame, &self.state).map(Some);
                }
                0xC4 | 0xC8 | 0xCC => self.table(segment.marker, segment.body)?,
                0xC0..=0xCF => return Err(Error::Corrupt("a second frame header")),
                marker => self.table(marker, segment.body)?,
            }
        }
        Ok(None)
    }

    /// Goes on behind a scan's data.
    pub fn seek(&mut self, position: usize) {
        self.markers.seek(position);
    }

    fn table(&mut self, marker: u8, body: &'a [u8]) -> Result<(), Error> {
        match marker {
            0xC4 => huffman::read(body, &mut self.state.tables),
            0xDB => quantisation::read(body, &mut self.state.quantisation),
            0xDD => {
                let interval = body.first_chunk::<2>().ok_or(Error::Corrupt("a restart interval that is cut off"))?;
                self.state.restart_interval = u16::from_be_bytes(*interval).into();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
