use lightmill_jpeg::{Components, EncodeError, Encoder};
use lightmill_recipe::LimitError;

use super::quality;
use super::strips::Strip;
use crate::codecs::EncodeOptions;
use crate::{Cancel, Error, Layout, Picture};

/// Pixels of a side at most: libjpeg reads no more.
const LONGEST_SIDE: u32 = 65_500;

/// Writes a baseline file by our own encoder.
pub(super) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let (width, height) = (picture.size().width, picture.size().height);
    let failed = |error| failure(error, &options.cancel);
    if width.max(height) > LONGEST_SIDE {
        return Err(failed(EncodeError::Size { width, height }));
    }
    let mut strip = Strip::new(picture)?;
    let components = if picture.layout() == Layout::Grey { Components::Grey } else { Components::YCbCr420 };
    let steps = quality::steps(options.quality.clamp(1, 100));
    let mut encoder = Encoder::new(width, height, components, &steps, options.limits.result_bytes).map_err(failed)?;
    for top in (0..height as usize).step_by(strip.rows()) {
        options.cancel.check()?;
        strip.take(picture, top);
        let planes: Vec<&[u8]> = strip.planes.iter().map(Vec::as_slice).collect();
        encoder.write_strip(&planes).map_err(failed)?;
    }
    let profile = picture.icc.as_deref().unwrap_or_default();
    encoder.finish(profile, &|| options.cancel.check().is_err()).map_err(failed)
}

fn failure(error: EncodeError, cancel: &Cancel) -> Error {
    match error {
        EncodeError::TooLarge { bytes, allowed } => LimitError { limit: "result_bytes", actual: bytes, allowed }.into(),
        EncodeError::Interrupted => cancel.check().err().unwrap_or(Error::Cancelled),
        EncodeError::Size { .. } => {
            Error::Unsuitable(format!("a JPEG picture has at most {LONGEST_SIDE} pixels a side"))
        }
        EncodeError::Strip => Error::internal(error),
    }
}
