use std::io::Cursor;

use bytes::Bytes;
use image::codecs::ico::IcoDecoder;
use lightmill_recipe::Format;

use super::directory::{Entry, alone, largest};
use super::probe::of_icon;
use crate::codecs::library::{failed, pixels};
use crate::codecs::{DecodeOptions, png};
use crate::{Error, FrameSource, Still};

/// The largest picture; of bitmaps RGBA, transparent where the mask says so.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    match largest(bytes)? {
        Entry::Png(file) => png::decode(&bytes.slice_ref(file), options).map_err(of_icon),
        Entry::Bitmap { record, data } => {
            let file = alone(record, data);
            let decoder =
                IcoDecoder::new(Cursor::new(&file)).map_err(|error| failed(Format::Ico, error, &options.limits))?;
            Ok(Box::new(Still::new(pixels(Format::Ico, decoder, options)?)))
        }
    }
}
