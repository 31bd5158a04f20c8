use crate::flow::{Flow, Kernels};
use crate::ring::Ring;
use crate::{Curve, Error, Kernel, Path, fixed, mixers};

/// Resamples a picture of 8-bit samples whose rows come one after the other, so that it need never be whole in memory.
///
/// The result is that of [`crate::resample`] or [`crate::resample_linear`], byte for byte. Beside it, as many rows are held
/// as two neighbouring rows of the result are made of.
///
/// ```
/// # use lightmill_resample::{Error, Kernel, Resampler};
/// let (across, down) = (Kernel::lanczos3(6, 0.0..6.0, 3)?, Kernel::lanczos3(4, 0.0..4.0, 2)?);
/// let mut resampler = Resampler::new(3, across, down)?;
/// for _ in 0..4 {
///     resampler.push(&[200; 6 * 3])?;
/// }
/// assert_eq!(resampler.finish()?, [200; 3 * 2 * 3]);
/// # Ok::<(), Error>(())
/// ```
pub struct Resampler<'a> {
    across: Kernel,
    down: Kernel,
    channels: usize,
    flow: Flow<'a>,
}

impl<'a> Resampler<'a> {
    /// For pixels of `channels` interleaved samples, 1 or 3, which are mixed as they are.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for other numbers of channels.
    pub fn new(channels: usize, across: Kernel, down: Kernel) -> Result<Self, Error> {
        Self::by(Path::best(), channels, None, across, down)
    }

    /// As [`Self::new`], but in linear light: samples are decoded and encoded by `curve`.
    ///
    /// # Errors
    /// As [`Self::new`], and if the curve has no samples.
    pub fn linear(channels: usize, curve: Curve<'a>, across: Kernel, down: Kernel) -> Result<Self, Error> {
        Self::by(Path::best(), channels, Some(curve), across, down)
    }

    pub(crate) fn by(
        path: Path,
        channels: usize,
        curve: Option<Curve<'a>>,
        across: Kernel,
        down: Kernel,
    ) -> Result<Self, Error> {
        if !matches!(channels, 1 | 3) {
            return Err(Error::Mismatch(format!("rows of pixels of {channels} samples")));
        }
        let kernels = Kernels { across: &across, down: &down };
        let mixer = if let Some(curve) = curve {
            curve.check()?;
            mixers::linear(path, channels, curve, kernels)
        } else {
            let held = fixed::rows::most_of_two(kernels);
            mixers::plain(path, channels, Ring::new(held, across.source() as usize * channels), kernels)
        };
        let flow = Flow::new(mixer, channels, kernels);
        Ok(Self { across, down, channels, flow })
    }

    /// The next source row, from the first on: `across.source()` pixels. What no row of the result needs is let go at
    /// once; rows behind the last that is needed need not come.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for rows of another length, and for more than `down.source()`.
    pub fn push(&mut self, row: &[u8]) -> Result<(), Error> {
        let Self { across, down, channels, flow } = self;
        let length = across.source() as usize * *channels;
        if row.len() != length {
            return Err(Error::Mismatch(format!("a row of {} bytes, not {length}", row.len())));
        }
        if flow.read() == down.source() as usize {
            return Err(Error::Mismatch(format!("a row more than {}", down.source())));
        }
        flow.push(Kernels { across, down }, row, &|| false)
    }

    /// The result, in rows without padding: `down.result()` of `across.result()` pixels.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if rows that it is made of did not come.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let rows = self.flow.read();
        let missing = || Error::Mismatch(format!("{rows} rows of {}", self.down.source()));
        self.flow.finish().ok_or_else(missing)
    }
}
