use crate::output::Sampling;
use crate::{Error, Unsupported};

/// The frame header (ITU-T T.81, section B.2.2), as far as it is supported.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub width: usize,
    pub height: usize,
    pub progressive: bool,
    /// One or three.
    pub components: Vec<Component>,
    /// The largest sampling factors, across and down.
    pub largest: (usize, usize),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Component {
    id: u8,
    /// Blocks of an interleaved MCU, across.
    pub horizontal: usize,
    /// Blocks of an interleaved MCU, down.
    pub vertical: usize,
    /// Number of its quantisation table.
    pub quantisation: usize,
    /// Columns and rows of blocks that hold at least one sample of the picture.
    pub blocks: (usize, usize),
}

impl Frame {
    /// Reads the segment of a SOF marker.
    pub fn read(marker: u8, body: &[u8]) -> Result<Self, Error> {
        let progressive = match marker {
            0xC0 | 0xC1 => false,
            0xC2 => true,
            0xC9..=0xCF => return Err(Unsupported::Arithmetic.into()),
            _ => return Err(Unsupported::Process.into()),
        };
        let [bits, h1, h0, w1, w0, count, entries @ ..] = body else {
            return Err(Error::Corrupt("a frame header that is cut off"));
        };
        let side = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
        let (width, height) = (side(*w1, *w0), side(*h1, *h0));
        match (*bits, *count, width, height) {
            (_, _, 0, _) => return Err(Error::Corrupt("a width of 0")),
            (bits, ..) if bits != 8 => return Err(Unsupported::Bits(bits).into()),
            (_, count, ..) if count != 1 && count != 3 => return Err(Unsupported::Components(count).into()),
            (_, _, _, 0) => return Err(Unsupported::Height.into()),
            _ => {}
        }
        let mut components = Vec::with_capacity(usize::from(*count));
        for entry in entries.as_chunks::<3>().0.iter().take(usize::from(*count)) {
            components.push(Component::read(*entry)?);
        }
        if components.len() != usize::from(*count) {
            return Err(Error::Corrupt("a frame header that is cut off"));
        }
        if let [one] = components.as_mut_slice() {
            // With nothing to relate to, factors have no meaning (section A.2.2).
            (one.horizontal, one.vertical) = (1, 1);
        }
        if components.iter().enumerate().any(|(i, c)| components[..i].iter().any(|other| other.id == c.id)) {
            return Err(Unsupported::ComponentNames.into());
        }
        let most = |factor: fn(&Component) -> usize| components.iter().map(factor).max().unwrap_or(1);
        let largest = (most(|c| c.horizontal), most(|c| c.vertical));
        let blocks_of_mcu: usize = components.iter().map(|c| c.horizontal * c.vertical).sum();
        let divides = |c: &Component| largest.0.is_multiple_of(c.horizontal) && largest.1.is_multiple_of(c.vertical);
        if !components.iter().all(divides) || blocks_of_mcu > 10 {
            return Err(Unsupported::Sampling.into());
        }
        for component in &mut components {
            component.blocks = (
                (width * component.horizontal).div_ceil(8 * largest.0),
                (height * component.vertical).div_ceil(8 * largest.1),
            );
        }
        Ok(Self { width, height, progressive, components, largest })
    }

    /// Columns and rows of interleaved MCUs.
    pub fn mcus(&self) -> (usize, usize) {
        (self.width.div_ceil(8 * self.largest.0), self.height.div_ceil(8 * self.largest.1))
    }

    /// The place of the component of this name.
    pub fn position(&self, id: u8) -> Option<usize> {
        self.components.iter().position(|component| component.id == id)
    }
}

impl Component {
    fn read([id, factors, quantisation]: [u8; 3]) -> Result<Self, Error> {
        let (horizontal, vertical) = (usize::from(factors >> 4), usize::from(factors & 15));
        if !(1..=4).contains(&horizontal) || !(1..=4).contains(&vertical) {
            return Err(Error::Corrupt("a sampling factor that is not 1 to 4"));
        }
        if quantisation > 3 {
            return Err(Error::Corrupt("a quantisation table that is not 0 to 3"));
        }
        Ok(Self { id, horizontal, vertical, quantisation: quantisation.into(), blocks: (0, 0) })
    }

    pub fn sampling(&self) -> Sampling {
        Sampling { horizontal: self.horizontal as u8, vertical: self.vertical as u8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_a_subsampled_frame() {
        let body = [8, 0, 17, 0, 33, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        let frame = Frame::read(0xC2, &body).unwrap();
        assert_eq!((frame.mcus(), frame.largest, frame.progressive), ((3, 2), (2, 2), true));
        assert_eq!((frame.components[0].blocks, frame.components[1].blocks), ((5, 3), (3, 2)));
        assert_eq!(frame.position(3), Some(2));
    }

    #[test]
    fn what_is_left_to_others_is_named() {
        let cases: [(u8, &[u8], Unsupported); 7] = [
            (0xC9, &[], Unsupported::Arithmetic),
            (0xC3, &[], Unsupported::Process),
            (0xC1, &[12, 0, 8, 0, 8, 1, 1, 0x11, 0], Unsupported::Bits(12)),
            (0xC0, &[8, 0, 8, 0, 8, 4, 1, 0x11, 0], Unsupported::Components(4)),
            (0xC0, &[8, 0, 0, 0, 8, 1, 1, 0x11, 0], Unsupported::Height),
            (0xC0, &[8, 0, 8, 0, 8, 3, 1, 0x31, 0, 2, 0x21, 0, 3, 0x11, 0], Unsupported::Sampling),
            (0xC0, &[8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 1, 0x11, 0], Unsupported::ComponentNames),
        ];
        for (marker, body, reason) in cases {
            assert_eq!(Frame::read(marker, body).unwrap_err(), reason.into());
        }
        for body in
            [&[8, 0, 8, 0, 0, 1, 1, 0x11, 0][..], &[8, 0, 8, 0, 8, 1, 1, 0x51, 0], &[8, 0, 8, 0, 8, 3, 1, 0x11, 0]]
        {
            assert!(matches!(Frame::read(0xC0, body), Err(Error::Corrupt(_))), "{body:?}");
        }
    }
}
