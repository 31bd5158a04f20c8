use lightmill_recipe::{
    Blur, Edges, Enlarge, Fit, Format, Growth, InputIndex, Mark, Metadata, Method, Operation, Orientation, Profile,
    Recipe, Stamp, StampMark, Step, Target,
};

use super::*;
use crate::thumbor::{Flavour, Options, Url, parse};
use crate::{Error, Wish};

fn lowered(path: &str, flavour: Flavour) -> Lowered {
    let options = Options::of(flavour);
    lower(&Url::parse(path, &options).unwrap(), None, &options).unwrap()
}

fn refused(path: &str, flavour: Flavour) -> Error {
    let options = Options::of(flavour);
    Url::parse(path, &options).and_then(|url| lower(&url, None, &options)).unwrap_err()
}

fn names(path: &str, flavour: Flavour) -> Vec<&'static str> {
    lowered(path, flavour).inputs[0].steps.iter().map(Step::name).collect()
}

fn recipe(path: &str, flavour: Flavour) -> Recipe {
    lowered(path, flavour).recipe().unwrap()
}

fn missing(path: &str, flavour: Flavour) -> Vec<&'static str> {
    lowered(path, flavour).recipe().unwrap_err()
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
    let Step::Reframe(reframe) = &lowered(path, Flavour::Thumbor).inputs[0].steps[0] else { panic!() };
    assert_eq!((reframe.method, reframe.growth), (Method::Stretch, Growth::Never));
    let path = "/unsafe/300x200/smart/filters:focal(0x0:20x20):focal(200x80:240x120)/a.jpg";
    let Step::Reframe(reframe) = &lowered(path, Flavour::Thumbor).inputs[0].steps[0] else { panic!() };
    assert_eq!((reframe.focus.regions.len(), reframe.focus.detect), (2, false));
}

#[test]
fn what_resizes_can_say_today() {
    use Enlarge::{Allowed, Never, NeverEachSide};
    let both = Target::Box { width: Some(300), height: Some(200) };
    let wide = Target::Box { width: Some(300), height: None };
    let sides = Target::Sides { longer: Some(300), shorter: Some(200) };
    for (path, flavour, target, fit, enlarge) in [
        ("300x200", Flavour::Thumbor, both, Fit::Cover, Allowed),
        ("300x0", Flavour::Thumbor, wide, Fit::Cover, Allowed),
        ("300x/left", Flavour::Thumbor, wide, Fit::Cover, Allowed),
        ("fit-in/300x200", Flavour::Thumbor, both, Fit::Inside, Never),
        ("full-fit-in/300x200", Flavour::Thumbor, both, Fit::Outside, Allowed),
        ("adaptive-fit-in/200x300", Flavour::Thumbor, sides, Fit::Inside, Never),
        ("300x200/filters:stretch()", Flavour::Thumbor, both, Fit::Stretch, Allowed),
        ("300x200/filters:stretch():no_upscale()", Flavour::Thumbor, both, Fit::Stretch, NeverEachSide),
        ("300x0/filters:stretch():no_upscale()", Flavour::Thumbor, wide, Fit::Inside, Never),
        ("300x0/filters:stretch()", Flavour::Thumbor, wide, Fit::Inside, Allowed),
        ("fit-in/300x200/filters:no_upscale()", Flavour::Thumbor, both, Fit::Inside, Never),
        ("stretch/300x200", Flavour::Imagor, both, Fit::Stretch, Allowed),
        ("fit-in/300x200/filters:upscale()", Flavour::Imagor, both, Fit::Inside, Allowed),
        ("full-fit-in/300x200", Flavour::Imagor, both, Fit::Outside, Never),
    ] {
        let recipe = recipe(&format!("/unsafe/{path}/a.jpg"), flavour);
        let [Operation::Resize(resize)] = recipe.inputs[0].operations.as_slice() else { panic!("{path}") };
        assert_eq!((resize.target, resize.fit, resize.enlarge), (target, fit, enlarge), "{path}");
    }
    for path in
        ["300x200/left", "300x200/smart", "origx200", "300x200/filters:no_upscale()", "300x200/filters:focal(1x1:2x2)"]
    {
        assert_eq!(missing(&format!("/unsafe/{path}/a.jpg"), Flavour::Thumbor), ["reframe"], "{path}");
    }
}

#[test]
fn operations_of_today() {
    let operations = |filters: &str, flavour| {
        recipe(&format!("/unsafe/filters:{filters}/a.jpg"), flavour).inputs.swap_remove(0).operations
    };
    let blurred = operations("blur(5,2)", Flavour::Thumbor);
    assert!(
        matches!(blurred[..], [Operation::Blur(Blur::Window { radius: 5, sigma })] if (sigma - 2.828_427).abs() < 1e-5)
    );
    assert!(matches!(operations("rotate(90)", Flavour::Thumbor)[..], [Operation::Rotate(r)] if r.degrees == 270));
    assert!(matches!(operations("rotate(-90)", Flavour::Thumbor)[..], [Operation::Rotate(r)] if r.degrees == 90));
    for (filter, gain, offset) in
        [("brightness(40)", 1.0, 102.0), ("contrast(-40)", 0.36, 82.0), ("brightness(100)", 0.0, 255.0)]
    {
        let [Operation::Linear(linear)] = operations(filter, Flavour::Thumbor)[..] else { panic!("{filter}") };
        assert!((linear.gain - gain).abs() < 0.01 && (linear.offset - offset).abs() < 1.0, "{filter} {linear:?}");
    }
    assert!(matches!(operations("round_corner(20)", Flavour::Imagor)[..], [Operation::RoundedCorners(_)]));
    let flips = recipe("/unsafe/-x-/a.jpg", Flavour::Thumbor);
    assert!(matches!(flips.inputs[0].operations[..], [Operation::Rotate(r)] if r.degrees == 180));
    let window = recipe("/unsafe/1x2:30x40/a.jpg", Flavour::Thumbor);
    assert!(
        matches!(window.inputs[0].operations[..], [Operation::Crop(c)] if (c.x, c.y, c.width, c.height) == (1, 2, Some(29), Some(38)))
    );
}

#[test]
fn what_waits_for_an_operation() {
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
        ("watermark(a,0,0,50)", "stamp"),
        ("frame(a)", "nine_patch"),
    ] {
        assert_eq!(missing(&format!("/unsafe/filters:{filter}/a.jpg"), Flavour::Thumbor), [name], "{filter}");
    }
    assert_eq!(missing("/unsafe/meta/a.jpg", Flavour::Thumbor), ["meta"]);
    assert_eq!(missing("/unsafe/color:red", Flavour::Imagor), ["colour"]);
    assert_eq!(missing("/unsafe/filters:page(2)/a.pdf", Flavour::Imagor), ["frames"]);
    let error = parse("/unsafe/filters:equalize()/a.jpg", None, None, &Options::default()).unwrap_err();
    assert_eq!(error, Error::NotBuilt("equalize".to_owned()));
}

#[test]
fn settings_of_the_output() {
    let output = |filters: &str, flavour| lowered(&format!("/unsafe/filters:{filters}/a.jpg"), flavour).output;
    let made = output("quality(50):format(WebP):max_bytes(900):strip_icc():strip_exif()", Flavour::Thumbor);
    assert_eq!((made.format, made.max_bytes, made.profile), (Some(Format::WebP), Some(900), Profile::ToSrgb));
    assert_eq!(made.metadata, Some(Metadata::Drop));
    assert!(output("quality(100)", Flavour::Thumbor).lossless && !output("quality(100)", Flavour::Imagor).lossless);
    assert_eq!(output("autojpg()", Flavour::Imagor).format, Some(Format::Jpeg));
    let options = Options { negotiate: vec![Format::WebP], ..Options::default() };
    let preferred = |path: &str| match parse(path, None, Some("image/webp"), &options).unwrap().wish {
        Wish::Transform(recipe) => match &recipe.outputs[0] {
            lightmill_recipe::Output::Picture(picture) => picture.preferred.clone(),
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
        lower(&Url::parse("/unsafe/a.jpg", options).unwrap(), None, options).unwrap().inputs[0].orientation
    };
    assert_eq!(orientation(&Options::default()), Orientation::Ignore);
    assert_eq!(orientation(&Options { respect_orientation: true, ..Options::default() }), Orientation::Apply);
    assert_eq!(orientation(&Options::of(Flavour::Imagor)), Orientation::Apply);
}

#[test]
fn words_about_the_answer() {
    let response =
        lowered("/unsafe/filters:max_age(60):expire(1893456000000):attachment()/a.jpg", Flavour::Imagor).response;
    let expected = Response {
        max_age_seconds: Some(60),
        expires_at_milliseconds: Some(1_893_456_000_000),
        attachment: Some(String::new()),
    };
    assert_eq!(response, expected);
    let raw = parse("/unsafe/filters:raw()/a.jpg", None, None, &Options::of(Flavour::Imagor)).unwrap();
    assert_eq!(raw.wish, Wish::Original);
}

#[test]
fn pictures_inside_of_pictures() {
    let path =
        "/unsafe/filters:image(/10x10/filters:image(/fxf-2/b.png,1,2):grayscale()/c.png,right-3,center,20)/a.jpg";
    let lowered = lowered(path, Flavour::Imagor);
    let keys: Vec<_> = lowered.inputs.iter().map(|input| input.source.clone()).collect();
    assert_eq!(keys, ["a.jpg", "c.png", "b.png"].map(|key| Source::Object(Locator::key(key))));
    let mark = |steps: &[Step]| match steps.iter().find(|step| step.name() == "stamp") {
        Some(Step::Stamp(Stamp { mark: StampMark::Image(index, _), .. })) => *index,
        other => panic!("{other:?}"),
    };
    assert_eq!(mark(&lowered.inputs[0].steps), InputIndex(1));
    assert_eq!(mark(&lowered.inputs[1].steps), InputIndex(2));
    let two =
        recipe("/unsafe/filters:image(b.png):image(/filters:watermark(d.png,0,0,0)/c.png)/a.jpg", Flavour::Imagor);
    let Operation::Overlay(inner) = &two.inputs[2].operations[0] else { panic!() };
    assert_eq!((two.inputs.len(), &inner.mark), (4, &Mark::Image(InputIndex(3))));
}

#[test]
fn nesting_is_bounded() {
    let mut path = "x.png".to_owned();
    for _ in 0..4 {
        path = format!("/filters:image({path})/x.png");
    }
    assert_eq!(lowered(&format!("/unsafe{path}"), Flavour::Imagor).inputs.len(), 5);
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
    let lowered = lowered(path, Flavour::Thumbor);
    assert_eq!(lowered.inputs[0].source, Source::Object(Locator::key("b/c.jpg")));
    let Step::Reframe(reframe) = &lowered.inputs[0].steps[0] else { panic!() };
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
    let window = |path: &str| match lowered(path, Flavour::Imagor).inputs[0].steps.as_slice() {
        [Step::Cut(cut)] => cut.window,
        other => panic!("{other:?}"),
    };
    let edges = Edges::Pixels { left: 5, top: 6, right: u32::MAX, bottom: u32::MAX };
    assert_eq!(window("/unsafe/5x6:0x0/a.jpg"), Some(edges));
    let parts = Edges::Parts { left: 0.1, top: 0.0, right: 1.0, bottom: 0.5 };
    assert_eq!(window("/unsafe/0.1x0:0x0.5/a.jpg"), Some(parts));
    assert!(names("/unsafe/0x0:0x0/a.jpg", Flavour::Imagor).is_empty());
}
