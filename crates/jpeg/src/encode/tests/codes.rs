use crate::encode::optimal::Code;
use crate::testing::Random;

/// Bits that all symbols take.
fn cost(counts: &[u64; 256], code: &Code) -> u64 {
    counts.iter().zip(code.words()).map(|(count, (_, length))| count * u64::from(length)).sum()
}

/// Huffman's, without a limit and with the reserved symbol: the sum of all nodes.
fn least(counts: &[u64; 256]) -> u64 {
    let mut weights: Vec<u64> = counts.iter().copied().filter(|count| *count > 0).chain([0]).collect();
    let mut sum = 0;
    while weights.len() > 1 {
        weights.sort_unstable_by(|a, b| b.cmp(a));
        let node = weights.pop().unwrap() + weights.pop().unwrap();
        sum += node;
        weights.push(node);
    }
    sum
}

fn check(counts: &[u64; 256]) -> Code {
    let code = Code::optimal(counts);
    let words = code.words();
    let used = counts.iter().filter(|count| **count > 0).count();
    assert_eq!(code.symbols.len(), used);
    assert_eq!(code.counts.iter().map(|count| usize::from(*count)).sum::<usize>(), used);
    let mut seen = Vec::new();
    for (count, (bits, length)) in counts.iter().zip(words) {
        assert_eq!(*count > 0, length > 0);
        assert!(length <= 16);
        if length > 0 {
            assert!(u32::from(bits) < (1 << length) - 1, "only ones: {bits:b} of {length}");
            seen.push((u32::from(bits) << (16 - length), u32::from(bits + 1) << (16 - length)));
        }
    }
    // No code begins with another one: their intervals do not meet.
    seen.sort_unstable();
    assert!(seen.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    code
}

#[test]
fn codes_are_prefix_free_and_the_best_there_are() {
    let mut random = Random(3);
    for round in 0..500 {
        let mut counts = [0; 256];
        for _ in 0..=random.below(256) {
            let most = 1 << random.below(if round % 2 == 0 { 12 } else { 5 });
            counts[random.below(256)] = 1 + random.below(most) as u64;
        }
        let code = check(&counts);
        if code.counts[15] == 0 {
            assert_eq!(cost(&counts, &code), least(&counts));
        }
        assert!(cost(&counts, &code) >= least(&counts));
    }
}

#[test]
fn long_codes_are_limited_to_16_bits() {
    for symbols in 2..60 {
        let mut counts = [0; 256];
        let (mut last, mut next) = (1, 1);
        for count in &mut counts[..symbols] {
            *count = last;
            (last, next) = (next, last + next);
        }
        let code = check(&counts);
        let (made, least) = (cost(&counts, &code), least(&counts));
        assert!(made <= least + least / 50, "{made} for {least} of {symbols}");
    }
    let mut counts = [1; 256];
    counts[0] = u64::MAX >> 9;
    check(&counts);
}

#[test]
fn one_symbol_has_a_code_of_one_bit() {
    let mut counts = [0; 256];
    assert_eq!(check(&counts).symbols, []);
    counts[7] = 3;
    assert_eq!(check(&counts).words()[7], (0, 1));
}
