use lightmill_recipe::{Colour, Format, Limits, Pixels, Size};

use crate::codecs::testing::{damage, frames, picture, plain, psnr, seed};
use crate::codecs::{DecodeOptions, decode, encode, probe, testing};
use crate::{Error, Layout, Picture, SourceColour, Still, ops};

const JXL: Format = Format::JpegXl;

fn reference(name: &str) -> Picture {
    picture(Format::Png, &seed(name), &plain()).unwrap()
}

#[test]
fn lossy_lossless_and_grey() {
    let told = probe(JXL, &seed("lossy.jxl")).unwrap();
    assert_eq!((told.size, told.frames, told.has_alpha), (Size::new(64, 48), 1, false));
    let decibels = psnr(&reference("photo.png"), &picture(JXL, &seed("lossy.jxl"), &plain()).unwrap());
    assert!(decibels > 28.0, "{decibels}");
    let source = reference("alpha.png");
    let made = picture(JXL, &seed("lossless-alpha.jxl"), &plain()).unwrap();
    assert_eq!(made.layout(), Layout::Rgba);
    assert_eq!(ops::flatten(made, Colour::WHITE), ops::flatten(source, Colour::WHITE));
    let grey = picture(JXL, &seed("grey.jxl"), &plain()).unwrap();
    assert_eq!((grey.layout(), probe(JXL, &seed("grey.jxl")).unwrap().colour), (Layout::Grey, SourceColour::Grey));
}

#[test]
fn profiles_become_srgb_or_stay() {
    for file in ["p3.jxl", "p3-lossy.jxl"] {
        let made = picture(JXL, &seed(file), &plain()).unwrap();
        assert!(made.icc.is_none());
        let decibels = psnr(&reference("photo.png"), &made);
        assert!(decibels > 28.0, "{file}: {decibels}");
    }
    let options = DecodeOptions { to_srgb: false, ..plain() };
    let kept = picture(JXL, &seed("p3.jxl"), &options).unwrap();
    assert!(kept.icc.is_some() && probe(JXL, &seed("p3.jxl")).unwrap().icc.is_some());
}

#[test]
fn animations_come_frame_by_frame() {
    let (bytes, gif) = (seed("animated.jxl"), seed("opaque.gif"));
    let source = frames(Format::Gif, &gif, &plain()).unwrap();
    let told = probe(JXL, &bytes).unwrap();
    assert_eq!((told.frames as usize, told.size), (source.len(), source[0].picture.size()));
    let made = frames(JXL, &bytes, &plain()).unwrap();
    assert_eq!(made.len(), source.len());
    for (number, (made, source)) in made.iter().zip(&source).enumerate() {
        assert_eq!(made.delay, source.delay);
        let flat = |p: &Picture| ops::flatten(ops::convert(p.clone(), Layout::Rgba).unwrap(), Colour::WHITE);
        assert_eq!(flat(&made.picture), flat(&source.picture), "{number}");
    }
    assert_eq!(frames(JXL, &bytes, &DecodeOptions { frames: 1, ..plain() }).unwrap().len(), 1);
}

#[test]
fn what_is_cut_off_or_damaged_is_handled() {
    for file in ["lossy.jxl", "animated.jxl"] {
        damage(JXL, &seed(file), &plain());
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { source_pixels: Pixels(1000), ..Limits::default() };
    let error = decode(JXL, &seed("lossy.jxl"), &DecodeOptions { limits, ..plain() }).err();
    assert!(matches!(error, Some(Error::Limit(e)) if e.limit == "source_pixels"));
    let limits = Limits { memory_bytes: 4096, ..Limits::default() };
    let error = picture(JXL, &seed("lossy.jxl"), &DecodeOptions { limits, ..plain() }).err();
    assert!(matches!(error, Some(Error::Limit(ref e)) if e.limit == "memory_bytes"), "{error:?}");
    // A code stream that claims a picture of 2³⁰ by 2³⁰ pixels in its size header.
    let bomb =
        [&b"\xFF\x0A"[..], &[0xFE, 0xFF, 0xFF, 0xFF, 0xE7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0]].concat();
    let error = decode(JXL, &bomb.into(), &plain()).err();
    assert!(matches!(error, Some(Error::Limit(_) | Error::Corrupt { .. })), "{error:?}");
}

#[test]
fn there_is_no_encoder() {
    let mut source = Still::new(Picture::solid(Size::new(2, 2), [0; 4]));
    assert!(matches!(encode(JXL, &mut source, &testing::quality(80)), Err(Error::Unsupported { .. })));
}

#[test]
fn high_dynamic_range_is_tone_mapped_as_in_png() {
    // The samples of `photo.png`, without loss and with little, whose light is said to be of high dynamic range.
    for (file, transfer, decibels) in [("pq.jxl", 16u8, 45.0), ("hlg.jxl", 18, 26.0)] {
        let chunk = [&b"\0\0\0\x04cICP"[..], &[9, transfer, 0, 1], &[0; 4]].concat();
        let photo = seed("photo.png");
        let stated = [&photo[..33], &chunk, &photo[33..]].concat().into();
        let (png, told) = (picture(Format::Png, &stated, &plain()).unwrap(), probe(JXL, &seed(file)).unwrap());
        assert!(told.high_dynamic_range && told.icc.is_none());
        for to_srgb in [true, false] {
            let made = picture(JXL, &seed(file), &DecodeOptions { to_srgb, ..plain() }).unwrap();
            assert!(made.icc.is_none() && made.layout() == Layout::Rgb);
            assert!(psnr(&png, &made) > decibels, "{file}: {}", psnr(&png, &made));
        }
    }
}
