//! TIFF 6.0: strips and tiles, interleaved and planar, 1 to 16 bits and floating point; grey, RGB, CMYK and JPEG's
//! Y'CbCr; alpha straight and premultiplied. Palettes and CIE L*a*b* are not read. Written without compression.

mod decode;
mod encode;
mod header;
mod probe;
mod samples;
#[cfg(test)]
mod tests;

use super::codec::{Codec, Encoder, When};

/// How TIFF is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Never, wide: true, quality: When::Never }),
    strip: None,
};
