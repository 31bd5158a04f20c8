use bytes::Bytes;

use super::Context;
use super::pipeline::{Running, settle};
use crate::plan::{Plan, Work};
use crate::{Error, FrameSource, Layout, Picture};

/// The first frame that the first output of `plan` would be made of, in [`Layout::Rgb`], for those who look at pictures
/// and make none. Transparent pixels lie on white.
///
/// The output is a picture's or an average hue; the latter is planned for pixels alone, whatever the source's format is.
///
/// # Errors
/// As [`run`](super::run()), and internal for other outputs: they have no pixels.
pub fn first_frame(plan: &Plan, inputs: &[Bytes], context: &Context) -> Result<Picture, Error> {
    let Some(Work::AverageHue(pipeline) | Work::Encode { pipeline, .. }) = plan.outputs.first() else {
        return Err(Error::internal("an output without pixels"));
    };
    let mut frames = Running::start(pipeline, inputs, context)?;
    let frame = frames.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
    settle(frame.picture, Layout::Rgb)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Format, Locator, Output, Recipe, Size};

    use super::*;
    use crate::codecs::testing::{gradient, quality};
    use crate::plan::{Settings, plan};
    use crate::{Still, codecs, ops, probe};

    fn first(output: Output, layout: Layout) -> Result<Picture, Error> {
        let picture = gradient(Size::new(20, 10), layout.narrowed());
        let picture = if layout.is_wide() { ops::widen(picture) } else { picture };
        let file: Bytes = codecs::encode(Format::Png, &mut Still::new(picture), &quality(80))?.into();
        let mut recipe = Recipe::new(Locator::key("a.png"));
        recipe.outputs = vec![output];
        let plan = plan(&recipe, &[probe(&file)?], &Settings::default())?;
        first_frame(&plan, &[file], &Context::default())
    }

    #[test]
    fn whatever_the_layout_it_is_red_green_and_blue() {
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba, Layout::Grey16, Layout::Rgb16, Layout::Rgba16] {
            let picture = first(Output::AverageHue, layout).unwrap();
            assert_eq!((picture.layout(), picture.size()), (Layout::Rgb, Size::new(20, 10)), "{layout:?}");
        }
    }

    #[test]
    fn an_output_without_pixels_has_no_frame() {
        let info = Output::Info(lightmill_recipe::InfoFields::Basic);
        assert!(matches!(first(info, Layout::Rgb), Err(Error::Internal { .. })));
    }
}
