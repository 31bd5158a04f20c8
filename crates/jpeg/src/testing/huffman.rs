use std::collections::BTreeMap;

use super::Random;

/// A Huffman code of random lengths for some symbols.
pub struct Table {
    /// Code and length by symbol.
    codes: BTreeMap<u8, (u32, u32)>,
    /// Counts of each length, and symbols, as in a DHT segment.
    pub bytes: Vec<u8>,
}

impl Table {
    pub fn random(random: &mut Random, symbols: &[u8]) -> Self {
        let mut symbols = symbols.to_vec();
        random.shuffle(&mut symbols);
        let shortest = 1 + random.below(4) as u32;
        let mut lengths: Vec<u32> = symbols.iter().map(|_| shortest + random.below(5) as u32).collect();
        // The code of only ones stays free (T.81, annex C).
        while lengths.iter().map(|l| 1u32 << (16 - l)).sum::<u32>() >= 1 << 16 {
            let i = random.below(lengths.len());
            lengths[i] = (lengths[i] + 1).min(16);
        }
        let mut order: Vec<(u32, u8)> = lengths.into_iter().zip(symbols).collect();
        order.sort_by_key(|(length, _)| *length);
        let mut counts = [0u8; 16];
        let (mut codes, mut next, mut before) = (BTreeMap::new(), 0u32, 0);
        for (length, symbol) in &order {
            counts[*length as usize - 1] += 1;
            next <<= length - before;
            codes.insert(*symbol, (next, *length));
            (next, before) = (next + 1, *length);
        }
        let bytes = counts.into_iter().chain(order.iter().map(|(_, symbol)| *symbol)).collect();
        Self { codes, bytes }
    }

    pub fn code(&self, symbol: u8) -> (u32, u32) {
        self.codes[&symbol]
    }
}
