//! The additive feedback generator that glibc calls `TYPE_3`, which is `random()`: published as r(i) = r(i−3) + r(i−31)
//! mod 2³², of which the lowest bit is dropped.

/// How far the older of the two terms lies back.
const LONG: usize = 31;
/// How far the newer lies back.
const SHORT: usize = 3;
/// Numbers that are thrown away at the beginning.
const WARM_UP: usize = 10 * LONG;

/// Numbers from 0 to 2³¹ − 1.
pub struct Random {
    state: [u32; LONG],
    /// The place of the oldest number, which the next one takes.
    next: usize,
}

impl Random {
    /// The sequence of `srandom(seed)`; 0 counts as 1.
    ///
    /// The first numbers are those of the minimal standard generator of Park and Miller, 16807·r mod 2³¹ − 1.
    pub fn new(seed: u32) -> Self {
        let mut state = [0; LONG];
        // As a signed number of 32 bits, which may be negative only here.
        let mut word = i64::from(seed.max(1).cast_signed());
        for place in &mut state {
            *place = word as u32;
            word = (16_807 * word) % i64::from(i32::MAX);
            if word < 0 {
                word += i64::from(i32::MAX);
            }
        }
        let mut random = Self { state, next: SHORT };
        (0..WARM_UP).for_each(|_| {
            random.next();
        });
        random
    }

    pub fn next(&mut self) -> u32 {
        let newer = self.state[(self.next + LONG - SHORT) % LONG];
        let number = self.state[self.next].wrapping_add(newer);
        self.state[self.next] = number;
        self.next = (self.next + 1) % LONG;
        number >> 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_of_seed_1_is_the_well_known_one() {
        let mut random = Random::new(1);
        let first: Vec<u32> = (0..5).map(|_| random.next()).collect();
        assert_eq!(first, [1_804_289_383, 846_930_886, 1_681_692_777, 1_714_636_915, 1_957_747_793]);
        assert_eq!(Random::new(0).next(), 1_804_289_383);
        assert_ne!(Random::new(7).next(), 1_804_289_383);
    }
}
