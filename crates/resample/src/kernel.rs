use std::f64::consts::PI;
use std::ops::Range;

use crate::Error;

/// Bits behind the point of fixed weights.
pub const WEIGHT_BITS: u32 = 14;

/// Weights of a result sample lie this many apart: what the widest vectors of 16-bit lanes take at a time.
const LANES: usize = 8;

/// Lobes of the window on each side.
const LOBES: f64 = 3.0;

/// Weights below this at the ends of a kernel are none.
const NOTHING: f64 = 1e-7;

/// Which source samples of one axis each result sample is the weighted sum of.
///
/// It is the dearer part of a small resampling: planes of the same size share it.
#[derive(Debug, Clone)]
pub struct Kernel {
    source: u32,
    places: Vec<Place>,
    taps: usize,
    stride: usize,
    real: Vec<f32>,
    fixed: Vec<i16>,
}

/// Where the weights of a result sample are found, and what the first of them is for.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u32,
    /// Neighbours with equal weights share them.
    slot: u32,
}

impl Kernel {
    /// Lanczos3 from the first `part` (0 exclusive to `source`, with a fraction) of `source` samples to `result`.
    ///
    /// Its support widens with the factor when shrinking. Where it reaches beyond the source, the weights inside count
    /// for all.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if a count is 0 or `part` is out of its range.
    pub fn lanczos3(source: u32, part: f64, result: u32) -> Result<Self, Error> {
        let ratio = part / f64::from(result);
        Self::mean_of_two(source, part, result, ratio, |index| [(f64::from(index) + 0.5) * ratio; 2])
    }

    /// Lanczos3 to samples that each stand for two of `full` finer ones, as chroma does in 4:2:0: the mean of the two
    /// kernels to the finer samples, of an odd last one its own. It keeps more detail than [`Self::lanczos3`] to half as
    /// many.
    ///
    /// # Errors
    /// As [`Self::lanczos3`].
    pub fn lanczos3_pairs(source: u32, part: f64, full: u32) -> Result<Self, Error> {
        let ratio = part / f64::from(full);
        Self::mean_of_two(source, part, full.div_ceil(2), ratio, |index| {
            [2 * index, (2 * index + 1).min(full - 1)].map(|fine| (f64::from(fine) + 0.5) * ratio)
        })
    }

    /// Any weights: `weights` gives for each result sample the source sample that the first is for, which may lie outside
    /// and never falls, and the weights, whose sum is scaled to 1. Beyond the ends the outermost samples repeat.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if a count is 0, or the sum of some weights is.
    pub fn new(source: u32, result: u32, mut weights: impl FnMut(u32, &mut Vec<f64>) -> i64) -> Result<Self, Error> {
        if source == 0 || result == 0 {
            return Err(Error::Mismatch(format!("{source} samples to {result}")));
        }
        let last = i64::from(source) - 1;
        let (mut all, mut spans, mut one) = (Vec::new(), Vec::with_capacity(result as usize), Vec::new());
        for index in 0..result {
            one.clear();
            let first = weights(index, &mut one);
            let sum: f64 = one.iter().sum();
            if !sum.is_normal() {
                return Err(Error::Mismatch("weights that do not sum to 1".into()));
            }
            let start = first.clamp(0, last);
            let end = (first.saturating_add(one.len() as i64) - 1).clamp(start, last);
            let from = all.len();
            all.resize(from + (end - start + 1) as usize, 0.0);
            for (sample, weight) in (first..).zip(&one) {
                all[from + (sample.clamp(start, end) - start) as usize] += weight / sum;
            }
            spans.push(Span { start: start as usize, lead: 0, count: all.len() - from });
        }
        Ok(Self::assemble(source, spans, &all))
    }

    /// `centres` gives the two places, in source samples, of the kernels whose mean a result sample has.
    fn mean_of_two(
        source: u32,
        part: f64,
        result: u32,
        ratio: f64,
        centres: impl Fn(u32) -> [f64; 2],
    ) -> Result<Self, Error> {
        if source == 0 || result == 0 || !(part > 0.0 && part <= f64::from(source)) {
            return Err(Error::Mismatch(format!("{part} of {source} samples to {result}")));
        }
        let mut weights =
            Lanczos3 { source: source as usize, scale: ratio.max(1.0), values: Vec::new(), one: Vec::new() };
        let mut all = Vec::new();
        let spans = (0..result)
            .map(|index| {
                let (start, values) = weights.of(centres(index));
                all.extend_from_slice(values);
                Span { start, lead: 0, count: values.len() }
            })
            .collect();
        Ok(Self::assemble(source, spans, &all))
    }

    fn assemble(source: u32, mut spans: Vec<Span>, all: &[f64]) -> Self {
        // A kernel whose first weights are nothing starts no later than the next, so that rows can be let go in order.
        for index in (1..spans.len()).rev() {
            let next = spans[index].start;
            let span = &mut spans[index - 1];
            span.lead = span.start.saturating_sub(next);
            span.start -= span.lead;
        }
        let taps = spans.iter().map(|span| span.lead + span.count).max().unwrap_or(1);
        let stride = taps.next_multiple_of(LANES);
        let mut this =
            Self { source, places: Vec::with_capacity(spans.len()), taps, stride, real: Vec::new(), fixed: Vec::new() };
        let (mut values, mut before, mut lead_before): (_, &[f64], _) = (all, &[], 0);
        for span in spans {
            let (own, rest) = values.split_at(span.count);
            values = rest;
            if own != before || span.lead != lead_before {
                this.push(span.lead, own);
            }
            (before, lead_before) = (own, span.lead);
            let slot = this.fixed.len() / stride - 1;
            this.places.push(Place { start: span.start as u32, slot: slot as u32 });
        }
        this
    }

    /// A slot of weights.
    fn push(&mut self, lead: usize, values: &[f64]) {
        let at = self.fixed.len() + lead;
        self.real.resize(self.real.len() + self.stride, 0.0);
        self.fixed.resize(self.fixed.len() + self.stride, 0);
        // Rounding the running sum makes the sum of all exact.
        let (mut sum, mut given) = (0.0, 0);
        for ((real, fixed), value) in self.real[at..].iter_mut().zip(&mut self.fixed[at..]).zip(values) {
            *real = *value as f32;
            sum += value;
            let rounded = (sum * f64::from(1 << WEIGHT_BITS)).round() as i32;
            *fixed = (rounded - given) as i16;
            given = rounded;
        }
    }

    /// The result samples that change if source samples in `changed` do: an empty range if there are none.
    pub fn reached(&self, changed: Range<u32>) -> Range<u32> {
        if changed.is_empty() {
            return 0..0;
        }
        // Starts never fall.
        let first = self.places.partition_point(|place| place.start as usize + self.taps <= changed.start as usize);
        let end = self.places.partition_point(|place| place.start < changed.end);
        first as u32..end.max(first) as u32
    }

    /// The kernel of the result samples `window` alone, for those source samples alone that they are made of; and which
    /// these are.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the window is empty or goes beyond the result.
    pub fn window(&self, window: Range<u32>) -> Result<(Self, Range<u32>), Error> {
        let places = self.places.get(window.start as usize..window.end as usize).unwrap_or_default();
        let ([first, ..], [.., last]) = (places, places) else {
            return Err(Error::Mismatch(format!("{window:?} of {} samples", self.result())));
        };
        let used = first.start..(last.start + self.taps as u32).min(self.source);
        let places = places.iter().map(|place| Place { start: place.start - used.start, ..*place }).collect();
        Ok((Self { source: used.end - used.start, places, ..self.clone() }, used))
    }

    /// Samples that it is for.
    pub fn source(&self) -> u32 {
        self.source
    }

    /// Samples that it gives.
    pub fn result(&self) -> u32 {
        self.places.len() as u32
    }

    /// Whether each result sample is the source sample of the same place.
    pub fn copies(&self) -> bool {
        let same = |(index, place): (usize, &Place)| place.start as usize == index;
        self.taps == 1 && self.source == self.result() && self.places.iter().enumerate().all(same)
    }

    /// Source samples that a result sample is made of at most.
    pub(crate) fn taps(&self) -> usize {
        self.taps
    }

    /// The first source sample of result sample `index`; never falls as `index` rises.
    pub(crate) fn start(&self, index: usize) -> usize {
        self.places[index].start as usize
    }

    /// Weights of result sample `index`: [`Self::taps`] rounded up to a multiple of 8, with zeros at the end.
    pub(crate) fn real(&self, index: usize) -> &[f32] {
        &self.real[self.places[index].slot as usize * self.stride..][..self.stride]
    }

    /// As [`Self::real`], with [`WEIGHT_BITS`] behind the point; they sum to exactly 1.
    pub(crate) fn fixed(&self, index: usize) -> &[i16] {
        &self.fixed[self.places[index].slot as usize * self.stride..][..self.stride]
    }
}

/// Weights of one result sample, before those of all are brought together.
struct Span {
    start: usize,
    /// Weights of 0 before the others.
    lead: usize,
    count: usize,
}

/// Computes the weights of one result sample after the other.
struct Lanczos3 {
    source: usize,
    scale: f64,
    values: Vec<f64>,
    one: Vec<f64>,
}

impl Lanczos3 {
    /// First and end of the source samples within the support around `centre`: one at least.
    fn support(&self, centre: f64) -> (usize, usize) {
        let reach = LOBES * self.scale;
        // Sample i lies at i + ½. Float casts saturate.
        let first = ((centre - reach - 0.5).floor() + 1.0) as usize;
        let end = (centre + reach - 0.5).ceil() as usize;
        let first = first.min(self.source - 1);
        (first, end.clamp(first + 1, self.source))
    }

    fn span(&self, centres: [f64; 2]) -> (usize, usize) {
        let [(first, end), (other_first, other_end)] = centres.map(|centre| self.support(centre));
        (first.min(other_first), end.max(other_end))
    }

    /// The first source sample that counts, and the weights from it to the last that counts.
    fn of(&mut self, centres: [f64; 2]) -> (usize, &[f64]) {
        let (first, end) = self.span(centres);
        self.values.clear();
        self.values.resize(end - first, 0.0);
        let same = centres[0].to_bits() == centres[1].to_bits();
        let (centres, share) = if same { (&centres[..1], 1.0) } else { (&centres[..], 0.5) };
        for centre in centres {
            let (from, to) = self.support(*centre);
            lanczos3(from as f64 + 0.5 - centre, self.scale, to - from, &mut self.one);
            let scale = share / self.one.iter().sum::<f64>();
            for (value, one) in self.values[from - first..].iter_mut().zip(&self.one) {
                *value += one * scale;
            }
        }
        let counts = |value: &f64| value.abs() > NOTHING;
        let skipped = self.values.iter().position(counts).unwrap_or(0);
        let end = self.values.iter().rposition(counts).map_or(self.values.len(), |last| last + 1);
        (first + skipped, &self.values[skipped..end])
    }
}

/// `count` values of 3·sin(πx)·sin(πx/3)/(πx)² for x = (`distance` + i) / `scale`.
///
/// The angles grow evenly, so that each pair of sines is the one before turned by a fixed angle.
fn lanczos3(distance: f64, scale: f64, count: usize, values: &mut Vec<f64>) {
    let angle = PI * distance / scale;
    let (mut fast, mut slow) = (Turning::new(angle, PI / scale), Turning::new(angle / LOBES, PI / scale / LOBES));
    let step = scale.recip();
    values.clear();
    values.extend((0..count).map(|index| {
        let x = (distance + index as f64) * step;
        let value = fast.next() * slow.next() * (LOBES / (PI * PI)) / (x * x);
        match x.abs() {
            near if near < 1e-5 => 1.0,
            far if far >= LOBES => 0.0,
            _ => value,
        }
    }));
}

/// The sines of evenly growing angles.
struct Turning {
    sine: f64,
    cosine: f64,
    by: (f64, f64),
}

impl Turning {
    fn new(angle: f64, step: f64) -> Self {
        let (sine, cosine) = angle.sin_cos();
        Self { sine, cosine, by: step.sin_cos() }
    }

    fn next(&mut self) -> f64 {
        let now = self.sine;
        let (sine, cosine) = self.by;
        (self.sine, self.cosine) = (now * cosine + self.cosine * sine, self.cosine * cosine - now * sine);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_do_not_overflow() {
        for source in [1, 2, 3, 7, 50, 333, 4000] {
            for result in [1, 2, 3, 8, 49, 50, 51, 500, 3000] {
                for part in [f64::from(source), f64::from(source) - 0.5] {
                    for kernel in [Kernel::lanczos3(source, part, result), Kernel::lanczos3_pairs(source, part, result)]
                    {
                        let kernel = kernel.unwrap();
                        for index in 0..kernel.result() as usize {
                            let weights = kernel.fixed(index).iter().map(|weight| i32::from(*weight));
                            assert_eq!(weights.clone().sum::<i32>(), 1 << WEIGHT_BITS);
                            // Lines of 16 bits times this fit 32 bits, with the rounding term.
                            assert!(weights.map(i32::abs).sum::<i32>() < 3 << WEIGHT_BITS);
                            let used = kernel.fixed(index).iter().rposition(|weight| *weight != 0).unwrap();
                            assert!(kernel.start(index) + used < source as usize);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_size_that_it_has_is_a_copy() {
        let kernel = Kernel::lanczos3(40, 40.0, 40).unwrap();
        assert_eq!((kernel.copies(), kernel.start(0), kernel.start(39)), (true, 0, 39));
        assert!(!Kernel::lanczos3(40, 40.0, 41).unwrap().copies());
    }

    #[test]
    fn turned_sines_are_sines() {
        let mut values = Vec::new();
        for (distance, scale) in [(-2.9, 1.0), (-29.97, 10.0), (-2999.5, 1000.0), (-6.0, 2.0)] {
            lanczos3(distance, scale, (scale * 6.0) as usize, &mut values);
            for (index, value) in values.iter().enumerate() {
                let x = PI * (distance + index as f64) / scale;
                let exact = if x == 0.0 { 1.0 } else { LOBES * x.sin() * (x / LOBES).sin() / (x * x) };
                assert!((value - exact).abs() < 1e-9, "{distance} {scale} {index}: {value} {exact}");
            }
        }
    }

    #[test]
    fn an_odd_last_pair_is_alone() {
        let (pair, full) = (Kernel::lanczos3_pairs(90, 90.0, 31).unwrap(), Kernel::lanczos3(90, 90.0, 31).unwrap());
        assert_eq!((pair.result(), pair.start(15)), (16, full.start(30)));
        assert!(pair.real(15).iter().zip(full.real(30)).all(|(pair, full)| (pair - full).abs() < 1e-6));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        for (source, part, result) in [(0, 0.0, 1), (1, 1.0, 0), (3, 3.5, 1), (3, 0.0, 1), (3, f64::NAN, 1)] {
            assert!(Kernel::lanczos3(source, part, result).is_err());
            assert!(Kernel::lanczos3_pairs(source, part, result).is_err());
        }
        assert!(Kernel::new(0, 1, |_, _| 0).is_err());
        assert!(Kernel::new(1, 1, |_, _| 0).is_err());
        assert!(
            Kernel::new(1, 1, |_, weights| {
                weights.push(f64::NAN);
                0
            })
            .is_err()
        );
    }

    #[test]
    fn the_outermost_samples_repeat() {
        let kernel = Kernel::new(5, 5, |index, weights| {
            weights.extend([1.0, 2.0, 1.0]);
            i64::from(index) - 1
        })
        .unwrap();
        let quarters = |index: usize| kernel.fixed(index)[..3].iter().map(|weight| weight / 4096).collect::<Vec<_>>();
        assert_eq!((kernel.start(0), quarters(0)), (0, vec![3, 1, 0]));
        assert_eq!((kernel.start(3), quarters(3)), (2, vec![1, 2, 1]));
        assert_eq!((kernel.start(4), quarters(4)), (3, vec![1, 3, 0]));
        let outside = Kernel::new(3, 2, |index, weights| {
            weights.extend([1.0; 4]);
            i64::from(index) * 100 - 50
        })
        .unwrap();
        assert_eq!((outside.taps(), outside.start(0), outside.start(1)), (1, 0, 2));
    }
}
