use super::Random;

/// Quantised coefficients of a picture.
#[derive(Clone)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub components: Vec<Component>,
    /// Quantisation steps in zigzag order.
    pub steps: Vec<[u16; 64]>,
}

#[derive(Clone)]
pub struct Component {
    pub horizontal: usize,
    pub vertical: usize,
    pub table: usize,
    /// Blocks of all MCUs in rows, in zigzag order.
    pub blocks: Vec<[i16; 64]>,
    pub across: usize,
    /// Columns and rows of blocks that hold a sample of the picture.
    pub real: (usize, usize),
}

/// Sampling factors of the components.
pub const SAMPLINGS: [&[(usize, usize)]; 10] = [
    &[(1, 1)],
    &[(2, 2)],
    &[(1, 1), (1, 1), (1, 1)],
    &[(2, 2), (1, 1), (1, 1)],
    &[(2, 1), (1, 1), (1, 1)],
    &[(1, 2), (1, 1), (1, 1)],
    &[(4, 1), (1, 1), (1, 1)],
    &[(2, 2), (2, 1), (1, 2)],
    &[(4, 2), (1, 1), (1, 1)],
    &[(1, 1), (2, 2), (1, 4)],
];

impl Picture {
    pub fn largest(&self) -> (usize, usize) {
        let most = |factor: fn(&Component) -> usize| self.components.iter().map(factor).max().unwrap();
        if self.components.len() == 1 { (1, 1) } else { (most(|c| c.horizontal), most(|c| c.vertical)) }
    }

    /// Columns and rows of MCUs.
    pub fn mcus(&self) -> (usize, usize) {
        let (h, v) = self.largest();
        (self.width.div_ceil(8 * h), self.height.div_ceil(8 * v))
    }

    pub fn random(random: &mut Random, width: usize, height: usize, sampling: &[(usize, usize)]) -> Self {
        let wide = random.chance(1, 8);
        let coarse = 1 + random.below(60);
        let steps: Vec<[u16; 64]> = (0..2)
            .map(|_| std::array::from_fn(|_| (1 + random.below(coarse) + if wide { 255 } else { 0 }) as u16))
            .collect();
        let mut picture = Self { width, height, components: Vec::new(), steps };
        for (horizontal, vertical) in sampling {
            let table = random.below(2);
            let component = Component {
                horizontal: *horizontal,
                vertical: *vertical,
                table,
                blocks: vec![],
                across: 0,
                real: (0, 0),
            };
            picture.components.push(component);
        }
        let ((mcus, rows), largest) = (picture.mcus(), picture.largest());
        for component in &mut picture.components {
            let (h, v) = if sampling.len() == 1 { (1, 1) } else { (component.horizontal, component.vertical) };
            component.across = mcus * h;
            component.real = ((width * h).div_ceil(8 * largest.0), (height * v).div_ceil(8 * largest.1));
            let busy = random.below(5);
            let steps = &picture.steps[component.table];
            component.blocks = (0..mcus * h * rows * v).map(|_| block(random, steps, busy)).collect();
        }
        picture
    }
}

/// A block whose values stay within what samples of 8 bits give.
fn block(random: &mut Random, steps: &[u16; 64], busy: usize) -> [i16; 64] {
    let kind = random.below(8);
    std::array::from_fn(|k| {
        let most = (1023 / i32::from(steps[k])).max(1) as usize;
        let value = match (k, kind) {
            (0, _) => random.below(2 * most + 1) as i32 - most as i32,
            // A full block, an empty one, a lone value far behind, and the usual: fewer and smaller ones to the end.
            (_, 0) => 1 + random.below(3.min(most)) as i32,
            (_, 1) => 0,
            (_, 2) if k != 63 && k != 40 => 0,
            _ if random.chance(1, 1 + (k * (6 - busy)) / 8) => 1 + random.below((1 + 40 / k).min(most)) as i32,
            _ if random.chance(1, 400) => 1 + random.below(most) as i32,
            _ => 0,
        };
        if k > 0 && random.chance(1, 2) { -value as i16 } else { value as i16 }
    })
}
