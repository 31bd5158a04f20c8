//! What is made of a part of a JPEG, and row by row, beside what is made of all of it.

use bytes::Bytes;
use lightmill_recipe::{
    Crop, CropOrigin, Enlarge, Fit, Format, Gravity, Light, Locator, Operation, Orientation, Recipe, Resize, Rotate,
    Target,
};

use super::Context;
use super::pipeline::Running;
use crate::codecs::testing::{encoded, picture, plain, psnr, quality, sample};
use crate::plan::{Action, Pipeline, Settings, Work, plan};
use crate::{FrameSource, Layout, Picture, ops, probe};

fn file() -> Bytes {
    sample("rocket.jpg")
}

fn pipeline(file: &Bytes, operations: Vec<Operation>) -> Pipeline {
    let mut recipe = Recipe::new(Locator::key("a"));
    recipe.inputs[0].operations = operations;
    recipe.inputs[0].orientation = Orientation::Apply;
    let plan = plan(&recipe, &[probe(file).unwrap()], &Settings::default()).unwrap();
    let Work::Encode { pipeline, .. } = &plan.outputs[0] else { panic!() };
    pipeline.clone()
}

fn made(file: &Bytes, pipeline: &Pipeline) -> Picture {
    let context = Context::default();
    let mut running = Running::start(pipeline, std::slice::from_ref(file), &context).unwrap();
    running.next_frame().unwrap().unwrap().picture
}

fn crop(x: u32, y: u32, width: u32, height: u32) -> Operation {
    let (width, height, gravity) = (Some(width), Some(height), Gravity::NorthWest);
    Operation::Crop(Crop { width, height, x, y, gravity, origin: CropOrigin::Window })
}

fn resize(width: u32, height: u32, fit: Fit) -> Operation {
    let target = Target::Box { width: Some(width), height: Some(height) };
    Operation::Resize(Resize { target, fit, enlarge: Enlarge::Allowed, light: Light::Gamma })
}

fn cover(width: u32, height: u32) -> Operation {
    resize(width, height, Fit::Cover)
}

/// Each begins with a resampling of a part.
fn parts() -> Vec<Vec<Operation>> {
    vec![
        vec![cover(60, 60)],
        vec![cover(61, 33)],
        vec![crop(33, 21, 401, 299), resize(90, 90, Fit::Inside)],
        vec![crop(200, 100, 150, 150), resize(37, 37, Fit::Inside)],
        vec![crop(33, 21, 401, 299), cover(70, 31)],
        vec![crop(301, 77, 51, 43), resize(200, 200, Fit::Inside)],
    ]
}

#[test]
fn rows_give_what_the_whole_gives() {
    let photo = picture(Format::Jpeg, &file(), &plain()).unwrap();
    let grey = encoded(Format::Jpeg, ops::greyscale(photo).unwrap(), &quality(90));
    let whole =
        [vec![resize(300, 300, Fit::Inside)], vec![resize(800, 800, Fit::Inside)], vec![resize(41, 41, Fit::Inside)]];
    for file in [file(), grey] {
        for operations in parts().into_iter().chain(whole.clone()) {
            let pipeline = pipeline(&file, operations);
            // All colours are converted before an enlargement.
            let enlarged = pipeline.size().pixels() > pipeline.decode.size.pixels();
            assert!(pipeline.decode.by_rows || enlarged, "{pipeline:?}");
            let mut held = pipeline.clone();
            held.decode.by_rows = false;
            assert_eq!(made(&file, &pipeline), made(&file, &held), "{pipeline:?}");
        }
    }
}

/// Beside the full picture, cropped and resampled step by step: chroma and the decoder's reduction differ, as they may.
#[test]
fn parts_are_where_they_belong() {
    let photo = picture(Format::Jpeg, &file(), &plain()).unwrap();
    let png = encoded(Format::Png, photo, &quality(90));
    for operations in parts() {
        let of_jpeg = pipeline(&file(), operations.clone());
        let Some(Action::Resample { part: Some(_), .. }) = of_jpeg.steps.first().map(|step| &step.action) else {
            panic!("{of_jpeg:?}")
        };
        let of_png = pipeline(&png, operations);
        let [made, reference] = [made(&file(), &of_jpeg), made(&png, &of_png)];
        let [made, reference] = [made, reference].map(|picture| ops::convert(picture, Layout::Rgb).unwrap());
        let decibels = psnr(&made, &reference);
        assert!(decibels > 36.0, "{decibels} dB: {of_jpeg:?}");
    }
}

#[test]
fn turns_come_after_the_part() {
    let operations = vec![Operation::Rotate(Rotate { degrees: 90 }), cover(40, 90)];
    let turned = pipeline(&file(), operations);
    let names = turned.steps.iter().map(|step| step.action.name());
    let geometry: Vec<_> = names.filter(|name| ["resample", "orient", "crop"].contains(name)).collect();
    assert_eq!(geometry, ["resample", "orient"]);
    let before = pipeline(&file(), vec![cover(90, 40), Operation::Rotate(Rotate { degrees: 90 })]);
    let [made, reference] =
        [&turned, &before].map(|pipeline| ops::convert(made(&file(), pipeline), Layout::Rgb).unwrap());
    let decibels = psnr(&made, &reference);
    assert!(decibels > 45.0, "{decibels} dB");
}
