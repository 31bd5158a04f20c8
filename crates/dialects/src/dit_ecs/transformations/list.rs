use super::Definition;
use super::{geometry, output, tone, watermark};

/// Every transformation, in the order of the documentation.
static ALL: [&Definition; 21] = [
    &geometry::RESIZE,
    &geometry::EXTRACT,
    &geometry::CROP,
    &geometry::SMART_CROP,
    &geometry::ROTATE,
    &geometry::FLIP,
    &geometry::FLOP,
    &watermark::WATERMARK,
    &tone::BLUR,
    &tone::SHARPEN,
    &tone::CONVOLVE,
    &tone::GRAYSCALE,
    &tone::NORMALIZE,
    &tone::TINT,
    &tone::FLATTEN,
    &tone::CONTENT_MODERATION,
    &output::FORMAT,
    &output::QUALITY,
    &output::ANIMATED,
    &output::STRIP_EXIF,
    &output::STRIP_ICC,
];

/// Every transformation, in the order of the documentation.
pub fn transformations() -> &'static [&'static Definition] {
    &ALL
}

/// The transformation of this name or alias.
pub(in crate::dit_ecs) fn find(name: &str) -> Option<&'static Definition> {
    transformations().iter().copied().find(|definition| definition.is(name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dit_ecs::{ImageRequest, Options};

    #[test]
    fn names_are_unique() {
        let mut names = HashSet::new();
        for definition in transformations() {
            assert!(!definition.doc.is_empty(), "{}", definition.name);
            for name in std::iter::once(&definition.name).chain(definition.aliases) {
                assert!(names.insert(*name), "{name}");
            }
        }
    }

    #[test]
    fn examples_are_right_and_wrong_values_are_named() {
        let strict = Options { strict: true, ..Options::default() };
        for definition in transformations() {
            let read = |query: &str| ImageRequest::read("/a.jpg", Some(query), &strict);
            let reading = read(definition.example).unwrap();
            assert_eq!(reading.request.transformations[0].definition.name, definition.name);
            assert_eq!(reading.ignored, Vec::<String>::new(), "{}", definition.name);
            let error = read(&format!("{}=[x,[y]]", definition.name)).unwrap_err();
            assert!(error.to_string().starts_with(definition.name), "{error}");
        }
    }
}
