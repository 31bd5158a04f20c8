use crate::Error;

/// Quantisation steps in zigzag order.
pub(crate) type Steps = [u16; 64];

/// Reads a DQT segment (ITU-T T.81, section B.2.4.1) into the tables of these numbers.
pub(crate) fn read(mut body: &[u8], tables: &mut [Option<Steps>; 4]) -> Result<(), Error> {
    const WRONG: Error = Error::Corrupt("a quantisation table that cannot be read");
    while let [kind, rest @ ..] = body {
        let width = match kind >> 4 {
            0 => 1,
            1 => 2,
            _ => return Err(WRONG),
        };
        let values = rest.get(..64 * width).ok_or(WRONG)?;
        let steps = tables.get_mut(usize::from(kind & 15)).ok_or(WRONG)?.insert([0; 64]);
        for (step, bytes) in steps.iter_mut().zip(values.chunks_exact(width)) {
            *step = bytes.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
        }
        body = &rest[64 * width..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_widths_in_one_segment() {
        let narrow: Vec<u8> = (0..64).collect();
        let wide: Vec<u8> = (0..64).flat_map(|i| [1, i]).collect();
        let body = [&[0x02][..], &narrow, &[0x10], &wide].concat();
        let mut tables = [None; 4];
        read(&body, &mut tables).unwrap();
        assert_eq!((tables[2].unwrap()[5], tables[0].unwrap()[63], tables[1]), (5, 0x13F, None));
        for wrong in [&body[..60], &[0x05; 65], &[0x20; 200]] {
            assert!(read(wrong, &mut tables).is_err());
        }
    }
}
