use crate::Error;

/// A table as a file has it: how many codes there are of each length, and their symbols.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Specification<'a> {
    counts: &'a [u8; 16],
    symbols: &'a [u8],
}

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Dc = 0,
    Ac = 1,
}

/// Tables by class and number.
pub(crate) type Specifications<'a> = [[Option<Specification<'a>>; 4]; 2];

/// One code of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Bits of the code, 1 to 16.
    pub length: u32,
    /// The code, in the low bits.
    pub code: u32,
    pub symbol: u8,
}

/// Reads a DHT segment (ITU-T T.81, section B.2.4.2) into the tables of these numbers.
pub(crate) fn read<'a>(mut body: &'a [u8], tables: &mut Specifications<'a>) -> Result<(), Error> {
    const WRONG: Error = Error::Corrupt("a Huffman table that cannot be read");
    while let [kind, rest @ ..] = body {
        let (counts, rest) = rest.split_first_chunk::<16>().ok_or(WRONG)?;
        let total: usize = counts.iter().copied().map(usize::from).sum();
        let (symbols, rest) = rest.split_at_checked(total).ok_or(WRONG)?;
        let specification = Specification { counts, symbols };
        if total > 256 || !specification.is_prefix_code() {
            return Err(WRONG);
        }
        let class = tables.get_mut(usize::from(kind >> 4)).ok_or(WRONG)?;
        *class.get_mut(usize::from(kind & 15)).ok_or(WRONG)? = Some(specification);
        body = rest;
    }
    Ok(())
}

impl Specification<'_> {
    /// Whether there are not more codes of a length than shorter ones leave room for.
    fn is_prefix_code(&self) -> bool {
        let mut room = 1u32;
        self.counts.iter().all(|count| {
            let left = (room * 2).checked_sub(u32::from(*count));
            room = left.unwrap_or(0);
            left.is_some()
        })
    }

    /// The codes, shortest first, each one more than the one before (annex C, figures C.1 and C.2).
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        let lengths =
            (1u32..).zip(self.counts).flat_map(|(length, count)| std::iter::repeat_n(length, usize::from(*count)));
        let mut next = (0u32, 0u32);
        lengths.zip(self.symbols).map(move |(length, symbol)| {
            let code = next.0 << (length - next.1);
            next = (code + 1, length);
            Entry { length, code, symbol: *symbol }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_count_up() {
        let mut body = vec![0x11, 0, 1, 2, 3];
        body.extend([0; 12]);
        body.extend([9, 8, 7, 6, 5, 4]);
        let mut tables = Specifications::default();
        read(&body, &mut tables).unwrap();
        let entries: Vec<_> = tables[Class::Ac as usize][1].unwrap().entries().collect();
        let codes: Vec<_> = entries.iter().map(|e| (e.length, e.code, e.symbol)).collect();
        assert_eq!(codes, [(2, 0, 9), (3, 2, 8), (3, 3, 7), (4, 8, 6), (4, 9, 5), (4, 10, 4)]);
    }

    #[test]
    fn impossible_tables_are_refused() {
        let refused = |body: &[u8]| read(body, &mut Specifications::default()).is_err();
        let body = |kind: u8, first: u8, symbols: usize| [&[kind, first][..], &[0; 15], &vec![0; symbols]].concat();
        assert!(!refused(&body(0x00, 2, 2)), "two codes of one bit");
        for wrong in [body(0x00, 3, 3), body(0x00, 2, 1), body(0x20, 1, 1), body(0x04, 1, 1), vec![0, 1]] {
            assert!(refused(&wrong), "{wrong:?}");
        }
    }
}
