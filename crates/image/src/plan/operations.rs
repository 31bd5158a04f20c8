//! What each operation of a recipe comes to, in steps.

use lightmill_recipe::{
    Corners, Cut, Flip, InputIndex, Light, Margins, Mark, Operation, Rect, Size, StampMark, Trim, TrimDistance,
    geometry,
};

use super::build::{Around, OWN_SIZE, Planner, Purpose, Scaled};
use super::steps::Steps;
use super::{Action, Measure, MeasureWhat, Measured, Pipeline};
use crate::{Error, ExifOrientation};

impl Planner<'_> {
    pub(super) fn operation(
        &mut self,
        operation: &Operation,
        around: Around<'_>,
        steps: &mut Steps,
    ) -> Result<(), Error> {
        let Around { index, input, probe, purpose, .. } = around;
        let size = steps.size;
        let found = self.findings.get(index.0).and_then(Option::as_ref);
        match operation {
            Operation::Resize(resize) => steps.resize(*resize, probe, purpose),
            Operation::Crop(crop) => steps.crop(geometry::crop(size, crop)?),
            Operation::Tile(tile) => {
                steps.crop(geometry::tile(size, tile).unwrap_or(Rect::whole(size)));
            }
            Operation::Circle(circle) => {
                steps.crop(geometry::circle(size, circle));
                steps.push(Action::MaskCircle { radius: geometry::disc(size, circle) }, steps.size);
            }
            Operation::RoundedCorners(corners) => {
                steps.push(Action::MaskRounded { radius: corners.radius.min(size.shorter().div_ceil(2)) }, size);
            }
            Operation::Rotate(rotate) => {
                let turned = geometry::rotate(size, rotate.degrees);
                match rotate.degrees % 360 {
                    0 => {}
                    90 => steps.push(Action::Orient { orientation: ExifOrientation::new(6) }, turned),
                    180 => steps.push(Action::Orient { orientation: ExifOrientation::new(3) }, turned),
                    270 => steps.push(Action::Orient { orientation: ExifOrientation::new(8) }, turned),
                    degrees => steps.push(Action::Rotate { degrees }, turned),
                }
            }
            Operation::Blur(blur) => steps.push(Action::Blur { blur: *blur }, size),
            Operation::Sharpen(sharpen) => steps.push(Action::Sharpen { sharpen: (*sharpen).into() }, size),
            Operation::Linear(linear) => {
                if linear.gain.to_bits() != 1f32.to_bits() || linear.offset != 0.0 {
                    steps.push(Action::Linear { linear: *linear }, size);
                }
            }
            Operation::Greyscale => steps.push(Action::Greyscale, size),
            Operation::Overlay(overlay) => {
                let image = match &overlay.mark {
                    Mark::Image(image) | Mark::ImageAndText { image, .. } => {
                        Some(self.mark(*image, index, size, OWN_SIZE)?)
                    }
                    Mark::Text(_) => None,
                };
                steps.push(Action::Draw { overlay: overlay.clone(), image }, size);
            }
            Operation::Cut(cut) => {
                let border = self.border(cut.trim, around)?;
                steps.trim_and_cut(border, cut.window.as_ref());
            }
            Operation::Reframe(reframe) => steps.reframe(reframe, &input.source, found, purpose),
            Operation::Grow => steps.grow(),
            Operation::Proportion(factor) => steps.resample(geometry::proportion(size, *factor), Light::Gamma),
            Operation::Flip(Flip { horizontal, vertical }) => {
                let value = match (horizontal, vertical) {
                    (true, true) => 3,
                    (true, false) => 2,
                    (false, true) => 4,
                    (false, false) => return Ok(()),
                };
                steps.push(Action::Orient { orientation: ExifOrientation::new(value) }, size);
            }
            Operation::Fill(fill) => steps.fill(fill),
            Operation::Flatten(flatten) => steps.flatten(flatten.backdrop),
            Operation::Corners(Corners { radius_x, radius_y, colour }) => {
                let radius = ((*radius_x).min(size.width.div_ceil(2)), (*radius_y).min(size.height.div_ceil(2)));
                steps.push(Action::MaskCorners { radius, colour: *colour }, size);
            }
            Operation::Tables(tables) => steps.push(Action::Tables { tables: tables.clone() }, size),
            Operation::Luma => steps.push(Action::Luma, size),
            Operation::Equalize => steps.push(Action::Equalize, size),
            Operation::Saturation(saturation) => steps.push(Action::Saturation { saturation: *saturation }, size),
            Operation::Modulate(modulate) => steps.push(Action::Modulate { modulate: (*modulate).into() }, size),
            Operation::WaveletSharpen(sharpen) => steps.push(Action::WaveletSharpen { sharpen: *sharpen }, size),
            Operation::Noise(noise) => steps.push(Action::Noise { noise: *noise }, size),
            Operation::Convolution(convolution) => {
                steps.push(Action::Convolution { convolution: convolution.clone() }, size);
            }
            Operation::Pixelate(side) => steps.push(Action::Pixelate { side: *side }, size),
            Operation::Redact(redact) => steps.redact(*redact, found),
            Operation::DrawDetections(mark) => steps.outline(*mark, found),
            Operation::RedEye => steps.red_eye(found),
            Operation::NinePatch(patch) => self.nine_patch(patch.input, around, steps)?,
            Operation::Stamp(stamp) => {
                let image = match &stamp.mark {
                    StampMark::Image(image, wanted) => Some(self.mark(*image, index, size, Scaled::Stamp(*wanted))?),
                    StampMark::Text(_) | StampMark::Paragraph(_) => None,
                };
                steps.push(Action::Stamp { stamp: stamp.clone(), image }, size);
            }
            other => return self.sharp(other, around, steps),
        }
        Ok(())
    }

    /// What a border leaves of the picture, as far as that was measured; else it will be. imagor does not trim
    /// animations.
    pub(super) fn border(&mut self, trim: Option<Trim>, around: Around<'_>) -> Result<Option<Rect>, Error> {
        let trim = trim.filter(|trim| around.frames == 1 || trim.distance == TrimDistance::Euclidean);
        let Some(trim) = trim else { return Ok(None) };
        if around.before.iter().any(|before| matches!(before, Operation::Cut(Cut { trim: Some(_), .. }))) {
            return Err(Error::unsupported("trimming a picture twice"));
        }
        let index = around.index;
        let what = MeasureWhat::Border(trim);
        if let Some(Measured::Border(border)) = self.known(index, what) {
            return Ok(border);
        }
        self.measure(what, index, around.before, around.purpose)?;
        Ok(None)
    }

    /// A frame around the picture.
    fn nine_patch(&mut self, patch: InputIndex, around: Around<'_>, steps: &mut Steps) -> Result<(), Error> {
        let image = self.mark(patch, around.index, steps.size, OWN_SIZE)?;
        let insets = self.known(patch, MeasureWhat::Insets).and_then(|measured| match measured {
            Measured::Insets(insets) => Some(insets),
            _ => None,
        });
        if insets.is_none() {
            let operations = &self.input(patch)?.operations;
            self.measure(MeasureWhat::Insets, patch, operations, Purpose::mark(steps.size, OWN_SIZE))?;
        }
        // Until it is known: as wide as it can be.
        let half = |length: u32| Margins { left: length, top: length, ..Margins::default() };
        let insets = insets.unwrap_or_else(|| half(image.size().longer()));
        let Margins { left, top, right, bottom } = insets;
        let canvas = Size::new(
            steps.size.width.saturating_add(left).saturating_add(right),
            steps.size.height.saturating_add(top).saturating_add(bottom),
        );
        steps.push(Action::NinePatch { insets, image }, canvas);
        Ok(())
    }

    /// What was measured of an input.
    pub(super) fn known(&self, index: InputIndex, what: MeasureWhat) -> Option<Measured> {
        self.known.iter().find(|(input, known, _)| *input == index && *known == what).map(|(.., measured)| *measured)
    }

    /// Notes that something has to be measured, unless something else has to be before in an input after these operations.
    pub(super) fn measure(
        &mut self,
        what: MeasureWhat,
        index: InputIndex,
        operations: &[Operation],
        purpose: Purpose<'_>,
    ) -> Result<(), Error> {
        // What an unknown measure decides on may be part of what this one looks at: its turn comes when that is known.
        if !self.measures.is_empty() {
            return Ok(());
        }
        let budget = self.budget;
        let pipeline = self.pipeline_of(index, operations, 1, purpose.measured())?;
        self.budget = budget;
        self.measures.push(Measure { what, pipeline });
        Ok(())
    }

    /// The pipeline of the picture in a mark, in its size on a picture of size `parent`.
    pub(super) fn mark(
        &mut self,
        mark: InputIndex,
        owner: InputIndex,
        parent: Size,
        wanted: Scaled,
    ) -> Result<Box<Pipeline>, Error> {
        if mark <= owner {
            return Err(Error::internal("an overlay refers to an input before its own"));
        }
        Ok(Box::new(self.pipeline(mark, 1, Purpose::mark(parent, wanted))?))
    }
}
