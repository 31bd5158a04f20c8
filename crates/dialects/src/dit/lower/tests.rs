use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lightmill_recipe::{Effort, Format, Locator, Metadata, Operation, Orientation, PaletteColours, QualityRule};

use super::*;

fn options() -> Options {
    Options { buckets: vec!["b".to_owned()], negotiate: vec![Format::WebP], ..Options::default() }
}

fn lowered(json: &str, accept: Option<&str>, options: &Options) -> Lowered {
    let request = ImageRequest::read(&format!("/{}", STANDARD.encode(json)), None, options).unwrap().request;
    lower(&request, accept, options).unwrap()
}

fn names(edits: &str) -> Vec<&'static str> {
    let lowered = lowered(&format!(r#"{{"key":"a.jpg","edits":{{{edits}}}}}"#), None, &options());
    lowered.recipe.inputs[0].operations.iter().map(Operation::name).collect()
}

#[test]
fn steps_stand_in_the_order_of_the_pipeline() {
    let edits = r#""negate":true,"tint":"red","sharpen":2,"blur":1,"median":3,"flop":true,"rotate":90,"greyscale":true,
                   "flatten":true,"trim":{},"resize":{"width":9},"modulate":{"hue":9},"clahe":{"width":3,"height":3}"#;
    let expected = [
        "rotate",
        "sharp_trim",
        "flatten",
        "greyscale",
        "resize",
        "flip",
        "median",
        "blur",
        "modulate",
        "sharpen",
        "clahe",
        "negate",
    ];
    assert_eq!(names(edits), expected);
}

#[test]
fn edits_around_a_resize_keep_their_side() {
    let window = r#"{"left":0,"top":0,"width":9,"height":9}"#;
    assert_eq!(names(&format!(r#""crop":{window},"resize":{{"width":9}}"#)), ["extract", "resize"]);
    assert_eq!(names(&format!(r#""resize":{{"width":9}},"extract":{window}"#)), ["resize", "extract"]);
    let both = format!(r#""crop":{window},"resize":{{"width":9}},"extract":{window}"#);
    assert_eq!(names(&both), ["extract", "resize", "extract"]);
    assert_eq!(names(r#""resize":{"width":9},"rotate":45"#), ["resize", "rotate_by_angle"]);
    assert_eq!(names(r#""resize":{"width":9},"smartCrop":true"#), ["resize", "smart_crop"]);
    assert_eq!(names(r#""blur":2,"roundCrop":true,"resize":{"width":9}"#), ["blur", "round_crop", "resize"]);
}

#[test]
fn gamma_encloses_the_resize() {
    assert_eq!(names(r#""gamma":2.2,"resize":{"width":9}"#), ["tables", "resize", "tables"]);
}

#[test]
fn moderation_is_not_taken_back() {
    let edits = r#""contentModeration":true,"blur":0.3,"overlayWith":{"bucket":"b","key":"k"}"#;
    assert_eq!(names(edits), ["blur", "content_moderation", "composite"]);
}

#[test]
fn formats_in_their_order() {
    let webp = Some("image/webp,*/*");
    let compat = Options { compat: true, ..options() };
    let chosen = |json: &str, options: &Options| {
        let lowered = lowered(json, webp, options);
        (lowered.picture().unwrap().format, lowered.picture().unwrap().preferred.clone(), lowered.vary == ["accept"])
    };
    let (png, preferred) = (Some(Format::Png), vec![Format::WebP]);
    assert_eq!(chosen(r#"{"key":"a","edits":{"toFormat":"png"},"outputFormat":"gif"}"#, &compat), (png, vec![], false));
    assert_eq!(chosen(r#"{"key":"a","outputFormat":"png"}"#, &options()), (png, vec![], false));
    assert_eq!(chosen(r#"{"key":"a","outputFormat":"png"}"#, &compat), (None, preferred.clone(), true));
    assert_eq!(chosen(r#"{"key":"a"}"#, &options()), (None, preferred.clone(), true));
    assert_eq!(chosen(r#"{"key":"a","edits":{"png":true}}"#, &options()), (None, preferred.clone(), true));
    assert_eq!(chosen(r#"{"key":"a","edits":{"toFormat":"auto"}}"#, &Options::default()), (None, preferred, true));
    assert_eq!(chosen(r#"{"key":"a","edits":{"png":true}}"#, &Options::default()), (png, vec![], false));
}

#[test]
fn parameters_of_the_chosen_format_hold() {
    let edits = r#""jpeg":{"quality":30,"mozjpeg":true},"webp":{"quality":40,"loop":1},"quality":50"#;
    let of = |format: &str| {
        let json = format!(r#"{{"key":"a","edits":{{{edits}}},"outputFormat":"{format}"}}"#);
        let lowered = lowered(&json, None, &options());
        (lowered.picture().unwrap().clone(), lowered.ignored)
    };
    let (jpeg, ignored) = of("jpg");
    assert_eq!((jpeg.quality.rule, jpeg.effort), (QualityRule::Absolute(30), Effort::Small));
    assert_eq!((jpeg.progressive, ignored), (Some(true), vec!["webp.quality".to_owned(), "webp.loop".to_owned()]));
    assert_eq!(of("webp").0.quality.rule, QualityRule::Absolute(40));
    assert_eq!(of("avif").0.quality.rule, QualityRule::Absolute(50));
    let palette = lowered(r#"{"key":"a","edits":{"png":{"colors":16}}}"#, None, &options());
    assert_eq!(palette.picture().unwrap().palette, PaletteColours::new(16));
    let of_png = |key: &str| lowered(&format!(r#"{{"key":"{key}","edits":{{"quality":50}}}}"#), None, &options());
    assert_eq!(of_png("a.PNG").picture().unwrap().palette, Some(PaletteColours::MOST));
    assert_eq!(of_png("a.jpg").picture().unwrap().palette, None);
    let effort = lowered(r#"{"key":"a","outputFormat":"webp","effort":6}"#, None, &options());
    assert_eq!((effort.picture().unwrap().effort, effort.ignored), (Effort::Small, vec![]));
}

#[test]
fn metadata_goes_with_an_empty_rotation() {
    let lowered = lowered(r#"{"key":"a","edits":{"rotate":null}}"#, None, &options());
    assert_eq!(
        (lowered.picture().unwrap().metadata, lowered.recipe.inputs[0].orientation),
        (Some(Metadata::Drop), Orientation::Apply)
    );
    assert!(!lowered.original);
}

#[test]
fn without_a_wish_the_stored_bytes_are_the_answer() {
    assert!(lowered(r#"{"key":"a","edits":{}}"#, None, &options()).original);
    assert!(!lowered(r#"{"key":"a"}"#, Some("image/webp"), &options()).original);
}

#[test]
fn overlays_are_inputs() {
    let overlay =
        r#"{"key":"a","edits":{"overlayWith":{"bucket":"b","key":"k k.png","options":{"gravity":"southeast"}}}}"#;
    let lowered = lowered(overlay, None, &options());
    assert_eq!(lowered.recipe.inputs[1].locator(), Some(&Locator::key("k k.png")));
    let recipe = &lowered.recipe;
    assert_eq!((recipe.inputs.len(), recipe.inputs[0].operations[0].name()), (2, "composite"));
    let refused =
        ImageRequest::read(&format!("/{}", STANDARD.encode(overlay.replace("\"b\"", "\"private\""))), None, &options());
    assert_eq!(lower(&refused.unwrap().request, None, &options()), Err(Error::OverlayBucket));
}
