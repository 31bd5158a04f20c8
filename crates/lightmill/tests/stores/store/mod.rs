//! Stores, each in the words of its own owner: what lightmill does not write is written without its help.

mod azurite;
mod fake_gcs;
mod folder;
mod moto;
mod s3s_fs;
mod serving;

use lightmill_testkit::{RgbaImage, generate};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use azurite::Azurite;
pub use fake_gcs::FakeGcs;
pub use folder::Folder;
pub use moto::Moto;
pub use s3s_fs::S3s;
pub use serving::Serving;

/// A kind of store with room for buckets.
pub trait Store {
    /// Its column in the documented table of keys.
    fn column(&self) -> &'static str;

    /// Makes an empty bucket. What leads there, as lines of a source's table; `prefix`: to keys that begin so.
    fn bucket(&self, name: &str, prefix: &str) -> String;

    /// Writes an object, or another one in its place.
    fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]);

    /// What leads to a bucket that is there, with the wrong credentials; and words that nobody may read.
    fn locked(&self, _bucket: &str) -> (String, Vec<String>) {
        unreachable!("nobody is refused there")
    }
}

/// One colour, as PNG.
pub fn plain(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let [red, green, blue] = colour;
    let picture = RgbaImage::from_pixel(width, height, [red, green, blue, 255].into());
    generate::encode(&picture, lightmill_testkit::ImageFormat::Png).unwrap()
}

pub const RED: [u8; 3] = [255, 0, 0];
pub const BLUE: [u8; 3] = [0, 0, 255];

/// What may stand in a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// `key` as a part of a path.
pub fn encoded(key: &str) -> String {
    utf8_percent_encode(key, PLAIN).to_string()
}
