use std::borrow::Cow;
use std::io::Write;

use ::png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Info};

use crate::codecs::EncodeOptions;
use crate::codecs::boundary::{first_frame, within};
use crate::{Error, FrameSource, Layout};

/// Bytes of an `IDAT` chunk.
const CHUNK: usize = 64 << 10;
/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 16;

/// Grey, RGB or RGBA of 8 bits, not interlaced, with the picture's profile.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = first_frame(frames)?.picture;
    let size = picture.size();
    let mut info = Info::with_size(size.width, size.height);
    info.bit_depth = BitDepth::Eight;
    info.color_type = match picture.layout() {
        Layout::Grey => ColorType::Grayscale,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
        Layout::YCbCr(_) => return Err(Error::internal("a PNG cannot hold Y'CbCr")),
    };
    info.icc_profile = picture.icc.as_deref().map(Cow::Borrowed);
    let mut output = Vec::new();
    let failed = |error: EncodingError| Error::internal(error);
    let mut encoder = Encoder::with_info(&mut output, info).map_err(failed)?;
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header().map_err(failed)?;
    let mut stream = writer.stream_writer_with_size(CHUNK).map_err(failed)?;
    for y in 0..size.height {
        if y % ROWS_PER_CHECK == 0 {
            options.cancel.check()?;
        }
        stream.write_all(picture.row(y)).map_err(Error::internal)?;
    }
    stream.finish().map_err(failed)?;
    writer.finish().map_err(failed)?;
    within(options, output)
}
