use lightmill_recipe::{
    Circle, CircleCentre, Corners, Edges, Format, Input, Locator, Metadata, Operation, Output, Rotate, Source,
};

use super::*;
use crate::thumbor::Flavour::{self, Imagor, Thumbor};

fn recipe(path: &str, flavour: Flavour) -> (Recipe, Directives) {
    let options = Options::of(flavour);
    let lowered = lower(&Url::parse(path, &options).unwrap(), None, &options).unwrap();
    (lowered.recipe, lowered.directives)
}

fn written(path: &str, flavour: Flavour) -> String {
    let (recipe, directives) = recipe(path, flavour);
    say(&recipe, &directives, &Options::of(flavour)).unwrap().to_path(flavour)
}

fn refused(recipe: &Recipe, flavour: Flavour) -> Vec<String> {
    let problems = say(recipe, &Directives::default(), &Options::of(flavour)).unwrap_err();
    problems.iter().map(Unsayable::to_string).collect()
}

#[test]
fn canonical_urls() {
    for (flavour, path, canonical) in [
        (Thumbor, "/unsafe/a.jpg", "/unsafe/a.jpg"),
        (Thumbor, "/unsafe/trim/1x2:30x40/fit-in/-20x10/a.jpg", "/unsafe/trim/1x2:30x40/fit-in/-20x10/a.jpg"),
        (Thumbor, "/unsafe/300x200/left/top/smart/a.jpg", "/unsafe/300x200/left/top/smart/a.jpg"),
        (Thumbor, "/unsafe/-x-/filters:quality(100)/a.jpg", "/unsafe/-x-/filters:quality(100)/a.jpg"),
        (Thumbor, "/unsafe/origx9/filters:stretch()/a.jpg", "/unsafe/origx9/filters:stretch()/a.jpg"),
        (Thumbor, "/unsafe/debug/9x9/a.jpg", "/unsafe/debug/a.jpg"),
        (Imagor, "/unsafe/9x9/filters:stretch()/a.jpg", "/unsafe/stretch/9x9/a.jpg"),
        (
            Imagor,
            "/unsafe/5x6:0x0/9x9/1x2/filters:fill(red)/a.jpg",
            "/unsafe/5x6:0x0/9x9/1x2/filters:fill(ff0000)/a.jpg",
        ),
        (Imagor, "/unsafe/9x9/filters:orient(90)/a.jpg", "/unsafe/9x9/filters:orient(90)/a.jpg"),
        (Imagor, "/unsafe/filters:page(3):max_frames(5)/a.gif", "/unsafe/filters:page(3):max_frames(5)/a.gif"),
        (Imagor, "/unsafe/filters:max_age(9):expire(7)/a.gif", "/unsafe/filters:max_age(9):expire(7)/a.gif"),
        (Imagor, "/unsafe/fit-in/9x9/color:red", "/unsafe/fit-in/9x9/color:ff0000"),
    ] {
        assert_eq!(written(path, flavour), canonical);
    }
}

#[test]
fn every_example_of_a_filter_is_said_by_itself() {
    for definition in crate::thumbor::reference() {
        for form in definition.forms.iter().filter(|form| !matches!(form.say, Say::Otherwise) && !form.opt_in) {
            for flavour in form.flavours {
                // Two of them mean something for videos alone.
                let is_of_video = *flavour == Imagor && ["frame", "seek"].contains(&definition.name);
                let key = if is_of_video { "a.mp4" } else { "a.jpg" };
                let written = written(&format!("/unsafe/9x9/filters:{}/{key}", form.example), *flavour);
                let path = format!("{}{}(", if is_of_video { "" } else { "filters:" }, definition.name);
                // A step with the values of another filter, and a word of the URL.
                let other = ["curve(", "stretch", "redact", "modulate"].iter().any(|word| written.contains(word));
                assert!(written.contains(&path) || other, "{} became {written}", form.example);
            }
        }
    }
}

#[test]
fn steps_in_another_order_are_named() {
    let mut wish = recipe("/unsafe/9x9/filters:equalize()/a.jpg", Thumbor).0;
    wish.inputs[0].operations.reverse();
    let [problem] = &refused(&wish, Thumbor)[..] else { panic!() };
    assert!(problem.starts_with("reframe: it stands behind `equalize`"), "{problem}");
}

#[test]
fn what_only_the_other_server_knows_is_named() {
    let wish = recipe("/unsafe/filters:pixelate(9)/a.jpg", Imagor).0;
    let mut wish = Recipe {
        inputs: vec![Input { orientation: lightmill_recipe::Orientation::Ignore, ..wish.inputs[0].clone() }],
        ..wish
    };
    assert!(refused(&wish, Thumbor).contains(&"pixelate: thumbor has no filter for it; imagor has".to_owned()));
    wish.inputs[0].operations = vec![
        Operation::Circle(Circle { radius: 9, centre: CircleCentre::Canvas }),
        Operation::Rotate(Rotate { degrees: 45 }),
    ];
    let problems = refused(&wish, Thumbor);
    assert_eq!(problems.len(), 2, "every one of them is told: {problems:?}");
}

#[test]
fn nothing_is_approximated() {
    let (plain, _) = recipe("/unsafe/a.jpg", Thumbor);
    let with = |change: &dyn Fn(&mut Recipe)| {
        let mut changed = plain.clone();
        change(&mut changed);
        refused(&changed, Thumbor)
    };
    let output = |change: &dyn Fn(&mut lightmill_recipe::PictureOutput)| {
        with(&|recipe| {
            if let Output::Picture(picture) = &mut recipe.outputs[0] {
                change(picture);
            }
        })
    };
    assert!(output(&|picture| picture.format = Some(Format::JpegXl))[0].starts_with("format"));
    assert!(output(&|picture| picture.progressive = None)[0].starts_with("interlace"));
    assert!(output(&|picture| picture.metadata = Some(Metadata::Copyright))[0].starts_with("metadata"));
    assert!(output(&|picture| picture.quality.default.avif = 50)[0].starts_with("quality"));
    assert!(with(&|recipe| recipe.only_if_source_bytes_at_least = Some(1))[0].starts_with("threshold"));
    let elsewhere = Locator { source: Some("other".to_owned()), key: "a".to_owned() };
    assert!(with(&|recipe| recipe.inputs[0].source = Source::Object(elsewhere.clone()))[0].starts_with("the picture"));
    assert!(with(&|recipe| recipe.inputs.push(recipe.inputs[0].clone()))[0].starts_with("marks"));
    let huge = Operation::Corners(Corners { radius_x: u32::MAX, radius_y: 1, colour: None });
    assert!(with(&|recipe| recipe.inputs[0].operations = vec![huge.clone()])[0].starts_with("corners"));
    // imagor reads this window as the whole picture.
    let (mut whole, _) = recipe("/unsafe/1x1:9x9/a.jpg", Imagor);
    if let Operation::Cut(cut) = &mut whole.inputs[0].operations[0] {
        cut.window = Some(Edges::Pixels { left: 0, top: 0, right: 1, bottom: 1 });
    }
    assert!(refused(&whole, Imagor)[0].starts_with("cut"));
}
