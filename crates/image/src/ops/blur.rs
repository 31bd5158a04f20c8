use lightmill_recipe::{Blur, Light, Size};
use lightmill_resample::Kernel;

use super::mix::{Kernels, mix};
use super::narrow;
use crate::{Cancel, Error, Layout, Picture, Plane};

/// Widest kernel, in samples on each side, that is applied as it is; wider ones work on a reduced picture, so that the
/// cost does not grow with the kernel.
const DIRECT_RADIUS: usize = 24;

/// The same of a Gaussian, as its standard deviation.
const DIRECT_SIGMA: f64 = 6.0;

/// Reduced samples beyond each edge, so that the enlargement has neighbours on both sides everywhere.
const MARGIN: u32 = 1;

/// A softer picture of the same size: Gaussian or an explicit window. Beyond the edges the outermost pixels repeat.
///
/// All layouts of 8 bits stay, 16 bits become 8; RGBA is mixed premultiplied. Subsampled chroma is mixed by the kernel of luma as its coarser samples
/// see it. A kernel of more than 24 samples on each side is applied to a picture that is reduced by the mean of k×k
/// pixels and enlarged linearly, which together widen a Gaussian by (k² − 1)/4 in variance; that is taken off its own.
/// The result is within 2 of 255 levels of the exact one, of a window of more than 24 pixels within 4.
pub fn blur(picture: Picture, blur: Blur, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let (size, layout) = (picture.size(), picture.layout());
    let whole = Softener::new(blur, size, size, (1, 1))?;
    let result = match (layout, picture.planes()) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            let shared = (subsampling.horizontal, subsampling.vertical);
            let chroma = Softener::new(blur, size, subsampling.chroma(size), shared)?;
            let planes =
                [whole.soften(luma, 1, cancel)?, chroma.soften(blue, 1, cancel)?, chroma.soften(red, 1, cancel)?];
            Picture::planar(size, subsampling, planes)?
        }
        (_, planes) => Picture::interleaved(size, layout, whole.soften(&planes[0], layout.channels(), cancel)?.data)?,
    };
    Ok(result.with_icc(picture.icc))
}

/// Passes over a plane, one after the other, each with a kernel across and one down.
struct Softener(Vec<Kernels>);

impl Softener {
    /// For a plane of size `plane` in a picture of size `picture`, each of whose samples stands for `shared` pixels.
    fn new(blur: Blur, picture: Size, plane: Size, shared: (u8, u8)) -> Result<Self, Error> {
        let across = axis(plan(blur, picture, shared.0), plane.width)?;
        let down = axis(plan(blur, picture, shared.1), plane.height)?;
        // Of two axes, only one may work on a reduced plane: the other one's first and last pass then copy.
        let passes = across.into_iter().zip(down).filter(|(across, down)| !(across.copies() && down.copies()));
        Ok(Self(passes.map(|(across, down)| Kernels::corner(across, down)).collect()))
    }

    fn soften(&self, plane: &Plane, channels: usize, cancel: &Cancel) -> Result<Plane, Error> {
        let mut softened = None;
        for kernels in &self.0 {
            let from = softened.as_ref().unwrap_or(plane);
            softened = Some(mix(from, channels, kernels, Light::Gamma, cancel)?);
        }
        Ok(softened.unwrap_or_else(|| plane.clone()))
    }
}

/// How one axis is softened.
struct Plan {
    /// By how much it is reduced first.
    reduction: u32,
    /// One half of the symmetric kernel for the reduced samples, from the middle outwards.
    half: Vec<f64>,
}

fn plan(blur: Blur, size: Size, shared: u8) -> Plan {
    // A kernel that reaches much further than the picture sees only repeated edges.
    let furthest = f64::from(size.longer()) * 2.0 + 8.0;
    match blur {
        Blur::Gaussian { sigma } => {
            let sigma = f64::from(sigma).clamp(0.01, furthest);
            let own = sigma / f64::from(shared);
            if own < DIRECT_SIGMA {
                return Plan { reduction: 1, half: fold(gaussian(sigma), shared) };
            }
            let reduction = (own / 3.0) as u32;
            let squared = f64::from(reduction).powi(2);
            let left = (own * own - (squared - 1.0) / 4.0) / squared;
            Plan { reduction, half: gaussian(left.sqrt()) }
        }
        Blur::Window { radius, sigma } => {
            let sigma = f64::from(sigma).clamp(0.01, furthest);
            // exp(−d²/σ²) is below 1/100,000 from there on.
            let radius = f64::from(radius).min((sigma * 3.4).ceil()).min(furthest) as u32;
            let half =
                fold((0..=radius).map(|distance| (-(f64::from(distance) / sigma).powi(2)).exp()).collect(), shared);
            let reduction = (half.len() - 1).div_ceil(DIRECT_RADIUS).max(1);
            // A reduced sample has the weight of those that it stands for.
            let binned = |index: usize| {
                let first = (index * reduction) as i64 - (reduction as i64 - 1) / 2;
                let weights =
                    (first..first + reduction as i64).map(|distance| half.get(distance.unsigned_abs() as usize));
                weights.flatten().sum::<f64>()
            };
            let binned = (0..=(half.len() - 1).div_ceil(reduction)).map(binned).collect();
            Plan { reduction: reduction as u32, half: binned }
        }
    }
}

/// exp(−d²/2σ²) to the distance where it is below 1/1000.
fn gaussian(sigma: f64) -> Vec<f64> {
    let radius = (sigma * 3.72).ceil() as u32;
    (0..=radius).map(|distance| (-f64::from(distance).powi(2) / (2.0 * sigma * sigma)).exp()).collect()
}

/// A kernel as samples see it that stand for `shared` (1 or 2) pixels each: what lies between two of them counts half for
/// each.
fn fold(half: Vec<f64>, shared: u8) -> Vec<f64> {
    if shared == 1 {
        return half;
    }
    let at = |distance: usize| half.get(distance).copied().unwrap_or(0.0);
    let folded = |index: usize| {
        let middle = index * 2;
        at(middle) + f64::midpoint(at(middle.abs_diff(1)), at(middle + 1))
    };
    (0..=half.len() / 2).map(folded).collect()
}

/// The three passes over an axis of `length` samples: to fewer, softening, back to as many.
fn axis(Plan { reduction, half }: Plan, length: u32) -> Result<[Kernel; 3], Error> {
    let reduced = if reduction == 1 { length } else { length.div_ceil(reduction) + 2 * MARGIN };
    let radius = half.len() as i64 - 1;
    let soft = Kernel::new(reduced, reduced, |index, weights| {
        weights.extend((-radius..=radius).map(|distance| half[distance.unsigned_abs() as usize]));
        i64::from(index) - radius
    });
    let copy = || {
        Kernel::new(length, length, |index, weights| {
            weights.push(1.0);
            i64::from(index)
        })
    };
    let kernels = if reduction == 1 {
        [copy(), soft, copy()]
    } else {
        let fewer = Kernel::new(length, reduced, |index, weights| {
            weights.resize(reduction as usize, 1.0);
            (i64::from(index) - i64::from(MARGIN)) * i64::from(reduction)
        });
        let back = Kernel::new(reduced, length, |index, weights| {
            let factor = f64::from(reduction);
            let position = (f64::from(index) - (factor - 1.0) / 2.0) / factor + f64::from(MARGIN);
            let share = position.fract();
            weights.extend([1.0 - share, share]);
            position as i64
        });
        [fewer, soft, back]
    };
    let [fewer, soft, back] = kernels;
    let settle = |kernel: Result<Kernel, _>| kernel.map_err(Error::internal);
    Ok([settle(fewer)?, settle(soft)?, settle(back)?])
}

#[cfg(test)]
mod tests {
    use super::super::convert;
    use super::*;
    use crate::Subsampling;

    /// Steps, stripes and noise.
    fn busy(size: Size, layout: Layout) -> Picture {
        let mut state = 7u32;
        let mut picture = Picture::blank(size, layout);
        for y in 0..size.height {
            for (index, sample) in picture.row_mut(y).iter_mut().enumerate() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let x = index / layout.channels();
                *sample = match (x / 23 + y as usize / 31) % 3 {
                    0 => 255,
                    1 => (state >> 24) as u8,
                    _ => 0,
                };
            }
        }
        picture
    }

    /// Both passes in real numbers, with the outermost samples repeated.
    fn exact(plane: &[f64], width: usize, height: usize, half: &[f64]) -> Vec<f64> {
        let radius = half.len() as i64 - 1;
        let total: f64 = (-radius..=radius).map(|d| half[d.unsigned_abs() as usize]).sum();
        let pass = |from: &[f64], across: i64, down: i64| -> Vec<f64> {
            let at = |x: i64, y: i64| {
                from[y.clamp(0, height as i64 - 1) as usize * width + x.clamp(0, width as i64 - 1) as usize]
            };
            let mut to = Vec::new();
            for y in 0..height as i64 {
                for x in 0..width as i64 {
                    let weighted = |d: i64| half[d.unsigned_abs() as usize] * at(x + d * across, y + d * down);
                    to.push((-radius..=radius).map(weighted).sum::<f64>() / total);
                }
            }
            to
        };
        pass(&pass(plane, 1, 0), 0, 1)
    }

    fn worst(blur_by: Blur, half: &[f64], size: Size) -> f64 {
        let picture = busy(size, Layout::Grey);
        let plane: Vec<f64> = picture.planes()[0].data.iter().map(|sample| f64::from(*sample)).collect();
        let exact = exact(&plane, size.width as usize, size.height as usize, half);
        let made = blur(picture, blur_by, &Cancel::default()).unwrap();
        made.planes()[0]
            .data
            .iter()
            .zip(exact)
            .map(|(made, exact)| (f64::from(*made) - exact).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn planes_agree_with_rgb() {
        let size = Size::new(67, 45);
        let kinds = [
            Blur::Gaussian { sigma: 0.7 },
            Blur::Gaussian { sigma: 3.0 },
            Blur::Gaussian { sigma: 14.0 },
            Blur::Window { radius: 1, sigma: 9.0 },
            Blur::Window { radius: 40, sigma: 30.0 },
        ];
        for subsampling in [Subsampling::S444, Subsampling::S420, Subsampling::S422] {
            // Chroma as smooth as that of photos.
            let smooth = blur(busy(size, Layout::Rgb), Blur::Gaussian { sigma: 2.0 }, &Cancel::default()).unwrap();
            let planes = convert(smooth, Layout::YCbCr(subsampling)).unwrap();
            for kind in kinds {
                let made = blur(planes.clone(), kind, &Cancel::default()).unwrap();
                assert_eq!(made.layout(), planes.layout());
                let made = convert(made, Layout::Rgb).unwrap();
                let exact = blur(convert(planes.clone(), Layout::Rgb).unwrap(), kind, &Cancel::default()).unwrap();
                for (made, exact) in made.planes()[0].data.iter().zip(&exact.planes()[0].data) {
                    assert!(made.abs_diff(*exact) <= 6, "{subsampling:?} {kind:?}: {made} {exact}");
                }
            }
        }
    }

    #[test]
    fn gaussians_are_within_two_levels() {
        for sigma in [0.3f32, 0.5, 1.0, 2.5, 5.9, 6.0, 7.7, 10.0, 15.0, 20.0, 40.0] {
            let half: Vec<f64> = (0..=(sigma * 6.0) as u32 + 1)
                .map(|d| (-f64::from(d).powi(2) / 2.0 / f64::from(sigma).powi(2)).exp())
                .collect();
            let worst = worst(Blur::Gaussian { sigma }, &half, Size::new(131, 97));
            assert!(worst < 2.0, "{sigma}: {worst}");
        }
    }

    #[test]
    fn windows_are_cut_at_their_radius() {
        for (radius, sigma) in [(1, 0.5f32), (3, 100.0), (10, 4.0), (24, 9.0), (25, 30.0), (50, 14.0), (50, 60.0)] {
            let half: Vec<f64> = (0..=radius).map(|d| (-(f64::from(d) / f64::from(sigma)).powi(2)).exp()).collect();
            let worst = worst(Blur::Window { radius, sigma }, &half, Size::new(131, 97));
            let tolerance = if radius <= 24 { 1.0 } else { 4.0 };
            assert!(worst < tolerance, "{radius} {sigma}: {worst}");
        }
    }

    #[test]
    fn flat_stays_flat_and_hidden_colour_does_not_bleed() {
        for sigma in [1.0, 9.0, 1000.0, f32::MAX] {
            let flat = Picture::solid(Size::new(33, 20), [7, 77, 177, 255]);
            assert_eq!(blur(flat.clone(), Blur::Gaussian { sigma }, &Cancel::default()).unwrap(), flat);
            let window = Blur::Window { radius: u32::MAX, sigma };
            assert_eq!(blur(flat.clone(), window, &Cancel::default()).unwrap(), flat);
            let mut half = Picture::solid(Size::new(40, 40), [0, 255, 0, 0]);
            for y in 0..40 {
                half.row_mut(y)[..80].copy_from_slice(&[255, 0, 0, 255].repeat(20));
            }
            let made = blur(half, Blur::Gaussian { sigma }, &Cancel::default()).unwrap();
            for pixel in made.planes()[0].data.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 0) {
                assert!(pixel[0] >= 254 && pixel[1] <= 1, "{pixel:?}");
            }
        }
    }
}
