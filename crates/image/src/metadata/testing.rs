//! Metadata with a position planted in them, for the tests of everything that must not let it through.

use exif::Reader;

/// 48° 51' 30" as rationals.
const LATITUDE: [u32; 6] = [48, 1, 51, 1, 30, 1];

/// EXIF with a camera, rights, an exposure, a size, maker notes and the position 48° 51' 30" N, 2° 21' E.
pub fn exif() -> Vec<u8> {
    exif_in(6)
}

/// The same with this orientation.
pub fn exif_in(orientation: u16) -> Vec<u8> {
    let ascii = |tag: u16, text: &str| (tag, 2u16, text.len() as u32 + 1, [text.as_bytes(), &[0]].concat());
    let rationals = |tag: u16, numbers: &[u32]| {
        (tag, 5u16, numbers.len() as u32 / 2, numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>())
    };
    let long = |tag: u16, number: u32| (tag, 4u16, 1, number.to_le_bytes().to_vec());
    let short = |tag: u16, number: u16| (tag, 3u16, 1, number.to_le_bytes().to_vec());
    let main = |exif: u32, gps: u32| {
        vec![
            ascii(0x010F, "Mill"),
            short(0x0112, orientation),
            ascii(0x013B, "Ann Author"),
            ascii(0x8298, "2026 Ann"),
            long(0x8769, exif),
            long(0x8825, gps),
        ]
    };
    let exposure = vec![
        rationals(0x829D, &[28, 10]),
        (0x927C, 7, 20, b"GPS in a maker note\0".to_vec()),
        long(0xA002, 1000),
        long(0xA003, 800),
    ];
    let gps = vec![
        ascii(1, "N"),
        rationals(2, &LATITUDE),
        ascii(3, "E"),
        rationals(4, &[2, 1, 21, 1, 0, 1]),
        // Bytes that are found wherever they end up.
        ascii(27, "GPS-PLANTED"),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    let exif_at = 8 + length(&main(0, 0));
    let gps_at = exif_at + length(&exposure);
    for directory in [main(exif_at as u32, gps_at as u32), exposure, gps] {
        write(&mut file, &directory);
    }
    file
}

/// A grey TIFF of 4 × 4 pixels with the same rights, position and packet.
pub fn tiff() -> Vec<u8> {
    let short = |tag: u16, number: u16| (tag, 3u16, 1u32, number.to_le_bytes().to_vec());
    let long = |tag: u16, number: u32| (tag, 4u16, 1u32, number.to_le_bytes().to_vec());
    let ascii = |tag: u16, text: &str| (tag, 2u16, text.len() as u32 + 1, [text.as_bytes(), &[0]].concat());
    let main = |pixels: u32, gps: u32| {
        vec![
            short(256, 4),
            short(257, 4),
            short(258, 8),
            short(259, 1),
            short(262, 1),
            long(273, pixels),
            short(277, 1),
            short(278, 4),
            long(279, 16),
            ascii(315, "Ann Author"),
            (700, 1, XMP.len() as u32, XMP.as_bytes().to_vec()),
            ascii(0x8298, "2026 Ann"),
            long(0x8825, gps),
        ]
    };
    let numbers = LATITUDE.iter().flat_map(|number| number.to_le_bytes()).collect();
    let gps = vec![ascii(1, "N"), (2, 5, 3, numbers), ascii(27, "GPS-PLANTED")];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    let gps_at = 8 + length(&main(0, 0));
    let pixels_at = gps_at + length(&gps);
    write(&mut file, &main(pixels_at as u32, gps_at as u32));
    write(&mut file, &gps);
    file.extend((0..16).map(|i| i * 16));
    file
}

type Field = (u16, u16, u32, Vec<u8>);

fn length(fields: &[Field]) -> usize {
    6 + fields.iter().map(|(.., value)| 12 + if value.len() > 4 { value.len() } else { 0 }).sum::<usize>()
}

fn write(file: &mut Vec<u8>, fields: &[Field]) {
    let mut at = file.len() + 6 + 12 * fields.len();
    file.extend((fields.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in fields {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend(count.to_le_bytes());
        if value.len() <= 4 {
            file.extend(value);
            file.resize(file.len() + 4 - value.len(), 0);
        } else {
            file.extend((at as u32).to_le_bytes());
            at += value.len();
        }
    }
    file.extend([0; 4]);
    for (.., value) in fields.iter().filter(|(.., value)| value.len() > 4) {
        file.extend(value);
    }
}

/// A packet with the same position, in elements, attributes and structures.
pub const XMP: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- secret comment -->
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    exif:GPSLatitude="48,51.5N" tiff:Orientation="6" xmp:CreatorTool="Mill" photoshop:City="Paris"
    photoshop:Credit="Agency" xmpRights:WebStatement="https://example.com/rights">
   <exif:GPSLongitude>2,21E</exif:GPSLongitude>
   <dc:creator><rdf:Seq><rdf:li>Ann Author</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">All rights reserved</rdf:li></rdf:Alt></dc:rights>
   <dc:subject><rdf:Bag><rdf:li>sunset</rdf:li></rdf:Bag></dc:subject>
   <Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource">
     <Iptc4xmpExt:Sublocation>Paris</Iptc4xmpExt:Sublocation></rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>
   <Iptc4xmpCore:CreatorContactInfo rdf:parseType="Resource" Iptc4xmpCore:CiAdrExtadr="4 rue"/>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#;

/// Whether `file` holds anything of the position: its texts, or its numbers in either byte order.
pub fn tells_position(file: &[u8]) -> bool {
    let numbers = [LATITUDE.map(u32::to_le_bytes), LATITUDE.map(u32::to_be_bytes)].map(|bytes| bytes.concat());
    let needles: [&[u8]; 8] =
        [b"GPS", b"48,51.5N", b"2,21E", b"Paris", b"4 rue", b"maker note", &numbers[0], &numbers[1]];
    needles.iter().any(|needle| file.windows(needle.len()).any(|window| window == *needle))
}

/// Every field of EXIF, by name.
pub fn reading(exif: &[u8]) -> Vec<(String, String)> {
    let read = Reader::new().read_raw(exif.to_vec()).unwrap();
    let mut fields: Vec<(String, String)> = read
        .fields()
        .map(|field| (field.tag.to_string(), super::fields::text(field.tag, &field.value).unwrap_or_default()))
        .collect();
    fields.sort();
    fields
}
