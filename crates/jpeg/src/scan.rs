use crate::frame::Frame;
use crate::geometry::Area;
use crate::huffman::{Class, Specification, Specifications};
use crate::{Error, quantisation};

/// A scan header (ITU-T T.81, section B.2.3) with the tables that were there when it came.
#[derive(Debug, Clone)]
pub(crate) struct Scan<'a> {
    /// One part, or those of an interleaved scan in their order.
    pub parts: Vec<Part>,
    /// The first and the last coefficient in zigzag order.
    pub band: (u32, u32),
    /// Successive approximation: the bit position before this scan, or 0 for the first one, and after it.
    pub high: u32,
    pub low: u32,
    pub restart_interval: usize,
    /// Where entropy-coded data start.
    pub start: usize,
    tables: Specifications<'a>,
    pub quantisation: [Option<quantisation::Steps>; 4],
}

/// A component in a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// The place of the component in the frame.
    pub component: usize,
    dc: usize,
    ac: usize,
}

impl Part {
    /// The number of its Huffman table.
    pub fn table(&self, class: Class) -> usize {
        if class == Class::Dc { self.dc } else { self.ac }
    }
}

/// What is known besides the header itself.
pub(crate) struct State<'a> {
    pub tables: Specifications<'a>,
    pub quantisation: [Option<quantisation::Steps>; 4],
    pub restart_interval: usize,
}

impl<'a> Scan<'a> {
    /// Reads the segment of an SOS marker, behind which entropy-coded data start at `start`.
    pub fn read(body: &[u8], start: usize, frame: &Frame, state: &State<'a>) -> Result<Self, Error> {
        const WRONG: Error = Error::Corrupt("a scan header that cannot be read");
        let (count, rest) = body.split_first().ok_or(WRONG)?;
        let (entries, rest) = rest.split_at_checked(2 * usize::from(*count)).ok_or(WRONG)?;
        let [first, last, approximation, ..] = rest else { return Err(WRONG) };
        let mut parts: Vec<Part> = Vec::with_capacity(frame.components.len());
        for [id, tables] in entries.as_chunks::<2>().0 {
            let component = frame.position(*id).ok_or(WRONG)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if dc > 3 || ac > 3 || parts.iter().any(|part| part.component == component) {
                return Err(WRONG);
            }
            parts.push(Part { component, dc, ac });
        }
        let (mut band, mut high, mut low) = ((*first, *last), approximation >> 4, approximation & 15);
        if frame.progressive {
            let dc_only = band == (0, 0);
            let ac_only = 0 < band.0 && band.0 <= band.1 && band.1 < 64 && parts.len() == 1;
            if !(dc_only || ac_only) || low > 13 {
                return Err(WRONG);
            }
        } else {
            // What sequential files have here means nothing, and some have it wrong.
            (band, high, low) = ((0, 63), 0, 0);
        }
        if parts.is_empty() {
            return Err(WRONG);
        }
        Ok(Self {
            parts,
            band: (band.0.into(), band.1.into()),
            high: high.into(),
            low: low.into(),
            restart_interval: state.restart_interval,
            start,
            tables: state.tables,
            quantisation: state.quantisation,
        })
    }

    /// Whether this scan makes coefficients more exact that an earlier one has begun.
    pub fn refines(&self) -> bool {
        self.high > 0
    }

    /// Whether this is a scan of DC coefficients alone.
    pub fn is_dc(&self) -> bool {
        self.band == (0, 0)
    }

    /// The Huffman table of a part.
    pub fn table(&self, class: Class, part: &Part) -> Result<Specification<'a>, Error> {
        self.tables[class as usize][part.table(class)].ok_or(Error::Corrupt("a Huffman table is missing"))
    }

    /// Columns and rows of what restart intervals are counted in: interleaved MCUs, or the blocks of one component.
    pub fn units(&self, frame: &Frame) -> (usize, usize) {
        match self.parts.as_slice() {
            [part] => frame.components[part.component].blocks,
            _ => frame.mcus(),
        }
    }

    /// The units in an area of MCUs.
    pub fn area(&self, frame: &Frame, mcus: &Area) -> Area {
        match self.parts.as_slice() {
            [part] => {
                let component = &frame.components[part.component];
                mcus.blocks(component).within(component.blocks)
            }
            _ => mcus.clone(),
        }
    }

    /// Columns and rows of a part's blocks in a unit.
    pub fn blocks_of_unit(&self, frame: &Frame, part: &Part) -> (usize, usize) {
        let component = &frame.components[part.component];
        if self.parts.len() == 1 { (1, 1) } else { (component.horizontal, component.vertical) }
    }
}
