use lightmill_recipe::Rect;

use super::animation_encoder::AnimationEncoder;
use super::container::{Extended, Image};
use super::source::Source;
use super::{settings, still_encoder};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::{Error, FrameSource};

/// Lossy 4:2:0, or without loss; animations keep times and loop count. The profile of the (first) picture is embedded.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let first = first_frame(frames)?;
    let Some(animation) = frames.animation() else {
        let picture = first.picture;
        let (size, whole, icc) = (picture.size(), Rect::whole(picture.size()), picture.icc.clone());
        let source = if options.lossless { Source::lossless(&picture, whole) } else { Source::lossy(&picture, whole) };
        // The encoder has its own copy.
        drop(picture);
        let file = still_encoder::encode(source?, &settings::still(size, options)?, options)?;
        let Some(icc) = icc else { return Ok(file) };
        let mut extended = Extended::new(size, Some(&icc));
        extended.add_image(&Image::of(&file));
        return Ok(extended.finish());
    };
    let mut encoder = AnimationEncoder::new(&first.picture, animation, options);
    encoder.add(first)?;
    while let Some(frame) = frames.next_frame()? {
        encoder.add(frame)?;
    }
    Ok(encoder.finish())
}
