//! JPEG (ITU-T T.81, JFIF 1.02). `lightmill-jpeg` decodes grey and Y'CbCr planes (`reduced.rs`), stepping over what the
//! wanted scale does not need, and writes baseline files (`baseline.rs`) in little memory. libjpeg-turbo, as mozjpeg ships
//! it, decodes the rest and writes progressive and small files (`encode.rs` chooses). Both encoders take the same strips
//! of planes (`strips.rs`).
//!
//! `header.rs` reads the markers in safe Rust, `quality.rs` estimates the quality from the quantisation tables; decoded rows
//! go to whoever takes them, as they come (`cut.rs`). `decompressor.rs` and `compressor.rs` wrap the C library, whose fatal
//! errors unwind (`failure.rs`).

mod baseline;
#[cfg(test)]
mod baseline_tests;
mod compressor;
mod cut;
mod decode;
mod decompressor;
mod encode;
mod failure;
mod header;
mod probe;
mod quality;
mod reduced;
#[cfg(test)]
mod region_tests;
mod strip;
mod strips;
#[cfg(test)]
mod tests;
mod turn;

pub(super) use decode::decode_rows;
pub(super) use turn::turn;

use super::codec::{Codec, Encoder, When};

/// How JPEG is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(|bytes, options| decode::decode(bytes, options)),
    encode: Some(Encoder { encode: encode::encode, planes: When::Always, wide: false, quality: When::Always }),
    strip: Some(strip::strip),
};
