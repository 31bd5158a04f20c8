use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_recipe::{Colour, Rect, Size};

use super::{Context, mark};
use crate::codecs::{self, DecodeOptions};
use crate::colour::{self, Space};
use crate::ops::{FrameResampler, RowResampler};
use crate::plan::{Action, Pipeline, Step};
use crate::{Animation, Cancel, Error, Frame, FrameSource, Layout, Picture, Still, Subsampling, ops};

/// A pipeline at work: pulls frames from the decoder and gives them on after every step.
pub(super) struct Running<'a> {
    /// The steps that are not part of decoding, with the marks of those that draw one: made once, drawn on every frame.
    steps: &'a [Step],
    marks: Vec<Option<Picture>>,
    /// Layout in which the source's pictures go into the steps.
    layout: Layout,
    /// Size of the last picture.
    size: Size,
    /// Frames still to be passed over.
    skip: u32,
    /// Frames to give at most.
    frames: u32,
    context: &'a Context,
    source: Box<dyn FrameSource + Send>,
    /// The first resampling of an animation's frames.
    resampler: Option<FrameResampler>,
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
            region: pipeline.decode.region,
            planes: matches!(pipeline.decode.layout, Layout::YCbCr(_)),
            frames: pipeline.decode.skip.saturating_add(pipeline.decode.frames),
            to_srgb: pipeline.decode.to_srgb,
            wide: pipeline.decode.layout.is_wide(),
            fonts: context.fonts.clone(),
            formats: context.formats,
            limits: context.limits.clone(),
            cancel: context.cancel.clone(),
        };
        let (source, steps, layout, resampling) =
            if let (true, Some((first, steps))) = (pipeline.decode.by_rows, pipeline.steps.split_first()) {
                let (picture, spent) = decode_resampled(bytes, &options, first)?;
                let source: Box<dyn FrameSource + Send> = Box::new(Still::new(picture));
                (source, steps, first.layout, spent)
            } else {
                let decode = || codecs::decode(pipeline.decode.format, bytes, &options);
                let source = match &context.decoded {
                    Some(decoded) => decoded.source(pipeline, decode)?,
                    None => decode()?,
                };
                (source, pipeline.steps.as_slice(), pipeline.decode.layout, Duration::ZERO)
            };
        let decode = started.elapsed().saturating_sub(resampling);
        let opened = Instant::now();
        let mut space = Space::Srgb;
        let marks = steps
            .iter()
            .map(|step| match &step.action {
                Action::Draw { overlay, image } => {
                    let mark = mark::make(overlay, image.as_deref(), step.size, inputs, context)?;
                    colour::convert(mark, space, &context.cancel).map(Some)
                }
                Action::Stamp { stamp, image } => {
                    let mark = mark::of_stamp(stamp, image.as_deref(), step.size, inputs, context)?;
                    colour::convert(mark, space, &context.cancel).map(Some)
                }
                Action::NinePatch { image, .. } | Action::Composite { image, .. } => {
                    let mark = mark::picture(Some(image), inputs, context)?;
                    colour::convert(mark, space, &context.cancel).map(Some)
                }
                Action::ToDisplayP3 => {
                    space = Space::DisplayP3;
                    Ok(None)
                }
                _ => Ok(None),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            steps,
            marks,
            layout,
            size: pipeline.size(),
            skip: pipeline.decode.skip,
            frames: pipeline.decode.frames,
            context,
            source,
            resampler: None,
            given: 0,
            decode,
            operate: resampling + opened.elapsed(),
        })
    }

    /// Time spent on decoding and on operations so far.
    pub(super) fn spent(&self) -> (Duration, Duration) {
        (self.decode, self.operate)
    }

    /// Frames given so far.
    pub(super) fn given(&self) -> u32 {
        self.given
    }

    fn operate(&mut self, picture: Picture, changed: Option<Rect>) -> Result<Picture, Error> {
        let animated = self.animation().is_some();
        // A file may hold less or more than its header promised (alpha in a palette, a grey JPEG with three
        // components): the steps get what they were planned for.
        let mut icc = picture.icc.clone();
        let settles = picture.layout() != self.layout;
        let mut picture = settle(picture, self.layout)?;
        let mut changed = changed.filter(|_| !settles);
        let mut resampled = false;
        for (step, mark) in self.steps.iter().zip(&self.marks) {
            self.context.cancel.check()?;
            match step.action {
                Action::ToSrgb => icc = None,
                Action::ToDisplayP3 => icc = Space::DisplayP3.icc(),
                _ => {}
            }
            if let Action::Resample { light, part: None } = &step.action
                && animated
                && !std::mem::replace(&mut resampled, true)
                && matches!(picture.layout(), Layout::Grey | Layout::Rgb | Layout::Rgba)
            {
                let resampler = match &mut self.resampler {
                    Some(resampler) => resampler,
                    none => none.insert(FrameResampler::new(picture.size(), step.size, *light)?),
                };
                picture = settle(resampler.resample(&picture, changed, &self.context.cancel)?, step.layout)?;
            } else {
                changed = changed.and_then(|changed| follow(changed, step));
                picture = settle(apply(picture, step, mark.as_ref(), self.context)?, step.layout)?;
            }
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
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        // One frame of an animation is a still.
        self.source.animation().filter(|_| self.frames > 1)
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if self.given >= self.frames {
            return Ok(None);
        }
        self.context.cancel.check()?;
        let started = Instant::now();
        let mut frame = self.source.next_frame()?;
        while self.skip > 0 && frame.is_some() {
            self.context.cancel.check()?;
            self.skip -= 1;
            frame = self.source.next_frame()?;
            if let Some(frame) = &mut frame {
                // What changed counts from a frame that nobody has seen.
                frame.changed = None;
            }
        }
        let decoded = Instant::now();
        self.decode += decoded - started;
        let Some(Frame { picture, delay, changed }) = frame else { return Ok(None) };
        let picture = self.operate(picture, changed)?;
        self.operate += decoded.elapsed();
        self.given += 1;
        Ok(Some(Frame::new(picture, delay)))
    }
}

/// The source after its first step, a resampling that takes the rows as they are decoded; and the time that took.
fn decode_resampled(bytes: &Bytes, options: &DecodeOptions, step: &Step) -> Result<(Picture, Duration), Error> {
    let Action::Resample { light, part } = &step.action else {
        return Err(Error::internal("rows are taken by resampling only"));
    };
    let mut rows = RowResampler::new(step.size, *part, chroma(step.layout), *light, &options.cancel);
    let icc = codecs::decode_rows(bytes, options, &mut rows)?;
    let spent = rows.spent();
    Ok((rows.finish()?.with_icc(icc), spent))
}

/// How fine chroma is to be; only planes have chroma of their own.
fn chroma(layout: Layout) -> Subsampling {
    match layout {
        Layout::YCbCr(subsampling) => subsampling,
        _ => Subsampling::S444,
    }
}

/// Where a change lies after a step that does to each pixel the same, wherever it is, or moves the window.
fn follow(changed: Rect, step: &Step) -> Option<Rect> {
    match &step.action {
        Action::ToSrgb
        | Action::Flatten { .. }
        | Action::Linear { .. }
        | Action::Greyscale
        | Action::Tables { .. }
        | Action::Luma
        | Action::Saturation { .. }
        | Action::Modulate { .. } => Some(changed),
        Action::Convert if !matches!(step.layout, Layout::YCbCr(_)) => Some(changed),
        Action::Crop { window } => {
            let seen = changed.intersection(*window);
            let nothing = Rect::whole(Size::new(0, 0));
            Some(if seen.is_empty() { nothing } else { Rect { x: seen.x - window.x, y: seen.y - window.y, ..seen } })
        }
        _ => None,
    }
}

/// The picture in the layout that was planned.
pub(super) fn settle(picture: Picture, layout: Layout) -> Result<Picture, Error> {
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
        Action::Resample { light, part } => {
            ops::resample(picture, step.size, part.as_ref(), chroma(step.layout), *light, cancel)
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
        Action::Draw { overlay, .. } => mark::draw(picture, made(mark)?, overlay, cancel),
        Action::Fill { at, backdrop, blend } => ops::fill(picture, step.size, *at, *backdrop, *blend, cancel),
        Action::MaskCorners { radius, colour } => ops::mask_corners(picture, *radius, *colour),
        Action::Tables { tables } => ops::tables(picture, tables),
        Action::Luma => Ok(ops::luma(picture)),
        Action::Equalize => ops::equalize(picture),
        Action::Saturation { saturation } => ops::saturate(picture, *saturation, cancel),
        Action::Modulate { modulate } => ops::modulate(picture, *modulate, cancel),
        Action::WaveletSharpen { sharpen } => ops::wavelet_sharpen(picture, *sharpen, cancel),
        Action::Noise { noise } => ops::noise(picture, *noise, cancel),
        Action::Convolution { convolution } => ops::kernel(picture, convolution, cancel),
        Action::Pixelate { side } => ops::pixelate(picture, *side, cancel),
        Action::Redact { regions, redact } => ops::redact(picture, regions, *redact, cancel),
        Action::Outline { regions } => ops::outline(picture, regions),
        Action::RedEye { faces } => ops::red_eye(picture, faces),
        Action::NinePatch { insets, .. } => ops::nine_patch(picture, made(mark)?, *insets, cancel),
        Action::Stamp { stamp, .. } => mark::stamp(picture, made(mark)?, stamp, cancel),
        other => apply_sharp(picture, other, step.size, mark, cancel),
    }
}

/// What only the dialects of servers built on sharp ask for.
fn apply_sharp(
    picture: Picture,
    action: &Action,
    size: Size,
    mark: Option<&Picture>,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    match action {
        Action::ResampleBy { kernel } => ops::resample_by(picture, size, *kernel, cancel),
        Action::Extend { at, beside } => ops::extend(picture, size, *at, *beside, cancel),
        Action::Affine { back, background, interpolator } => {
            ops::affine(picture, size, back, *background, *interpolator, cancel)
        }
        Action::Median { side } => ops::median(picture, *side, cancel),
        Action::Threshold { level } => ops::threshold(picture, *level),
        Action::Unflatten => ops::unflatten(picture),
        Action::DivideConvolution { convolution } => ops::convolution(picture, convolution, cancel),
        Action::Recomb { recomb } => ops::recomb(picture, *recomb, cancel),
        Action::Composite { composite, at, .. } => mark::composite(picture, made(mark)?, composite, *at, cancel),
        Action::ChannelGains { gains } => ops::channel_gains(picture, *gains, cancel),
        Action::Normalise { normalise } => ops::normalise(picture, *normalise, cancel),
        Action::Clahe { clahe } => ops::clahe(picture, *clahe, cancel),
        Action::Bandbool { operation } => ops::bandbool(picture, *operation),
        Action::Tint { colour } => ops::tint(picture, *colour, cancel),
        Action::RemoveAlpha => Ok(ops::remove_alpha(picture)),
        Action::EnsureAlpha { opacity } => ops::ensure_alpha(picture, *opacity),
        Action::ExtractChannel { channel } => ops::extract_channel(picture, *channel),
        Action::Invert => ops::invert(picture),
        Action::MaskEllipse { centre, radius } => ops::mask_ellipse(picture, *centre, *radius),
        other => Err(Error::internal(format!("nothing does {}", other.name()))),
    }
}

fn made(mark: Option<&Picture>) -> Result<&Picture, Error> {
    mark.ok_or_else(|| Error::internal("a mark was not made"))
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{
        Crop, CropOrigin, Enlarge, Fit, Format, Gravity, Light, Locator, Operation, Recipe, Resize, Target,
    };

    use super::*;
    use crate::codecs::testing::{Reel, gradient, quality, samples};
    use crate::plan::{Settings, Work, plan};
    use crate::probe;

    /// Frames that differ in a few places, of which the decoder tells.
    fn film(size: Size) -> (Vec<Picture>, Bytes) {
        let mut picture = gradient(size, Layout::Rgb);
        // Few colours, so that a GIF holds them exactly.
        (0..size.height).for_each(|y| picture.row_mut(y).iter_mut().for_each(|v| *v &= 0b1100_0000));
        let pictures: Vec<Picture> = [(3, 4), (3, 4), (30, 20), (45, 9)]
            .map(|(x, y)| {
                let mut picture = picture.clone();
                (y..y + 7).for_each(|y| picture.row_mut(y)[x * 3..(x + 9) * 3].fill(255));
                picture
            })
            .into();
        let frames = pictures.iter().map(|picture| Frame::new(picture.clone(), Duration::from_millis(10)));
        let file = codecs::encode(Format::Gif, &mut Reel::new(frames.collect(), 0), &quality(80)).unwrap();
        (pictures, file.into())
    }

    #[test]
    fn what_does_not_change_is_as_if_it_were_resampled_again() {
        let (pictures, file) = film(Size::new(64, 48));
        let resize = Operation::Resize(Resize {
            target: Target::Box { width: Some(40), height: None },
            fit: Fit::Inside,
            enlarge: Enlarge::Allowed,
            light: Light::Gamma,
        });
        let crop = Operation::Crop(Crop {
            width: Some(50),
            height: Some(40),
            x: 2,
            y: 1,
            gravity: Gravity::NorthWest,
            origin: CropOrigin::Window,
        });
        for operations in [vec![resize.clone()], vec![crop, resize.clone()], vec![resize, Operation::Greyscale]] {
            let mut recipe = Recipe::new(Locator::key("a.gif"));
            recipe.inputs[0].operations = operations;
            let plan = plan(&recipe, &[probe(&file).unwrap()], &Settings::default()).unwrap();
            let Work::Encode { pipeline, .. } = &plan.outputs[0] else { panic!() };
            let context = Context::default();
            let mut running = Running::start(pipeline, std::slice::from_ref(&file), &context).unwrap();
            for picture in &pictures {
                let mut whole = picture.clone();
                for step in &pipeline.steps {
                    whole = apply(whole, step, None, &context).unwrap();
                }
                let made = running.next_frame().unwrap().unwrap().picture;
                assert_eq!(samples(&made), samples(&whole));
            }
            assert!(running.resampler.is_some());
            assert!(running.next_frame().unwrap().is_none());
        }
    }

    #[test]
    fn changes_are_followed() {
        let rect = |x, y, width, height| Rect { x, y, size: Size::new(width, height) };
        let after = |action| follow(rect(10, 20, 5, 5), &Step { action, size: Size::new(30, 30), layout: Layout::Rgb });
        assert_eq!(after(Action::Greyscale), Some(rect(10, 20, 5, 5)));
        assert_eq!(after(Action::Crop { window: rect(12, 4, 30, 18) }), Some(rect(0, 16, 3, 2)));
        assert!(after(Action::Crop { window: rect(40, 4, 30, 18) }).unwrap().is_empty());
        assert_eq!(after(Action::Orient { orientation: crate::ExifOrientation::new(6) }), None);
    }
}
