use super::counts::Counts;
use super::encoder::Components;
use super::forward::{Samples, forward};
use super::quantiser::Quantiser;
use super::tokens::Tokens;
use crate::cpu::{Instructions, Work};

/// What is known of a scan while its strips come in.
#[derive(Debug)]
pub(super) struct Scan {
    /// Of luma and of chroma.
    pub quantisers: [Quantiser; 2],
    pub counts: [Counts; 2],
    pub tokens: Tokens,
    /// The last DC of each component.
    before: [i16; 3],
}

impl Scan {
    pub fn new(quantisers: [Quantiser; 2]) -> Self {
        Self { quantisers, counts: Default::default(), tokens: Tokens::default(), before: [0; 3] }
    }
}

/// One row of MCUs, whose planes have been checked: whole blocks, and as many of each as `units` asks for.
pub(super) struct Strip<'a> {
    pub scan: &'a mut Scan,
    pub components: Components,
    pub planes: &'a [&'a [u8]],
    /// MCUs in the row.
    pub units: usize,
    /// Columns and rows of blocks of luma that hold a sample of the picture.
    pub seen: (usize, usize),
}

impl Work for Strip<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        match (self.components, self.planes) {
            (Components::Grey, [luma]) => grey::<I>(self.scan, luma, self.units),
            (Components::YCbCr420, [luma, blue, red]) => {
                colour::<I>(self.scan, luma, [blue, red], self.units, self.seen);
            }
            _ => {}
        }
    }
}

#[inline(always)]
fn grey<I: Instructions>(scan: &mut Scan, luma: &[u8], units: usize) {
    let stride = units * 8;
    let mut blocks = [[0; 64]; 2];
    for unit in (0..units).step_by(2) {
        // Without a right neighbour, a block is made twice and taken once.
        let pair = [unit, (unit + 1).min(units - 1)].map(|unit| Samples { bytes: &luma[unit * 8..], stride });
        let set = forward::<I>(pair, &scan.quantisers[0], &mut blocks);
        for (block, set) in blocks.iter().zip(set).take(units - unit) {
            scan.counts[0].block(block, set, &mut scan.before[0], scan.tokens.room());
        }
    }
}

#[inline(always)]
fn colour<I: Instructions>(
    scan: &mut Scan,
    luma: &[u8],
    chroma: [&[u8]; 2],
    units: usize,
    (columns, rows): (usize, usize),
) {
    let [stride, half] = [units * 16, units * 8];
    let [of_luma, of_chroma] = &scan.quantisers;
    let [luma_counts, chroma_counts] = &mut scan.counts;
    let [before, before_blue, before_red] = &mut scan.before;
    let mut blocks = [[0; 64]; 2];
    for unit in 0..units {
        let tokens = scan.tokens.room();
        for row in 0..2 {
            if row >= rows {
                luma_counts.unseen(tokens);
                luma_counts.unseen(tokens);
                continue;
            }
            let at = row * 8 * stride + unit * 16;
            let pair = [at, at + 8].map(|at| Samples { bytes: &luma[at..], stride });
            let set = forward::<I>(pair, of_luma, &mut blocks);
            luma_counts.block(&blocks[0], set[0], before, tokens);
            if 2 * unit + 1 < columns {
                luma_counts.block(&blocks[1], set[1], before, tokens);
            } else {
                luma_counts.unseen(tokens);
            }
        }
        let pair = chroma.map(|plane| Samples { bytes: &plane[unit * 8..], stride: half });
        let set = forward::<I>(pair, of_chroma, &mut blocks);
        chroma_counts.block(&blocks[0], set[0], before_blue, tokens);
        chroma_counts.block(&blocks[1], set[1], before_red, tokens);
    }
}
