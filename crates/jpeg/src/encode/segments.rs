use super::encoder::Components;
use super::optimal::Code;
use super::quantiser::Steps;
use crate::zigzag::NATURAL;

/// Bytes of a profile in one segment: 65,533 less the name, the number and the count.
const PROFILE_PART: usize = 65_519;

/// Codes of luma and chroma.
pub(super) struct Codes {
    pub dc: Code,
    pub ac: Code,
}

/// Everything before the scan's data: JFIF 1.01 without density, the profile, tables, frame and scan.
pub(super) fn write(
    (width, height): (u16, u16),
    components: Components,
    steps: &[Steps; 2],
    codes: &[Codes],
    profile: &[u8],
) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    segment(&mut file, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for body in profile_bodies(profile) {
        segment(&mut file, 0xE2, &body);
    }
    for (number, steps) in (0..codes.len() as u8).zip(steps) {
        let steps = NATURAL.map(|natural| steps[usize::from(natural)].get());
        segment(&mut file, 0xDB, &[&[number][..], &steps].concat());
    }
    let shapes: &[[u8; 3]] = match components {
        Components::Grey => &[[1, 0x11, 0]],
        Components::YCbCr420 => &[[1, 0x22, 0], [2, 0x11, 1], [3, 0x11, 1]],
    };
    let ([top, bottom], [left, right]) = (height.to_be_bytes(), width.to_be_bytes());
    let frame = [8, top, bottom, left, right, shapes.len() as u8];
    segment(&mut file, 0xC0, &[&frame[..], shapes.as_flattened()].concat());
    for (number, codes) in (0..).zip(codes) {
        for (class, code) in [(0x00, &codes.dc), (0x10, &codes.ac)] {
            segment(&mut file, 0xC4, &[&[class | number][..], &code.counts, &code.symbols].concat());
        }
    }
    let mut scan = vec![shapes.len() as u8];
    scan.extend(shapes.iter().flat_map(|[name, _, table]| [*name, table << 4 | table]));
    scan.extend([0, 63, 0]);
    segment(&mut file, 0xDA, &scan);
    file
}

/// A colour profile as the bodies of APP2 segments (ICC.1:2022, section B.4). Of one that is larger than their 255 parts
/// can hold there are none: the picture is more useful than nothing.
pub fn profile_bodies(profile: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let count = u8::try_from(profile.len().div_ceil(PROFILE_PART)).unwrap_or(0);
    let parts = (1..=count).zip(profile.chunks(PROFILE_PART));
    parts.map(move |(number, part)| [b"ICC_PROFILE\0", &[number, count][..], part].concat())
}

/// Bodies are those above: below 65,534 bytes.
fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = (body.len() as u16 + 2).to_be_bytes();
    file.extend([0xFF, marker, length[0], length[1]]);
    file.extend(body);
}
