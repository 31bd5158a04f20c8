//! Baseline JPEGs are written in little memory.
//!
//! One test in a file of its own, so that the memory that is counted is that of the work, all of which is in Rust.
#![allow(clippy::unwrap_used)]

#[path = "bombs/memory.rs"]
mod memory;

use lightmill_image::codecs::{self, EncodeOptions};
use lightmill_image::{Cancel, FileMetadata, Layout, Picture, Still};
use lightmill_recipe::{Effort, Format, Limits, Size};
use lightmill_testkit::generate;

use memory::peak_of;

#[test]
fn a_baseline_jpeg_takes_little_more_than_tokens_and_itself() {
    let noise = generate::noise(1600, 1200, 3);
    let size = Size::new(noise.width(), noise.height());
    let pixels = noise.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let picture = Picture::interleaved(size, Layout::Rgb, pixels).unwrap();
    for quality in [10, 50, 80, 95] {
        let options = EncodeOptions {
            quality,
            lossless: false,
            progressive: false,
            palette: None,
            effort: Effort::Fast,
            metadata: FileMetadata::default(),
            limits: Limits::default(),
            cancel: Cancel::default(),
        };
        let mut still = Still::new(picture.clone());
        let (file, peak) = peak_of(|| codecs::encode(Format::Jpeg, &mut still, &options).unwrap());
        // A strip and its tables, tokens of at most three times the file, and the file.
        let most = (512 << 10) + 4 * file.len();
        assert!(peak < most, "{peak} bytes for {} at {quality}", file.len());
    }
}
