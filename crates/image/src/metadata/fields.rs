use exif::{Context, Reader, Tag, Value};

use super::tiff::first_directory_number;
use crate::Probe;

/// Fields at most, so that a hostile file cannot make a large answer.
const MAX_FIELDS: usize = 512;
/// Bytes of one value at most; longer ones (maker notes, thumbnails) are left out.
const MAX_VALUE: usize = 1024;
/// Offsets of the EXIF and GPS directories: shown as numbers, as other servers do.
const POINTERS: [(u16, &str); 2] = [(0x8769, "ExifTag"), (0x8825, "GPSTag")];

/// Every EXIF field of `probe` by the name of EXIF 2.32, sorted by name, values as plain text.
///
/// Numbers are written as they are stored: integers in decimal, rationals as `72/1`, several values separated by
/// spaces. Geographical positions are written as `48deg 51' 30"`, their references in full (`North`).
pub(crate) fn exif_fields(probe: &Probe) -> Vec<(String, String)> {
    let Some(tiff) = probe.exif.as_deref() else { return Vec::new() };
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let exif = match reader.read_raw(tiff.to_vec()) {
        Ok(exif) => exif,
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return Vec::new(),
    };
    let known = exif.fields().filter(|field| field.tag.description().is_some()).take(MAX_FIELDS);
    let mut fields: Vec<(String, String)> =
        known.filter_map(|field| Some((field.tag.to_string(), text(field.tag, &field.value)?))).collect();
    for (tag, name) in POINTERS {
        fields.extend(first_directory_number(tiff, tag).map(|offset| (name.to_owned(), offset.to_string())));
    }
    // The main picture's directory comes before the thumbnail's, and a stable sort keeps it first.
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    fields.dedup_by(|later, first| later.0 == first.0);
    fields
}

pub(super) fn text(tag: Tag, value: &Value) -> Option<String> {
    let text = match value {
        Value::Ascii(lines) => reference(tag, &ascii(lines)),
        Value::Rational(parts) if matches!(tag, Tag::GPSLatitude | Tag::GPSLongitude) => {
            let parts: Vec<(u32, u32)> = parts.iter().map(|r| (r.num, r.denom)).collect();
            degrees(&parts)
        }
        Value::Rational(values) => joined(values.iter().map(|r| format!("{}/{}", r.num, r.denom))),
        Value::SRational(values) => joined(values.iter().map(|r| format!("{}/{}", r.num, r.denom))),
        Value::Byte(values) => joined(values.iter()),
        Value::SByte(values) => joined(values.iter()),
        Value::Short(values) => joined(values.iter()),
        Value::SShort(values) => joined(values.iter()),
        Value::Long(values) => joined(values.iter()),
        Value::SLong(values) => joined(values.iter()),
        Value::Float(values) => joined(values.iter()),
        Value::Double(values) => joined(values.iter()),
        Value::Undefined(bytes, _) => undefined(tag, bytes),
        Value::Unknown(..) => return None,
    };
    (text.len() <= MAX_VALUE && !text.is_empty()).then_some(text)
}

fn joined(values: impl Iterator<Item = impl ToString>) -> String {
    // One value more than fits is enough to see that it does not fit.
    values.take(MAX_VALUE).map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
}

/// Lines without control characters: the text goes into JSON and into terminals.
fn ascii(lines: &[Vec<u8>]) -> String {
    let lines = lines.iter().map(|line| String::from_utf8_lossy(&line[..line.len().min(MAX_VALUE + 1)]).into_owned());
    let text = lines.take(MAX_VALUE).collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

fn reference(tag: Tag, text: &str) -> String {
    match (tag, text) {
        (Tag::GPSLatitudeRef, "N") => "North".to_owned(),
        (Tag::GPSLatitudeRef, "S") => "South".to_owned(),
        (Tag::GPSLongitudeRef, "E") => "East".to_owned(),
        (Tag::GPSLongitudeRef, "W") => "West".to_owned(),
        _ => text.to_owned(),
    }
}

/// Degrees, minutes and seconds; parts of 0 after the degrees are left out.
fn degrees(parts: &[(u32, u32)]) -> String {
    let number = |&(numerator, denominator): &(u32, u32)| {
        if denominator == 0 {
            return "0".to_owned();
        }
        let value = f64::from(numerator) / f64::from(denominator);
        format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let marks = ["deg", "'", "\""];
    let shown = parts.iter().zip(marks).enumerate().filter(|(i, (part, _))| *i == 0 || part.0 != 0);
    joined(shown.map(|(_, (part, mark))| format!("{}{mark}", number(part))))
}

/// Versions and comments are text in a field of untyped bytes (EXIF 2.32, section 4.6.5).
fn undefined(tag: Tag, bytes: &[u8]) -> String {
    let bytes = match tag {
        Tag::UserComment => bytes.strip_prefix(b"ASCII\0\0\0").unwrap_or(bytes),
        _ => bytes,
    };
    let printable = tag.context() == Context::Exif && bytes.iter().all(|b| matches!(b, 0x20..=0x7E | 0));
    if printable && bytes.iter().any(|b| *b != 0) {
        return String::from_utf8_lossy(bytes).replace('\0', "").trim().to_owned();
    }
    joined(bytes.iter())
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Format, Size};

    use super::*;
    use crate::{ExifOrientation, SourceColour};

    fn probe(exif: &[u8]) -> Probe {
        Probe {
            format: Format::Jpeg,
            size: Size::new(1, 1),
            orientation: ExifOrientation::UPRIGHT,
            frames: 1,
            has_alpha: false,
            bits: 8,
            colour: SourceColour::Rgb,
            quality: None,
            progressive: false,
            icc: None,
            exif: Some(exif.into()),
            xmp: None,
            high_dynamic_range: false,
            bytes: 0,
        }
    }

    /// Orientation 6, `XResolution` 72/1, Make "Mill", and a GPS directory with a latitude of 48° 51' 30" N.
    fn sample() -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        let entry = |tiff: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32| {
            tiff.extend(tag.to_le_bytes());
            tiff.extend(kind.to_le_bytes());
            tiff.extend(count.to_le_bytes());
            tiff.extend(value.to_le_bytes());
        };
        tiff.extend(4u16.to_le_bytes());
        entry(&mut tiff, 271, 2, 5, 62);
        entry(&mut tiff, 274, 3, 1, 6);
        entry(&mut tiff, 282, 5, 1, 67);
        entry(&mut tiff, 0x8825, 4, 1, 75);
        tiff.extend(0u32.to_le_bytes());
        tiff.extend(b"Mill\0");
        tiff.extend([72, 0, 0, 0, 1, 0, 0, 0]);
        tiff.extend(2u16.to_le_bytes());
        entry(&mut tiff, 1, 2, 2, u32::from(b'N'));
        entry(&mut tiff, 2, 5, 3, 105);
        tiff.extend(0u32.to_le_bytes());
        for number in [48u32, 1, 51, 1, 30, 1] {
            tiff.extend(number.to_le_bytes());
        }
        tiff
    }

    #[test]
    fn values_are_plain_text() {
        let fields = exif_fields(&probe(&sample()));
        let expected = [
            ("GPSLatitude", "48deg 51' 30\""),
            ("GPSLatitudeRef", "North"),
            ("GPSTag", "75"),
            ("Make", "Mill"),
            ("Orientation", "6"),
            ("XResolution", "72/1"),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn damage_is_harmless() {
        let whole = sample();
        for length in 0..whole.len() {
            exif_fields(&probe(&whole[..length]));
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                assert!(exif_fields(&probe(&damaged)).len() <= MAX_FIELDS + 2);
            }
        }
    }
}
