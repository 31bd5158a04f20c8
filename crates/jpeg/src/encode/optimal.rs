/// Bits of a code at most.
const LONGEST: usize = 16;
/// Symbols, and the one that keeps the code of only ones free.
const LEAVES: usize = 257;

/// A Huffman code as a DHT segment has it (ITU-T T.81, section B.2.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// How many codes there are of 1 to 16 bits.
    pub counts: [u8; LONGEST],
    /// Symbols, those with the shortest codes first.
    pub symbols: Vec<u8>,
}

impl Code {
    /// The code that is the best for symbols that occur as often as `counts` says (annex K.2): Huffman's, with lengths
    /// above 16 bits made shorter at the cost of others as figure K.3 does it, and no code of only ones.
    pub fn optimal(counts: &[u64; 256]) -> Self {
        let mut used: Vec<(u64, u8)> = (0..=255).map(|symbol| (counts[usize::from(symbol)], symbol)).collect();
        used.retain(|(count, _)| *count > 0);
        used.sort_unstable_by_key(|(count, symbol)| (*count, *symbol));
        let mut lengths = limited(depths(&used));
        // The reserved leaf is among the longest.
        if let Some(longest) = lengths.iter_mut().rev().find(|count| **count > 0) {
            *longest -= 1;
        }
        // Within the lengths that there are, more frequent symbols have shorter ones.
        used.sort_unstable_by_key(|(count, symbol)| (std::cmp::Reverse(*count), *symbol));
        let counts = std::array::from_fn(|i| lengths[i + 1] as u8);
        Self { counts, symbols: used.into_iter().map(|(_, symbol)| symbol).collect() }
    }

    /// Code and length of each symbol (annex C); a length of 0 for those without.
    pub fn words(&self) -> [(u16, u8); 256] {
        let mut words = [(0, 0); 256];
        let mut symbols = self.symbols.iter();
        let mut next = 0u32;
        for (length, count) in (1..).zip(self.counts) {
            for symbol in symbols.by_ref().take(count.into()) {
                words[usize::from(*symbol)] = (next as u16, length);
                next += 1;
            }
            next <<= 1;
        }
        words
    }
}

/// How many leaves of Huffman's tree are how deep: those of `used`, in ascending order of their weights, and before them
/// the reserved one, which weighs nothing.
fn depths(used: &[(u64, u8)]) -> [u16; LEAVES] {
    let weights: Vec<u64> = std::iter::once(0).chain(used.iter().map(|(count, _)| *count)).collect();
    // Pairs of the lightest become nodes, which come in ascending order too. Leaves first, then nodes by number.
    let mut nodes: Vec<u64> = Vec::with_capacity(weights.len());
    let mut parents = vec![0; 2 * weights.len()];
    let (mut leaf, mut node) = (0, 0);
    for parent in weights.len()..2 * weights.len() - 1 {
        let mut lightest = || {
            let takes_leaf = match (weights.get(leaf), nodes.get(node)) {
                (Some(leaf), Some(node)) => leaf <= node,
                (of_leaf, _) => of_leaf.is_some(),
            };
            let (index, weight) = if takes_leaf { (leaf, weights[leaf]) } else { (weights.len() + node, nodes[node]) };
            if takes_leaf {
                leaf += 1;
            } else {
                node += 1;
            }
            parents[index] = parent;
            weight
        };
        let sum = lightest() + lightest();
        nodes.push(sum);
    }
    let mut deep = vec![0; parents.len()];
    let mut depths = [0; LEAVES];
    for index in (0..(2 * weights.len()).saturating_sub(2)).rev() {
        deep[index] = deep[parents[index]] + 1;
        if index < weights.len() {
            depths[deep[index]] += 1;
        }
    }
    depths
}

/// Figure K.3: two of the longest codes give up a bit to one of them, the other one goes beside a shorter one.
fn limited(mut lengths: [u16; LEAVES]) -> [u16; LEAVES] {
    for long in (LONGEST + 1..LEAVES).rev() {
        while lengths[long] > 0 {
            let Some(short) = (1..long - 1).rev().find(|short| lengths[*short] > 0) else { return lengths };
            lengths[long] -= 2;
            lengths[long - 1] += 1;
            lengths[short + 1] += 2;
            lengths[short] -= 1;
        }
    }
    lengths
}
