use std::collections::HashSet;

use super::*;
use crate::Error;
use crate::thumbor::{Flavour, Options, Url};

/// The filters of a URL with this text of filters, which reads as the same when it is written.
fn filters(text: &str, flavour: Flavour) -> Result<Vec<Filter>, Error> {
    let options = Options { opt_in: vec!["autojpg".to_owned(), "red_eye".to_owned()], ..Options::of(flavour) };
    let url = Url::parse(&format!("/unsafe/filters:{text}/a.jpg"), &options)?;
    let written = url.to_path(flavour);
    assert_eq!(Url::parse(&written, &options).as_ref(), Ok(&url), "{text} became {written}");
    Ok(url.filters)
}

/// The arguments of the first filter; `None` if it is ignored.
fn first(text: &str, flavour: Flavour) -> Option<Vec<Argument>> {
    match filters(text, flavour).unwrap().swap_remove(0) {
        Filter::Known(call) => Some(call.arguments),
        Filter::Ignored { .. } => None,
    }
}

fn thumbor(text: &str) -> Option<Vec<Argument>> {
    first(text, Flavour::Thumbor)
}

fn imagor(text: &str) -> Option<Vec<Argument>> {
    first(text, Flavour::Imagor)
}

fn text(text: &str) -> Argument {
    Argument::Text(text.to_owned())
}

#[test]
fn names_are_unique_and_every_form_is_documented() {
    let mut names = HashSet::new();
    for definition in reference() {
        assert!(names.insert(definition.name), "{}", definition.name);
        assert!(definition.doc.ends_with('.') && !definition.forms.is_empty(), "{}", definition.name);
        let mut flavours = HashSet::new();
        for form in definition.forms {
            assert!(form.flavours.iter().all(|flavour| flavours.insert(*flavour)), "{}", definition.name);
            assert!(form.example.starts_with(&format!("{}(", definition.name)), "{}", form.example);
            assert!(!form.one_argument || form.parameters.len() == 1, "{}", definition.name);
            let mut parameters = HashSet::new();
            for parameter in form.parameters {
                assert!(parameters.insert(parameter.name) && !parameter.doc.is_empty(), "{}", definition.name);
            }
            let optional = form.parameters.iter().position(|p| p.presence != Presence::Required);
            let required = form.parameters.iter().rposition(|p| p.presence == Presence::Required);
            assert!(optional.is_none_or(|optional| required.is_none_or(|required| required < optional)));
        }
    }
    assert_eq!(names.len(), 65);
}

#[test]
fn examples_are_right() {
    for definition in reference() {
        for form in definition.forms {
            for flavour in form.flavours {
                assert!(first(form.example, *flavour).is_some(), "{} in {}", form.example, flavour.name());
            }
        }
    }
}

#[test]
fn a_wrong_number_of_arguments_or_a_wrong_kind_is_ignored() {
    for text in [
        "nosuch(1)",
        "brightness(abc)",
        "brightness(40,50)",
        "brightness()",
        "brightness(4.5)",
        "brightness",
        "blur(0)",
        "rgb(1,2)",
        "rgb(1,2,)",
        "saturation(.)",
        "sharpen(1,2)",
        "format(bmp)",
        "hue(1)",
        "grayscale(1)",
        "frame()",
        "watermark(a.png,left,0,0)",
        "focal(1x2)",
        "round_corner(-1,0,0,0)",
        "noise(-1)",
    ] {
        assert_eq!(thumbor(&format!("{text})").replace("))", ")")), None, "{text}");
    }
    // imagor passes over what is too much.
    assert!(imagor("fill(red,true)").is_some() && imagor("grayscale(1)").is_some());
    assert_eq!(imagor("equalize()"), None);
    let names: Vec<String> =
        filters("nosuch(1):brightness(x)", Flavour::Thumbor).unwrap().iter().map(|f| f.name().to_owned()).collect();
    assert_eq!(names, ["nosuch", "brightness"]);
}

#[test]
fn numbers() {
    assert_eq!(thumbor("brightness(-40)"), Some(vec![Argument::Integer(-40)]));
    assert_eq!(thumbor("brightness(99999999999999999999)"), Some(vec![Argument::Integer(i32::MAX)]));
    assert_eq!(thumbor("brightness(-99999999999999999999)"), Some(vec![Argument::Integer(i32::MIN)]));
    assert_eq!(thumbor("rgb(%2020%20,%20-20%20,%2040%20)"), Some([20, -20, 40].map(Argument::Integer).to_vec()));
    for (text, number) in [("1", 1.0), ("1.", 1.0), (".5", 0.5), ("-1.5", -1.5)] {
        assert_eq!(thumbor(&format!("saturation({text})")), Some(vec![Argument::Decimal(number)]), "{text}");
    }
    for text in ["1e3", "inf", "nan", "-", "1.2.3", "+1"] {
        assert_eq!(thumbor(&format!("saturation({text})")), None, "{text}");
    }
}

#[test]
fn quotes_and_parentheses() {
    let watermark = |image: &str| thumbor(&format!("watermark({image},1,2,3)")).map(|mut read| read.swap_remove(0));
    assert_eq!(watermark("wm.png"), Some(text("wm.png")));
    assert_eq!(watermark("'a,b.png'"), Some(text("a,b.png")));
    assert_eq!(watermark("%27a,b.png%27"), Some(text("a,b.png")));
    assert_eq!(watermark("'a,'b.png'"), Some(text("a,'b.png")));
    assert_eq!(watermark("'a.png"), Some(text("'a.png")));
    assert_eq!(watermark("' a '"), Some(text(" a ")));
    assert_eq!(watermark("a(b).png"), Some(text("a(b).png")));
    // A parenthesis before a slash ends the block, which then holds one filter without its end.
    let url = Url::parse("/unsafe/filters:frame(http://h/a(b)/c.png)/d.jpg", &Options::default()).unwrap();
    assert_eq!(url.image.locator().unwrap().key, "c.png)/d.jpg");
    assert_eq!(imagor("watermark(http://h/a(b)/c.png,1,2,3)").unwrap()[0], text("http://h/a(b)/c.png"));
    assert_eq!(imagor("attachment(a%2Cb+c.jpg)"), Some(vec![text("a,b c.jpg")]));
}

#[test]
fn text_after_a_filter_is_passed_over() {
    assert_eq!(thumbor("brightness(40)xyz:contrast(3)"), Some(vec![Argument::Integer(40)]));
    let names = |text, flavour| filters(text, flavour).unwrap().len();
    assert_eq!(names("brightness(40)xyz:contrast(3)", Flavour::Thumbor), 1);
    assert_eq!(names("brightness(40)xyz:contrast(3)", Flavour::Imagor), 2);
}

#[test]
fn positions() {
    use lightmill_recipe::Position::{Centre, End, Part, Percent, Repeat, Start};
    let x = |text: &str, flavour| match first(&format!("watermark(a,{text},0,0)"), flavour)?.swap_remove(1) {
        Argument::Position(position) => Some(position),
        other => panic!("{other:?}"),
    };
    for flavour in Flavour::ALL {
        assert_eq!(x("10", flavour), Some(Start(10)));
        assert_eq!(x("-10", flavour), Some(End(-10)));
        assert_eq!(x("center", flavour), Some(Centre));
        assert_eq!(x("repeat", flavour), Some(Repeat));
    }
    assert_eq!(x("-10p", Flavour::Thumbor), Some(Percent(-10)));
    assert_eq!(x("right", Flavour::Thumbor), None);
    for (text, position) in [
        ("20p", Part(0.2)),
        ("100p", Part(1.0)),
        ("0p", Part(0.0)),
        ("0.25", Part(0.25)),
        ("-0.25", Part(-0.25)),
        ("right", End(0)),
        ("right-20", End(-20)),
        ("b-5", End(-5)),
        ("left-20", Start(-20)),
        ("t-1", Start(-1)),
    ] {
        assert_eq!(x(text, Flavour::Imagor), Some(position), "{text}");
    }
}

#[test]
fn mistakes_that_are_failures_of_thumbor_are_refused() {
    for (filter, message) in [
        ("fill(nocolour)", "fill colour must be a colour, `auto`"),
        ("background_color(zzz)", "background_color colour must be"),
        ("colorize(1,2,3,red)", "colorize colour must be a colour of 6"),
    ] {
        let error = filters(filter, Flavour::Thumbor).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
    assert_eq!(imagor("fill(nocolour)"), None);
    assert_eq!(thumbor("fill(nocolour,maybe)"), None);
    assert!(thumbor("fill(red)nocolour)").is_some());
}

#[test]
fn filters_that_a_mount_must_name() {
    let known = |opt_in: Vec<String>| {
        let options = Options { opt_in, ..Options::default() };
        matches!(Url::parse("/unsafe/filters:autojpg()/a", &options).unwrap().filters[0], Filter::Known(_))
    };
    assert!(!known(Vec::new()) && known(vec!["autojpg".to_owned()]));
}
