use super::writer::{Scan, Token, interval, magnitude, scan, start, units};
use super::{Picture, Random};
use crate::huffman::Class;

/// One line of a script.
#[derive(Clone)]
struct Step {
    components: Vec<usize>,
    band: (usize, usize),
    high: u32,
    low: u32,
}

/// A progressive file with a random script, and the picture that its scans stand for.
pub fn file(random: &mut Random, picture: &Picture) -> (Vec<u8>, Picture) {
    let mut file = start(random, picture, 0xC2);
    let script = script(random, picture.components.len());
    let mut low = vec![[0; 64]; picture.components.len()];
    for step in &script {
        for component in &step.components {
            low[*component][step.band.0..=step.band.1].fill(step.low);
        }
        let parts: Vec<_> = step.components.iter().map(|c| (*c, random.below(2), random.below(2))).collect();
        let units = units(picture, &parts);
        let restart_interval = interval(random, units.len());
        let mut encoder = Encoder { tokens: Vec::new(), table: parts[0].2, step, run: 0, pending: Vec::new() };
        let mut predictions = [0; 3];
        for (number, unit) in units.iter().enumerate() {
            if restart_interval > 0 && number > 0 && number.is_multiple_of(restart_interval) {
                encoder.end_run();
                encoder.tokens.push(Token::Restart);
                predictions = [0; 3];
            }
            for (part, x, y) in unit {
                let component = &picture.components[parts[*part].0];
                let values = &component.blocks[y * component.across + x];
                match (step.band.0, step.high) {
                    (0, 0) => encoder.dc(parts[*part].1, values[0], &mut predictions[*part]),
                    (0, _) => encoder.tokens.push(Token::Bits(u32::from(values[0] as u16) >> step.low & 1, 1)),
                    (_, 0) => encoder.first(values),
                    _ => encoder.refine(values),
                }
            }
            if random.chance(1, 50) {
                encoder.end_run();
            }
        }
        encoder.end_run();
        let tokens = encoder.tokens;
        let band = (step.band.0 as u8, step.band.1 as u8);
        let approximation = (step.high << 4 | step.low) as u8;
        scan(random, &mut file, &Scan { parts, band, approximation, restart_interval, tokens });
    }
    file.extend([0xFF, 0xD9]);
    let mut given = picture.clone();
    for (component, low) in given.components.iter_mut().zip(low) {
        for block in &mut component.blocks {
            block[0] = block[0] >> low[0] << low[0];
            for (value, low) in block.iter_mut().zip(low).skip(1) {
                *value = value.signum() * (value.abs() >> low << low);
            }
        }
    }
    (file, given)
}

/// DC first; then bands of each component, and refinements down to nothing or not as far.
fn script(random: &mut Random, components: usize) -> Vec<Step> {
    let all: Vec<usize> = (0..components).collect();
    let groups = if random.chance(2, 3) { vec![all.clone()] } else { all.iter().map(|c| vec![*c]).collect() };
    let low = random.below(3) as u32;
    let dc = |components: &Vec<usize>, high, low| Step { components: components.clone(), band: (0, 0), high, low };
    let mut script: Vec<Step> = groups.iter().map(|group| dc(group, 0, low)).collect();
    let mut rest: Vec<Vec<Step>> = vec![];
    for group in &groups {
        rest.push((0..low).rev().map(|low| dc(group, low + 1, low)).collect());
    }
    for component in all {
        let mut cuts = vec![1, 64];
        for _ in 0..random.below(4) {
            cuts.push(1 + random.below(63));
        }
        cuts.sort_unstable();
        cuts.dedup();
        let low = random.below(4) as u32;
        let step = |band, high, low| Step { components: vec![component], band, high, low };
        let bands: Vec<_> = cuts.windows(2).map(|cut| (cut[0], cut[1] - 1)).collect();
        let mut steps: Vec<Step> = bands.iter().map(|band| step(*band, 0, low)).collect();
        random.shuffle(&mut steps);
        let stop = if random.chance(1, 5) { random.below(low as usize + 1) as u32 } else { 0 };
        for low in (stop..low).rev() {
            let whole = random.chance(1, 2);
            let bands = if whole { vec![(1, 63)] } else { bands.clone() };
            steps.extend(bands.into_iter().map(|band| step(band, low + 1, low)));
        }
        rest.push(steps);
    }
    // Mixed, each list in its own order.
    while rest.iter().any(|steps| !steps.is_empty()) {
        let i = random.below(rest.len());
        if !rest[i].is_empty() {
            script.push(rest[i].remove(0));
        }
    }
    script
}

struct Encoder<'a> {
    tokens: Vec<Token>,
    table: usize,
    step: &'a Step,
    /// Blocks since the last symbol whose bands have nothing new.
    run: u32,
    /// Correction bits of these blocks.
    pending: Vec<u32>,
}

impl Encoder<'_> {
    fn symbol(&mut self, symbol: u8) {
        self.tokens.push(Token::Symbol(Class::Ac, self.table, symbol));
    }

    fn end_run(&mut self) {
        if self.run > 0 {
            let size = self.run.ilog2();
            self.symbol((size << 4) as u8);
            self.tokens.push(Token::Bits(self.run, size));
            self.run = 0;
            self.corrections();
        }
    }

    fn corrections(&mut self) {
        self.tokens.extend(self.pending.drain(..).map(|bit| Token::Bits(bit, 1)));
    }

    fn dc(&mut self, table: usize, value: i16, prediction: &mut i32) {
        let value = i32::from(value) >> self.step.low;
        let (size, bits) = magnitude(value - *prediction);
        *prediction = value;
        self.tokens.extend([Token::Symbol(Class::Dc, table, size), bits]);
    }

    fn band(&self, values: &[i16; 64]) -> Vec<i32> {
        let shifted = |v: &i16| i32::from(v.signum()) * (i32::from(*v).abs() >> self.step.low);
        values[self.step.band.0..=self.step.band.1].iter().map(shifted).collect()
    }

    fn first(&mut self, values: &[i16; 64]) {
        let mut zeros = 0;
        for value in self.band(values) {
            if value == 0 {
                zeros += 1;
                continue;
            }
            self.end_run();
            while zeros > 15 {
                self.symbol(0xF0);
                zeros -= 16;
            }
            let (size, bits) = magnitude(value);
            self.symbol(zeros << 4 | size);
            self.tokens.push(bits);
            zeros = 0;
        }
        self.end_of_band(zeros > 0);
    }

    /// T.81, figure G.7.
    fn refine(&mut self, values: &[i16; 64]) {
        let band = self.band(values);
        let last_new = band.iter().rposition(|value| value.abs() == 1);
        let (mut zeros, mut corrections) = (0, Vec::new());
        for (k, value) in band.iter().enumerate() {
            if *value == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 && last_new.is_some_and(|last| k <= last) {
                self.end_run();
                self.symbol(0xF0);
                self.pending.append(&mut corrections);
                self.corrections();
                zeros -= 16;
            }
            if value.abs() > 1 {
                corrections.push((value.abs() & 1) as u32);
                continue;
            }
            self.end_run();
            self.symbol(zeros << 4 | 1);
            self.tokens.push(Token::Bits((*value > 0).into(), 1));
            self.pending.append(&mut corrections);
            self.corrections();
            zeros = 0;
        }
        let more = zeros > 0 || !corrections.is_empty();
        self.pending.append(&mut corrections);
        self.end_of_band(more);
    }

    fn end_of_band(&mut self, more: bool) {
        if more {
            self.run += 1;
            if self.run == 0x7FFF {
                self.end_run();
            }
        }
    }
}
