//! Copies of a stored picture that analysers look at: upright, first frame, sRGB, transparent pixels on white.

use bytes::Bytes;
use lightmill_image::plan::{self, Plan, Settings};
use lightmill_image::{self as image, Context, Picture};
use lightmill_recipe::{Enlarge, Fit, Frames, Light, Locator, Operation, Output, Recipe, Resize, Target};

/// Pixels of the longer side of the copy for analysers on this machine. A face has to be 40 pixels wide to be found:
/// one twelfth of the longer side.
pub(crate) const LONGER: u32 = 480;

/// The copy for analysers on this machine, RGB, at most [`LONGER`] pixels.
pub(crate) fn picture(source: &Bytes, context: &Context) -> Result<Picture, image::Error> {
    image::first_frame(&plan(source, context)?, std::slice::from_ref(source), context)
}

/// How [`picture`] makes it.
pub(crate) fn plan(source: &Bytes, context: &Context) -> Result<Plan, image::Error> {
    // Planned for pixels alone: nothing is encoded.
    planned(source, LONGER, Output::AverageHue, context)
}

/// How a copy with a longer side of at most `longer` pixels becomes `output`. Never larger than the source.
pub(crate) fn planned(source: &Bytes, longer: u32, output: Output, context: &Context) -> Result<Plan, image::Error> {
    let mut recipe = Recipe::new(Locator::key(""));
    let resize = Resize {
        target: Target::Sides { longer: Some(longer), shorter: None },
        fit: Fit::Inside,
        enlarge: Enlarge::Never,
        light: Light::Gamma,
    };
    recipe.inputs[0].frames = Frames::First;
    recipe.inputs[0].operations = vec![Operation::Resize(resize)];
    recipe.outputs = vec![output];
    let probe = image::probe_allowed(source, context.formats)?;
    plan::plan(&recipe, &[probe], &Settings { limits: context.limits.clone(), formats: context.formats })
}

#[cfg(test)]
mod tests {
    use lightmill_image::{Cancel, ErrorKind, Layout};
    use lightmill_recipe::{Limits, Pixels, Size};

    use super::*;
    use crate::testing::{context, photo, png};

    #[test]
    fn copies_are_small_upright_and_rgb() {
        for (name, size) in [("astronaut.png", Size::new(480, 480)), ("rocket.jpg", Size::new(480, 320))] {
            let copy = picture(&photo(name), &context()).unwrap();
            assert_eq!((copy.size(), copy.layout(), copy.icc), (size, Layout::Rgb, None), "{name}");
        }
        let copy = picture(&png(&Picture::solid(Size::new(30, 7), [9, 8, 7, 0])), &context()).unwrap();
        assert_eq!((copy.size(), &copy.row(0)[..3]), (Size::new(30, 7), &[255, 255, 255][..]));
    }

    #[test]
    fn reading_is_bounded_and_stops() {
        let photo = photo("rocket.jpg");
        let limits = Limits { source_pixels: Pixels(1000), ..Limits::default() };
        let error = picture(&photo, &Context { limits, ..context() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SourceTooLarge);
        let cancel = Cancel::default();
        cancel.cancel();
        let error = picture(&photo, &Context { cancel, ..context() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert_eq!(picture(&Bytes::from_static(b"text"), &context()).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
