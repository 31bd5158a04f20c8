//! Lanczos3 on 8-bit samples: the kernels, apart from what uses them.
//!
//! They are generic code of a library that is compiled for every pixel and instruction set; in a crate of their own
//! that happens once, and not whenever a line of the `image` crate changes.

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

/// Rows of interleaved 8-bit samples.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// `stride` × `height` bytes at least.
    pub data: &'a [u8],
    /// Bytes from the start of one row to the next.
    pub stride: usize,
    /// Columns of pixels.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples of a pixel: 1, 3 or 4; the fourth is straight alpha, and colours are mixed premultiplied by it.
    pub channels: usize,
}

/// The samples do not make such a picture.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// Resamples the upper left `part` (columns and rows, with a fraction, neither above the picture's) of `source` to
/// `width` × `height` pixels, in rows without padding. The kernel widens with the factor when shrinking.
///
/// # Errors
/// If sizes are 0 or do not fit the data.
pub fn lanczos3(source: Samples<'_>, part: (f64, f64), width: u32, height: u32) -> Result<Vec<u8>, Error> {
    let padded = source.stride / source.channels.max(1);
    if padded < source.width as usize || !source.stride.is_multiple_of(source.channels.max(1)) {
        return Err(Error(format!("rows of {} bytes for {} pixels", source.stride, source.width)));
    }
    match source.channels {
        1 => resize::<U8>(source, part, width, height),
        3 => resize::<U8x3>(source, part, width, height),
        4 => resize::<U8x4>(source, part, width, height),
        other => Err(Error(format!("pixels of {other} samples"))),
    }
}

fn resize<P: PixelTrait + Default>(
    source: Samples<'_>,
    part: (f64, f64),
    width: u32,
    height: u32,
) -> Result<Vec<u8>, Error> {
    let Samples { data, stride, channels, .. } = source;
    let used = data.get(..stride * source.height as usize).ok_or_else(|| Error("rows are missing".into()))?;
    let mut result = vec![0; width as usize * height as usize * channels];
    // Opaque pictures are spared the multiplication and a copy.
    let alpha = channels == 4 && used.as_chunks::<4>().0.iter().any(|pixel| pixel[3] != 255);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(0.0, 0.0, part.0, part.1)
        .use_alpha(alpha);
    // The library knows no stride: padding counts as columns that are cut away.
    let padded = (stride / channels) as u32;
    let whole = TypedImageRef::<P>::from_buffer(padded, source.height, used).map_err(wrong)?;
    let inside = TypedCroppedImage::new(whole, 0, 0, source.width, source.height).map_err(wrong)?;
    let mut made = TypedImage::<P>::from_buffer(width, height, &mut result).map_err(wrong)?;
    Resizer::new().resize_typed(&inside, &mut made, &options).map_err(wrong)?;
    Ok(result)
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        let whole = Samples { data: &[7; 12], stride: 4, width: 4, height: 3, channels: 1 };
        assert_eq!(lanczos3(whole, (4.0, 3.0), 2, 2).unwrap(), [7; 4]);
        for wrong in [
            Samples { height: 4, ..whole },
            Samples { width: 5, ..whole },
            Samples { channels: 2, ..whole },
            Samples { channels: 3, ..whole },
            Samples { channels: 0, ..whole },
        ] {
            assert!(lanczos3(wrong, (4.0, 3.0), 2, 2).is_err(), "{wrong:?}");
        }
    }
}
