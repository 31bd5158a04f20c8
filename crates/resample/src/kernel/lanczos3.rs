use std::f64::consts::PI;

/// Lobes of the window on each side.
const LOBES: f64 = 3.0;

/// Weights below this at the ends of a kernel are none.
const NOTHING: f64 = 1e-7;

/// Computes the weights of one result sample after the other.
pub struct Lanczos3 {
    source: usize,
    scale: f64,
    values: Vec<f64>,
    one: Vec<f64>,
}

impl Lanczos3 {
    /// For an axis of `source` samples, widened by `scale`.
    pub fn new(source: u32, scale: f64) -> Self {
        Self { source: source as usize, scale, values: Vec::new(), one: Vec::new() }
    }

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
    pub fn of(&mut self, centres: [f64; 2]) -> (usize, &[f64]) {
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
}
