use lightmill_recipe::sharp::{SharpResize, SharpTarget};
use lightmill_recipe::video::{Clip, VideoTrack};
use lightmill_recipe::{Operation, Output, Recipe, Reframe, Resize, Side, Target};

use crate::Error;

/// What requests may ask for, beside all limits. By default everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allow {
    /// Sizes of the main picture, and of clips; `None` is every size.
    pub sizes: Option<Vec<AllowedSize>>,
    /// Names of operations ([`Operation::name`]), and of what is made of videos: `frame`, `clip`, `sprite`, `preview` and
    /// `video_info`; `None` is every one.
    pub operations: Option<Vec<String>>,
}

/// Width and height as they are asked for; `None` is one that follows from the other.
pub type AllowedSize = (Option<u32>, Option<u32>);

impl Allow {
    /// # Errors
    /// [`Error::NotAllowed`] names the first thing that is not.
    pub(crate) fn check(&self, recipe: &Recipe) -> Result<(), Error> {
        if let Some(allowed) = &self.operations {
            let operations = recipe.inputs.iter().flat_map(|input| &input.operations).map(Operation::name);
            let mut all = operations.chain(of_videos(recipe));
            if let Some(name) = all.find(|name| !allowed.iter().any(|allowed| allowed == name)) {
                return Err(Error::NotAllowed(format!("{name}; allowed are {}", allowed.join(", "))));
            }
        }
        if let (Some(allowed), Some(main)) = (&self.sizes, recipe.main()) {
            for asked in main.operations.iter().map(asked).chain(sizes_of_videos(recipe)) {
                let refused = match asked {
                    Asked::Nothing => continue,
                    Asked::Pixels(size) if allowed.contains(&size) => continue,
                    Asked::Pixels(size) => text(size),
                    Asked::Otherwise => "a size that is not in pixels".to_owned(),
                };
                let names: Vec<String> = allowed.iter().map(|size| text(*size)).collect();
                return Err(Error::NotAllowed(format!("{refused}; allowed sizes are {}", names.join(", "))));
            }
        }
        Ok(())
    }
}

/// What is made of videos, by names.
fn of_videos(recipe: &Recipe) -> impl Iterator<Item = &'static str> {
    let frames = recipe.inputs.iter().filter(|input| input.video_frame.is_some()).map(|_| "frame");
    frames.chain(recipe.outputs.iter().filter(|output| output.is_of_video()).map(Output::name))
}

fn sizes_of_videos(recipe: &Recipe) -> impl Iterator<Item = Asked> {
    let frames = recipe.inputs.iter().filter_map(|input| {
        let frame = input.video_frame?;
        let side = |side: Option<std::num::NonZeroU32>| side.map(std::num::NonZeroU32::get);
        (frame.width.or(frame.height)).map(|_| Asked::Pixels((side(frame.width), side(frame.height))))
    });
    frames.chain(recipe.outputs.iter().flat_map(|output| match output {
        Output::Clip(clip) => sizes_of_clip(clip),
        // Of a tile, and of a picture that only its width is said of.
        Output::Sprite(sheet) => {
            let side = |side: Option<lightmill_recipe::video::VideoSide>| side.map(|side| u32::from(side.get()));
            let size = (side(sheet.width), side(sheet.height));
            if size == (None, None) { Vec::new() } else { vec![Asked::Pixels(size)] }
        }
        Output::Preview(preview) => vec![Asked::Pixels((Some(preview.width.get().into()), None))],
        _ => Vec::new(),
    }))
}

fn sizes_of_clip(clip: &Clip) -> Vec<Asked> {
    let VideoTrack::Encode(encoding) = clip.video() else { return Vec::new() };
    let bounds = encoding.renditions.as_slice().iter().filter_map(|rendition| rendition.bounds);
    bounds.map(|bounds| Asked::Pixels((Some(bounds.width.get().into()), Some(bounds.height.get().into())))).collect()
}

/// The size that an operation asks for.
enum Asked {
    Nothing,
    Pixels(AllowedSize),
    /// In percent, or by the size of another picture.
    Otherwise,
}

fn asked(operation: &Operation) -> Asked {
    match operation {
        Operation::Resize(Resize { target, .. }) => match *target {
            Target::Box { width, height } => Asked::Pixels((width, height)),
            Target::Sides { longer, shorter } => Asked::Pixels((longer, shorter)),
            Target::Percent(_) | Target::PercentOfParent(_) => Asked::Otherwise,
        },
        Operation::SharpResize(SharpResize { target, .. }) => match *target {
            SharpTarget::Box { width, height } => Asked::Pixels((width, height)),
            SharpTarget::Ratio(_) => Asked::Otherwise,
        },
        Operation::Reframe(Reframe { width, height, .. }) => match (width, height) {
            (Side::Free | Side::Pixels(_), Side::Free | Side::Pixels(_)) => {
                Asked::Pixels((pixels(*width), pixels(*height)))
            }
            _ => Asked::Otherwise,
        },
        Operation::Proportion(_) => Asked::Otherwise,
        _ => Asked::Nothing,
    }
}

fn pixels(side: Side) -> Option<u32> {
    if let Side::Pixels(pixels) = side { Some(pixels.get()) } else { None }
}

fn text((width, height): AllowedSize) -> String {
    let side = |side: Option<u32>| side.map(|side| side.to_string()).unwrap_or_default();
    format!("{}x{}", side(width), side(height))
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Enlarge, Fit, Light, Locator};

    use super::*;

    fn resize(target: Target) -> Recipe {
        let mut recipe = Recipe::new(Locator::key("a"));
        let resize = Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma };
        recipe.inputs[0].operations = vec![Operation::Resize(resize)];
        recipe
    }

    #[test]
    fn only_listed_sizes_and_operations_are_made() {
        let boxed = |width, height| resize(Target::Box { width, height });
        let allow = Allow { sizes: Some(vec![(Some(200), None), (Some(40), Some(30))]), operations: None };
        assert!(allow.check(&boxed(Some(200), None)).is_ok() && allow.check(&boxed(Some(40), Some(30))).is_ok());
        for refused in [boxed(Some(201), None), boxed(None, Some(200)), resize(Target::Percent(50))] {
            let error = allow.check(&refused).unwrap_err();
            assert!(error.to_string().ends_with("allowed sizes are 200x, 40x30"), "{error}");
        }
        assert!(allow.check(&Recipe::new(Locator::key("a"))).is_ok());
        let clip = |words: &str| match lightmill_dialects::oss::parse_style(
            "a",
            &format!("video/{words}"),
            &Locator::key("a"),
            None,
            &lightmill_dialects::oss::Options::default(),
        ) {
            Ok(lightmill_dialects::Request { wish: lightmill_dialects::Wish::Transform(recipe), .. }) => recipe,
            other => panic!("{other:?}"),
        };
        let refused = |allow: &Allow, words: &str| allow.check(&clip(words)).err().map(|error| error.to_string());
        assert_eq!(refused(&allow, "compress,s_40x30"), None);
        assert!(refused(&allow, "compress,s_720p").unwrap().contains("1280x720; allowed"));
        assert!(refused(&allow, "snapshot,t_0,w_41,h_30").unwrap().contains("41x30; allowed"));
        assert!(refused(&allow, "preview,w_201").is_some() && refused(&allow, "sprite,sw_41").is_some());
        let frames = Allow { sizes: None, operations: Some(vec!["frame".to_owned()]) };
        assert_eq!(refused(&frames, "snapshot,t_0"), None);
        for (words, name) in
            [("compress", "clip"), ("info", "video_info"), ("sprite", "sprite"), ("preview", "preview")]
        {
            assert!(refused(&frames, words).unwrap().contains(&format!("{name}; allowed are frame")), "{words}");
        }
        let allow = Allow { sizes: None, operations: Some(vec!["crop".to_owned()]) };
        assert!(allow.check(&boxed(Some(200), None)).unwrap_err().to_string().contains("resize; allowed are crop"));
    }
}
