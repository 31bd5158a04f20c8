use std::num::NonZeroU8;

use lightmill_jpeg::Steps;

use super::header::Table;

/// Luma table of ITU-T T.81, table K.1, in natural order.
#[rustfmt::skip]
const LUMA: Table = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Chroma table of ITU-T T.81, table K.2, in natural order.
#[rustfmt::skip]
const CHROMA: Table = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// From this quality on, a file that matches no standard table is given the nearest one.
const APPROXIMATE_FROM: u8 = 51;

/// Two numbers that tell tables apart: a few chosen entries, and the sum of all.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fingerprint {
    chosen: u32,
    sum: u32,
}

/// The quality, 1 to 100 on libjpeg's scale, whose standard tables are nearest to `tables`; `None` without tables.
///
/// The rule is the one that `ImageMagick` made common: the first quality whose tables are not finer, by two
/// fingerprints, than those of the file. Files without chroma are compared by luma alone.
pub(super) fn estimate(tables: &[Option<Table>; 4]) -> Option<u8> {
    let luma = tables[0].as_ref()?;
    let chroma = tables[1].as_ref();
    let sum = tables.iter().flatten().flatten().map(|v| u32::from(*v)).sum();
    let file = Fingerprint { chosen: fingerprint(luma, chroma).chosen, sum };
    for quality in 1..=100 {
        let standard = standard(quality, chroma.is_some());
        if file.chosen < standard.chosen && file.sum < standard.sum {
            continue;
        }
        let within = file.chosen <= standard.chosen && file.sum <= standard.sum;
        return Some(if within || quality >= APPROXIMATE_FROM { quality } else { nearest(file, chroma.is_some()) });
    }
    Some(100)
}

/// By the sum of all entries alone.
fn nearest(file: Fingerprint, chroma: bool) -> u8 {
    (1..=100).min_by_key(|quality| standard(*quality, chroma).sum.abs_diff(file.sum)).unwrap_or(100)
}

fn fingerprint(luma: &Table, chroma: Option<&Table>) -> Fingerprint {
    let sum = |table: &Table| table.iter().map(|v| u32::from(*v)).sum::<u32>();
    let mut chosen = u32::from(luma[2]) + u32::from(luma[53]);
    chosen += chroma.map_or(0, |table| u32::from(table[0]) + u32::from(table[63]));
    Fingerprint { chosen, sum: sum(luma) + chroma.map_or(0, sum) }
}

fn standard(quality: u8, chroma: bool) -> Fingerprint {
    let [luma, of_chroma] = steps(quality).map(|steps| steps.map(|step| u16::from(step.get())));
    fingerprint(&luma, chroma.then_some(&of_chroma))
}

/// The tables of luma and chroma that libjpeg writes for `quality`, 1 to 100: those of ITU-T T.81, annex K, scaled, and
/// bounded to 8 bits.
pub(super) fn steps(quality: u8) -> [Steps; 2] {
    let quality = u32::from(quality.max(1));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality.min(100) };
    let scaled = |value: u16| ((u32::from(value) * percent + 50) / 100).clamp(1, 255) as u8;
    [LUMA, CHROMA].map(|table| table.map(|value| NonZeroU8::new(scaled(value)).unwrap_or(NonZeroU8::MIN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(quality: u32) -> [Option<Table>; 4] {
        let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
        let scaled = |table: &Table| table.map(|v| ((u32::from(v) * percent + 50) / 100).clamp(1, 255) as u16);
        [Some(scaled(&LUMA)), Some(scaled(&CHROMA)), None, None]
    }

    #[test]
    fn standard_tables_are_recognised() {
        for quality in 2..=100 {
            let colour = tables(quality);
            assert_eq!(estimate(&colour), Some(quality as u8));
            assert_eq!(estimate(&[colour[0], None, None, None]), Some(quality as u8));
        }
        assert_eq!(estimate(&[None; 4]), None);
    }

    #[test]
    fn unusual_tables_get_a_number_in_range() {
        for value in [1, 2, 7, 50, 255, 65_535] {
            let flat = [Some([value; 64]), Some([value; 64]), None, None];
            assert!((1..=100).contains(&estimate(&flat).unwrap()), "{value}");
        }
    }
}
