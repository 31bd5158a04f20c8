use bytes::Bytes;
use lightmill_recipe::{Colour, Effort, Format, Limits, Size};

use crate::codecs::{self, EncodeOptions};
use crate::{Cancel, Error, FileMetadata, Picture, Still};

/// The bytes of an input that is one colour and not stored: a PNG of one pixel. The same for equal colours.
pub fn one_colour(colour: Colour) -> Result<Bytes, Error> {
    let picture = Picture::solid(Size::new(1, 1), colour.rgba());
    let options = EncodeOptions {
        quality: 100,
        lossless: true,
        progressive: false,
        palette: None,
        effort: Effort::Fast,
        metadata: FileMetadata::default(),
        limits: Limits::default(),
        cancel: Cancel::default(),
    };
    Ok(codecs::encode(Format::Png, &mut Still::new(picture), &options)?.into())
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{
        Arithmetic, Focus, Growth, Input, Locator, Method, Operation, Recipe, Reframe, Side, Source,
    };

    use super::*;
    use crate::plan::{Settings, plan};
    use crate::{Context, probe, run};

    #[test]
    fn a_colour_is_as_large_as_is_asked_for() {
        let source = Source::Colour(Colour { alpha: 100, ..Colour::opaque(9, 80, 200) });
        let Source::Colour(colour) = source else { panic!() };
        let bytes = one_colour(colour).unwrap();
        assert_eq!(bytes, one_colour(colour).unwrap());
        let side = |pixels| Side::Pixels(std::num::NonZeroU32::new(pixels).unwrap());
        let reframe = |method| Reframe {
            width: side(30),
            height: side(20),
            method,
            growth: Growth::Usual,
            focus: Focus::default(),
            arithmetic: Arithmetic::ScaleThenCrop,
        };
        for method in [Method::Cover, Method::FitIn { adaptive: false, full: false }] {
            let mut recipe = Recipe::new(Locator::key(""));
            let operations = vec![Operation::Reframe(reframe(method))];
            recipe.inputs = vec![Input { source: source.clone(), operations, ..Input::new(Locator::key("")) }];
            let plan = plan(&recipe, &[probe(&bytes).unwrap()], &Settings::default()).unwrap();
            let made = run(&plan, std::slice::from_ref(&bytes), &Context::default()).unwrap();
            assert_eq!((made[0].size, made[0].format), (Some(Size::new(30, 20)), Some(Format::Png)));
        }
    }
}
