//! The operations of servers built on sharp: those that need to be measured, a mark or what an analyser found.

use lightmill_recipe::sharp::{
    Channel, Composite, CompositeBlend, Negate, SharpFit, SharpResize, SharpTarget, SharpTrim,
};
use lightmill_recipe::{Blend, ChannelTables, Fade, Operation, Position, Rect, Stamp, StampMark, StampTiling, Table};

use super::build::{Around, Planner, Scaled};
use super::steps::Steps;
use super::{Action, MeasureWhat, Measured, sharp_steps};
use crate::Error;

impl Planner<'_> {
    /// What only the dialects of servers built on sharp say.
    pub(super) fn sharp(&mut self, operation: &Operation, around: Around<'_>, steps: &mut Steps) -> Result<(), Error> {
        let size = steps.size;
        let found = self.findings.get(around.index.0).and_then(Option::as_ref);
        let action = match operation {
            Operation::Extract(window) => return steps.extract(*window),
            Operation::SharpTrim(trim) => {
                let border = self.sharp_border(*trim, around)?;
                steps.crop(border.unwrap_or(Rect::whole(size)));
                return Ok(());
            }
            Operation::SharpResize(resize) => {
                let preferred = self.preferred(resize, around, steps)?;
                steps.sharp_resize(resize, preferred);
                return Ok(());
            }
            Operation::RotateByAngle(rotate) => return steps.rotate_by_angle(*rotate),
            Operation::Affine(affine) => return steps.affine(affine),
            Operation::Extend(extend) => {
                steps.extend(*extend);
                return Ok(());
            }
            Operation::Composite(composite) => return self.composite(composite, around, steps),
            Operation::ChannelLinear(linear) => return steps.channel_gains(linear),
            Operation::RoundCrop(crop) => return steps.round_crop(*crop),
            Operation::SmartCrop(crop) => return steps.smart_crop(*crop, found),
            Operation::ContentModeration(moderation) => return steps.moderate(moderation, found),
            Operation::PipelineColourspace(space) | Operation::Colourspace(space) => {
                return sharp_steps::colourspace(*space);
            }
            Operation::ExtractChannel(Channel::Alpha) if !steps.alpha => {
                return Err(Error::Unsuitable("the picture has no channel alpha".into()));
            }
            Operation::Clahe(clahe) if clahe.width > size.width || clahe.height > size.height => {
                return Err(Error::Unsuitable("the window of clahe is larger than the picture".into()));
            }
            Operation::Threshold(0) => return Ok(()),
            Operation::RemoveAlpha if !steps.alpha => return Ok(()),
            Operation::EnsureAlpha(_) if steps.alpha => return Ok(()),
            Operation::Negate(Negate { alpha: false }) => {
                Action::Tables { tables: ChannelTables::same(Table::from_fn(|value| 255 - value)) }
            }
            Operation::Median(side) => Action::Median { side: *side },
            Operation::Threshold(level) => Action::Threshold { level: *level },
            Operation::Unflatten => Action::Unflatten,
            Operation::SharpConvolution(wish) => Action::DivideConvolution { convolution: wish.clone() },
            Operation::Recomb(recomb) => Action::Recomb { recomb: *recomb },
            Operation::LchModulate(modulate) => Action::Modulate { modulate: *modulate },
            Operation::SharpSharpen(sharpen) => Action::Sharpen { sharpen: *sharpen },
            Operation::Normalise(normalise) => Action::Normalise { normalise: *normalise },
            Operation::Clahe(clahe) => Action::Clahe { clahe: *clahe },
            Operation::Bandbool(operation) => Action::Bandbool { operation: *operation },
            Operation::Tint(colour) => Action::Tint { colour: *colour },
            Operation::RemoveAlpha => Action::RemoveAlpha,
            Operation::EnsureAlpha(opacity) => Action::EnsureAlpha { opacity: *opacity },
            Operation::ExtractChannel(channel) => Action::ExtractChannel { channel: *channel },
            Operation::Negate(_) => Action::Invert,
            other => return Err(Error::internal(format!("no plan for {}", other.name()))),
        };
        steps.push(action, size);
        Ok(())
    }

    /// What a border leaves of the picture, as far as that was measured; else it will be.
    fn sharp_border(&mut self, trim: SharpTrim, around: Around<'_>) -> Result<Option<Rect>, Error> {
        if around.before.iter().any(|before| matches!(before, Operation::SharpTrim(_))) {
            return Err(Error::Unsuitable("trimming a picture twice is not supported".into()));
        }
        let what = MeasureWhat::SharpBorder(trim);
        if let Some(Measured::Border(border)) = self.known(around.index, what) {
            return Ok(border);
        }
        self.measure(what, around.index, around.before, around.purpose)?;
        Ok(None)
    }

    /// The window that pixels decide on, as far as that was measured; else it will be.
    fn preferred(&mut self, resize: &SharpResize, around: Around<'_>, steps: &Steps) -> Result<Option<Rect>, Error> {
        let Some((kept, scaled)) = sharp_steps::preferred(steps.size, resize) else { return Ok(None) };
        let what = MeasureWhat::Interesting { kept, placement: resize.placement };
        if let Some(Measured::Window(window)) = self.known(around.index, what) {
            return Ok(Some(window));
        }
        let target = SharpTarget::Box { width: Some(scaled.width), height: Some(scaled.height) };
        let whole = SharpResize { target, fit: SharpFit::Fill, ..*resize };
        let operations = [around.before, &[Operation::SharpResize(whole)]].concat();
        self.measure(what, around.index, &operations, around.purpose)?;
        Ok(None)
    }

    /// A mark on top: as a stamp where that comes to the same, as those are laid on planes too.
    fn composite(&mut self, composite: &Composite, around: Around<'_>, steps: &mut Steps) -> Result<(), Error> {
        let (size, mark) = (steps.size, composite.mark);
        let image = self.mark(mark.input, around.index, size, Scaled::Composite(mark))?;
        let own = image.size();
        if own.width > size.width || own.height > size.height {
            return Err(Error::Unsuitable("Image to overlay must have same dimensions or smaller".into()));
        }
        let at = composite.place(size, own);
        let start = |place: i64| i32::try_from(place).ok().map(Position::Start);
        let percent = mark.transparency_percent.clamp(0.0, 100.0);
        let plain = composite.blend == CompositeBlend::Over && !composite.tile && !composite.premultiplied;
        let action = match (start(at.0), start(at.1)) {
            (Some(x), Some(y)) if plain && percent.fract() == 0.0 => {
                let stamp = Stamp {
                    mark: StampMark::Image(mark.input, lightmill_recipe::MarkSize::default()),
                    x,
                    y,
                    tiling: StampTiling::Adjoining,
                    fade: Fade::Multiply(percent as u8),
                    blend: Blend::Normal,
                };
                Action::Stamp { stamp, image: Some(image) }
            }
            _ => Action::Composite { composite: composite.clone(), at, image },
        };
        steps.push(action, size);
        Ok(())
    }
}
