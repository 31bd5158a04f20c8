use std::borrow::Cow;
use std::io::Write;

use ::png::{Encoder, EncodingError, Info};

use super::form::Form;
use super::strategy::{Strategy, choose};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::{first_frame, within};
use crate::{Cancel, Error, FrameSource};

/// Bytes of an `IDAT` chunk.
const CHUNK: usize = 64 << 10;
/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: usize = 16;

/// Every pixel as it is, in the smallest form that holds them all: a palette of 1 to 8 bits, grey, RGB, with alpha
/// only where something is transparent and 16 bits only where something needs them. A palette of chosen colours if
/// `options.palette` asks for one. Not interlaced; with the picture's profile.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = first_frame(frames)?.picture;
    let form = Form::of(picture, options.palette, &options.cancel)?;
    let strategy = choose(&form, &options.cancel)?;
    let rows: Vec<u32> = (0..form.size().height).collect();
    within(options, write(&form, &rows, strategy, &options.cancel)?)
}

/// A file of the given rows of a picture.
pub(super) fn write(form: &Form, rows: &[u32], strategy: Strategy, cancel: &Cancel) -> Result<Vec<u8>, Error> {
    let mut info = Info::with_size(form.size().width, rows.len() as u32);
    (info.color_type, info.bit_depth) = (form.colour(), form.depth());
    info.icc_profile = form.icc().map(Cow::Borrowed);
    if let Some((palette, transparency)) = form.palette() {
        info.palette = Some(palette.into());
        info.trns = (!transparency.is_empty()).then(|| transparency.into());
    }
    let mut output = Vec::new();
    let failed = |error: EncodingError| Error::internal(error);
    let mut encoder = Encoder::with_info(&mut output, info).map_err(failed)?;
    encoder.set_filter(strategy.filter());
    encoder.set_deflate_compression(strategy.compression());
    let mut writer = encoder.write_header().map_err(failed)?;
    let mut stream = writer.stream_writer_with_size(CHUNK).map_err(failed)?;
    let mut line = Vec::new();
    for (index, y) in rows.iter().enumerate() {
        if index % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        line.clear();
        form.row(*y, &mut line);
        stream.write_all(&line).map_err(Error::internal)?;
    }
    stream.finish().map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(output)
}
