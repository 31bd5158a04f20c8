use super::writer::{Scan, Token, interval, magnitude, scan, start, units};
use super::{Picture, Random};
use crate::huffman::Class;

/// A sequential file, in one interleaved scan or one for each component.
pub fn file(random: &mut Random, picture: &Picture) -> Vec<u8> {
    let marker = if random.chance(1, 2) { 0xC0 } else { 0xC1 };
    let mut file = start(random, picture, marker);
    let all: Vec<_> = (0..picture.components.len()).map(|c| (c, random.below(2), random.below(2))).collect();
    let mut scans = if random.chance(2, 3) { vec![all] } else { all.into_iter().map(|part| vec![part]).collect() };
    random.shuffle(&mut scans);
    for parts in scans {
        let units = units(picture, &parts);
        let restart_interval = interval(random, units.len());
        let mut predictions = [0; 3];
        let mut tokens = Vec::new();
        for (number, unit) in units.iter().enumerate() {
            if restart_interval > 0 && number > 0 && number.is_multiple_of(restart_interval) {
                tokens.push(Token::Restart);
                predictions = [0; 3];
            }
            for (part, x, y) in unit {
                let (component, dc, ac) = parts[*part];
                let component = &picture.components[component];
                let values = &component.blocks[y * component.across + x];
                let (size, bits) = magnitude(i32::from(values[0]) - predictions[*part]);
                predictions[*part] = i32::from(values[0]);
                tokens.extend([Token::Symbol(Class::Dc, dc, size), bits]);
                block(&mut tokens, ac, values);
            }
        }
        let parts = Scan { parts, band: (0, 63), approximation: 0, restart_interval, tokens };
        scan(random, &mut file, &parts);
    }
    file.extend([0xFF, 0xD9]);
    file
}

fn block(tokens: &mut Vec<Token>, table: usize, values: &[i16; 64]) {
    let mut run = 0;
    for value in &values[1..] {
        if *value == 0 {
            run += 1;
            continue;
        }
        while run > 15 {
            tokens.push(Token::Symbol(Class::Ac, table, 0xF0));
            run -= 16;
        }
        let (size, bits) = magnitude((*value).into());
        tokens.extend([Token::Symbol(Class::Ac, table, run << 4 | size), bits]);
        run = 0;
    }
    if run > 0 {
        tokens.push(Token::Symbol(Class::Ac, table, 0));
    }
}
