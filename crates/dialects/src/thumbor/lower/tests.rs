use lightmill_recipe::{
    Blur, Colour, Edges, Format, FrameRange, Frames, Growth, InputIndex, Locator, Meta, Metadata, Method, Operation,
    Orientation, Output, PictureOutput, Profile, Recipe, Source, Stamp, StampMark,
};

use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::thumbor::{Flavour, Options, Url, parse};
use crate::{Directives, Error, Wish};

fn lowered(path: &str, flavour: Flavour) -> Lowered {
    let options = Options::of(flavour);
    lower(&Url::parse(path, &options).unwrap(), None, &options).unwrap()
}

fn refused(path: &str, flavour: Flavour) -> Error {
    let options = Options::of(flavour);
    Url::parse(path, &options).and_then(|url| lower(&url, None, &options)).unwrap_err()
}

fn names(path: &str, flavour: Flavour) -> Vec<&'static str> {
    lowered(path, flavour).recipe.inputs[0].operations.iter().map(Operation::name).collect()
}

#[test]
fn steps_have_the_order_of_the_reference_server() {
    let path =
        "/unsafe/trim/1x2:30x40/-20x10/filters:blur(2):focal(1x1:3x3):no_upscale():brightness(3):rotate(90)/a.jpg";
    assert_eq!(names(path, Flavour::Thumbor), ["cut", "reframe", "flip", "blur", "tables", "rotate"]);
    let path = "/unsafe/trim/1x2:30x40/-20x10/filters:blur(2):orient(90):brightness(3)/a.jpg";
    assert_eq!(names(path, Flavour::Imagor), ["rotate", "cut", "reframe", "flip", "blur", "tables"]);
    assert_eq!(names("/unsafe/debug/200x200/smart/a.jpg", Flavour::Thumbor), ["draw_detections"]);
    for nothing in ["/unsafe/a.jpg", "/unsafe/fit-in/a.jpg", "/unsafe/0x0/a.jpg", "/unsafe/15x11:1x2/a.jpg"] {
        assert!(names(nothing, Flavour::Thumbor).is_empty(), "{nothing}");
    }
}

#[test]
fn filters_of_the_resize_hold_wherever_they_stand() {
    let path = "/unsafe/300x200/smart/filters:grayscale():stretch():no_upscale()/a.jpg";
    let Operation::Reframe(reframe) = &lowered(path, Flavour::Thumbor).recipe.inputs[0].operations[0] else { panic!() };
    assert_eq!((reframe.method, reframe.growth), (Method::Stretch, Growth::Never));
    let path = "/unsafe/300x200/smart/filters:focal(0x0:20x20):focal(200x80:240x120)/a.jpg";
    let Operation::Reframe(reframe) = &lowered(path, Flavour::Thumbor).recipe.inputs[0].operations[0] else { panic!() };
    assert_eq!((reframe.focus.regions.len(), reframe.focus.detect), (2, false));
}

#[test]
fn filters_become_operations() {
    let operations = |filters: &str, flavour| {
        lowered(&format!("/unsafe/filters:{filters}/a.jpg"), flavour).recipe.inputs.swap_remove(0).operations
    };
    let blurred = operations("blur(5,2)", Flavour::Thumbor);
    assert!(
        matches!(blurred[..], [Operation::Blur(Blur::Window { radius: 5, sigma })] if (sigma - 2.828_427).abs() < 1e-5)
    );
    assert!(matches!(operations("rotate(90)", Flavour::Thumbor)[..], [Operation::Rotate(r)] if r.degrees == 270));
    assert!(matches!(operations("rotate(-90)", Flavour::Thumbor)[..], [Operation::Rotate(r)] if r.degrees == 90));
    let [Operation::Tables(lighter)] = &operations("brightness(40)", Flavour::Thumbor)[..] else { panic!() };
    assert_eq!((lighter.red.get(0), lighter.blue.get(200)), (102, 255));
    assert_eq!(operations("grayscale()", Flavour::Thumbor), [Operation::Luma]);
    assert_eq!(operations("grayscale()", Flavour::Imagor), [Operation::Greyscale]);
}

#[test]
fn filters_by_the_names_of_their_operations() {
    for (filter, name) in [
        ("fill(red)", "fill"),
        ("background_color(red)", "flatten"),
        ("rgb(1,2,3)", "tables"),
        ("equalize()", "equalize"),
        ("saturation(2)", "saturation"),
        ("sharpen(1,2,true)", "wavelet_sharpen"),
        ("noise(4)", "noise"),
        ("convolution(1;2;1,3)", "convolution"),
        ("round_corner(9,1,2,3)", "corners"),
        ("proportion(.5)", "proportion"),
        ("upscale()", "grow"),
        ("watermark(a,repeat,0,0)", "stamp"),
        ("frame(a)", "nine_patch"),
    ] {
        assert_eq!(names(&format!("/unsafe/filters:{filter}/a.jpg"), Flavour::Thumbor), [name], "{filter}");
    }
}

#[test]
fn what_is_told_instead_of_a_picture() {
    let wish = |path: &str, query, flavour| parse(path, query, None, &Options::of(flavour)).map(|asked| asked.wish);
    let told = |wish| match wish {
        Wish::Transform(Recipe { outputs, .. }) => match &outputs[..] {
            [Output::Meta { meta, .. }] => meta.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let meta = |path, query, flavour| told(wish(path, query, flavour).unwrap());
    let operations =
        |callback: Option<&str>| Meta::Operations { name: "a.jpg".to_owned(), callback: callback.map(str::to_owned) };
    assert_eq!(meta("/unsafe/meta/a.jpg", None, Flavour::Thumbor), operations(None));
    assert_eq!(meta("/unsafe/meta/a.jpg", Some("callback=a.b"), Flavour::Thumbor), operations(Some("a.b")));
    let refused = wish("/unsafe/meta/a.jpg", Some("callback=alert(1)"), Flavour::Thumbor);
    assert!(matches!(refused, Err(Error::Value(text)) if text.starts_with("callback")));
    assert_eq!(
        meta("/unsafe/meta/filters:blurhash(4,3):avgcolor()/a.jpg", None, Flavour::Imagor),
        Meta::Picture { blurhash: Some((4, 3)), thumbhash: false, average_colour: true }
    );
    let Wish::Text { content_type, body } = wish("/params/unsafe/fit-in/30x20/a.jpg", None, Flavour::Imagor).unwrap()
    else {
        panic!()
    };
    assert_eq!(content_type, "application/json");
    let parameters: serde_json::Value = serde_json::from_str(&body).unwrap();
    let expected = serde_json::json!({
        "path": "fit-in/30x20/a.jpg", "image": "a.jpg", "unsafe": true, "fit_in": true, "width": 30, "height": 20,
    });
    assert_eq!(parameters, expected);
}

#[test]
fn colours_and_frames() {
    let request = parse("/unsafe/30x20/color:red", None, None, &Options::of(Flavour::Imagor)).unwrap();
    let Wish::Transform(recipe) = request.wish else { panic!("{:?}", request.wish) };
    assert_eq!(recipe.inputs[0].source, Source::Colour(Colour::opaque(255, 0, 0)));
    assert_eq!(request.locator, Locator::key(""));
    let frames =
        |filter: &str| lowered(&format!("/unsafe/filters:{filter}/a.gif"), Flavour::Imagor).recipe.inputs[0].frames;
    assert_eq!(frames("page(2)"), Frames::Range(FrameRange { first: 1, ..FrameRange::FIRST }));
    assert_eq!(frames("max_frames(1)"), Frames::First);
    assert_eq!(frames("grayscale()"), Frames::All);
}

#[test]
fn settings_of_the_output() {
    let output = |filters: &str, flavour| -> PictureOutput {
        match lowered(&format!("/unsafe/filters:{filters}/a.jpg"), flavour).recipe.outputs.swap_remove(0) {
            Output::Picture(picture) => picture,
            other => panic!("{other:?}"),
        }
    };
    let made = output("quality(50):format(WebP):max_bytes(900):strip_icc():strip_exif()", Flavour::Thumbor);
    assert_eq!((made.format, made.max_bytes, made.profile), (Some(Format::WebP), Some(900), Profile::ToSrgb));
    assert_eq!(made.metadata, Some(Metadata::Drop));
    assert!(output("quality(100)", Flavour::Thumbor).lossless && !output("quality(100)", Flavour::Imagor).lossless);
    assert_eq!(output("autojpg()", Flavour::Imagor).format, Some(Format::Jpeg));
    let options = Options { negotiate: vec![Format::WebP], ..Options::default() };
    let preferred = |path: &str| match parse(path, None, Some("image/webp"), &options).unwrap().wish {
        Wish::Transform(recipe) => match &recipe.outputs[0] {
            Output::Picture(picture) => picture.preferred.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(preferred("/unsafe/a.jpg"), [Format::WebP]);
    assert_eq!(preferred("/unsafe/filters:format(png)/a.jpg"), []);
}

#[test]
fn orientation_is_a_setting_of_the_mount_in_thumbor() {
    let orientation = |options: &Options| {
        lower(&Url::parse("/unsafe/a.jpg", options).unwrap(), None, options).unwrap().recipe.inputs[0].orientation
    };
    assert_eq!(orientation(&Options::default()), Orientation::Ignore);
    assert_eq!(orientation(&Options { respect_orientation: true, ..Options::default() }), Orientation::Apply);
    assert_eq!(orientation(&Options::of(Flavour::Imagor)), Orientation::Apply);
}

#[test]
fn words_about_the_answer() {
    let directives =
        lowered("/unsafe/filters:max_age(60):expire(1893456000000):attachment()/a.jpg", Flavour::Imagor).directives;
    let expected = Directives {
        max_age: Some(Duration::from_mins(1)),
        expires_at: Some(UNIX_EPOCH + Duration::from_hours(525_960)),
        attachment: Some(String::new()),
        headers: Vec::new(),
        ..Directives::default()
    };
    assert_eq!(directives, expected);
    let raw = parse("/unsafe/filters:raw()/a.jpg", None, None, &Options::of(Flavour::Imagor)).unwrap();
    assert_eq!(raw.wish, Wish::Original);
}

#[test]
fn pictures_inside_of_pictures() {
    let path =
        "/unsafe/filters:image(/10x10/filters:image(/fxf-2/b.png,1,2):grayscale()/c.png,right-3,center,20)/a.jpg";
    let lowered = |path| lowered(path, Flavour::Imagor).recipe.inputs;
    let inputs = lowered(path);
    let keys: Vec<_> = inputs.iter().map(|input| input.source.clone()).collect();
    assert_eq!(keys, ["a.jpg", "c.png", "b.png"].map(|key| Source::Object(Locator::key(key))));
    let mark = |steps: &[Operation]| match steps.iter().find(|step| step.name() == "stamp") {
        Some(Operation::Stamp(Stamp { mark: StampMark::Image(index, _), .. })) => *index,
        other => panic!("{other:?}"),
    };
    assert_eq!(mark(&inputs[0].operations), InputIndex(1));
    assert_eq!(mark(&inputs[1].operations), InputIndex(2));
    let two = lowered("/unsafe/filters:image(b.png):image(/filters:watermark(d.png,0,0,0)/c.png)/a.jpg");
    assert_eq!((two.len(), mark(&two[2].operations)), (4, InputIndex(3)));
}

#[test]
fn nesting_is_bounded() {
    let mut path = "x.png".to_owned();
    for _ in 0..4 {
        path = format!("/filters:image({path})/x.png");
    }
    assert_eq!(lowered(&format!("/unsafe{path}"), Flavour::Imagor).recipe.inputs.len(), 5);
    path = format!("/filters:image({path})/x.png");
    assert!(matches!(refused(&format!("/unsafe{path}"), Flavour::Imagor), Error::Limit { .. }));
    let many = ["watermark(a,0,0,0)"; 8].join(":");
    assert!(matches!(
        refused(&format!("/unsafe/filters:{many}/a.jpg"), Flavour::Thumbor),
        Error::Limit { limit: "pictures", .. }
    ));
    let filters = ["grayscale()"; 30].join(":");
    let nested = format!("/unsafe/filters:{filters}:image(/filters:{filters}:image(/filters:{filters}/c)/b)/a.jpg");
    assert!(matches!(refused(&nested, Flavour::Imagor), Error::Limit { limit: "filters", .. }));
}

#[test]
fn a_picture_that_names_its_own_focus() {
    let path = "/unsafe/300x200/filters:extract_focal()/http://h/unsafe/10x20:30x60/b/c.jpg";
    let inputs = lowered(path, Flavour::Thumbor).recipe.inputs;
    assert_eq!(inputs[0].source, Source::Object(Locator::key("b/c.jpg")));
    let Operation::Reframe(reframe) = &inputs[0].operations[0] else { panic!() };
    assert!((reframe.focus.regions[0].bottom - 60.0).abs() < f64::EPSILON);
}

#[test]
fn ignored_filters_are_named() {
    let names = |path: &str, flavour| parse(path, Some("v=1"), None, &Options::of(flavour)).unwrap().ignored;
    let path = "/unsafe/filters:nosuch(1):brightness(a):nosuch(2):rotate(45):a%2Cb()/a.jpg";
    assert_eq!(names(path, Flavour::Thumbor), ["nosuch", "brightness", "rotate", "a?b", "v"]);
    assert_eq!(names("/unsafe/filters:equalize():bitdepth(8)/a.jpg", Flavour::Imagor), ["equalize", "bitdepth", "v"]);
}

#[test]
fn mistakes_are_the_clients() {
    for path in ["convolution(1;2;3;4,2,true)", "convolution(1;2;3,2)", "convolution(1;2;3;4;5;6,3)"] {
        let error = refused(&format!("/unsafe/filters:{path}/a.jpg"), Flavour::Thumbor);
        assert!(matches!(error, Error::Value(_)), "{path}");
    }
    assert!(matches!(refused("/unsafe/meta/filters:blurhash(10,1)/a.jpg", Flavour::Imagor), Error::Value(_)));
    assert_eq!(refused("/unsafe/a/../b", Flavour::Thumbor), Error::NoKey);
}

#[test]
fn windows_of_imagor() {
    let window = |path: &str| match lowered(path, Flavour::Imagor).recipe.inputs[0].operations.as_slice() {
        [Operation::Cut(cut)] => cut.window,
        other => panic!("{other:?}"),
    };
    let edges = Edges::Pixels { left: 5, top: 6, right: u32::MAX, bottom: u32::MAX };
    assert_eq!(window("/unsafe/5x6:0x0/a.jpg"), Some(edges));
    let parts = Edges::Parts { left: 0.1, top: 0.0, right: 1.0, bottom: 0.5 };
    assert_eq!(window("/unsafe/0.1x0:0x0.5/a.jpg"), Some(parts));
    assert!(names("/unsafe/0x0:0x0/a.jpg", Flavour::Imagor).is_empty());
}
