//! Every action of the language, one file each: its definition, how it is read, how it is written, its test.

mod auto_orient;
mod average_hue;
mod blur;
mod bright;
mod cgif;
mod circle;
mod contrast;
mod crop;
mod format;
mod grey;
mod indexcrop;
mod info;
mod interlace;
mod list;
mod quality;
mod resize;
mod rotate;
mod rounded_corners;
mod sharpen;
mod strip_metadata;
mod threshold;
mod watermark;

#[cfg(test)]
mod testing;

pub(super) use list::find;
pub use list::reference;
