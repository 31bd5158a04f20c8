//! TIFF 6.0: strips and tiles, interleaved and planar, 1 to 16 bits and floating point; grey, RGB, CMYK and JPEG's
//! Y'CbCr; alpha straight and premultiplied. Palettes and CIE L*a*b* are not read. Written without compression.

mod decode;
mod encode;
mod header;
mod probe;
mod samples;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
