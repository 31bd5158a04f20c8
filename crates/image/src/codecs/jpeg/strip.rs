use crate::codecs::strip::Kept;

const EXIF: &[u8] = b"Exif\0\0";
pub(super) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Bytes of a segment's body at most (ITU-T T.81, section B.1.1.4).
const MAX_BODY: usize = 65_533;

/// The segments that a decoder needs, and the scans: JFIF without its thumbnail, Adobe's transform, tables, frame.
pub(in crate::codecs) fn strip(file: &[u8], kept: &Kept<'_>) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(file.len());
    let mut at = file.strip_prefix(&[0xFF, 0xD8]).map(|_| 2)?;
    result.extend([0xFF, 0xD8]);
    let mut placed = false;
    let mut scans = 0;
    while let Some((marker, body, end)) = segment(file, at) {
        // JFIF wants to be the first segment (JFIF 1.02), EXIF stands right behind it.
        if !placed && marker != 0xE0 {
            place(&mut result, kept);
            placed = true;
        }
        match (marker, body) {
            (0xD9, _) => break,
            (0xE0, body) if body.starts_with(b"JFIF\0") && body.len() >= 14 => {
                push(&mut result, 0xE0, &[&body[..12], &[0, 0]]);
            }
            (0xE2, body) if kept.profile && body.starts_with(b"ICC_PROFILE\0") => push(&mut result, 0xE2, &[body]),
            (0xEE, body) if body.starts_with(b"Adobe") && body.len() >= 12 => push(&mut result, 0xEE, &[&body[..12]]),
            // Other application data, comments, and markers reserved for extensions.
            (0xE0..=0xFE, _) => {}
            (0xC0..=0xCF | 0xDB..=0xDD, body) => push(&mut result, marker, &[body]),
            (0xDA, body) => {
                push(&mut result, 0xDA, &[body]);
                let scan = scan(&file[end..]);
                result.extend(scan);
                scans += 1;
                at = end + scan.len();
                continue;
            }
            _ => return None,
        }
        at = end;
    }
    if scans == 0 {
        return None;
    }
    result.extend([0xFF, 0xD9]);
    Some(result)
}

fn place(result: &mut Vec<u8>, kept: &Kept<'_>) {
    for (name, body) in [(EXIF, &kept.metadata.exif), (XMP, &kept.metadata.xmp)] {
        if let Some(body) = body.as_deref().filter(|body| name.len() + body.len() <= MAX_BODY) {
            push(result, 0xE1, &[name, body]);
        }
    }
}

fn push(result: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // Bodies come from segments, or were bounded by the caller.
    let length = (length as u16 + 2).to_be_bytes();
    result.extend([0xFF, marker, length[0], length[1]]);
    result.extend(parts.iter().copied().flatten());
}

/// The marker at `at` with its body, and where it ends. Bytes between segments that belong to none are passed over, as
/// decoders do.
fn segment(file: &[u8], at: usize) -> Option<(u8, &[u8], usize)> {
    let mut at = at;
    loop {
        at += file.get(at..)?.iter().position(|byte| *byte == 0xFF)? + 1;
        match *file.get(at)? {
            // Fill bytes, stuffed zeros, and markers without a body that mean nothing here.
            0xFF | 0x00 => {}
            0x01 | 0xD0..=0xD8 => at += 1,
            0xD9 => return Some((0xD9, &[], at + 1)),
            marker => {
                let length = usize::from(u16::from_be_bytes([*file.get(at + 1)?, *file.get(at + 2)?]));
                let body = file.get(at + 3..at + 1 + length.max(2))?;
                return Some((marker, body, at + 1 + length.max(2)));
            }
        }
    }
}

/// Entropy-coded data up to the next marker that ends it (ITU-T T.81, section B.1.1.5).
fn scan(bytes: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == 0xFF) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            _ => return &bytes[..at],
        }
    }
    bytes
}
