use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_recipe::{Colour, Size};

use super::{Context, mark};
use crate::codecs::{self, DecodeOptions};
use crate::colour::{self, Space};
use crate::plan::{Action, Pipeline, Step};
use crate::{Animation, Error, Frame, FrameSource, Layout, Picture, Subsampling, ops};

/// A pipeline at work: pulls frames from the decoder and gives them on after every step.
pub(super) struct Running<'a> {
    pipeline: &'a Pipeline,
    context: &'a Context,
    source: Box<dyn FrameSource + Send>,
    /// The marks of the steps that draw one: made once, drawn on every frame.
    marks: Vec<Option<Picture>>,
    given: u32,
    decode: Duration,
    operate: Duration,
}

impl<'a> Running<'a> {
    /// Opens the source and makes the marks.
    pub(super) fn start(pipeline: &'a Pipeline, inputs: &[Bytes], context: &'a Context) -> Result<Self, Error> {
        let started = Instant::now();
        let bytes = inputs.get(pipeline.input.0).ok_or_else(|| Error::internal("an input is missing"))?;
        let options = DecodeOptions {
            scale: pipeline.decode.scale,
            planes: matches!(pipeline.decode.layout, Layout::YCbCr(_)),
            frames: pipeline.decode.frames,
            to_srgb: pipeline.decode.to_srgb,
            wide: pipeline.decode.layout.is_wide(),
            fonts: context.fonts.clone(),
            formats: context.formats,
            limits: context.limits.clone(),
            cancel: context.cancel.clone(),
        };
        let source = codecs::decode(pipeline.decode.format, bytes, &options)?;
        let decode = started.elapsed();
        let opened = Instant::now();
        let mut space = Space::Srgb;
        let marks = pipeline
            .steps
            .iter()
            .map(|step| match &step.action {
                Action::Draw { overlay, image } => {
                    let mark = mark::make(overlay, image.as_deref(), step.size, inputs, context)?;
                    colour::convert(mark, space, &context.cancel).map(Some)
                }
                Action::ToDisplayP3 => {
                    space = Space::DisplayP3;
                    Ok(None)
                }
                _ => Ok(None),
            })
            .collect::<Result<_, _>>()?;
        let operate = opened.elapsed();
        Ok(Self { pipeline, context, source, marks, given: 0, decode, operate })
    }

    /// Time spent on decoding and on operations so far.
    pub(super) fn spent(&self) -> (Duration, Duration) {
        (self.decode, self.operate)
    }

    /// Frames given so far.
    pub(super) fn given(&self) -> u32 {
        self.given
    }

    fn operate(&self, picture: Picture) -> Result<Picture, Error> {
        // A file may hold less or more than its header promised (alpha in a palette, a grey JPEG with three
        // components): the steps get what they were planned for.
        let mut icc = picture.icc.clone();
        let mut picture = settle(picture, self.pipeline.decode.layout)?;
        for (step, mark) in self.pipeline.steps.iter().zip(&self.marks) {
            self.context.cancel.check()?;
            match step.action {
                Action::ToSrgb => icc = None,
                Action::ToDisplayP3 => icc = Space::DisplayP3.icc(),
                _ => {}
            }
            picture = settle(apply(picture, step, mark.as_ref(), self.context)?, step.layout)?;
            if picture.size() != step.size {
                return Err(Error::internal(format!(
                    "{} gave {} where {} was planned",
                    step.action.name(),
                    picture.size(),
                    step.size
                )));
            }
        }
        Ok(picture.with_icc(icc))
    }
}

impl FrameSource for Running<'_> {
    fn size(&self) -> Size {
        self.pipeline.size()
    }

    fn animation(&self) -> Option<Animation> {
        // One frame of an animation is a still.
        self.source.animation().filter(|_| self.pipeline.decode.frames > 1)
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if self.given >= self.pipeline.decode.frames {
            return Ok(None);
        }
        self.context.cancel.check()?;
        let started = Instant::now();
        let frame = self.source.next_frame()?;
        let decoded = Instant::now();
        self.decode += decoded - started;
        let Some(Frame { picture, delay }) = frame else { return Ok(None) };
        let picture = self.operate(picture)?;
        self.operate += decoded.elapsed();
        self.given += 1;
        Ok(Some(Frame { picture, delay }))
    }
}

/// The picture in the layout that was planned.
fn settle(picture: Picture, layout: Layout) -> Result<Picture, Error> {
    if picture.layout() == layout {
        return Ok(picture);
    }
    if picture.layout().has_alpha() && !layout.has_alpha() {
        return ops::convert(ops::flatten(picture, Colour::WHITE), layout);
    }
    ops::convert(picture, layout)
}

fn apply(picture: Picture, step: &Step, mark: Option<&Picture>, context: &Context) -> Result<Picture, Error> {
    let cancel = &context.cancel;
    match &step.action {
        Action::ToSrgb => colour::convert(picture, Space::Srgb, cancel),
        Action::ToDisplayP3 => colour::convert(picture, Space::DisplayP3, cancel),
        Action::Convert => ops::convert(picture, step.layout),
        Action::Flatten { matte } => Ok(ops::flatten(picture, *matte)),
        Action::Orient { orientation } => ops::orient(picture, *orientation, cancel),
        Action::Resample { light } => {
            // Only planes have chroma of their own.
            let chroma = match step.layout {
                Layout::YCbCr(subsampling) => subsampling,
                _ => Subsampling::S444,
            };
            ops::resample(picture, step.size, chroma, *light, cancel)
        }
        Action::Crop { window } => ops::crop(picture, *window),
        Action::Pad { at, colour } => ops::pad(picture, step.size, *at, *colour),
        Action::Rotate { degrees } => ops::rotate(picture, *degrees, cancel),
        Action::MaskCircle { radius } => ops::mask_circle(picture, *radius),
        Action::MaskRounded { radius } => ops::mask_rounded(picture, *radius),
        Action::Blur { blur } => ops::blur(picture, *blur, cancel),
        Action::Sharpen { sharpen } => ops::sharpen(picture, *sharpen, cancel),
        Action::Linear { linear } => ops::linear(picture, *linear),
        Action::Greyscale => ops::greyscale(picture),
        Action::Draw { overlay, .. } => {
            let mark = mark.ok_or_else(|| Error::internal("a mark was not made"))?;
            mark::draw(picture, mark, overlay, cancel)
        }
    }
}
