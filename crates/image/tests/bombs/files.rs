//! Files that claim much, by format.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use lightmill_image::codecs::{EncodeOptions, encode};
use lightmill_image::{Cancel, FileMetadata, Layout, Picture, Still};
use lightmill_recipe::{Effort, Format, Limits, Size};

/// A small picture in `format`.
fn small(format: Format, progressive: bool, lossless: bool) -> Vec<u8> {
    let size = Size::new(16, 16);
    let picture = Picture::interleaved(size, Layout::Rgb, (0..768u32).map(|i| (i * 37 % 251) as u8).collect()).unwrap();
    let options = EncodeOptions {
        quality: 80,
        lossless,
        progressive,
        palette: None,
        effort: Effort::Fast,
        metadata: FileMetadata::default(),
        limits: Limits::default(),
        cancel: Cancel::default(),
    };
    encode(format, &mut Still::new(picture), &options).unwrap()
}

/// A file of the seeds of fuzzing.
fn seed(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/probe_decode").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn find(file: &[u8], needle: &[u8]) -> usize {
    file.windows(needle.len()).position(|window| window == needle).unwrap()
}

/// `file` with other bytes at `at`.
fn with(mut file: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

/// Files that must be refused, each with its name.
pub fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let mut files = stills();
    files.extend(animations());
    files.extend(drawings());
    files
}

/// Stills whose headers claim sides of 60,000 pixels, or as many as the format can say.
fn stills() -> Vec<(&'static str, Vec<u8>)> {
    let side = 60_000u32;
    let (big, little) = ([side.to_be_bytes(); 2].concat(), [side.to_le_bytes(); 2].concat());
    let short = [(side as u16).to_be_bytes(); 2].concat();
    let jpeg = |progressive, frame: u8| {
        let file = small(Format::Jpeg, progressive, false);
        let at = find(&file, &[0xFF, frame]) + 5;
        with(file, at, &short)
    };
    let bmp = small(Format::Bmp, false, false);
    let tiff = small(Format::Tiff, false, false);
    let field = |file: &[u8], tag: u16| find(file, &[&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0]].concat()) + 8;
    let (width, height) = (field(&tiff, 256), field(&tiff, 257));
    let box_of = |file: Vec<u8>| {
        let at = find(&file, b"ispe") + 8;
        with(file, at, &big)
    };
    // 14 bits for each side less one, behind the signature.
    let lossless = small(Format::WebP, false, true);
    let at = find(&lossless, b"VP8L") + 9;
    let canvas = [b"RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0".to_vec(), vec![0xFF; 6]].concat();
    let mut icon_of_icon = vec![0, 0, 1, 0, 1, 0];
    icon_of_icon.extend([0, 0, 0, 0, 1, 0, 32, 0, 22, 0, 0, 0, 0, 0, 0, 0]);
    let png = with(small(Format::Png, false, false), 16, &big);
    let mut icon = vec![0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0];
    icon.extend([(png.len() as u32).to_le_bytes(), 22u32.to_le_bytes()].concat());
    icon.extend(&png);
    let mut bitmap = vec![0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0, 40, 0, 0, 0, 22, 0, 0, 0];
    bitmap.extend([&40u32.to_le_bytes()[..], &little, &[1, 0, 32, 0], &[0; 24]].concat());
    // One bit for a small size, two for 30 bits of the height less one, three for a square, one for defaults.
    let bits: u64 = 3 << 1 | u64::from(side - 1) << 3 | 1 << 33 | 1 << 36;
    let jxl = [&b"\xFF\x0A"[..], &bits.to_le_bytes(), &[0; 32]].concat();
    vec![
        ("a baseline JPEG", jpeg(false, 0xC0)),
        ("a progressive JPEG", jpeg(true, 0xC2)),
        ("a PNG", png),
        ("a lossless WebP", with(lossless, at, &[0xFF, 0xFF, 0xFF, 0x0F])),
        ("a canvas of WebP", canvas),
        ("a GIF's screen", with(small(Format::Gif, false, false), 6, &[0xFF; 4])),
        ("a BMP", with(bmp, 18, &little)),
        ("a TIFF", with(with(tiff, width, &little[..4]), height, &little[..4])),
        ("an AVIF", box_of(small(Format::Avif, false, false))),
        ("a HEIC", box_of(seed("photo.heic"))),
        ("a JPEG XL", jxl),
        ("a PNG in an icon", icon),
        ("a bitmap in an icon", bitmap),
        ("an icon that is its own entry", icon_of_icon),
    ]
}

/// Animations of more frames, or larger ones, than anybody may ask for.
fn animations() -> Vec<(&'static str, Vec<u8>)> {
    const MANY: usize = 100_000;
    let gif = small(Format::Gif, false, false);
    let palette = 13 + if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let dot = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    // The frame is larger than its screen.
    let frame = with(gif.clone(), find(&gif, b"\x2C\0\0\0\0") + 5, &[0xFF; 4]);
    let webp = [&b"ANMF\x10\0\0\0"[..], &[0; 16]].concat().repeat(MANY);
    let canvas = b"VP8X\x0A\0\0\0\x02\0\0\0\x0F\0\0\x0F\0\0ANIM\x06\0\0\0\0\0\0\0\0\0";
    let length = (4 + canvas.len() + webp.len()) as u32;
    let png = small(Format::Png, false, false);
    let chunk = |name: &[u8], body: &[u8]| [&(body.len() as u32).to_be_bytes()[..], name, body, &[0; 4]].concat();
    let control = [&(MANY as u32).to_be_bytes()[..], &[0; 4]].concat();
    let frames = chunk(b"fcTL", &[0; 26]).repeat(MANY);
    // A table that says so in twelve bytes: samples of one byte each, all in one chunk.
    let mut avif = seed("sequence.avif");
    for (name, at, bytes) in
        [(b"stsz", 8, [0, 0, 0, 1, 0, 1, 0x86, 0xA0]), (b"stsc", 12, [0, 0, 0, 1, 0, 1, 0x86, 0xA0])]
    {
        let start = find(&avif, name) + at;
        avif = with(avif, start, &bytes);
    }
    vec![
        ("a GIF of many frames", [&gif[..palette], &dot.repeat(MANY), b";"].concat()),
        ("a GIF's frame", frame),
        ("a WebP of many frames", [&b"RIFF"[..], &length.to_le_bytes(), b"WEBP", canvas, &webp].concat()),
        ("a PNG of many frames", [&png[..33], &chunk(b"acTL", &control), &frames, &png[33..]].concat()),
        ("an AVIF of many frames", avif),
    ]
}

fn drawings() -> Vec<(&'static str, Vec<u8>)> {
    let svg = |content: &str| {
        let names = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
        format!("<svg {names} width='10' height='10'>{content}</svg>").into_bytes()
    };
    let mut uses = "<g id='a0'><rect width='1' height='1'/></g>".to_owned();
    for i in 1..12 {
        let copies = format!("<use xlink:href='#a{}'/>", i - 1).repeat(10);
        write!(uses, "<g id='a{i}'>{copies}</g>").unwrap();
    }
    let mut laughs = "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a0 'ha'>".to_owned();
    for i in 1..10 {
        write!(laughs, "<!ENTITY a{i} '{}'>", format!("&a{};", i - 1).repeat(10)).unwrap();
    }
    laughs += "]><svg xmlns='http://www.w3.org/2000/svg'><text>&a9;</text></svg>";
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![b' '; 256 << 20]).unwrap();
    vec![
        ("nested uses", svg(&uses)),
        ("a use of itself", svg("<g id='a'><use xlink:href='#a'/></g>")),
        ("a billion laughs", laughs.into_bytes()),
        ("a large drawing", b"<svg xmlns='http://www.w3.org/2000/svg' width='60000' height='60000'/>".to_vec()),
        ("a compressed drawing", gzip.finish().unwrap()),
    ]
}

/// Pictures with compressed chunks beside them that expand to a gigabyte: these are left out.
pub fn harmless() -> Vec<(&'static str, Vec<u8>)> {
    let png = small(Format::Png, false, false);
    let mut body = Vec::new();
    let mut zlib = ZlibEncoder::new(&mut body, Compression::best());
    let block = vec![0; 1 << 20];
    (0..1024).for_each(|_| zlib.write_all(&block).unwrap());
    zlib.finish().unwrap();
    let chunk = |name: &[u8; 4], head: &[u8]| {
        let length = ((head.len() + body.len()) as u32).to_be_bytes();
        [&png[..33], &length, name, head, &body, &[0; 4], &png[33..]].concat()
    };
    vec![
        ("a profile", chunk(b"iCCP", b"p\0\0")),
        ("a text", chunk(b"zTXt", b"p\0\0")),
        ("a packet", chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0")),
    ]
}
