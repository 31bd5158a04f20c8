use lightmill_recipe::{Metadata, Size};

use super::directory::{ByteOrder, EXIF_DIRECTORY, Entry, GPS_DIRECTORY, Tiff};
use super::tiff::ORIENTATION;
use super::write::{Directories, long};
use crate::ExifOrientation;

/// Who made the picture, and who owns the rights in it.
const RIGHTS: [u16; 2] = [0x013B, 0x8298];

/// Tags of the first directory that describe the picture and stay right whatever was done to it: name, description,
/// camera, resolution, software, time, artist, rights, ratings, and the texts of Windows.
const DESCRIPTIVE: [u16; 20] = [
    0x010D, 0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C, 0x4746, 0x4749, 0x8298,
    0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, 0xC614,
];

/// Tags of the EXIF directory that do so: exposure, versions, times, lens, comment, scene, serial numbers. Neither maker
/// notes, whose contents nobody knows, nor places in the picture, nor pointers.
const EXPOSURE: [(u16, u16); 16] = [
    (0x829A, 0x829D),
    (0x8822, 0x8822),
    (0x8824, 0x8824),
    (0x8827, 0x8833),
    (0x9000, 0x9011),
    (0x9101, 0x9102),
    (0x9201, 0x920A),
    (0x9286, 0x9286),
    (0x9290, 0x9292),
    (0x9400, 0x9405),
    (0xA000, 0xA003),
    (0xA20E, 0xA210),
    (0xA215, 0xA217),
    (0xA300, 0xA301),
    (0xA401, 0xA420),
    (0xA430, 0xA43C),
];

const PIXEL_WIDTH: u16 = 0xA002;
const PIXEL_HEIGHT: u16 = 0xA003;

/// Bytes of one value at most.
const MAX_VALUE: usize = 8 << 10;
/// Bytes of the whole at most: what one APP1 segment of a JPEG holds beside its name.
const MAX_BYTES: usize = 65_527;

/// EXIF of a result whose pixels are `size` large and stored in `orientation`, with what `policy` keeps of `source` (a
/// TIFF structure, which may also be a TIFF file). `None` if nothing is left to say.
pub(super) fn filtered(
    source: Option<&[u8]>,
    policy: Metadata,
    orientation: ExifOrientation,
    size: Option<Size>,
) -> Option<Vec<u8>> {
    let tiff = source.and_then(Tiff::open);
    let order = tiff.map_or(ByteOrder::Little, |tiff| tiff.order);
    let mut directories = tiff.map(|tiff| keep(&tiff, policy)).unwrap_or_default();
    if let Some(size) = size {
        for entry in &mut directories.exif {
            match entry.tag {
                PIXEL_WIDTH => *entry = long(order, PIXEL_WIDTH, size.width),
                PIXEL_HEIGHT => *entry = long(order, PIXEL_HEIGHT, size.height),
                _ => {}
            }
        }
    }
    if !orientation.is_upright() {
        let value = order.short_bytes(orientation.value().into()).to_vec();
        directories.main.push(Entry { tag: ORIENTATION, kind: 3, count: 1, value: value.into() });
    }
    if directories.is_empty() {
        return None;
    }
    let file = directories.write(order);
    (file.len() <= MAX_BYTES).then_some(file)
}

/// What becomes of the directories of a source.
fn keep<'a>(tiff: &Tiff<'a>, policy: Metadata) -> Directories<'a> {
    let main = tiff.first();
    let in_range = |tag: u16| EXPOSURE.iter().any(|(first, last)| (*first..=*last).contains(&tag));
    let (exif, gps) = match policy {
        Metadata::Drop => return Directories::default(),
        Metadata::Copyright => (Vec::new(), Vec::new()),
        Metadata::Keep => (tiff.child(&main, EXIF_DIRECTORY), Vec::new()),
        Metadata::KeepWithLocation => (tiff.child(&main, EXIF_DIRECTORY), tiff.child(&main, GPS_DIRECTORY)),
    };
    let wanted: &[u16] = if policy == Metadata::Copyright { &RIGHTS } else { &DESCRIPTIVE };
    let mut kept = Directories { main, exif, gps };
    kept.main.retain(|entry| wanted.contains(&entry.tag));
    kept.exif.retain(|entry| in_range(entry.tag));
    for entries in [&mut kept.main, &mut kept.exif, &mut kept.gps] {
        entries.retain(|entry| entry.value.len() <= MAX_VALUE && entry.kind != 13);
    }
    kept.sort();
    kept
}

#[cfg(test)]
mod tests {
    use super::super::testing::{exif, reading};
    use super::*;

    const UPRIGHT: ExifOrientation = ExifOrientation::UPRIGHT;

    fn names(file: &[u8]) -> Vec<String> {
        reading(file).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn each_policy_keeps_its_tags() {
        let source = exif();
        assert_eq!(filtered(Some(&source), Metadata::Drop, UPRIGHT, None), None);
        let copyright = filtered(Some(&source), Metadata::Copyright, UPRIGHT, None).unwrap();
        assert_eq!(reading(&copyright), [("Artist", "Ann Author"), ("Copyright", "2026 Ann")].map(own));
        let size = Some(Size::new(64, 48));
        let kept = filtered(Some(&source), Metadata::Keep, UPRIGHT, size).unwrap();
        assert_eq!(names(&kept), ["Artist", "Copyright", "FNumber", "Make", "PixelXDimension", "PixelYDimension"]);
        let fields = reading(&kept);
        assert_eq!(
            fields[2..],
            [("FNumber", "28/10"), ("Make", "Mill"), ("PixelXDimension", "64"), ("PixelYDimension", "48")].map(own)
        );
        let all = filtered(Some(&source), Metadata::KeepWithLocation, UPRIGHT, size).unwrap();
        assert!(reading(&all).contains(&own(("GPSLatitude", "48deg 51' 30\""))));
        assert!(!names(&kept).iter().any(|name| name.starts_with("GPS")));
    }

    #[test]
    fn an_orientation_alone_can_be_written() {
        let file = filtered(None, Metadata::Drop, ExifOrientation::new(6), None).unwrap();
        assert_eq!(super::super::orientation(&file).value(), 6);
        assert_eq!(reading(&file), [("Orientation", "6")].map(own));
    }

    #[test]
    fn damage_is_harmless() {
        let whole = exif();
        for at in 0..whole.len() {
            for value in [0, 0x7F, 0xFF] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                if let Some(file) = filtered(Some(&damaged), Metadata::KeepWithLocation, UPRIGHT, None) {
                    assert!(Tiff::open(&file).is_some() && file.len() <= MAX_BYTES);
                }
            }
            filtered(Some(&whole[..at]), Metadata::Keep, UPRIGHT, None);
        }
    }

    fn own((name, value): (&str, &str)) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }
}
