//! What a client says about its screen, and what that makes of a recipe.
//!
//! `Sec-CH-DPR`, `Sec-CH-Width` and `Sec-CH-Viewport-Width` (WICG, "Responsive Image Client Hints"), and their older names
//! without `Sec-CH-`. Values are rounded up to a few steps, so that caches hold few variants of a picture.

use std::num::NonZeroU32;

use lightmill_recipe::{
    Enlarge, Fit, Input, Light, Operation, Output, Recipe, Resize, Side, Target, sharp::SharpTarget,
};

/// Steps of the device pixels in a pixel of the page.
const RATIOS: [f64; 4] = [1.0, 1.5, 2.0, 3.0];
/// Steps of widths, in device pixels.
const WIDTHS: [u32; 11] = [160, 320, 480, 640, 768, 1024, 1280, 1600, 1920, 2560, 3840];
/// What is no width of a screen.
const WIDEST: u32 = 16_384;

/// Which hints are heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heeded {
    /// Device pixels in a pixel of the page.
    pub pixel_ratio: bool,
    /// The width of the place for the picture.
    pub width: bool,
    /// The width of the page's window, where that of the place is not known.
    pub viewport_width: bool,
}

impl Heeded {
    /// The names of the headers that take part, for `Vary`.
    pub fn headers(self) -> impl Iterator<Item = &'static str> {
        let each = [
            (self.pixel_ratio, ["Sec-CH-DPR", "DPR"]),
            (self.width, ["Sec-CH-Width", "Width"]),
            (self.viewport_width, ["Sec-CH-Viewport-Width", "Viewport-Width"]),
        ];
        each.into_iter().filter(|(heeded, _)| *heeded).flat_map(|(_, names)| names)
    }
}

/// What a client says about its screen, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClientHints {
    /// Device pixels in a pixel of the page: 1, 1.5, 2 or 3.
    pub pixel_ratio: Option<f64>,
    /// Width of the place for the picture, in device pixels.
    pub width: Option<u32>,
}

impl ClientHints {
    /// Reads the headers that are heeded; `get` gives the value of one. What is no such value counts as not said.
    pub fn read<'a>(heeded: Heeded, get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let said = |is_heeded: bool, names: [&str; 2]| names.into_iter().filter(|_| is_heeded).find_map(&get);
        let pixel_ratio = said(heeded.pixel_ratio, ["sec-ch-dpr", "dpr"]).and_then(ratio);
        let width = said(heeded.width, ["sec-ch-width", "width"]).and_then(pixels);
        let window = said(heeded.viewport_width, ["sec-ch-viewport-width", "viewport-width"]).and_then(pixels);
        let window = window.map(|width| scaled(width, pixel_ratio.unwrap_or(1.0)));
        Self { pixel_ratio, width: width.or(window).and_then(step) }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pixel_ratio.is_none_or(|ratio| ratio <= 1.0) && self.width.is_none()
    }

    /// Makes the picture as large as the screen shows it: sizes that the request names count in pixels of the page, and
    /// are multiplied by the ratio; where it names none, the picture becomes no wider than its place.
    ///
    /// Nothing changes where the result would not be the same picture in another size (a mark or a radius in pixels
    /// comes after the resize), and where a side would be beyond `longest`.
    pub fn apply(&self, recipe: &mut Recipe, longest: u32) {
        let pictures = recipe.outputs.iter().all(|output| matches!(output, Output::Picture(_)));
        let Some(main) = recipe.inputs.first_mut().filter(|_| pictures && !self.is_empty()) else { return };
        match main.operations.iter().position(is_resize) {
            Some(first) if main.operations[first..].iter().all(is_scale_free) => {
                self.scale(main, longest);
            }
            Some(_) => {}
            None => {
                if let Some(width) = self.width.filter(|width| *width <= longest) {
                    main.operations.push(Operation::Resize(Resize {
                        target: Target::Box { width: Some(width), height: None },
                        fit: Fit::Inside,
                        enlarge: Enlarge::Never,
                        light: Light::default(),
                    }));
                }
            }
        }
    }

    fn scale(&self, input: &mut Input, longest: u32) {
        let Some(ratio) = self.pixel_ratio else { return };
        let sides = |operation: &mut Operation, change: &mut dyn FnMut(&mut u32)| match operation {
            Operation::Resize(Resize { target: Target::Box { width, height }, .. }) => {
                width.iter_mut().chain(height).for_each(change);
            }
            Operation::Resize(Resize { target: Target::Sides { longer, shorter }, .. }) => {
                longer.iter_mut().chain(shorter).for_each(change);
            }
            Operation::Reframe(reframe) => {
                for side in [&mut reframe.width, &mut reframe.height] {
                    if let Side::Pixels(pixels) = side {
                        let mut value = pixels.get();
                        change(&mut value);
                        *pixels = NonZeroU32::new(value).unwrap_or(*pixels);
                    }
                }
            }
            Operation::SharpResize(resize) => {
                if let SharpTarget::Box { width, height } = &mut resize.target {
                    width.iter_mut().chain(height).for_each(change);
                }
            }
            _ => {}
        };
        let mut largest = 0;
        for operation in &mut input.operations {
            sides(operation, &mut |side| largest = largest.max(scaled(*side, ratio)));
        }
        if largest <= longest {
            for operation in &mut input.operations {
                sides(operation, &mut |side| *side = scaled(*side, ratio));
            }
        }
    }
}

/// Whether an operation names a size in pixels.
fn is_resize(operation: &Operation) -> bool {
    matches!(operation, Operation::Resize(_) | Operation::Reframe(_) | Operation::SharpResize(_))
}

/// Whether an operation means the same on a picture of another size.
fn is_scale_free(operation: &Operation) -> bool {
    use Operation as O;
    is_resize(operation)
        || matches!(
            operation,
            O::Greyscale
                | O::Luma
                | O::Linear(_)
                | O::Flip(_)
                | O::Flatten(_)
                | O::Tables(_)
                | O::Equalize
                | O::Saturation(_)
                | O::Modulate(_)
                | O::Proportion(_)
                | O::Grow
                | O::Rotate(_)
                | O::RotateByAngle(_)
                | O::Sharpen(_)
                | O::SharpSharpen(_)
                | O::WaveletSharpen(_)
                | O::PipelineColourspace(_)
                | O::Colourspace(_)
                | O::Threshold(_)
                | O::Unflatten
                | O::Recomb(_)
                | O::LchModulate(_)
                | O::ChannelLinear(_)
                | O::Normalise(_)
                | O::Bandbool(_)
                | O::Tint(_)
                | O::RemoveAlpha
                | O::EnsureAlpha(_)
                | O::ExtractChannel(_)
                | O::Negate(_)
        )
}

/// A ratio above 0, rounded up to a step.
fn ratio(text: &str) -> Option<f64> {
    let said: f64 = text.trim().parse().ok().filter(|ratio: &f64| ratio.is_finite() && *ratio > 0.0)?;
    RATIOS.into_iter().find(|step| *step >= said).or(RATIOS.last().copied())
}

/// A width of a screen.
fn pixels(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|width| (1..=WIDEST).contains(width))
}

/// A width rounded up to a step, the last for all beyond.
fn step(width: u32) -> Option<u32> {
    WIDTHS.into_iter().find(|step| *step >= width).or(WIDTHS.last().copied())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and nothing is negative")]
fn scaled(side: u32, ratio: f64) -> u32 {
    (f64::from(side) * ratio).ceil() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Wish, oss, thumbor};

    const ALL: Heeded = Heeded { pixel_ratio: true, width: true, viewport_width: true };

    fn hints(headers: &[(&str, &str)], heeded: Heeded) -> ClientHints {
        ClientHints::read(heeded, |name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| *value))
    }

    /// The operations of what `path` asks for, with hints.
    fn operations(path: &str, hints: &ClientHints) -> String {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let request = match query {
            Some(_) => oss::parse(path, query, None, &oss::Options::default()),
            None => thumbor::parse(path, None, None, &thumbor::Options::default()),
        };
        let Wish::Transform(mut recipe) = request.unwrap().wish else { panic!("{path}") };
        hints.apply(&mut recipe, 4000);
        serde_json::to_string(&recipe.inputs[0].operations).unwrap()
    }

    #[test]
    fn hints_come_in_steps() {
        for (said, expected) in
            [("1", Some(1.0)), ("1.1", Some(1.5)), ("2.0", Some(2.0)), ("2.6", Some(3.0)), ("7", Some(3.0))]
        {
            assert_eq!(hints(&[("sec-ch-dpr", said)], ALL).pixel_ratio, expected, "{said}");
        }
        for said in ["0", "-1", "NaN", "inf", "x", ""] {
            assert_eq!(hints(&[("dpr", said)], ALL).pixel_ratio, None, "{said}");
        }
        for (said, expected) in
            [("1", Some(160)), ("641", Some(768)), ("9000", Some(3840)), ("0", None), ("99999", None)]
        {
            assert_eq!(hints(&[("width", said)], ALL).width, expected, "{said}");
        }
        assert_eq!(hints(&[("sec-ch-viewport-width", "400"), ("dpr", "2")], ALL).width, Some(1024));
        assert_eq!(hints(&[("sec-ch-viewport-width", "400"), ("width", "300")], ALL).width, Some(320));
        assert!(hints(&[("width", "300"), ("dpr", "2"), ("viewport-width", "9")], Heeded::default()).is_empty());
    }

    #[test]
    fn only_what_is_heeded_is_in_vary() {
        assert_eq!(Heeded::default().headers().count(), 0);
        let ratio = Heeded { pixel_ratio: true, ..Heeded::default() };
        assert_eq!(ratio.headers().collect::<Vec<_>>(), ["Sec-CH-DPR", "DPR"]);
    }

    #[test]
    fn sizes_follow_the_screen() {
        let twice = ClientHints { pixel_ratio: Some(2.0), width: Some(640) };
        for (path, expected) in [
            ("/a.jpg?x-oss-process=image/resize,w_300,h_101", "/a.jpg?x-oss-process=image/resize,w_600,h_202"),
            ("/a.jpg?x-oss-process=image/crop,w_9/resize,l_300", "/a.jpg?x-oss-process=image/crop,w_9/resize,l_600"),
            ("/a.jpg?x-oss-process=image/resize,p_50", "/a.jpg?x-oss-process=image/resize,p_50"),
            // A size that no request may have stays as it is.
            ("/a.jpg?x-oss-process=image/resize,w_2001", "/a.jpg?x-oss-process=image/resize,w_2001"),
            // What comes after counts in pixels of the result.
            (
                "/a.jpg?x-oss-process=image/resize,w_300/circle,r_100",
                "/a.jpg?x-oss-process=image/resize,w_300/circle,r_100",
            ),
            ("/a.jpg?x-oss-process=image/bright,5", "/a.jpg?x-oss-process=image/bright,5/resize,w_640"),
            ("/unsafe/30x-20/smart/a.jpg", "/unsafe/60x-40/smart/a.jpg"),
        ] {
            assert_eq!(operations(path, &twice), operations(expected, &ClientHints::default()), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(text in "\\PC*", side in 1..5000_u32) {
            let said = hints(&[("dpr", &text), ("width", &text), ("viewport-width", &text)], ALL);
            let path = format!("/a.jpg?x-oss-process=image/resize,w_{side},limit_0");
            prop_assert!(!operations(&path, &said).is_empty());
        }
    }
}
