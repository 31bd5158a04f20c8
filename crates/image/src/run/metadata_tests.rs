//! What becomes of metadata: a position is planted in files of every format and looked for in every result.

use bytes::Bytes;
use lightmill_recipe::{Format, FormatChoice, Locator, Metadata, Operation, Orientation, PictureOutput, QualityRule};
use lightmill_recipe::{Recipe, Size};

use super::tests::{cropped, in_format, made, narrower, of_quality, of_recipe, output, turned};
use crate::codecs::testing::{encoded, gradient, quality, seed};
use crate::codecs::{EncodeOptions, Kept, can_decode, can_encode, can_strip, strip};
use crate::metadata::exif_fields;
use crate::metadata::testing::{XMP, exif_in, reading, tells_position, tiff};
use crate::{FileMetadata, Layout, probe};

/// Formats whose files can hold a position, in EXIF, XMP or both.
const CARRIERS: [Format; 8] =
    [Format::Jpeg, Format::Png, Format::WebP, Format::Gif, Format::Tiff, Format::Avif, Format::JpegXl, Format::Heic];

/// Those that this build decodes.
fn carriers() -> impl Iterator<Item = Format> {
    CARRIERS.into_iter().filter(|format| can_decode(*format))
}

/// Every format that is written.
fn written() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| can_encode(*format))
}

/// A file with a position in every place of its format that can hold one.
fn planted(format: Format, orientation: u16) -> Bytes {
    let metadata = FileMetadata { exif: Some(exif_in(orientation).into()), xmp: Some(XMP.as_bytes().into()) };
    let picture =
        || encoded(format, gradient(Size::new(64, 48), Layout::Rgb), &EncodeOptions { metadata, ..quality(90) });
    let insert = |mut file: Vec<u8>, at: usize, bytes: &[u8]| {
        file.splice(at..at, bytes.iter().copied());
        file
    };
    let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
    match format {
        Format::Jpeg => {
            let file = insert(picture().to_vec(), 2, b"\xFF\xED\0\x10Photoshop GPS\0\xFF\xFE\0\x09comment");
            [file, b"\xFF\xD8\xFF\xE1 a second picture with GPS".to_vec()].concat().into()
        }
        Format::Png => {
            // Checksums of chunks are not looked at.
            let file = insert(picture().to_vec(), 33, b"\0\0\0\x0BtEXtComment\0GPS\0\0\0\0");
            [file, b"GPS behind the end".to_vec()].concat().into()
        }
        Format::WebP => {
            let mut file = [&picture()[..], b"GPS \x04\0\0\0GPS!"].concat();
            let length = (file.len() as u32 - 8).to_le_bytes();
            file[4..8].copy_from_slice(&length);
            file.into()
        }
        Format::Gif => {
            let file = picture();
            let palette = if file[10] & 0x80 == 0 { 0 } else { 3 << ((file[10] & 7) + 1) };
            insert(file.to_vec(), 13 + palette, b"\x21\xFE\x03GPS\0").into()
        }
        Format::Tiff => tiff().into(),
        Format::Avif => [&picture()[..], &boxed(b"free", b"GPS")].concat().into(),
        Format::JpegXl => {
            let exif = [&[0; 4][..], &exif_in(orientation)].concat();
            let (exif, xmp) = (boxed(b"Exif", &exif), boxed(b"xml ", XMP.as_bytes()));
            let start = [boxed(b"JXL ", b"\r\n\x87\n"), boxed(b"ftyp", b"jxl \0\0\0\0jxl ")].concat();
            [start, exif, boxed(b"jxlc", &seed("lossy.jxl")), xmp].concat().into()
        }
        // By heif-enc, of the JPEG above.
        Format::Heic => seed("metadata.heic"),
        other => panic!("{other} holds no metadata"),
    }
}

fn fields(file: &[u8]) -> Vec<String> {
    let exif = probe(file).unwrap().exif;
    exif.map(|exif| reading(&exif).into_iter().map(|(name, _)| name).collect()).unwrap_or_default()
}

fn has(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Nothing of the position, and no field that could hold one.
fn assert_silent(file: &[u8], of: &str) {
    assert!(!tells_position(file), "{of}");
    assert!(!fields(file).iter().any(|name| name.starts_with("GPS")), "{of}: {:?}", fields(file));
}

#[test]
fn sources_tell_what_was_planted() {
    for format in CARRIERS {
        let source = planted(format, 6);
        assert!(tells_position(&source), "{format}");
        let told = probe(&source).unwrap();
        assert_eq!(told.xmp.as_deref(), Some(XMP.as_bytes()), "{format}");
        let names = fields(&source);
        assert_eq!(names.contains(&"Artist".to_owned()), format != Format::Gif, "{format}: {names:?}");
        assert_eq!(names.iter().any(|name| name.starts_with("GPS")), format != Format::Gif, "{format}: {names:?}");
        let info = exif_fields(&told);
        let artist = info.contains(&("Artist".to_owned(), "Ann Author".to_owned()));
        assert_eq!(artist, format != Format::Gif, "{format}: {info:?}");
    }
}

#[test]
fn no_position_survives_unless_it_is_asked_for() {
    for format in carriers() {
        for orientation in [1, 6] {
            let source = planted(format, orientation);
            let mut wishes: Vec<(Vec<Operation>, PictureOutput)> = vec![
                (Vec::new(), output()),
                (Vec::new(), PictureOutput { may_grow: true, ..output() }),
                (Vec::new(), PictureOutput { progressive: Some(true), ..output() }),
                (Vec::new(), of_quality(QualityRule::Absolute(100))),
                (Vec::new(), of_quality(QualityRule::Perceptual(60))),
                (Vec::new(), PictureOutput { max_bytes: Some(600), ..output() }),
                (
                    Vec::new(),
                    PictureOutput { preferred: vec![Format::WebP], choose: FormatChoice::Smallest, ..output() },
                ),
                (turned(90), output()),
                (turned(180), output()),
                (vec![cropped(0, 0, 3)], output()),
                (narrower(2), output()),
            ];
            wishes.extend(written().map(|written| (Vec::new(), in_format(written))));
            for (operations, output) in wishes {
                for metadata in [None, Some(Metadata::Drop), Some(Metadata::Copyright), Some(Metadata::Keep)] {
                    let output = PictureOutput { metadata, ..output.clone() };
                    let result = made(&source, operations.clone(), output.clone()).unwrap();
                    assert_silent(&result.bytes, &format!("{format} {operations:?} {output:?}"));
                }
            }
            let mut passed = Recipe::new(Locator::key("a"));
            passed.only_if_source_bytes_at_least = Some(u64::MAX);
            let result = of_recipe(&source, &passed).unwrap();
            assert_silent(&result.bytes, &format!("{format} below the threshold"));
            assert_eq!(result.passthrough, can_strip(format));
            if result.passthrough {
                // Nobody turned the pixels.
                assert_eq!(probe(&result.bytes).unwrap().orientation, probe(&source).unwrap().orientation, "{format}");
            }
            let mut as_stored = Recipe::new(Locator::key("a"));
            as_stored.inputs[0].orientation = Orientation::Ignore;
            assert_silent(&of_recipe(&source, &as_stored).unwrap().bytes, &format!("{format} as stored"));
        }
    }
}

#[test]
fn what_is_kept_is_written() {
    for source in carriers() {
        for written in written() {
            let keep = |metadata, operations| {
                let output = PictureOutput { metadata: Some(metadata), ..in_format(written) };
                made(&planted(source, 6), operations, output).unwrap().bytes
            };
            // A GIF has no place for EXIF, an icon and a bitmap for nothing.
            let holds_xmp = !matches!(written, Format::Bmp | Format::Ico);
            let holds_exif = holds_xmp && written != Format::Gif;
            let exif = holds_exif && source != Format::Gif;
            for operations in [Vec::new(), narrower(2), turned(90)] {
                let of = format!("{source} to {written} {operations:?}");
                let rights = keep(Metadata::Copyright, operations.clone());
                assert_eq!(has(&rights, "All rights reserved"), holds_xmp, "{of}");
                assert_eq!(has(&rights, "2026 Ann"), exif, "{of}");
                assert!(!has(&rights, "Mill") && !has(&rights, "sunset"), "{of}");
                let most = keep(Metadata::Keep, operations.clone());
                assert_eq!(has(&most, "sunset"), holds_xmp, "{of}");
                let all = keep(Metadata::KeepWithLocation, operations);
                assert_eq!((has(&all, "GPS-PLANTED"), has(&all, "48,51.5N")), (exif, holds_xmp), "{of}");
                for (file, located) in [(rights, false), (most, false), (all, true)] {
                    let header = probe(&file).unwrap();
                    assert!(header.orientation.is_upright());
                    assert_eq!(header.xmp.is_some(), holds_xmp, "{of}");
                    let names = fields(&file);
                    let there = |name: &str| names.iter().any(|there| there.starts_with(name));
                    assert_eq!((there("Artist"), there("GPS")), (exif, exif && located), "{of}: {names:?}");
                    if written == Format::Tiff {
                        // As another reader finds them in the file itself.
                        let names: Vec<String> = reading(&file).into_iter().map(|(name, _)| name).collect();
                        assert_eq!(names.contains(&"Artist".to_owned()), exif, "{of}: {names:?}");
                        assert_eq!(names.iter().any(|name| name.starts_with("GPS")), exif && located, "{of}");
                    }
                }
            }
        }
    }
}

#[test]
fn animations_keep_metadata_too() {
    let source = seed("animated.gif");
    let metadata = FileMetadata { exif: None, xmp: Some(XMP.as_bytes().into()) };
    let kept = Kept { profile: true, metadata: &metadata };
    let source: Bytes = strip(Format::Gif, &source, &kept).unwrap().into();
    for written in [Format::Gif, Format::WebP, Format::Avif] {
        let keep = |metadata| made(&source, narrower(8), PictureOutput { metadata, ..in_format(written) }).unwrap();
        assert_silent(&keep(None).bytes, written.extension());
        let rights = keep(Some(Metadata::Copyright));
        assert!(rights.frames > 1 && has(&rights.bytes, "Ann Author") && !has(&rights.bytes, "sunset"), "{written}");
        let told = probe(&rights.bytes).unwrap();
        assert!(told.xmp.is_some() && told.frames == rights.frames, "{written}");
    }
}
