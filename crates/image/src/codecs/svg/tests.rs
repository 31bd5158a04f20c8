use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use bytes::Bytes;
use lightmill_recipe::{Format, Limits, Pixels, Size};

use crate::codecs::testing::{damage, encoded, gradient, picture, plain, quality};
use crate::codecs::{DecodeOptions, Scale, probe};
use crate::{Error, Layout, Picture};

const SVG: Format = Format::Svg;

fn svg(attributes: &str, content: &str) -> Bytes {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {attributes}>{content}</svg>"
    )
    .into()
}

fn pixel(picture: &Picture, x: usize, y: u32) -> [u8; 4] {
    picture.row(y)[x * 4..x * 4 + 4].try_into().unwrap()
}

#[test]
fn sizes_are_intrinsic_or_as_asked() {
    let half_red = "<rect width='50%' height='100%' fill='red'/>";
    for (attributes, size) in [
        ("width='40' height='20'", Size::new(40, 20)),
        ("viewBox='0 0 30.2 15'", Size::new(31, 15)),
        ("width='50%' height='10px' viewBox='0 0 80 10'", Size::new(40, 10)),
        ("", Size::new(100, 100)),
    ] {
        let file = svg(attributes, half_red);
        assert_eq!(probe(SVG, &file).unwrap().size, size, "{attributes}");
        assert_eq!(picture(SVG, &file, &plain()).unwrap().size(), size, "{attributes}");
    }
    let file = svg("width='40' height='20'", half_red);
    let large = DecodeOptions { scale: Scale::To(Size::new(400, 200)), ..plain() };
    let result = picture(SVG, &file, &large).unwrap();
    assert_eq!((result.size(), result.layout()), (Size::new(400, 200), Layout::Rgba));
    assert_eq!(pixel(&result, 198, 100), [255, 0, 0, 255]);
    assert_eq!(pixel(&result, 202, 100), [0; 4]);
}

#[test]
fn alpha_is_straight() {
    let file = svg("width='4' height='4'", "<rect width='4' height='4' fill='#ff8000' fill-opacity='0.5'/>");
    let [red, green, blue, alpha] = pixel(&picture(SVG, &file, &plain()).unwrap(), 2, 2);
    assert!(red >= 253 && green.abs_diff(128) <= 2 && blue == 0 && alpha.abs_diff(128) <= 1);
}

#[test]
fn only_embedded_rasters_are_drawn() {
    let size = Size::new(8, 8);
    let red = Picture::solid(size, [255, 0, 0, 255]);
    let grey = gradient(size, Layout::Grey);
    let image = |href: &str| svg("width='8' height='8'", &format!("<image width='8' height='8' xlink:href='{href}'/>"));
    let embedded = |media_type: &str, bytes: &[u8]| {
        let escaped = bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "%{byte:02X}").unwrap();
            text
        });
        image(&format!("data:{media_type},{escaped}"))
    };
    let drawn = |file: &Bytes| pixel(&picture(SVG, file, &plain()).unwrap(), 4, 4);
    for format in [Format::Png, Format::WebP, Format::Gif] {
        let file = embedded("image/png", &encoded(format, red.clone(), &quality(100)));
        let [r, g, b, a] = drawn(&file);
        assert!(r > 250 && g < 5 && b < 5 && a == 255, "{format}");
    }
    assert_eq!(drawn(&embedded("image/jpeg", &encoded(Format::Jpeg, grey, &quality(90))))[3], 255);
    let nested = svg("width='8' height='8'", "<rect width='8' height='8'/>");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/coffee.png");
    for left_out in [
        embedded("image/svg+xml", &nested),
        embedded("text/plain", &nested),
        image(&path.display().to_string()),
        image(&format!("file://{}", path.display())),
        image("http://127.0.0.1/a.png"),
        embedded("image/png", b"no picture"),
    ] {
        assert_eq!(drawn(&left_out), [0; 4]);
    }
    let small = DecodeOptions { limits: Limits { source_pixels: Pixels(64), ..Limits::default() }, ..plain() };
    let twice = String::from_utf8(embedded("image/png", &encoded(Format::Png, red, &quality(100))).to_vec()).unwrap();
    let image_element = &twice[twice.find("<image").unwrap()..twice.find("</svg>").unwrap()];
    let moved = image_element.replacen("<image", "<image x='4'", 1);
    let file = svg("width='8' height='8'", &format!("{image_element}{moved}"));
    // The second picture is over the budget and left out; the first fills the canvas alone.
    assert_eq!(pixel(&picture(SVG, &file, &small).unwrap(), 4, 4), [255, 0, 0, 255]);
}

/// Small ones are in `tests/bombs`.
#[test]
fn large_bombs_are_refused_at_once() {
    let marker = "<marker id='m'><path d='M0 0h1'/></marker>";
    let many = format!("{marker}<path marker-mid='url(#m)' d='M0 0{}'/>", "h1v1".repeat(200_000));
    let filters = "<filter id='f'><feGaussianBlur stdDeviation='99'/></filter>".to_owned()
        + &"<rect filter='url(#f)' width='4000' height='4000'/>".repeat(100);
    let bombs = [
        svg("width='10' height='10'", &format!("{}{}", "<g>".repeat(100_000), "</g>".repeat(100_000))),
        svg("width='10' height='10'", &many),
        svg("width='4000' height='4000'", &filters),
    ];
    for (i, bomb) in bombs.iter().enumerate() {
        let start = Instant::now();
        let error = picture(SVG, bomb, &plain()).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. } | Error::Limit(_) | Error::Corrupt { .. }), "{i} {error:?}");
        assert!(start.elapsed().as_millis() < 1500, "{i}: {:?}", start.elapsed());
    }
}

#[test]
fn entities_and_gzip_of_drawing_programs() {
    let text = "<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]>\
        <svg xmlns='&ns;' width='4' height='4'><rect width='4' height='4' fill='blue'/></svg>";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(text.as_bytes()).unwrap();
    for file in [Bytes::from(text), gzip.finish().unwrap().into()] {
        assert_eq!(crate::codecs::recognise(&file), Some(SVG));
        assert_eq!(pixel(&picture(SVG, &file, &plain()).unwrap(), 1, 1), [0, 0, 255, 255]);
    }
}

#[test]
fn damage_is_an_error_or_a_picture() {
    let content = "<defs><linearGradient id='g'><stop offset='0' stop-color='red'/><stop offset='1'/></linearGradient>\
        </defs><g transform='rotate(10)'><path d='M0 0 L10 10 h5 z' fill='url(#g)' stroke='#123'/></g>";
    damage(SVG, &svg("width='20' height='20' viewBox='0 0 20 20'", content), &plain());
}
