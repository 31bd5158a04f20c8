use crate::codecs::{EncodeOptions, png};
use crate::{Error, FrameSource};

/// Longest side of an icon: one byte holds it, and 0 is 256.
const MAX_SIDE: u32 = 256;

/// One PNG entry, as every system since Windows Vista reads it.
///
/// # Errors
/// [`Error::Unsuitable`] for pictures of more than 256 pixels a side.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let size = frames.size();
    if size.longer() > MAX_SIDE {
        return Err(Error::Unsuitable(format!("an icon has at most {MAX_SIDE} pixels a side, not {size}")));
    }
    let picture = png::encode(frames, options)?;
    // 256 wraps to 0.
    let [width, height] = [size.width as u8, size.height as u8];
    let mut file = vec![0, 0, 1, 0, 1, 0, width, height, 0, 0, 1, 0, 32, 0];
    file.extend((picture.len() as u32).to_le_bytes());
    file.extend(22u32.to_le_bytes());
    file.extend(picture);
    Ok(file)
}
