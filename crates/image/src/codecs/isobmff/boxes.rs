/// A box: its type and what follows its header.
#[derive(Debug, Clone, Copy)]
pub(in crate::codecs) struct IsoBox<'a> {
    pub kind: [u8; 4],
    pub body: &'a [u8],
}

/// Boxes one after the other (ISO/IEC 14496-12, section 4.2). The first that is cut off ends the walk.
#[derive(Debug, Clone)]
pub(in crate::codecs) struct Boxes<'a> {
    rest: &'a [u8],
}

impl<'a> Boxes<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The first box of the type, if there is one.
    pub fn find(mut self, kind: [u8; 4]) -> Option<&'a [u8]> {
        self.find_map(|found| (found.kind == kind).then_some(found.body))
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = IsoBox<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut fields = Fields::new(self.rest);
        let (size, kind) = (fields.u32()?, fields.array()?);
        let length = match size {
            // To the end of the file.
            0 => self.rest.len(),
            1 => usize::try_from(fields.u64()?).ok()?,
            size => size as usize,
        };
        let header = self.rest.len() - fields.rest().len();
        let body = self.rest.get(header..length)?;
        self.rest = &self.rest[length..];
        Some(IsoBox { kind, body })
    }
}

/// Big-endian fields, read one after the other; `None` where the bytes end.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The fields after the version and flags that open a "full box".
    pub fn full(bytes: &'a [u8]) -> Option<(u8, u32, Self)> {
        let mut fields = Self::new(bytes);
        let [version, f2, f1, f0] = fields.array()?;
        Some((version, u32::from_be_bytes([0, f2, f1, f0]), fields))
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (array, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*array)
    }

    pub fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(|[value]| value)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// A number of `bytes` bytes: 0 (which is the number 0), 2, 4 or 8.
    pub fn sized(&mut self, bytes: u8) -> Option<u64> {
        match bytes {
            0 => Some(0),
            2 => self.u16().map(u64::from),
            4 => self.u32().map(u64::from),
            8 => self.u64(),
            _ => None,
        }
    }

    /// A number of 2 bytes, or of 4 if `wide`.
    pub fn narrow_or_wide(&mut self, wide: bool) -> Option<u32> {
        if wide { self.u32() } else { self.u16().map(u32::from) }
    }

    /// Text up to a zero, which is read too; all that is left if there is none.
    pub fn text(&mut self) -> &'a [u8] {
        let length = self.rest.iter().position(|byte| *byte == 0).unwrap_or(self.rest.len());
        let text = &self.rest[..length];
        self.rest = self.rest.get(length + 1..).unwrap_or_default();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_three_kinds_and_a_cut() {
        let bytes = [&b"\0\0\0\x0Aabcdxy"[..], b"\0\0\0\x01wide\0\0\0\0\0\0\0\x11z", b"\0\0\0\0rest12"].concat();
        let found: Vec<_> = Boxes::new(&bytes).map(|b| (b.kind, b.body)).collect();
        assert_eq!(found, [(*b"abcd", &b"xy"[..]), (*b"wide", b"z"), (*b"rest", b"12")]);
        assert_eq!(Boxes::new(&bytes[..20]).count(), 1, "a box that is cut off is none");
        assert_eq!(Boxes::new(b"\0\0\0\x07abcd").count(), 0, "shorter than its own header");
        assert_eq!(Boxes::new(b"\0\0\0\x01abcd\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF").count(), 0);
        assert_eq!(Boxes::new(&bytes).find(*b"rest"), Some(&b"12"[..]));
    }

    #[test]
    fn fields_end_with_the_bytes() {
        let (version, flags, mut fields) = Fields::full(b"\x01\0\0\x02ab\0\0\x05").unwrap();
        assert_eq!((version, flags, fields.text(), fields.u16(), fields.u8()), (1, 2, &b"ab"[..], Some(5), None));
        assert!(Fields::new(b"abc").sized(4).is_none());
        assert!(Fields::new(b"abc").sized(3).is_none());
    }
}
