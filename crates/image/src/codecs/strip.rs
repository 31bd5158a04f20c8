use lightmill_recipe::Format;

use super::codec::codec;
use crate::FileMetadata;

/// What stays in a file, or is put into it, when its metadata are taken out.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Whether the colour profile stays.
    pub profile: bool,
    /// What takes the place of the metadata; formats without a place for it leave it out.
    pub metadata: &'a FileMetadata,
}

/// Whether [`strip`] knows what of a file of `format` is picture and what is not.
pub const fn can_strip(format: Format) -> bool {
    codec(format).strip.is_some()
}

/// The picture of `file` as it is stored, without anything else but what `kept` says: EXIF, XMP, IPTC, comments,
/// thumbnails, texts, and whatever stands behind its end are left out. No pixel changes.
///
/// Only parts that are known to belong to the picture are taken over. `None` if the file is not built as its format
/// asks, or [`can_strip`] says no; a file that is cut off is taken as far as it goes.
pub fn strip(format: Format, file: &[u8], kept: &Kept<'_>) -> Option<Vec<u8>> {
    codec(format).strip.and_then(|strip| strip(file, kept))
}
