//! What files say about themselves in EXIF and XMP: read for `info`, and filtered for results that keep some of it.
//!
//! * `directory` reads the directories of a TIFF structure, `write` writes one, `exif` keeps of them what a policy says.
//! * `tiff` is about TIFF files, which are such a structure themselves.
//! * `xmp` takes out of a packet what a policy does not keep.
//! * `fields` is EXIF as plain text.
//!
//! Where and how a file holds them is known by its codec: `codecs/*/header.rs` finds them, `codecs/*/strip.rs` takes them
//! out and puts others in.

mod directory;
mod exif;
mod fields;
#[cfg(test)]
pub(crate) mod testing;
mod tiff;
mod write;
mod xmp;

use std::sync::Arc;

use lightmill_recipe::{Metadata, Size};

use crate::{ExifOrientation, Probe};

pub(crate) use fields::exif_fields;
pub(crate) use tiff::{TiffField, exif as tiff_exif, orientation, xmp as tiff_xmp};
pub(crate) use xmp::MAX_PACKET;

/// Metadata as they are written into a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMetadata {
    /// A TIFF structure without the `Exif\0\0` prefix, at most 65,527 bytes.
    pub exif: Option<Arc<[u8]>>,
    /// An XMP packet in UTF-8, at most 65,502 bytes.
    pub xmp: Option<Arc<[u8]>>,
}

impl FileMetadata {
    /// What `policy` keeps of `source` for a result of `size` pixels (where it is known)
    /// that are stored in `orientation`.
    pub(crate) fn filtered(source: &Probe, policy: Metadata, orientation: ExifOrientation, size: Option<Size>) -> Self {
        Self {
            exif: exif::filtered(source.exif.as_deref(), policy, orientation, size).map(Into::into),
            xmp: source.xmp.as_deref().and_then(|packet| xmp::filtered(packet, policy)).map(Into::into),
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.exif.is_none() && self.xmp.is_none()
    }
}
