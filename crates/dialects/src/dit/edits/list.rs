use super::super::Definition;
use super::{canvas, channel, detail, output, overlay, resize, tone, turn, vision};

/// Every edit, in the order of the documentation.
static ALL: [&Definition; 49] = [
    &resize::RESIZE,
    &canvas::CROP,
    &canvas::EXTRACT,
    &canvas::EXTEND,
    &canvas::TRIM,
    &turn::ROTATE,
    &turn::AUTO_ORIENT,
    &turn::FLIP,
    &turn::FLOP,
    &turn::AFFINE,
    &overlay::OVERLAY_WITH,
    &vision::SMART_CROP,
    &vision::ROUND_CROP,
    &vision::CONTENT_MODERATION,
    &detail::BLUR,
    &detail::SHARPEN,
    &detail::MEDIAN,
    &detail::CONVOLVE,
    &detail::THRESHOLD,
    &tone::GREYSCALE,
    &tone::TINT,
    &tone::MODULATE,
    &tone::GAMMA,
    &tone::NEGATE,
    &tone::NORMALISE,
    &tone::CLAHE,
    &tone::LINEAR,
    &tone::RECOMB,
    &channel::FLATTEN,
    &channel::UNFLATTEN,
    &channel::REMOVE_ALPHA,
    &channel::ENSURE_ALPHA,
    &channel::EXTRACT_CHANNEL,
    &channel::BANDBOOL,
    &channel::PIPELINE_COLOURSPACE,
    &channel::TO_COLOURSPACE,
    &channel::JOIN_CHANNEL,
    &channel::BOOLEAN,
    &output::ANIMATED,
    &output::TO_FORMAT,
    &output::QUALITY,
    &output::JPEG,
    &output::PNG,
    &output::WEBP,
    &output::GIF,
    &output::AVIF,
    &output::TIFF,
    &output::STRIP_EXIF,
    &output::STRIP_ICC,
];

/// Every edit, in the order of the documentation.
pub fn edits() -> &'static [&'static Definition] {
    &ALL
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use lightmill_recipe::Operation;

    use super::*;
    use crate::dit::{Error, ImageRequest, Options, lower};

    fn read(definition: &Definition, value: &str) -> Result<Vec<&'static str>, Error> {
        let options = Options { buckets: vec!["my-bucket".to_owned()], ..Options::default() };
        let json = format!(r#"{{"key":"a.png","edits":{{"{}":{value}}}}}"#, definition.name);
        let reading = ImageRequest::read(&format!("/{}", STANDARD.encode(json)), None, &options)?;
        assert_eq!(reading.ignored, Vec::<String>::new(), "{}", definition.name);
        let lowered = lower(&reading.request, None, &options)?;
        Ok(lowered.recipe.inputs.iter().flat_map(|input| input.operations.iter().map(Operation::name)).collect())
    }

    #[test]
    fn names_are_unique() {
        let mut names = HashSet::new();
        for definition in edits() {
            assert!(!definition.doc.is_empty(), "{}", definition.name);
            for name in std::iter::once(&definition.name).chain(definition.aliases) {
                assert!(names.insert(*name), "{name}");
            }
            let mut members = HashSet::new();
            for member in definition.takes.parameters() {
                assert!(members.insert(member.name) && !member.doc.is_empty(), "{}.{}", definition.name, member.name);
            }
        }
    }

    #[test]
    fn examples_are_right() {
        for definition in edits() {
            if definition.example.is_empty() {
                assert!(matches!(read(definition, "\"/etc/passwd\""), Err(Error::Edit(_))), "{}", definition.name);
                continue;
            }
            read(definition, definition.example).unwrap_or_else(|error| panic!("{}: {error}", definition.name));
        }
    }

    #[test]
    fn wrong_values_are_named() {
        for definition in edits() {
            let Err(error) = read(definition, "[\"x\"]") else { panic!("{}", definition.name) };
            assert!(error.to_string().starts_with(definition.name), "{error}");
            assert_eq!(error.row().0, 400, "{}", definition.name);
        }
    }
}
