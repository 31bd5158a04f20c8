//! A recipe in the vocabulary of another dialect: values that it has words for take the place of those that mean the same.
//! What has no such place stays, and the dialect's writer refuses it.

use lightmill_recipe::{
    Cut, Edges, Enlarge, Fill, FillCanvas, Fit, FrameRange, Frames, Input, Light, Linear, Operation, Orientation,
    Output, Recipe, Resize, Rotate, Target, Trim,
};

use super::words::Words;
use super::{Note, marks, output, sizes, steps};

/// `recipe` in `words`.
pub(super) fn recipe(recipe: &Recipe, words: Words, notes: &mut Vec<Note>) -> Recipe {
    let mut translated = recipe.clone();
    let mut sized = Vec::new();
    for (index, input) in translated.inputs.iter_mut().enumerate() {
        let mut translator = Translator { words, recipe, notes, sized: &mut sized, made: Vec::new() };
        translator.all(&input.operations);
        input.operations = translator.made;
        stored(index, input, words, notes);
    }
    for (index, percent) in sized {
        if let Some(input) = translated.inputs.get_mut(index) {
            match percent {
                Some(percent) => input.operations.push(of_parent(percent)),
                None => input.operations.clear(),
            }
        }
    }
    for output in &mut translated.outputs {
        if let Output::Picture(picture) = output {
            output::translate(picture, words, notes);
        }
    }
    if translated == *recipe {
        notes.clear();
    }
    translated
}

/// Orientation and frames of one input.
fn stored(index: usize, input: &mut Input, words: Words, notes: &mut Vec<Note>) {
    let is_mark = index > 0;
    match words {
        Words::Oss(_) => {
            // Of a mark both are the first frame.
            if is_mark && input.frames == Frames::All {
                input.frames = Frames::First;
            }
        }
        Words::Thumbor { upright, .. } => {
            if is_mark && input.frames == Frames::First {
                input.frames = Frames::All;
            }
            if let Frames::FirstOfGif(count) = input.frames {
                let range = FrameRange { first: 0, count: std::num::NonZeroU32::new(count) };
                input.frames = range.into();
                notes.push(Note::Frames);
            }
            let orientation = if upright { Orientation::Apply } else { Orientation::Ignore };
            if input.orientation != orientation {
                notes.push(match (is_mark, upright) {
                    (true, _) => Note::MarkOrientation,
                    (false, false) => Note::OrientationNeedsMount,
                    (false, true) => Note::OrientationApplied,
                });
            }
            input.orientation = orientation;
        }
    }
}

fn of_parent(percent: u32) -> Operation {
    let target = Target::PercentOfParent(percent);
    Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::default() })
}

/// The steps of one input that are being put into other words.
struct Translator<'a> {
    words: Words,
    recipe: &'a Recipe,
    notes: &'a mut Vec<Note>,
    /// Marks whose own size goes into the step that draws them (`None`), or comes out of it.
    sized: &'a mut Vec<(usize, Option<u32>)>,
    made: Vec<Operation>,
}

impl Translator<'_> {
    fn all(&mut self, operations: &[Operation]) {
        let mut rest = operations;
        while let [operation, behind @ ..] = rest {
            // Some steps behind it may belong to it.
            let taken = self.one(operation, behind);
            rest = behind.get(taken..).unwrap_or_default();
        }
    }

    /// Puts one step into other words, or leaves it; how many steps behind it belong to it.
    fn one(&mut self, operation: &Operation, behind: &[Operation]) -> usize {
        let mut notes = Vec::new();
        let done = match self.words {
            Words::Oss(_) => self.in_oss(operation, behind, &mut notes),
            Words::Thumbor { .. } => self.in_thumbor(operation, behind, &mut notes),
        };
        let Some((steps, taken)) = done else {
            self.made.push(operation.clone());
            return 0;
        };
        self.made.extend(steps);
        self.notes.extend(notes);
        taken
    }

    fn is_cut(&self) -> bool {
        self.made.iter().any(|operation| matches!(operation, Operation::Cut(_) | Operation::Crop(_)))
    }

    fn in_oss(
        &mut self,
        operation: &Operation,
        behind: &[Operation],
        notes: &mut Vec<Note>,
    ) -> Option<(Vec<Operation>, usize)> {
        let Words::Oss(flavour) = self.words else { return None };
        let one = match operation {
            Operation::Reframe(reframe) => {
                let (resize, taken) = sizes::to_resize(reframe, behind, flavour.limited(), self.is_cut(), notes)?;
                return Some((vec![Operation::Resize(resize)], taken));
            }
            Operation::Cut(cut) => {
                notes.push(Note::OutsideWindow);
                Operation::Crop(steps::crop(cut)?)
            }
            Operation::Tables(tables) => {
                notes.push(Note::Depth);
                Operation::Linear(steps::linear(tables)?)
            }
            Operation::Luma => {
                notes.push(Note::Grey);
                Operation::Greyscale
            }
            Operation::Corners(_) => steps::corners(operation, notes)?,
            Operation::Stamp(stamp) => {
                let (overlay, percent) = marks::to_overlay(stamp, notes)?;
                self.sized.extend(percent.map(|(index, percent)| (index.0, Some(percent))));
                Operation::Overlay(overlay)
            }
            _ => return None,
        };
        Some((vec![one], 0))
    }

    fn in_thumbor(
        &mut self,
        operation: &Operation,
        behind: &[Operation],
        notes: &mut Vec<Note>,
    ) -> Option<(Vec<Operation>, usize)> {
        let arithmetic = self.words.arithmetic()?;
        let imagor = self.words.are_imagor();
        let one = match operation {
            Operation::Resize(resize) => {
                return Some((sizes::to_reframe(resize, arithmetic, self.is_cut(), notes)?, 0));
            }
            Operation::Reframe(reframe) => {
                let (reframe, grow, taken) = sizes::to_arithmetic(reframe, behind, arithmetic, self.is_cut(), notes);
                return Some((std::iter::once(Operation::Reframe(reframe)).chain(grow).collect(), taken));
            }
            Operation::Crop(crop) => {
                notes.push(Note::OutsideWindow);
                let [left, top, right, bottom] = steps::edges(crop)?;
                let is_first = self.made.iter().all(|operation| imagor && matches!(operation, Operation::Rotate(_)));
                let window = if is_first || !imagor {
                    Edges::Pixels { left, top, right, bottom }
                } else {
                    let [width, height] = [right - left, bottom - top].map(f64::from);
                    Edges::Box { left: left.into(), top: top.into(), width, height }
                };
                Operation::Cut(Cut { trim: None, window: Some(window) })
            }
            Operation::Cut(Cut { trim: Some(trim), window }) if trim.distance != self.words.trim_distance() => {
                notes.push(Note::Trim);
                let trim = Trim { distance: self.words.trim_distance(), ..*trim };
                Operation::Cut(Cut { trim: Some(trim), window: *window })
            }
            // The picture as it is.
            Operation::Rotate(Rotate { degrees: 0 }) => return Some((Vec::new(), 0)),
            Operation::Linear(Linear { gain, offset }) => {
                notes.push(Note::Depth);
                Operation::Tables(steps::tables(Linear { gain: *gain, offset: *offset }))
            }
            Operation::Greyscale if !imagor => {
                notes.push(Note::Grey);
                Operation::Luma
            }
            Operation::Luma if imagor => {
                notes.push(Note::Grey);
                Operation::Greyscale
            }
            Operation::RoundedCorners(_) => steps::corners(operation, notes)?,
            Operation::Fill(Fill { canvas: canvas @ FillCanvas::Frame(_), backdrop, blend: false }) if imagor => {
                notes.push(Note::Transparency);
                Operation::Fill(Fill { canvas: *canvas, backdrop: *backdrop, blend: true })
            }
            Operation::Overlay(overlay) => {
                let mark = match overlay.mark {
                    lightmill_recipe::Mark::Image(index) => self.recipe.inputs.get(index.0).map(|input| (index, input)),
                    _ => None,
                };
                let percent = mark.and_then(|(index, input)| {
                    marks::percent_of_parent(&input.operations).map(|percent| (index, percent))
                });
                let stamp = marks::to_stamp(overlay, percent.map(|(_, percent)| percent), self.words, notes)?;
                self.sized.extend(percent.map(|(index, _)| (index.0, None)));
                Operation::Stamp(stamp)
            }
            Operation::Stamp(stamp) => Operation::Stamp(marks::restamped(stamp, self.words, notes)),
            _ => return None,
        };
        Some((vec![one], 0))
    }
}
