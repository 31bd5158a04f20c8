use lightmill_mill::{Allow, AllowedSize};

use super::section::Section;

/// `[mounts.allow]`: what requests may ask for.
pub(super) fn allow(mut section: Section<'_>) -> Allow {
    let sizes: Option<Vec<String>> = section.optional("sizes");
    let operations: Option<Vec<String>> = section.optional("operations");
    let read = |text: &String| {
        let read = size(text);
        if read.is_none() {
            section.mistake("sizes", text, "is width and height in pixels, such as `200x200`, `200x` or `x200`");
        }
        read
    };
    let sizes = sizes.map(|sizes| sizes.iter().filter_map(read).collect());
    for name in operations.iter().flatten() {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            section.mistake("operations", name, "is the name of an operation, as `lightmill explain` tells it");
        }
    }
    section.finish();
    Allow { sizes, operations }
}

fn size(text: &str) -> Option<AllowedSize> {
    let (width, height) = text.split_once('x')?;
    let side = |text: &str| match text {
        "" => Some(None),
        text => text.parse().ok().filter(|side| *side > 0).map(Some),
    };
    let size = (side(width)?, side(height)?);
    (size != (None, None)).then_some(size)
}
