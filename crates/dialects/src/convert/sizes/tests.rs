use lightmill_recipe::{Colour, Rect, Size, geometry};
use proptest::prelude::*;

use super::*;

const PAD: Fit = Fit::Contain { background: Colour::WHITE };

/// What steps make of a picture: the size of the result, and the part of the source that is seen, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Made {
    size: Size,
    seen: [f64; 4],
}

fn resized(size: Size, resize: &Resize) -> Made {
    let made = geometry::resize(size, resize, None);
    Made { size: made.canvas, seen: seen(Rect::whole(size), made.scaled, made.window) }
}

fn seen(crop: Rect, scaled: Size, window: Rect) -> [f64; 4] {
    let x = f64::from(crop.size.width) / f64::from(scaled.width);
    let y = f64::from(crop.size.height) / f64::from(scaled.height);
    let (left, top) = (f64::from(window.x) * x + f64::from(crop.x), f64::from(window.y) * y + f64::from(crop.y));
    [left, top, left + f64::from(window.size.width) * x, top + f64::from(window.size.height) * y]
}

fn stepped(size: Size, steps: &[Operation]) -> Made {
    let whole = [0.0, 0.0, f64::from(size.width), f64::from(size.height)];
    let (mut made, mut frame) = (Made { size, seen: whole }, size);
    for step in steps {
        match step {
            Operation::Reframe(reframe) => {
                let reframed = geometry::reframe(size, Rect::whole(size), reframe, None);
                frame = reframed.frame;
                made = Made { size: reframed.window.size, seen: seen(reframed.crop, reframed.scaled, reframed.window) };
            }
            Operation::Grow => made.size = geometry::grow(made.size, frame),
            Operation::Proportion(factor) => made.size = geometry::proportion(made.size, *factor),
            Operation::Fill(_) => {
                made.size = Size::new(made.size.width.max(frame.width), made.size.height.max(frame.height));
            }
            other => panic!("{other:?}"),
        }
    }
    made
}

/// Both are the same but for what the notes say. `asked`: the longest side that is asked for.
fn assert_same(size: Size, asked: u32, one: Made, other: Made, notes: &[Note]) -> Result<(), TestCaseError> {
    if notes.contains(&Note::SmallSources) && size.shorter() < asked {
        return Ok(());
    }
    let said = |note| notes.contains(&note);
    let differs = |a: u32, b: u32| a.abs_diff(b);
    // Half a pixel of a side that follows is as many of the other as the one is longer.
    let allowed = match (said(Note::Following), said(Note::Rounding)) {
        (true, _) => 2 + one.size.longer() / one.size.shorter(),
        (false, true) => 1,
        (false, false) => 0,
    };
    prop_assert!(differs(one.size.width, other.size.width) <= allowed, "{:?} {:?} {:?}", one, other, notes);
    prop_assert!(differs(one.size.height, other.size.height) <= allowed, "{:?} {:?} {:?}", one, other, notes);
    let window = said(Note::Window);
    for axis in 0..2 {
        let (length, made) = if axis == 0 { (size.width, one.size.width) } else { (size.height, one.size.height) };
        // A window moves by whole pixels, of the source or of the result, and aspect ratios are compared with two decimals.
        let pixel = (f64::from(length) / f64::from(made)).max(1.0);
        let ratio = f64::from(size.longer()) * 0.01 * f64::from(size.longer()) / f64::from(size.shorter());
        let allowed = if window { 3.0 * pixel + ratio } else { 1e-6 * f64::from(length) };
        for edge in [axis, axis + 2] {
            let moved = (one.seen[edge] - other.seen[edge]).abs();
            prop_assert!(moved <= allowed, "{} of {}: {:?} {:?} {:?}", moved, allowed, one, other, notes);
        }
    }
    Ok(())
}

fn target() -> impl Strategy<Value = Target> {
    let side = || proptest::option::weighted(0.7, 1..2000_u32);
    prop_oneof![
        3 => (side(), side()).prop_map(|(width, height)| Target::Box { width, height }),
        1 => (1..2000_u32).prop_map(|n| Target::Box { width: Some(n), height: Some(n) }),
        2 => (side(), side()).prop_map(|(longer, shorter)| Target::Sides { longer, shorter }),
        1 => (1..200_u32).prop_map(Target::Percent),
    ]
}

fn resize() -> impl Strategy<Value = Resize> {
    let fit = proptest::sample::select(&[Fit::Inside, Fit::Outside, Fit::Cover, PAD, Fit::Stretch][..]);
    let enlarge = [Enlarge::AllowedButGif, Enlarge::Never, Enlarge::NeverEachSide];
    (target(), fit, proptest::sample::select(enlarge.to_vec())).prop_map(|(target, fit, enlarge)| {
        // Percent are never bounded in OSS.
        let enlarge = if matches!(target, Target::Percent(_)) { Enlarge::AllowedButGif } else { enlarge };
        Resize { target, fit, enlarge, light: Light::Gamma }
    })
}

fn reframe() -> impl Strategy<Value = Reframe> {
    let side =
        || (0..2000_u32).prop_map(|n| NonZeroU32::new(n).filter(|n| n.get() > 300).map_or(Side::Free, Side::Pixels));
    let methods: Vec<Method> = [(false, false), (false, true), (true, false), (true, true)]
        .map(|(adaptive, full)| Method::FitIn { adaptive, full })
        .into_iter()
        .chain([Method::Cover, Method::Stretch])
        .collect();
    (
        side(),
        side(),
        proptest::sample::select(methods),
        proptest::sample::select(vec![Growth::Usual, Growth::Never, Growth::Always]),
        any::<bool>(),
    )
        .prop_filter("a size", |(width, height, ..)| (*width, *height) != (Side::Free, Side::Free))
        .prop_map(|(width, height, method, growth, imagor)| {
            let arithmetic = if imagor { Arithmetic::ScaleThenCrop } else { Arithmetic::CropThenScale };
            // Only imagor has a word for it.
            let growth = if imagor || growth != Growth::Always { growth } else { Growth::Usual };
            Reframe { width, height, method, growth, focus: Focus::default(), arithmetic }
        })
}

fn longest(reframe: &Reframe) -> u32 {
    let length = |side| if let Side::Pixels(pixels) = side { pixels.get() } else { 0 };
    length(reframe.width).max(length(reframe.height))
}

fn size() -> impl Strategy<Value = Size> {
    // A square, and shapes up to 1 : 8.
    (40..5000_u32, 0.125..8.0_f64, any::<bool>()).prop_map(|(width, ratio, square)| {
        Size::new(width, if square { width } else { (f64::from(width) * ratio).clamp(40.0, 9000.0) as u32 })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn sizes_of_oss_are_those_of_thumbor_and_imagor(resize in resize(), size in size(), imagor in any::<bool>()) {
        let arithmetic = if imagor { Arithmetic::ScaleThenCrop } else { Arithmetic::CropThenScale };
        let mut notes = Vec::new();
        if let Some(steps) = to_reframe(&resize, arithmetic, false, &mut notes) {
            let asked = match resize.target {
                Target::Box { width, height } => width.max(height),
                Target::Sides { longer, shorter } => longer.max(shorter),
                _ => None,
            };
            let (one, other) = (resized(size, &resize), stepped(size, &steps));
            assert_same(size, asked.unwrap_or(0), one, other, &notes)?;
        }
    }

    #[test]
    fn sizes_of_thumbor_and_imagor_are_those_of_oss(
        reframe in reframe(), size in size(), grow in any::<bool>(), fill in any::<bool>(), each in any::<bool>(),
    ) {
        let limited = if each { Enlarge::NeverEachSide } else { Enlarge::Never };
        let canvas = FillCanvas::Frame(Margins::default());
        let fill = fill.then_some(Operation::Fill(Fill { canvas, backdrop: Backdrop::Colour(Colour::WHITE), blend: false }));
        let behind: Vec<Operation> = grow.then_some(Operation::Grow).into_iter().chain(fill).collect();
        let mut notes = Vec::new();
        if let Some((resize, taken)) = to_resize(&reframe, &behind, limited, false, &mut notes) {
            let mut steps = vec![Operation::Reframe(reframe.clone())];
            steps.extend_from_slice(&behind[..taken]);
            assert_same(size, longest(&reframe), stepped(size, &steps), resized(size, &resize), &notes)?;
        }
    }

    #[test]
    fn sizes_of_thumbor_are_those_of_imagor(reframe in reframe(), size in size(), grow in any::<bool>()) {
        let there = match reframe.arithmetic {
            Arithmetic::CropThenScale => Arithmetic::ScaleThenCrop,
            Arithmetic::ScaleThenCrop => Arithmetic::CropThenScale,
        };
        let behind = if grow && there == Arithmetic::ScaleThenCrop { vec![Operation::Grow] } else { Vec::new() };
        let mut notes = Vec::new();
        let (other, step, taken) = to_arithmetic(&reframe, &behind, there, false, &mut notes);
        let mut one = vec![Operation::Reframe(reframe.clone())];
        one.extend_from_slice(&behind[..taken]);
        let other: Vec<_> = std::iter::once(Operation::Reframe(other)).chain(step).collect();
        assert_same(size, longest(&reframe), stepped(size, &one), stepped(size, &other), &notes)?;
    }
}

#[test]
fn most_fits_of_oss_have_no_note() {
    let boxed = |fit, enlarge| Resize {
        target: Target::Box { width: Some(300), height: Some(200) },
        fit,
        enlarge,
        light: Light::Gamma,
    };
    for (fit, enlarge, expected) in [
        (Fit::Inside, Enlarge::Never, vec![]),
        (Fit::Outside, Enlarge::Never, vec![]),
        (Fit::Stretch, Enlarge::NeverEachSide, vec![]),
        (Fit::Stretch, Enlarge::Never, vec![Note::SmallSources]),
        (Fit::Cover, Enlarge::Allowed, vec![Note::Window]),
        (PAD, Enlarge::Never, vec![Note::SmallSources]),
        (Fit::Inside, Enlarge::AllowedButGif, vec![Note::Gif, Note::Rounding]),
    ] {
        let mut notes = Vec::new();
        to_reframe(&boxed(fit, enlarge), Arithmetic::CropThenScale, false, &mut notes).unwrap();
        assert_eq!(notes, expected, "{fit:?} {enlarge:?}");
    }
}
