use bytes::Bytes;
use lightmill_recipe::{Format, Size};
use moxcms::ColorProfile;

use super::tests::{wide, written};
use crate::codecs::testing::{encoded, picture, plain, quality, samples};
use crate::codecs::{DecodeOptions, probe};
use crate::{Layout, Picture};

const PNG: Format = Format::Png;

/// Name and body.
type Chunk<'a> = (&'a [u8; 4], &'a [u8]);

/// `file` with more chunks right after its header.
fn with_chunks(file: &Bytes, chunks: &[Chunk<'_>]) -> Bytes {
    let mut bytes = file[..33].to_vec();
    for (name, body) in chunks {
        bytes.extend((body.len() as u32).to_be_bytes());
        bytes.extend(*name);
        bytes.extend(*body);
        bytes.extend([0; 4]);
    }
    bytes.extend(&file[33..]);
    bytes.into()
}

#[test]
fn colour_chunks_have_their_precedence() {
    let file = written(Size::new(1, 1), ::png::ColorType::Rgb, ::png::BitDepth::Eight, &[200, 100, 100], |_| {});
    let linear = 100_000u32.to_be_bytes();
    let primaries: Vec<u8> =
        [31_270u32, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000].map(u32::to_be_bytes).concat();
    let mut profile = b"p\0\0".to_vec();
    let mut zlib = flate2::write::ZlibEncoder::new(&mut profile, flate2::Compression::fast());
    std::io::Write::write_all(&mut zlib, &ColorProfile::new_adobe_rgb().encode().unwrap()).unwrap();
    zlib.finish().unwrap();
    let (gamma, chromaticities): (Chunk<'_>, Chunk<'_>) = ((b"gAMA", &linear), (b"cHRM", &primaries));
    let (srgb, icc, p3): (Chunk<'_>, Chunk<'_>, Chunk<'_>) =
        ((b"sRGB", &[0]), (b"iCCP", &profile), (b"cICP", &[12, 13, 0, 1]));
    let shown = |chunks: &[Chunk<'_>]| samples(&picture(PNG, &with_chunks(&file, chunks), &plain()).unwrap());
    let near =
        |made: Vec<u8>, exact: [u8; 3]| assert!(made.iter().zip(exact).all(|(a, b)| a.abs_diff(b) <= 2), "{made:?}");
    near(shown(&[]), [200, 100, 100]);
    // Linear 200/255 and 100/255 are encoded as 0.899 and 0.661 (IEC 61966-2-1).
    near(shown(&[gamma]), [229, 169, 169]);
    near(shown(&[gamma, srgb]), [200, 100, 100]);
    // Display P3 (0.784, 0.392, 0.392) is sRGB (0.839, 0.364, 0.379).
    near(shown(&[chromaticities]), [214, 93, 97]);
    near(shown(&[gamma, srgb, icc, p3]), [214, 93, 97]);
    let adobe = shown(&[icc]);
    assert!(adobe[0] > 214, "{adobe:?}");
    assert_eq!(shown(&[gamma, srgb, icc]), adobe);
    // What makes no sense is passed over.
    assert_eq!(shown(&[(b"cICP", &[2, 2, 0, 1]), icc]), adobe);
    near(shown(&[(b"iCCP", b"broken"), srgb]), [200, 100, 100]);
    // A picture that keeps its colours gets a profile that says the same.
    let kept = picture(PNG, &with_chunks(&file, &[p3]), &DecodeOptions { to_srgb: false, ..plain() }).unwrap();
    assert!(kept.icc.is_some() && samples(&kept) == [200, 100, 100]);
}

#[test]
fn a_profile_for_grey_goes_with_alpha_too() {
    let mut profile = b"p\0\0".to_vec();
    let mut zlib = flate2::write::ZlibEncoder::new(&mut profile, flate2::Compression::fast());
    std::io::Write::write_all(&mut zlib, &ColorProfile::new_gray_with_gamma(1.0).encode().unwrap()).unwrap();
    zlib.finish().unwrap();
    let narrow =
        written(Size::new(2, 1), ::png::ColorType::GrayscaleAlpha, ::png::BitDepth::Eight, &[55, 20, 255, 40], |_| {});
    let wide_file =
        written(Size::new(1, 1), ::png::ColorType::GrayscaleAlpha, ::png::BitDepth::Sixteen, &[55, 55, 1, 2], |_| {});
    // Linear 0.2157 is encoded as 0.5020 (IEC 61966-2-1).
    let made = picture(PNG, &with_chunks(&narrow, &[(b"iCCP", &profile)]), &plain()).unwrap();
    assert_eq!(made.layout(), Layout::Rgba);
    let exact = [128, 128, 128, 20, 255, 255, 255, 40];
    assert!(samples(&made).iter().zip(exact).all(|(a, b)| a.abs_diff(b) <= 1), "{made:?}");
    let made = picture(PNG, &with_chunks(&wide_file, &[(b"iCCP", &profile)]), &wide()).unwrap();
    let made_samples: Vec<u16> = samples(&made).as_chunks::<2>().0.iter().map(|v| u16::from_ne_bytes(*v)).collect();
    assert_eq!((made.layout(), made_samples[3]), (Layout::Rgba16, 0x0102));
    assert!(made_samples[..3].iter().all(|v| v.abs_diff(32_899) <= 64), "{made_samples:?}");
}

/// A PNG of one colour with code points of RGB.
fn of_code_points(pixel: [u8; 3], primaries: u8, transfer: u8) -> Bytes {
    let size = Size::new(16, 16);
    let file = written(size, ::png::ColorType::Rgb, ::png::BitDepth::Eight, &pixel.repeat(256), |_| {});
    with_chunks(&file, &[(b"cICP", &[primaries, transfer, 0, 1])])
}

#[test]
fn high_dynamic_range_is_what_it_is_in_avif() {
    // An AVIF of sRGB, of which only the code points are changed.
    let coded = |pixel: [u8; 3], primaries, transfer| {
        let source = Picture::interleaved(Size::new(16, 16), Layout::Rgb, pixel.repeat(256)).unwrap();
        let mut file = encoded(Format::Avif, source, &quality(100)).to_vec();
        let at = file.windows(4).position(|name| name == b"nclx").unwrap();
        (file[at + 5], file[at + 7]) = (primaries, transfer);
        Bytes::from(file)
    };
    for pixel in [[97, 97, 97], [148, 120, 90], [60, 140, 190], [200, 180, 40]] {
        // What the encoder made of the colour.
        let stored = samples(&picture(Format::Avif, &coded(pixel, 1, 13), &plain()).unwrap());
        let stored: [u8; 3] = stored[..3].try_into().unwrap();
        for (primaries, transfer) in [(9, 16), (9, 18), (12, 16), (1, 18)] {
            let avif = picture(Format::Avif, &coded(pixel, primaries, transfer), &plain()).unwrap();
            for to_srgb in [true, false] {
                let options = DecodeOptions { to_srgb, ..plain() };
                let png = picture(PNG, &of_code_points(stored, primaries, transfer), &options).unwrap();
                assert!(png.icc.is_none() && png.layout() == Layout::Rgb);
                let apart = samples(&png).iter().zip(samples(&avif)).map(|(a, b)| a.abs_diff(b)).max().unwrap();
                assert!(apart <= 2, "{stored:?} {primaries}/{transfer}: {apart}");
            }
        }
    }
    let told = probe(PNG, &of_code_points([1, 2, 3], 9, 16)).unwrap();
    assert!(told.high_dynamic_range && told.icc.is_none());
    // 203 cd/m², reference white, are 0.58 in PQ and 0.75 in HLG: light as that is compressed, not cut.
    for (transfer, white) in [(16, 148), (18, 191)] {
        let shown = |v: u8| samples(&picture(PNG, &of_code_points([v; 3], 9, transfer), &plain()).unwrap())[0];
        assert!(shown(white) < shown(white + 20) && shown(255) >= 254, "{transfer}");
    }
}
