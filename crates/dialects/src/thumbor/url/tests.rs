use std::num::NonZeroU32;

use super::*;
use crate::Error;
use crate::thumbor::{Flavour, Options};

fn read(path: &str, flavour: Flavour) -> Url {
    let options = Options::of(flavour);
    let url = Url::parse(path, &options).unwrap();
    let written = url.to_path(flavour);
    assert_eq!(Url::parse(&written, &options).as_ref(), Ok(&url), "{path} became {written}");
    url
}

fn thumbor(path: &str) -> Url {
    read(path, Flavour::Thumbor)
}

fn key(url: &Url) -> &str {
    match &url.image {
        Image::Object { key, .. } => key,
        Image::Colour(colour) => panic!("{colour:?}"),
    }
}

fn pixels(n: u32) -> Side {
    NonZeroU32::new(n).map_or(Side::Free, Side::Pixels)
}

#[test]
fn every_part_in_its_order() {
    let url = thumbor(
        "/unsafe/debug/meta/trim:bottom-right:7/1x2:30x40/adaptive-full-fit-in/-300x-orig/right/top/smart/filters:\
         grayscale()/a/b.jpg",
    );
    assert!(url.debug && url.meta && url.smart);
    assert_eq!(url.trim, Some(TrimWish { reference: Corner::BottomRight, tolerance: 7 }));
    assert_eq!(url.crop, Some(Edges::Pixels { left: 1, top: 2, right: 30, bottom: 40 }));
    assert_eq!(url.fit_in, Some(FitIn { adaptive: true, full: true }));
    let size = Dimensions { width: pixels(300), height: Side::Original, flip_horizontal: true, flip_vertical: true };
    assert_eq!((url.size, url.column, url.row), (Some(size), Some(Edge::End), Some(Edge::Start)));
    assert_eq!((url.filters.len(), key(&url)), (1, "a/b.jpg"));
    // Another order ends the options.
    let url = thumbor("/unsafe/top/left/a.jpg");
    assert_eq!((url.row, url.column, key(&url)), (Some(Edge::Start), None, "left/a.jpg"));
}

#[test]
fn sizes_of_thumbor() {
    for (text, width, height) in [
        ("300x", pixels(300), Side::Free),
        ("x200", Side::Free, pixels(200)),
        ("x", Side::Free, Side::Free),
        ("0x0", Side::Free, Side::Free),
        ("origx120", Side::Original, pixels(120)),
        ("99999999999x1", pixels(u32::MAX), pixels(1)),
    ] {
        let size = thumbor(&format!("/unsafe/{text}/a.jpg")).size.unwrap();
        assert_eq!((size.width, size.height), (width, height), "{text}");
    }
    let flips = thumbor("/unsafe/-x-/a.jpg").size.unwrap();
    assert!(flips.flip_horizontal && flips.flip_vertical);
    assert!(thumbor("/unsafe/-0x-0/a.jpg").size.unwrap().flip_vertical);
    for image in ["300", "300x200x1", "axb", "3 0x1", "--1x1", "fxf", "1.5x2"] {
        assert_eq!(thumbor(&format!("/unsafe/{image}/a.jpg")).size, None, "{image}");
    }
    assert_eq!(read("/unsafe/origx1/a.jpg", Flavour::Imagor).size, None);
}

#[test]
fn the_last_option_goes_back_to_the_image() {
    let url = thumbor("/unsafe/300x200/");
    assert_eq!((url.size, key(&url)), (None, "300x200/"));
    assert_eq!(key(&thumbor("/unsafe/smart")), "smart");
    assert_eq!(key(&thumbor("/unsafe/filters:grayscale()/")), "filters:grayscale()/");
    let url = read("unsafe/300x200/", Flavour::Imagor);
    assert!(url.size.is_some() && url.image.locator() == Err(Error::NoKey));
}

#[test]
fn security_segments() {
    assert_eq!(thumbor("/cat.jpg").security, Security::Missing);
    assert_eq!(thumbor("/unsafe/").security, Security::Missing);
    assert_eq!(thumbor("/100x100/cat.jpg").security, Security::Signature("100x100".to_owned()));
    assert_eq!(thumbor("/a%3D/cat.jpg").security, Security::Signature("a=".to_owned()));
    assert_eq!(thumbor("unsafe/cat.jpg").security, Security::Unsafe);
    let security = |path| read(path, Flavour::Imagor).security;
    assert_eq!(security("///100x100/cat.jpg"), Security::Missing);
    assert_eq!(security("abcdefghijklmnop=/cat.jpg"), Security::Signature("abcdefghijklmnop=".to_owned()));
    assert_eq!(security("abcdefghijklmno=/cat.jpg"), Security::Missing);
    assert_eq!(security("adaptive-full-fit-in/1x1/cat.jpg"), Security::Missing);
}

#[test]
fn trims() {
    let trim = |text: &str, flavour| read(&format!("/unsafe/{text}/a.jpg"), flavour).trim;
    let wish = |reference, tolerance| Some(TrimWish { reference, tolerance });
    for flavour in Flavour::ALL {
        assert_eq!(trim("trim", flavour), wish(Corner::TopLeft, 0));
        assert_eq!(trim("trim:top-left:10", flavour), wish(Corner::TopLeft, 10));
        assert_eq!(trim("trim:bottom-right", flavour), wish(Corner::BottomRight, 0));
        for no in ["trim:", "trim:x", "trim:top-left:", "trim:top-left:x", "trimmed", "trim:10:top-left"] {
            assert_eq!(trim(no, flavour), None, "{no}");
        }
    }
    assert_eq!(trim("trim:10", Flavour::Thumbor), wish(Corner::BottomRight, 0));
    assert_eq!(trim("trim:10", Flavour::Imagor), wish(Corner::TopLeft, 10));
}

#[test]
fn windows() {
    let crop = |text: &str, flavour| read(&format!("/unsafe/{text}/a.jpg"), flavour).crop;
    let inverted = Some(Edges::Pixels { left: 150, top: 110, right: 10, bottom: 20 });
    assert_eq!(crop("150x110:10x20", Flavour::Thumbor), inverted);
    assert_eq!(crop("0.1x0.1:0.9x0.9", Flavour::Thumbor), None);
    assert_eq!(
        crop("0.1x.1:0.9x1.0", Flavour::Imagor),
        Some(Edges::Parts { left: 0.1, top: 0.1, right: 0.9, bottom: 1.0 })
    );
    assert!(matches!(crop("0x0:1x1", Flavour::Imagor), Some(Edges::Parts { .. })));
    assert!(matches!(crop("0x0:1x1", Flavour::Thumbor), Some(Edges::Pixels { .. })));
    assert_eq!(crop("0x0:2.5x3", Flavour::Imagor), None);
    assert_eq!(crop("0x0:1.5x3", Flavour::Imagor), Some(Edges::Pixels { left: 0, top: 0, right: 2, bottom: 3 }));
}

#[test]
fn images() {
    for (written, expected) in [
        ("with%20space.png", "with space.png"),
        ("a%2Fb%2C%28c%29.jpg", "a/b,(c).jpg"),
        ("http://127.0.0.1:8099/a.jpg%3Fx=1", "http://127.0.0.1:8099/a.jpg?x=1"),
        ("/double.jpg", "/double.jpg"),
        ("trim%2Fa.jpg", "trim/a.jpg"),
        ("a(b).jpg", "a(b).jpg"),
        ("a+b%zz.jpg", "a+b%zz.jpg"),
    ] {
        assert_eq!(key(&thumbor(&format!("/unsafe/{written}"))), expected);
    }
    assert_eq!(thumbor("/unsafe//double.jpg").image.locator().unwrap().key, "double.jpg");
    for place in ["%2e%2e/%2e%2e/etc/passwd", "../a", "a/../b", "a%00"] {
        assert_eq!(thumbor(&format!("/unsafe/{place}")).image.locator(), Err(Error::NoKey), "{place}");
    }
    let wrong = Url::parse("/unsafe/%ff.jpg", &Options::default());
    assert_eq!(wrong, Err(Error::Encoding("the path")));
}

#[test]
fn images_of_imagor() {
    let image = |text: &str| read(&format!("/unsafe/{text}"), Flavour::Imagor).image;
    let object = |key: &str, base64| Image::Object { key: key.to_owned(), base64 };
    assert_eq!(image("a+b%zz.jpg"), object("a+b%zz.jpg", false));
    assert_eq!(image("a+b.jpg"), object("a b.jpg", false));
    assert_eq!(image("b64:SGk"), object("Hi", true));
    assert_eq!(image("b64%3ASGk"), object("b64:SGk", false));
    assert_eq!(image("b64:not.base64"), object("b64:not.base64", false));
    assert_eq!(image("Color:RED"), Image::Colour(lightmill_recipe::Colour::opaque(255, 0, 0)));
    assert_eq!(image("Color:RED").locator(), Err(Error::NoKey));
    assert_eq!(image("a\nb\u{2028}.jpg"), object("ab.jpg", false));
}

#[test]
fn padding_needs_a_size() {
    let url = read("/unsafe/fit-in/0x0/5x6:7x8/a.jpg", Flavour::Imagor);
    assert_eq!(url.padding, Some(Margins { left: 5, top: 6, right: 7, bottom: 8 }));
    let url = read("/unsafe/300x200/5x6/a.jpg", Flavour::Imagor);
    assert_eq!(url.padding, Some(Margins { left: 5, top: 6, right: 5, bottom: 6 }));
    assert_eq!(read("/unsafe/5x6/a.jpg", Flavour::Imagor).padding, None);
    assert_eq!(thumbor("/unsafe/300x200/5x6/a.jpg").padding, None);
}

#[test]
fn sizes_of_pictures_inside_of_others() {
    let options = Options::of(Flavour::Imagor);
    let size = |path: &str| Url::parse_nested(path, &options).unwrap().size;
    let less = |width, height| Some(Dimensions { width, height, ..Dimensions::default() });
    assert_eq!(size("/fxfull-30/a.jpg"), less(Side::ParentLess(0), Side::ParentLess(30)));
    assert_eq!(size("fx300/a.jpg"), less(Side::ParentLess(0), pixels(300)));
    assert_eq!(size("foxf/a.jpg"), None);
}

#[test]
fn long_paths_are_refused() {
    let options = Options::default();
    let long = |length: usize| Url::parse(&"a".repeat(length), &options);
    assert!(long(MAX_LENGTH).is_ok());
    assert!(matches!(long(MAX_LENGTH + 1), Err(Error::Limit { .. })));
    let filters = format!("/unsafe/filters:{}/a.jpg", ["grayscale()"; 65].join(":"));
    assert!(matches!(Url::parse(&filters, &options), Err(Error::Limit { limit: "filters", actual: 65, allowed: 64 })));
}
