use lightmill_recipe::Format;

/// Bytes from the start in which the root element of an SVG document must begin.
const SVG_PROLOGUE: usize = 4096;

/// The format of `bytes`, from their signature; `None` if it is none of [`Format::ALL`].
///
/// Names more formats than this build decodes, so that the error can name them.
pub fn recognise(bytes: &[u8]) -> Option<Format> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if starts(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1A\n") {
        Some(Format::Png)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Format::Gif)
    } else if is_bmp(bytes) {
        Some(Format::Bmp)
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Some(Format::Tiff)
    } else if starts(b"\xFF\x0A") || starts(b"\0\0\0\x0CJXL \r\n\x87\n") {
        Some(Format::JpegXl)
    } else if starts(b"\0\0\x01\0") && bytes.len() >= 6 && bytes[4..6] != [0, 0] {
        Some(Format::Ico)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        brand(bytes)
    } else if is_svg(bytes) {
        Some(Format::Svg)
    } else {
        None
    }
}

/// A file header (`BM`) followed by an information header of one of the known lengths.
fn is_bmp(bytes: &[u8]) -> bool {
    let length = bytes.get(14..18).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    bytes.starts_with(b"BM") && matches!(length, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// The major and compatible brands of an ISO base media file (ISO/IEC 14496-12, section 4.3).
fn brand(bytes: &[u8]) -> Option<Format> {
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let end = length.min(bytes.len()).min(256);
    let brands = bytes.get(8..end)?.chunks_exact(4).enumerate().filter(|(i, _)| *i != 1);
    let mut heif = None;
    for (_, brand) in brands {
        match brand {
            b"avif" | b"avis" => return Some(Format::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => heif = Some(Format::Heic),
            _ => {}
        }
    }
    heif
}

/// XML whose root element is `svg` (possibly with a namespace prefix), or a gzip file: no other format of ours is one.
fn is_svg(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\x1F\x8B\x08") {
        return true;
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut text = &text[..text.len().min(SVG_PROLOGUE)];
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = if text.starts_with(b"<!--") {
            b"-->"
        } else if text.starts_with(b"<?") {
            b"?>"
        } else if text.starts_with(b"<!") {
            if text[..text.len().min(512)].contains(&b'[') { b"]>" } else { b">" }
        } else {
            break;
        };
        match text.windows(end.len()).position(|window| window == end) {
            Some(at) => text = &text[at + end.len()..],
            None => return false,
        }
    }
    let Some(name) = text.strip_prefix(b"<") else { return false };
    let length = name.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')).unwrap_or(name.len());
    name[..length].rsplit(|b| *b == b':').next() == Some(b"svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        let cases: [(&[u8], Option<Format>); 16] = [
            (b"\xFF\xD8\xFF\xE0", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n", Some(Format::Png)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::WebP)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"GIF89a", Some(Format::Gif)),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Some(Format::Bmp)),
            (b"BMW is a car, no picture", None),
            (b"MM\0*\0\0\0\x08", Some(Format::Tiff)),
            (b"\xFF\x0A\0", Some(Format::JpegXl)),
            (b"\0\0\x01\0\x01\0", Some(Format::Ico)),
            (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1avifmiaf", Some(Format::Avif)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Format::Heic)),
            (b"\0\0\0\x18ftypisom\0\0\0\0mp42", None),
            (b"<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg [<!ENTITY a 'b'>]><svg>", Some(Format::Svg)),
            (b"<html><svg/></html>", None),
            (b"", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(recognise(bytes), format, "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(recognise(b"  <svg:svg xmlns:svg='x'/>"), Some(Format::Svg));
    }
}
