use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Size};

use super::directory::alone;
use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality, seed};
use crate::codecs::{DecodeOptions, decode, encode, probe};
use crate::{Error, Layout, Picture, Still, ops};

const ICO: Format = Format::Ico;

/// A bitmap of 2×2 pixels of 24 bits with its mask: the lower left pixel is transparent.
fn bitmap() -> Bytes {
    let header: Vec<u8> = [40u32, 2, 4, 1 | 24 << 16, 0, 0, 0, 0, 0, 0].iter().flat_map(|v| v.to_le_bytes()).collect();
    // Rows from below, blue first, of four bytes or a multiple.
    let pixels = [[1, 2, 3, 4, 5, 6, 0, 0], [7, 8, 9, 10, 11, 12, 0, 0]].concat();
    let mask = [0x80, 0, 0, 0, 0, 0, 0, 0];
    let data = [header, pixels, mask.to_vec()].concat();
    alone(&[2, 2, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0], &data).into()
}

#[test]
fn bitmaps_have_their_mask() {
    let file = bitmap();
    let told = probe(ICO, &file).unwrap();
    assert_eq!((told.size, told.has_alpha), (Size::new(2, 2), true));
    let made = picture(ICO, &file, &plain()).unwrap();
    assert_eq!(made.row(0), [9, 8, 7, 255, 12, 11, 10, 255]);
    assert_eq!(made.row(1), [3, 2, 1, 0, 6, 5, 4, 255]);
}

#[test]
fn round_trips_are_exact() {
    for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
        for size in [Size::new(1, 1), Size::new(13, 7), Size::new(256, 256)] {
            let source = gradient(size, layout);
            let file = encoded(ICO, source.clone(), &quality(80));
            assert_eq!((probe(ICO, &file).unwrap().format, probe(ICO, &file).unwrap().size), (ICO, size));
            // PNG may store fewer channels than it was given.
            let pixels = |picture: Picture| ops::convert(picture, Layout::Rgba).unwrap();
            assert_eq!(pixels(picture(ICO, &file, &plain()).unwrap()), pixels(source));
        }
    }
}

#[test]
fn what_is_too_large_for_an_icon() {
    let mut source = Still::new(Picture::solid(Size::new(257, 1), [0; 4]));
    assert!(matches!(encode(ICO, &mut source, &quality(80)), Err(Error::Unsuitable(_))));
}

#[test]
fn limits_and_damage() {
    let file = encoded(ICO, gradient(Size::new(40, 30), Layout::Rgba), &quality(80));
    damage(ICO, &file, &plain());
    damage(ICO, &bitmap(), &plain());
    let options = DecodeOptions { limits: Limits { source_pixels: Pixels(1000), ..Limits::default() }, ..plain() };
    assert!(matches!(decode(ICO, &file, &options).err(), Some(Error::Limit(e)) if e.limit == "source_pixels"));
    assert!(matches!(probe(ICO, &seed("photo.png")[..6]), Err(Error::Corrupt { .. })));
}
