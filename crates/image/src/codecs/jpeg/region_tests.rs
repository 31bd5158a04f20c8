//! Regions of files, and files row by row.

use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use crate::codecs::testing::{encoded, gradient, picture, plain, quality, sample};
use crate::codecs::{DecodeOptions, EncodeOptions, Scale, decode_rows};
use crate::rows::Collect;
use crate::{Layout, Picture, ops};

const JPEG: Format = Format::Jpeg;

/// Baseline, progressive and grey files of odd sides.
fn files() -> Vec<Bytes> {
    let photo = picture(JPEG, &sample("rocket.jpg"), &plain()).unwrap();
    let window = Rect { x: 101, y: 60, size: Size::new(301, 203) };
    let photo = ops::crop(photo, window).unwrap();
    let grey = gradient(Size::new(301, 203), Layout::Grey);
    let progressive = EncodeOptions { progressive: true, ..quality(85) };
    vec![
        encoded(JPEG, photo.clone(), &quality(85)),
        encoded(JPEG, photo, &progressive),
        encoded(JPEG, grey, &quality(85)),
    ]
}

fn without_padding(picture: &Picture) -> Vec<Vec<u8>> {
    let bytes_per_pixel = picture.layout().bytes_per_pixel();
    let rows =
        |plane: &crate::Plane| (0..plane.size.height).flat_map(|y| plane.row(y, bytes_per_pixel).to_vec()).collect();
    picture.planes().iter().map(rows).collect()
}

#[test]
fn a_region_is_what_a_crop_of_the_whole_is() {
    for (number, file) in files().iter().enumerate() {
        for eighths in [1u8, 2, 4, 8] {
            for planes in [false, true] {
                let options = DecodeOptions { scale: Scale::Eighths(eighths), planes, ..plain() };
                let whole = picture(JPEG, file, &options).unwrap();
                let Size { width, height } = whole.size();
                let unit = 2 * u32::from(eighths);
                let end = |whole: u32, start: u32| whole - start;
                for region in [
                    Rect { x: 0, y: 0, size: Size::new(unit, unit) },
                    Rect { x: unit, y: 2 * unit, size: Size::new(5 * unit, 3 * unit) },
                    Rect { x: 7 * unit, y: 0, size: Size::new(end(width, 7 * unit), height) },
                    Rect { x: 0, y: 4 * unit, size: Size::new(width, end(height, 4 * unit)) },
                ] {
                    let part = picture(JPEG, file, &DecodeOptions { region: Some(region), ..options.clone() }).unwrap();
                    let cropped = ops::crop(whole.clone(), region).unwrap();
                    assert_eq!((part.size(), part.layout()), (cropped.size(), cropped.layout()));
                    let same = without_padding(&part) == without_padding(&cropped);
                    assert!(same, "file {number}, {eighths}/8, planes {planes}, {region:?}");
                }
            }
        }
    }
}

#[test]
fn rows_are_those_of_the_picture() {
    for file in files() {
        for (scale, planes) in [(Scale::Full, false), (Scale::Full, true), (Scale::Eighths(2), true)] {
            let options = DecodeOptions { scale, planes, ..plain() };
            let mut rows = Collect::default();
            assert_eq!(decode_rows(&file, &options, &mut rows).unwrap(), None);
            assert_eq!(rows.picture().unwrap(), picture(JPEG, &file, &options).unwrap());
        }
    }
}

#[test]
fn what_is_cut_off_behind_the_region_does_no_harm() {
    let [file, ..] = &files()[..] else { panic!() };
    let region = Rect { x: 32, y: 16, size: Size::new(64, 32) };
    let half = file.slice(..file.len() * 2 / 3);
    for (scale, planes) in [(Scale::Full, false), (Scale::Full, true), (Scale::Eighths(4), true)] {
        let options = DecodeOptions { scale, planes, region: Some(region), ..plain() };
        assert_eq!(picture(JPEG, &half, &options).unwrap(), picture(JPEG, file, &options).unwrap());
    }
}

#[test]
fn regions_outside_of_the_picture_are_errors() {
    let [file, ..] = &files()[..] else { panic!() };
    for scale in [Scale::Full, Scale::Eighths(2)] {
        let region = Some(Rect { x: 304, y: 0, size: Size::new(16, 16) });
        let options = DecodeOptions { scale, planes: true, region, ..plain() };
        assert!(picture(JPEG, file, &options).is_err());
    }
}
