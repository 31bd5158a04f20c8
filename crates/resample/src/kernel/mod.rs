mod lanczos3;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::Error;
use lanczos3::Lanczos3;

/// Bits behind the point of fixed weights.
pub const WEIGHT_BITS: u32 = 14;

/// Weights of a result sample lie this many apart: what the widest vectors of 16-bit lanes take at a time.
const LANES: usize = 8;

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
    /// Lanczos3 from `part` of an axis of `source` samples (in samples, with fractions; 0 ≤ start < end ≤ `source`) to
    /// `result`.
    ///
    /// Its support widens with the factor when shrinking, and takes in samples outside of `part`. Where it reaches beyond
    /// the source, the weights inside count for all.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if a count is 0 or `part` is out of its range.
    pub fn lanczos3(source: u32, part: Range<f64>, result: u32) -> Result<Self, Error> {
        Self::mean_of_two(source, part, result, result, |index| [index; 2])
    }

    /// Lanczos3 to samples that each stand for two of `full` finer ones, as chroma does in 4:2:0: the mean of the two
    /// kernels to the finer samples, of an odd last one its own. It keeps more detail than [`Self::lanczos3`] to half as
    /// many.
    ///
    /// # Errors
    /// As [`Self::lanczos3`].
    pub fn lanczos3_pairs(source: u32, part: Range<f64>, full: u32) -> Result<Self, Error> {
        Self::mean_of_two(source, part, full, full.div_ceil(2), |index| [2 * index, (2 * index + 1).min(full - 1)])
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

    /// `part` is divided into `full` samples, of which `two` gives those whose kernels a result sample has the mean of.
    fn mean_of_two(
        source: u32,
        part: Range<f64>,
        full: u32,
        result: u32,
        two: impl Fn(u32) -> [u32; 2],
    ) -> Result<Self, Error> {
        let within = part.start >= 0.0 && part.start < part.end && part.end <= f64::from(source);
        if source == 0 || result == 0 || !within {
            return Err(Error::Mismatch(format!("{part:?} of {source} samples to {result}")));
        }
        let ratio = (part.end - part.start) / f64::from(full);
        let centres = |index| two(index).map(|fine| part.start + (f64::from(fine) + 0.5) * ratio);
        let mut weights = Lanczos3::new(source, ratio.max(1.0));
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
        // Weights that are nothing may reach beyond what the last counts; so may one before the last.
        let end = places.iter().map(|place| place.start + self.counts(*place)).max().unwrap_or(last.start);
        let used = first.start..end.min(self.source);
        let places = places.iter().map(|place| Place { start: place.start - used.start, ..*place }).collect();
        Ok((Self { source: used.end - used.start, places, ..self.clone() }, used))
    }

    /// Source samples from the start of `place` to the last that has a weight.
    fn counts(&self, place: Place) -> u32 {
        let weights = &self.real[place.slot as usize * self.stride..][..self.stride];
        weights.iter().rposition(|weight| *weight != 0.0).map_or(1, |last| last as u32 + 1)
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
