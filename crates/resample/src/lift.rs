//! What samples are as floats.

use crate::Error;
use crate::real::Lift;

/// A transfer function as tables, by which 8-bit samples are mixed in linear light.
#[derive(Debug, Clone, Copy)]
pub struct Curve<'a> {
    /// Linear light, 0 to 1, of each sample.
    pub linear: &'a [f32; 256],
    /// Samples of evenly spaced linear light; the first is that of 0, the last that of 1. Not empty.
    pub encoded: &'a [u8],
}

impl Curve<'_> {
    /// An error if it has no samples.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.encoded.is_empty() {
            return Err(Error::Mismatch("a curve without samples".into()));
        }
        Ok(())
    }

    fn encode(&self, light: f32) -> u8 {
        let last = self.encoded.len() - 1;
        // Float casts saturate.
        let step = (light * last as f32 + 0.5) as usize;
        self.encoded[step.min(last)]
    }
}

/// 8-bit samples as they are.
pub struct Plain {
    pub channels: usize,
}

impl Lift for Plain {
    fn lift(&self, row: &[u8], floats: &mut [f32]) {
        match self.channels {
            1 => floats.iter_mut().zip(row).for_each(|(to, from)| *to = f32::from(*from)),
            3 => widen(row.as_chunks::<3>().0, floats, |[r, g, b]| [f32::from(r), f32::from(g), f32::from(b), 0.0]),
            _ => widen(row.as_chunks::<4>().0, floats, |pixel| premultiplied(pixel.map(f32::from))),
        }
    }

    fn lower(&self, floats: &[f32], row: &mut [u8]) {
        match self.channels {
            1 => row.iter_mut().zip(floats).for_each(|(to, from)| *to = rounded(*from)),
            3 => narrow(floats, row.as_chunks_mut::<3>().0, |[r, g, b, _]| [r, g, b].map(rounded)),
            _ => narrow(floats, row.as_chunks_mut::<4>().0, |pixel| straight(pixel, 0.25).map(rounded)),
        }
    }
}

/// 8-bit samples in linear light.
pub struct Linear<'a> {
    pub channels: usize,
    pub curve: Curve<'a>,
}

impl Lift for Linear<'_> {
    fn lift(&self, row: &[u8], floats: &mut [f32]) {
        let light = |sample: u8| self.curve.linear[usize::from(sample)];
        match self.channels {
            1 => floats.iter_mut().zip(row).for_each(|(to, from)| *to = light(*from)),
            3 => widen(row.as_chunks::<3>().0, floats, |[r, g, b]| [light(r), light(g), light(b), 0.0]),
            _ => widen(row.as_chunks::<4>().0, floats, |[r, g, b, alpha]| {
                premultiplied([light(r), light(g), light(b), f32::from(alpha)])
            }),
        }
    }

    fn lower(&self, floats: &[f32], row: &mut [u8]) {
        match self.channels {
            1 => row.iter_mut().zip(floats).for_each(|(to, from)| *to = self.curve.encode(*from)),
            3 => narrow(floats, row.as_chunks_mut::<3>().0, |[r, g, b, _]| [r, g, b].map(|c| self.curve.encode(c))),
            _ => narrow(floats, row.as_chunks_mut::<4>().0, |pixel| {
                let [r, g, b, alpha] = straight(pixel, 0.25);
                let [r, g, b] = [r, g, b].map(|light| self.curve.encode(light));
                [r, g, b, rounded(alpha)]
            }),
        }
    }
}

/// 16-bit samples.
pub struct Wide {
    pub channels: usize,
}

impl Lift for Wide {
    fn lift(&self, row: &[u8], floats: &mut [f32]) {
        let sample = |bytes: &[u8; 2]| f32::from(u16::from_ne_bytes(*bytes));
        let samples = row.as_chunks::<2>().0;
        match self.channels {
            1 => floats.iter_mut().zip(samples).for_each(|(to, from)| *to = sample(from)),
            3 => widen(samples.as_chunks::<3>().0, floats, |[r, g, b]| [sample(&r), sample(&g), sample(&b), 0.0]),
            _ => widen(samples.as_chunks::<4>().0, floats, |pixel| premultiplied(pixel.map(|bytes| sample(&bytes)))),
        }
    }

    fn lower(&self, floats: &[f32], row: &mut [u8]) {
        // A float cast saturates.
        let bytes = |value: f32| ((value + 0.5) as u16).to_ne_bytes();
        let samples = row.as_chunks_mut::<2>().0;
        match self.channels {
            1 => samples.iter_mut().zip(floats).for_each(|(to, from)| *to = bytes(*from)),
            3 => narrow(floats, samples.as_chunks_mut::<3>().0, |[r, g, b, _]| [r, g, b].map(bytes)),
            _ => narrow(floats, samples.as_chunks_mut::<4>().0, |pixel| straight(pixel, 0.25).map(bytes)),
        }
    }
}

fn widen<P: Copy>(pixels: &[P], floats: &mut [f32], lifted: impl Fn(P) -> [f32; 4]) {
    for (to, pixel) in floats.as_chunks_mut::<4>().0.iter_mut().zip(pixels) {
        *to = lifted(*pixel);
    }
}

fn narrow<P>(floats: &[f32], pixels: &mut [P], lowered: impl Fn([f32; 4]) -> P) {
    for (pixel, from) in pixels.iter_mut().zip(floats.as_chunks::<4>().0) {
        *pixel = lowered(*from);
    }
}

fn premultiplied([r, g, b, alpha]: [f32; 4]) -> [f32; 4] {
    [r * alpha, g * alpha, b * alpha, alpha]
}

/// Colours of less alpha than `least` are black.
fn straight([r, g, b, alpha]: [f32; 4], least: f32) -> [f32; 4] {
    let scale = if alpha > least { 1.0 / alpha } else { 0.0 };
    [r * scale, g * scale, b * scale, alpha]
}

fn rounded(value: f32) -> u8 {
    // A float cast saturates.
    (value + 0.5) as u8
}
