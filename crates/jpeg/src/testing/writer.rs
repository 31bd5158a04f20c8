use std::collections::{BTreeMap, BTreeSet};

use super::huffman::Table;
use super::{Picture, Random};
use crate::huffman::Class;

/// What entropy-coded data consist of.
#[derive(Clone, Copy)]
pub enum Token {
    Symbol(Class, usize, u8),
    /// A number and how many bits it has.
    Bits(u32, u32),
    Restart,
}

/// A scan before its codes are chosen.
pub struct Scan {
    /// Component, DC and AC table.
    pub parts: Vec<(usize, usize, usize)>,
    pub band: (u8, u8),
    pub approximation: u8,
    pub restart_interval: usize,
    pub tokens: Vec<Token>,
}

pub fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    file.extend([0xFF, marker]);
    file.extend((body.len() as u16 + 2).to_be_bytes());
    file.extend(body);
}

/// Everything up to the frame header.
pub fn start(random: &mut Random, picture: &Picture, marker: u8) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    segment(&mut file, 0xE5, b"\xFF\xC4 among parameters");
    for (number, steps) in picture.steps.iter().enumerate() {
        let wide = steps.iter().any(|step| *step > 255) || random.chance(1, 4);
        let mut body = vec![number as u8 | if wide { 0x10 } else { 0 }];
        for step in steps {
            body.extend(if wide { step.to_be_bytes().to_vec() } else { vec![*step as u8] });
        }
        segment(&mut file, 0xDB, &body);
    }
    let mut frame = vec![8];
    frame.extend((picture.height as u16).to_be_bytes());
    frame.extend((picture.width as u16).to_be_bytes());
    frame.push(picture.components.len() as u8);
    for (index, c) in picture.components.iter().enumerate() {
        frame.extend([index as u8 + 1, (c.horizontal << 4 | c.vertical) as u8, c.table as u8]);
    }
    segment(&mut file, marker, &frame);
    file
}

/// Tables, header and data of a scan.
pub fn scan(random: &mut Random, file: &mut Vec<u8>, scan: &Scan) {
    let mut used: BTreeMap<(usize, usize), BTreeSet<u8>> = BTreeMap::new();
    for token in &scan.tokens {
        if let Token::Symbol(class, number, symbol) = token {
            used.entry((*class as usize, *number)).or_default().insert(*symbol);
        }
    }
    let mut tables = BTreeMap::new();
    for ((class, number), symbols) in used {
        let table = Table::random(random, &symbols.into_iter().collect::<Vec<_>>());
        segment(file, 0xC4, &[&[(class << 4 | number) as u8][..], &table.bytes].concat());
        tables.insert((class, number), table);
    }
    segment(file, 0xDD, &(scan.restart_interval as u16).to_be_bytes());
    let mut header = vec![scan.parts.len() as u8];
    for (component, dc, ac) in &scan.parts {
        header.extend([*component as u8 + 1, (dc << 4 | ac) as u8]);
    }
    header.extend([scan.band.0, scan.band.1, scan.approximation]);
    segment(file, 0xDA, &header);
    let mut data = Data::default();
    let mut number = 0;
    for token in &scan.tokens {
        match token {
            Token::Symbol(class, table, symbol) => {
                let (code, length) = tables[&(*class as usize, *table)].code(*symbol);
                data.bits(code, length);
            }
            Token::Bits(value, count) => data.bits(*value, *count),
            Token::Restart => {
                data.align();
                let fill = random.chance(1, 4);
                data.bytes.extend(if fill { &[0xFF, 0xFF][..] } else { &[0xFF] });
                data.bytes.push(0xD0 + number);
                number = (number + 1) % 8;
            }
        }
    }
    data.align();
    file.extend(data.bytes);
}

#[derive(Default)]
struct Data {
    bytes: Vec<u8>,
    buffer: u64,
    count: u32,
}

impl Data {
    fn bits(&mut self, value: u32, count: u32) {
        self.buffer = self.buffer << count | u64::from(value) & ((1 << count) - 1);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.buffer >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    fn align(&mut self) {
        self.bits(0x7F, (8 - self.count % 8) % 8);
    }
}

/// The size of a value, and its bits (T.81, section F.1.2.1).
pub fn magnitude(value: i32) -> (u8, Token) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    (size as u8, Token::Bits((if value < 0 { value - 1 } else { value }) as u32, size))
}

/// The blocks of a scan in their order, unit by unit: part of the scan, and column and row of the block.
pub fn units(picture: &Picture, parts: &[(usize, usize, usize)]) -> Vec<Vec<(usize, usize, usize)>> {
    if let [(component, ..)] = parts {
        let (across, down) = picture.components[*component].real;
        return (0..down).flat_map(|y| (0..across).map(move |x| vec![(0, x, y)])).collect();
    }
    let (across, down) = picture.mcus();
    let mut units = Vec::new();
    for row in 0..down {
        for column in 0..across {
            let mut unit = Vec::new();
            for (part, (component, ..)) in parts.iter().enumerate() {
                let (h, v) = (picture.components[*component].horizontal, picture.components[*component].vertical);
                unit.extend((0..v).flat_map(|y| (0..h).map(move |x| (part, column * h + x, row * v + y))));
            }
            units.push(unit);
        }
    }
    units
}

/// A restart interval, more often none.
pub fn interval(random: &mut Random, units: usize) -> usize {
    if random.chance(1, 2) { 0 } else { 1 + random.below(units.min(20)) }
}
