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

#[cfg(test)]
mod tests {
    use lightmill_recipe::sharp::{
        ChannelLinear, Clahe, Colourspace, CompositeMark, ContentModeration, Kernel, Offset, Placement, RotateByAngle,
        RoundCrop, SmartCrop,
    };
    use lightmill_recipe::{
        Colour, Findings, Found, FoundKind, Gravity, InputIndex, Locator, ModerationLabel, Recipe, Size,
    };

    use super::super::tests::photo;
    use super::super::{Pipeline, Plan, Settings, Work, plan_with_findings, settle};
    use super::*;
    use crate::{ErrorKind, Probe};

    fn recipe(operations: Vec<Operation>) -> Recipe {
        let mut recipe = Recipe::new(Locator::key("a"));
        recipe.inputs[0].operations = operations;
        recipe.inputs.push(lightmill_recipe::Input::new(Locator::key("mark")));
        recipe
    }

    fn planned(operations: Vec<Operation>, found: Option<Findings>) -> Result<Plan, Error> {
        let mark = Probe { has_alpha: true, ..photo(60, 40) };
        plan_with_findings(&recipe(operations), &[photo(400, 200), mark], &[found], &Settings::default())
    }

    fn pipeline(plan: &Plan) -> &Pipeline {
        let Work::Encode { pipeline, .. } = &plan.outputs[0] else { panic!("an encode") };
        pipeline
    }

    fn size(operation: Operation, found: Option<Findings>) -> Size {
        pipeline(&planned(vec![operation], found).unwrap()).size()
    }

    fn refusal(operation: Operation, found: Option<Findings>) -> String {
        let error = planned(vec![operation], found).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsuitable);
        error.to_string()
    }

    fn cover(placement: Placement) -> Operation {
        Operation::SharpResize(SharpResize {
            target: SharpTarget::Box { width: Some(50), height: Some(50) },
            fit: SharpFit::Cover,
            placement,
            kernel: Kernel::Lanczos3,
            without_enlargement: false,
            without_reduction: false,
        })
    }

    fn composite(tile: bool, width_percent: Option<f64>) -> Operation {
        let mark = CompositeMark {
            input: InputIndex(1),
            width_percent,
            height_percent: None,
            stretched: false,
            transparency_percent: 30.0,
        };
        let (left, top, gravity) = (Some(Offset::FromEnd(10)), None, Gravity::Centre);
        let (blend, premultiplied) = (CompositeBlend::Over, false);
        Operation::Composite(Composite { mark, gravity, left, top, tile, blend, premultiplied })
    }

    fn face(left: f32, top: f32, width: f32, height: f32) -> Findings {
        let found = Found { what: FoundKind::Face, left, top, width, height, confidence: 1.0 };
        Findings { regions: vec![found], ..Findings::default() }
    }

    #[test]
    fn canvases_are_those_of_libvips() {
        let rotate = |degrees| Operation::RotateByAngle(RotateByAngle { degrees, background: Colour::BLACK });
        // 400·cos 30° + 200·sin 30° by 400·sin 30° + 200·cos 30°.
        assert_eq!(size(rotate(30.0), None), Size::new(446, 373));
        assert_eq!(size(rotate(45.0), None), Size::new(424, 424));
        let crop = RoundCrop { radius_x: Some(50), left: Some(30), ..RoundCrop::default() };
        assert_eq!(size(Operation::RoundCrop(crop), None), Size::new(80, 200));
        assert_eq!(size(cover(Placement::Gravity(Gravity::West)), None), Size::new(50, 50));
    }

    #[test]
    fn measures_follow_one_another() {
        let trim = SharpTrim { background: None, threshold: 10.0, line_art: false };
        let first = planned(vec![Operation::SharpTrim(trim), cover(Placement::Attention)], None).unwrap();
        let asks = |plan: &Plan| plan.measures.iter().map(|measure| measure.what).collect::<Vec<_>>();
        assert_eq!(asks(&first), [MeasureWhat::SharpBorder(trim)]);
        let border = Rect { x: 0, y: 0, size: Size::new(100, 200) };
        let mut known = vec![(InputIndex(0), MeasureWhat::SharpBorder(trim), Measured::Border(Some(border)))];
        let second = settle(first.again.as_ref().unwrap(), &known).unwrap();
        let what = MeasureWhat::Interesting { kept: Size::new(50, 50), placement: Placement::Attention };
        assert_eq!(asks(&second), [what]);
        assert_eq!(second.measures[0].pipeline.size(), Size::new(50, 100));
        let window = Rect { x: 0, y: 40, size: Size::new(50, 50) };
        known.push((InputIndex(0), what, Measured::Window(window)));
        let third = settle(second.again.as_ref().unwrap(), &known).unwrap();
        assert!(third.measures.is_empty() && third.again.is_none());
        assert_eq!(pipeline(&third).size(), Size::new(50, 50));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let window = Rect { x: 390, y: 0, size: Size::new(20, 20) };
        assert!(refusal(Operation::Extract(window), None).contains("20x20 at 390,0"));
        let clahe = Clahe { width: 401, height: 3, max_slope: 3 };
        assert!(refusal(Operation::Clahe(clahe), None).contains("clahe"));
        let gains = |count| Operation::ChannelLinear(ChannelLinear { gains: vec![1.5; count] });
        assert!(refusal(gains(2), None).contains("2 factors"));
        assert!(refusal(gains(4), None).contains("4 factors"));
        assert_eq!(size(gains(3), None), Size::new(400, 200));
        assert!(refusal(Operation::ExtractChannel(Channel::Alpha), None).contains("alpha"));
        assert!(refusal(Operation::Colourspace(Colourspace::Cmyk), None).contains("cmyk"));
        assert!(refusal(Operation::PipelineColourspace(Colourspace::Lab), None).contains("lab"));
        assert!(refusal(composite(false, Some(120.0)), None).contains("smaller"));
        let outside = RoundCrop { left: Some(900), ..RoundCrop::default() };
        assert!(refusal(Operation::RoundCrop(outside), None).contains("ellipse"));
    }

    #[test]
    fn plain_marks_are_stamps() {
        let action = |operation| pipeline(&planned(vec![operation], None).unwrap()).steps.clone();
        let stamp = action(composite(false, Some(10.0)));
        let Some(Action::Stamp { stamp, image }) = stamp.first().map(|step| &step.action) else { panic!("a stamp") };
        assert_eq!(image.as_ref().unwrap().size(), Size::new(40, 27));
        assert_eq!((stamp.x, stamp.y, stamp.fade), (Position::Start(350), Position::Start(87), Fade::Multiply(30)));
        let tiled = action(composite(true, None));
        assert!(tiled.iter().any(|step| matches!(step.action, Action::Composite { .. })));
    }

    #[test]
    fn faces_have_windows() {
        let crop = |face_index, padding| Operation::SmartCrop(SmartCrop { face_index, padding });
        let found = || Some(face(0.25, 0.25, 0.25, 0.5));
        assert!(refusal(crop(0, 0), None).contains("analyser"));
        assert_eq!(size(crop(0, 0), Some(Findings::default())), Size::new(400, 200));
        assert_eq!(size(crop(0, 0), found()), Size::new(100, 100));
        assert_eq!(size(crop(0, 10), found()), Size::new(120, 120));
        // What is cut off at the left stays a part of the width.
        assert_eq!(size(crop(0, 110), found()), Size::new(320, 200));
        assert!(refusal(crop(1, 0), found()).contains("number 1"));
        assert!(refusal(crop(0, -50), found()).contains("padding"));
        assert_eq!(size(crop(0, 0), Some(face(-0.25, 0.75, 0.5, 0.5))), Size::new(200, 50));
    }

    #[test]
    fn what_should_not_be_shown_is_blurred() {
        let moderation = |min_confidence, labels: &[&str]| {
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            Operation::ContentModeration(ContentModeration { min_confidence, sigma: 50.0, labels })
        };
        let label = ModerationLabel { name: "Alcohol".into(), parent: String::new(), confidence: 0.8 };
        let found = Findings { moderation: vec![label], ..Findings::default() };
        let blurs = |operation, found: &Findings| {
            let plan = planned(vec![operation], Some(found.clone())).unwrap();
            pipeline(&plan).steps.iter().any(|step| matches!(step.action, Action::Blur { .. }))
        };
        assert!(blurs(moderation(75.0, &[]), &found) && blurs(moderation(80.0, &["Alcohol"]), &found));
        assert!(!blurs(moderation(81.0, &[]), &found) && !blurs(moderation(75.0, &["alcohol"]), &found));
        assert!(!blurs(moderation(0.0, &[]), &Findings::default()));
        assert!(refusal(moderation(75.0, &[]), None).contains("analyser"));
    }
}
