use super::code::{Code, Symbol};
use super::specification::Specification;
use super::{Differences, Ends, PATTERN_BITS, Patterns, SKIP_BITS, Skips, VALUE_BITS, Values};
use crate::bits::Bits;
use crate::source::WINDOW;
use crate::testing::{Random, Table};

/// What an entry of so many bits says against reading symbols one by one.
struct OneByOne<'c> {
    code: &'c Code,
    window: [u8; WINDOW],
    bits: Bits,
    /// Bits that are known, and those of the symbols read.
    known: u32,
    used: u32,
}

impl<'c> OneByOne<'c> {
    fn new(code: &'c Code, index: usize, known: u32) -> Self {
        let mut window = [0; WINDOW];
        window[..4].copy_from_slice(&((index as u32) << (32 - known)).to_be_bytes());
        Self { code, window, bits: Bits::default(), known, used: 0 }
    }

    /// The next symbol, if all of its bits are known.
    fn next(&mut self) -> Option<Symbol> {
        self.bits.refill(&self.window);
        let (length, symbol) = self.code.peek(&self.bits);
        let (run, size) = (symbol >> 4, symbol & 15);
        let size = if size == 0 && run < 15 && self.ends_band() { run } else { size };
        self.used += length + size;
        if length == 0 || self.used > self.known {
            return None;
        }
        Some(self.code.symbol(&mut self.bits))
    }

    fn ends_band(&self) -> bool {
        self.code.ends() == Ends::Band
    }
}

fn tables(mut run: impl FnMut(&Specification<'_>)) {
    for seed in 0..12 {
        let mut random = Random(seed);
        let mut symbols: Vec<u8> = (0..=255).filter(|_| random.chance(1, 2 + 3 * seed as usize)).collect();
        symbols.extend([0x00, 0x01, 0xF0]);
        symbols.sort_unstable();
        symbols.dedup();
        let table = Table::random(&mut random, &symbols);
        let mut specifications = super::Specifications::default();
        let body = [&[0][..], &table.bytes].concat();
        super::read(&body, &mut specifications).unwrap();
        run(&specifications[0][0].unwrap());
    }
}

#[test]
fn skips_are_whole_symbols() {
    tables(|specification| {
        for ends in [Ends::Block, Ends::Band] {
            let (code, skips) = (Code::new(specification, ends), Skips::new(specification, ends));
            for index in 0..1 << SKIP_BITS {
                let (entry, passed) = skips.get(index);
                let mut symbols = OneByOne::new(&code, index, SKIP_BITS);
                let (mut used, mut all) = (0, 0);
                while let Some(symbol) = symbols.next() {
                    match symbol {
                        Symbol::Value { run, .. } => all += run + 1,
                        Symbol::Zeros => all += 16,
                        Symbol::End { blocks } if blocks > 0 => break,
                        Symbol::End { .. } => all += Skips::END,
                        Symbol::Wrong => panic!("a code that was just found"),
                    }
                    used = symbols.used;
                    if all >= Skips::END {
                        break;
                    }
                }
                let expected = if used == 0 { (0, Skips::NONE) } else { (used, all) };
                assert_eq!((entry & 63, passed), expected, "{index:b} {ends:?}");
            }
        }
    });
}

#[test]
fn pairs_are_whole_symbols() {
    let mut pairs = 0;
    tables(|specification| {
        let (code, values) = (Code::new(specification, Ends::Block), Values::new(specification, Ends::Block));
        for index in 0..1 << VALUE_BITS {
            let pair = values.get(index);
            if pair.is_empty() {
                continue;
            }
            let mut symbols = OneByOne::new(&code, index, VALUE_BITS);
            let (mut place, mut found) = (0, Vec::new());
            while symbols.used < pair.entry() & 63 {
                match symbols.next().unwrap() {
                    Symbol::Value { run, value } => {
                        place += run + 1;
                        found.push((place, value as i16));
                    }
                    Symbol::Zeros => {
                        place += 16;
                        found.push((place, 0));
                    }
                    Symbol::End { .. } => place += 64,
                    Symbol::Wrong => panic!("a code that was just found"),
                }
            }
            assert_eq!(symbols.used, pair.entry() & 63, "{index:b}");
            let (first, second) = (pair.first(), pair.second());
            match found.as_slice() {
                [] => assert_eq!((first, second, place), ((1, 0), (65, 0), 64), "{index:b}"),
                [one] => assert_eq!((first, second), (*one, (place, 0)), "{index:b}"),
                [one, two] => assert_eq!((first, second), (*one, (place, two.1)), "{index:b}"),
                more => panic!("{index:b}: {more:?}"),
            }
            pairs += usize::from(found.len() == 2);
        }
    });
    assert!(pairs > 1000);
}

#[test]
fn patterns_tell_what_is_not_zero() {
    tables(|specification| {
        let (code, patterns) = (Code::new(specification, Ends::Band), Patterns::new(specification));
        for index in 0..1 << PATTERN_BITS {
            let pattern = patterns.get(index);
            let mut symbols = OneByOne::new(&code, index, PATTERN_BITS);
            let (mut passed, mut nonzero) = (0, 0u64);
            while symbols.used < pattern.bits.into() {
                match symbols.next().unwrap() {
                    Symbol::Value { run, .. } => {
                        nonzero |= 1 << (passed + run);
                        passed += run + 1;
                    }
                    Symbol::Zeros => passed += 16,
                    Symbol::End { blocks: 0 } => passed += Skips::END,
                    other => panic!("{other:?}"),
                }
            }
            let expected = if pattern.bits == 0 { Skips::NONE } else { passed };
            assert_eq!((u64::from(pattern.nonzero), u32::from(pattern.passed)), (nonzero, expected), "{index:b}");
        }
    });
}

#[test]
fn differences_of_all_sizes() {
    let counts = [0, 0, 0, 0, 15, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let symbols: Vec<u8> = (0..16).collect();
    let body = [&[0][..], &counts, &symbols].concat();
    let mut specifications = super::Specifications::default();
    super::read(&body, &mut specifications).unwrap();
    let differences = Differences::new(&specifications[0][0].unwrap()).unwrap();
    for size in 0..15u32 {
        let mut window = [0; WINDOW];
        // The code is the size in five bits; a value of only ones follows.
        let value = (1u32 << size) - 1;
        window[..4].copy_from_slice(&((size << size | value) << (27 - size)).to_be_bytes());
        let mut bits = Bits::default();
        assert_eq!(differences.read(&mut bits, &window), Some(value as i32), "{size}");
    }
}
