//! What [`Resize`] and [`Reframe`] have in common.
//!
//! Each function gives values that make pictures of the same size, of which the same window is kept, and the notes
//! that say for which sources they do not. The tests compare both geometries for sources of any size.

use std::num::NonZeroU32;

use lightmill_recipe::{
    Arithmetic, Backdrop, Enlarge, Fill, FillCanvas, Fit, Focus, Growth, Light, Margins, Method, Operation, Reframe,
    Resize, Side, Target,
};

use super::Note;

const INSIDE: Method = Method::FitIn { adaptive: false, full: false };
const OUTSIDE: Method = Method::FitIn { adaptive: false, full: true };

/// A size in the words of Thumbor or imagor, to be followed by steps; `None` if they have none.
///
/// `is_cut`: a window was taken before, so that a bound by the source is no bound by what is left of it.
pub(super) fn to_reframe(
    resize: &Resize,
    arithmetic: Arithmetic,
    is_cut: bool,
    notes: &mut Vec<Note>,
) -> Option<Vec<Operation>> {
    let imagor = arithmetic == Arithmetic::ScaleThenCrop;
    let grows = matches!(resize.enlarge, Enlarge::Allowed | Enlarge::AllowedButGif);
    let pixels = |length: Option<u32>| NonZeroU32::new(length?).map(Side::Pixels);
    let (method, width, height) = match (resize.target, resize.fit) {
        _ if resize.light != Light::default() => return None,
        (
            Target::Box { width: None, height: None }
            | Target::Sides { longer: None, shorter: None }
            | Target::Percent(100),
            _,
        ) => return Some(Vec::new()),
        (Target::Percent(101..), _) if !grows => return Some(Vec::new()),
        (Target::Percent(percent @ 1..100), _) => {
            notes.push(Note::Rounding);
            return Some(vec![Operation::Proportion((f64::from(percent) / 100.0) as f32)]);
        }
        (Target::Box { width: Some(w), height: Some(h) }, fit) => (method(fit), Some(w), Some(h)),
        (Target::Sides { longer: Some(l), shorter: Some(s) }, fit) if l == s => (method(fit), Some(l), Some(s)),
        (Target::Sides { longer: Some(l), shorter: Some(s) }, Fit::Inside) if l > s => {
            (Method::FitIn { adaptive: true, full: false }, Some(l), Some(s))
        }
        (Target::Sides { longer: Some(l), shorter: Some(s) }, Fit::Outside) if l > s => {
            (Method::FitIn { adaptive: true, full: true }, Some(l), Some(s))
        }
        // With one side given every fit but `Stretch` is the same.
        (Target::Sides { longer: Some(l), shorter: None }, fit) if fit != Fit::Stretch => (INSIDE, Some(l), Some(l)),
        (Target::Sides { longer: None, shorter: Some(s) }, fit) if fit != Fit::Stretch => (OUTSIDE, Some(s), Some(s)),
        (Target::Sides { .. } | Target::Percent(_) | Target::PercentOfParent(_), _) => return None,
        (Target::Box { width, height }, _) => (Method::Stretch, width, height),
    };
    let follows = if resize.fit == Fit::Stretch { Side::Original } else { Side::Free };
    if follows == Side::Original && imagor && (width.is_none() || height.is_none()) {
        return None;
    }
    let (width, height) = (pixels(width).unwrap_or(follows), pixels(height).unwrap_or(follows));
    if width == Side::Free || height == Side::Free {
        // Halves are rounded to even in Thumbor.
        notes.extend((!imagor).then_some(Note::Rounding));
    }
    let padded = match resize.fit {
        Fit::Contain { background } if method == INSIDE && width != Side::Free && is_box(resize.target) => {
            Some(background)
        }
        _ => None,
    };
    let (growth, enlarges) = match (method, grows) {
        (Method::FitIn { .. }, true) if imagor => (Growth::Always, false),
        (Method::FitIn { .. }, false) if imagor => (Growth::Usual, false),
        (Method::FitIn { full: false, .. }, grows) => (Growth::Usual, grows),
        (_, true) => (Growth::Usual, false),
        (_, false) => (Growth::Never, false),
    };
    notes.extend((resize.enlarge == Enlarge::AllowedButGif).then_some(Note::Gif));
    notes.extend(enlarges.then_some(Note::Rounding));
    notes.extend((imagor && matches!(method, Method::FitIn { full: true, .. })).then_some(Note::Rounding));
    notes.extend((method == Method::Cover).then_some(Note::Window));
    let each_side = method == Method::Stretch
        && (resize.enlarge == Enlarge::NeverEachSide || width == follows || height == follows);
    let adaptive = matches!(method, Method::FitIn { adaptive: true, .. });
    let bounded_otherwise = match growth {
        Growth::Never => is_cut || adaptive || !(each_side || method == OUTSIDE),
        _ => padded.is_some() && !grows,
    };
    notes.extend(bounded_otherwise.then_some(Note::SmallSources));
    let focus = Focus::default();
    let mut steps = vec![Operation::Reframe(Reframe { width, height, method, growth, focus, arithmetic })];
    steps.extend(enlarges.then_some(Operation::Grow));
    if let Some(background) = padded {
        notes.extend(imagor.then_some(Note::Transparency));
        let canvas = FillCanvas::Frame(Margins::default());
        steps.push(Operation::Fill(Fill { canvas, backdrop: Backdrop::Colour(background), blend: imagor }));
    }
    Some(steps)
}

fn method(fit: Fit) -> Method {
    match fit {
        Fit::Inside | Fit::Contain { .. } => INSIDE,
        Fit::Outside => OUTSIDE,
        Fit::Cover => Method::Cover,
        Fit::Stretch => Method::Stretch,
    }
}

/// Whether both sides are given.
fn is_box(target: Target) -> bool {
    matches!(
        target,
        Target::Box { width: Some(_), height: Some(_) } | Target::Sides { longer: Some(_), shorter: Some(_) }
    )
}

/// The size of a reframe and of the steps behind it that belong to it, in the words of OSS, and how many these steps are.
///
/// `limited`: how the flavour says that nothing is enlarged. `is_cut`: as in [`to_reframe`].
pub(super) fn to_resize(
    reframe: &Reframe,
    behind: &[Operation],
    limited: Enlarge,
    is_cut: bool,
    notes: &mut Vec<Note>,
) -> Option<(Resize, usize)> {
    let imagor = reframe.arithmetic == Arithmetic::ScaleThenCrop;
    let length = |side: Side| match side {
        Side::Pixels(pixels) => Some(Some(pixels.get())),
        Side::Free => Some(None),
        Side::Original if reframe.method == Method::Stretch => Some(None),
        Side::Original | Side::ParentLess(_) => None,
    };
    let (width, height) = (length(reframe.width)?, length(reframe.height)?);
    let boxed = Target::Box { width, height };
    let is_one_sided = width.is_none() || height.is_none();
    let never = reframe.growth == Growth::Never;
    let mut steps = 0;
    let (target, fit, grows) = match reframe.method {
        Method::FitIn { full, adaptive } => {
            // A square lies the same either way.
            let adaptive = adaptive && (width != height || is_one_sided);
            let grown = !imagor && !full && !never && matches!(behind, [Operation::Grow, ..]);
            steps += usize::from(grown);
            let grows = match (imagor, full) {
                (true, _) => reframe.growth == Growth::Always,
                (false, full) => (full && !never) || grown,
            };
            notes.extend((grown || (imagor && full)).then_some(Note::Rounding));
            notes.extend(is_one_sided.then_some(Note::Following));
            notes.extend((never && (is_cut || adaptive)).then_some(Note::SmallSources));
            let target = match (adaptive, width, height) {
                (true, Some(width), Some(height)) => {
                    Target::Sides { longer: Some(width.max(height)), shorter: Some(width.min(height)) }
                }
                (true, ..) => return None,
                (false, ..) => boxed,
            };
            let fit = match (full, behind.get(steps)) {
                (true, _) => Fit::Outside,
                (false, Some(Operation::Fill(fill))) if !adaptive && !is_one_sided && !never => match *fill {
                    Fill { canvas: FillCanvas::Frame(margins), backdrop: Backdrop::Colour(background), blend }
                        if margins == Margins::default() =>
                    {
                        steps += 1;
                        notes.extend(blend.then_some(Note::Transparency));
                        notes.extend((!grows).then_some(Note::SmallSources));
                        Fit::Contain { background }
                    }
                    _ => Fit::Inside,
                },
                (false, _) => Fit::Inside,
            };
            (target, fit, grows)
        }
        Method::Cover if reframe.focus != Focus::default() => return None,
        Method::Cover if is_one_sided => {
            notes.extend([Note::Rounding, Note::Window]);
            notes.extend((never && is_cut).then_some(Note::SmallSources));
            (boxed, Fit::Inside, !never)
        }
        Method::Cover => {
            notes.push(Note::Window);
            notes.extend(never.then_some(Note::SmallSources));
            (boxed, Fit::Cover, !never)
        }
        Method::Stretch if is_one_sided && [reframe.width, reframe.height].contains(&Side::Free) => {
            notes.extend((!imagor).then_some(Note::Rounding));
            notes.extend((never && is_cut).then_some(Note::SmallSources));
            (boxed, Fit::Inside, !never)
        }
        Method::Stretch => {
            let each_side = limited == Enlarge::NeverEachSide || is_one_sided;
            notes.extend((never && (is_cut || !each_side)).then_some(Note::SmallSources));
            (boxed, Fit::Stretch, !never)
        }
    };
    notes.extend(grows.then_some(Note::Gif));
    let enlarge = if grows { Enlarge::AllowedButGif } else { limited };
    Some((Resize { target, fit, enlarge, light: Light::default() }, steps))
}

/// A reframe with the rounding of the other server, and how many steps behind it belong to it; the second value is a
/// step of its own behind it.
pub(super) fn to_arithmetic(
    reframe: &Reframe,
    behind: &[Operation],
    arithmetic: Arithmetic,
    is_cut: bool,
    notes: &mut Vec<Note>,
) -> (Reframe, Option<Operation>, usize) {
    let mut reframe = reframe.clone();
    if reframe.arithmetic == arithmetic {
        return (reframe, None, 0);
    }
    reframe.arithmetic = arithmetic;
    let to_imagor = arithmetic == Arithmetic::ScaleThenCrop;
    let is_one_sided = [reframe.width, reframe.height].contains(&Side::Free);
    let (mut grow, mut steps) = (None, 0);
    match reframe.method {
        Method::FitIn { full: true, adaptive } => {
            notes.push(Note::Rounding);
            reframe.growth = match (to_imagor, reframe.growth) {
                (true, Growth::Usual) => Growth::Always,
                (false, Growth::Usual) => {
                    notes.extend((is_cut || adaptive).then_some(Note::SmallSources));
                    Growth::Never
                }
                (false, Growth::Always) => Growth::Usual,
                (_, growth) => growth,
            };
        }
        Method::FitIn { full: false, .. } if to_imagor => {
            if matches!(behind, [Operation::Grow, ..]) && reframe.growth == Growth::Usual {
                (reframe.growth, steps) = (Growth::Always, 1);
                notes.push(Note::Rounding);
            }
        }
        Method::FitIn { full: false, .. } => {
            if reframe.growth == Growth::Always {
                (reframe.growth, grow) = (Growth::Usual, Some(Operation::Grow));
                notes.push(Note::Rounding);
            }
        }
        Method::Cover => notes.push(Note::Window),
        Method::Stretch => {}
    }
    if !matches!(reframe.method, Method::FitIn { .. }) && reframe.growth == Growth::Always {
        reframe.growth = Growth::Usual;
    }
    if is_one_sided {
        let fits = matches!(reframe.method, Method::FitIn { .. });
        notes.push(if fits { Note::Following } else { Note::Rounding });
    }
    (reframe, grow, steps)
}

#[cfg(test)]
mod tests;
