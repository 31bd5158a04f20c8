use std::num::NonZeroU32;

use lightmill_recipe::{
    Arithmetic, Backdrop, Blur, Circle, CircleCentre, Colour, Corner, Crop, CropOrigin, Cut, Edges, Enlarge, Fill,
    FillCanvas, Findings, Fit, Flatten, Focus, Format, FormatChoice, Formats, Found, FoundKind, FrameRange, Frames,
    Gravity, Growth, Input, InputIndex, Light, Limits, Linear, Locator, Margins, Mark, Method, Operation, Output,
    Overlay, PaletteColours, PictureOutput, Pixels, Profile, QualityRule, Recipe, Rect, Redact, RedactShape,
    RedactWith, Reframe, Resize, Rotate, RoundedCorners, Sharpen, Side, Size, Target, Trim, TrimDistance,
};
use proptest::prelude::*;

use super::*;
use crate::{Error, ErrorKind, ExifOrientation, Probe, SourceColour, Subsampling};

/// The header of a 4:2:0 JPEG without profile.
pub(super) fn photo(width: u32, height: u32) -> Probe {
    Probe {
        format: Format::Jpeg,
        size: Size::new(width, height),
        orientation: ExifOrientation::UPRIGHT,
        frames: 1,
        has_alpha: false,
        bits: 8,
        colour: SourceColour::YCbCr(Subsampling::S420),
        quality: Some(82),
        progressive: false,
        icc: None,
        exif: None,
        xmp: None,
        high_dynamic_range: false,
        bytes: 100_000,
    }
}

fn gif() -> Probe {
    Probe {
        format: Format::Gif,
        colour: SourceColour::Rgb,
        frames: 3,
        has_alpha: true,
        quality: None,
        ..photo(500, 300)
    }
}

fn recipe(operations: Vec<Operation>) -> Recipe {
    let mut recipe = Recipe::new(Locator::key("a"));
    recipe.inputs[0].operations = operations;
    recipe
}

fn width(width: u32) -> Operation {
    let target = Target::Box { width: Some(width), height: None };
    Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma })
}

fn crop(x: u32, y: u32, side: u32) -> Operation {
    let (width, height, gravity) = (Some(side), Some(side), Gravity::NorthWest);
    Operation::Crop(Crop { width, height, x, y, gravity, origin: CropOrigin::Window })
}

fn pipeline(recipe: &Recipe, probe: Probe) -> (Pipeline, Encode) {
    match plan(recipe, &[probe], &Settings::default()).unwrap().outputs.swap_remove(0) {
        Work::Encode { pipeline, encode } => (pipeline, encode),
        other => panic!("{other:?}"),
    }
}

fn names(pipeline: &Pipeline) -> Vec<&'static str> {
    pipeline.steps.iter().map(|step| step.action.name()).collect()
}

#[test]
fn wishes_about_videos_are_refused() {
    use lightmill_recipe::video::{FrameChoice, Position, VideoFrame};
    let refused = |recipe: &Recipe| {
        let error = plan(recipe, &[photo(160, 160)], &Settings::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    };
    let mut info = Recipe::new(Locator::key("a"));
    info.outputs = vec![Output::VideoInfo];
    refused(&info);
    let mut frame = Recipe::new(Locator::key("a"));
    frame.inputs[0].video_frame = Some(VideoFrame::new(FrameChoice::Exact(Position::Frame(0))));
    refused(&frame);
}

#[test]
fn a_resized_jpeg_stays_in_planes() {
    let (pipeline, encode) = pipeline(&recipe(vec![width(500)]), photo(4000, 3000));
    assert_eq!(pipeline.decode.scale, Scale::Eighths(2));
    assert_eq!(pipeline.decode.layout, Layout::YCbCr(Subsampling::S420));
    assert_eq!((names(&pipeline), pipeline.size()), (vec!["resample"], Size::new(500, 375)));
    assert_eq!(pipeline.layout(), Layout::YCbCr(Subsampling::S420), "as the encoder takes it");
    assert_eq!((encode.format, encode.quality), (Format::Jpeg, 80));
}

#[test]
fn what_needs_rgb_gets_it_from_the_decoder() {
    let grey = Operation::Linear(Linear { gain: 1.5, offset: 0.0 });
    let (made, _) = pipeline(&recipe(vec![width(500), grey.clone()]), photo(4000, 3000));
    assert_eq!(names(&made), ["resample", "convert", "linear"], "RGB of the small picture only");
    let full = pipeline(&recipe(vec![grey.clone(), width(500)]), photo(4000, 3000)).0;
    assert_eq!((full.decode.layout, names(&full)), (Layout::Rgb, vec!["linear", "resample"]));
    let rotated = vec![width(500), Operation::Rotate(Rotate { degrees: 30 })];
    let mut wish = recipe(rotated);
    wish.outputs = vec![Output::Picture(PictureOutput { format: Some(Format::Png), ..PictureOutput::default() })];
    let rotated = pipeline(&wish, photo(4000, 3000)).0;
    assert_eq!((names(&rotated), rotated.layout()), (vec!["resample", "convert", "rotate"], Layout::Rgba));
    let odd = pipeline(&recipe(vec![crop(1, 0, 100)]), photo(400, 300)).0;
    assert_eq!((odd.decode.layout, odd.layout()), (Layout::YCbCr(Subsampling::S420), Layout::YCbCr(Subsampling::S444)));
    let even = pipeline(&recipe(vec![crop(2, 2, 100)]), photo(400, 300)).0;
    assert_eq!(even.decode.layout, Layout::YCbCr(Subsampling::S420));
}

#[test]
fn chroma_is_coarse_from_the_last_resampling_on_if_nothing_wants_more() {
    let layout = |operations| {
        let made = pipeline(&recipe(operations), photo(4000, 3000)).0;
        made.steps.iter().find(|step| step.action.name() == "resample").unwrap().layout
    };
    let (fine, coarse) = (Layout::YCbCr(Subsampling::S444), Layout::YCbCr(Subsampling::S420));
    let blur = Operation::Blur(Blur::Gaussian { sigma: 2.0 });
    let sharpen = Operation::Sharpen(Sharpen { sigma: 1.0, flat: 1.0, jagged: 2.0 });
    assert_eq!(layout(vec![width(500), blur.clone(), crop(2, 2, 100), sharpen]), coarse);
    assert_eq!(layout(vec![width(500), blur, crop(1, 2, 100)]), fine);
    assert_eq!(layout(vec![width(500), crop(1, 2, 100)]), coarse, "one step");
    assert_eq!(layout(vec![width(500), width(100)]), fine);
    assert_eq!(layout(vec![width(500), Operation::Greyscale]), fine);
    // 500 × 375: mirrored downwards, the odd side would shift chroma.
    let turn = |degrees| Operation::Rotate(Rotate { degrees });
    assert_eq!((layout(vec![width(500), turn(180)]), layout(vec![width(400), turn(180)])), (fine, coarse));
}

#[test]
fn linear_light_decodes_finer() {
    let target = Target::Box { width: Some(500), height: None };
    let best = Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Linear };
    let (made, _) = pipeline(&recipe(vec![Operation::Resize(best)]), photo(4000, 3000));
    assert_eq!(made.decode.scale, Scale::Eighths(4));
    assert!(matches!(made.steps[..], [Step { action: Action::Resample { light: Light::Linear, .. }, .. }]));
}

#[test]
fn a_profile_is_converted_in_rgb_or_kept_in_planes() {
    let display_p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let tagged = Probe { icc: Some(display_p3.into()), ..photo(400, 300) };
    let mut wish = recipe(vec![width(100)]);
    let srgb = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let srgb = Probe { icc: Some(srgb.into()), ..photo(400, 300) };
    assert_eq!(pipeline(&wish, srgb).0.decode.layout, Layout::YCbCr(Subsampling::S420));
    let (converted, _) = pipeline(&wish, tagged.clone());
    assert_eq!(names(&converted), ["resample", "convert", "to_srgb"], "after the resampling");
    assert_eq!((converted.decode.to_srgb, converted.layout()), (false, Layout::Rgb));
    assert_eq!(pipeline(&recipe(vec![]), tagged.clone()).0.decode.layout, Layout::Rgb);
    wish.outputs = vec![Output::Picture(PictureOutput { profile: Profile::Keep, ..PictureOutput::default() })];
    let (kept, _) = pipeline(&wish, tagged);
    assert_eq!((kept.decode.to_srgb, kept.decode.layout), (false, Layout::YCbCr(Subsampling::S420)));
}

#[test]
fn orientation_is_applied_after_the_resampling() {
    let turned = Probe { orientation: ExifOrientation::new(7), ..photo(424, 333) };
    let half = Operation::Resize(Resize {
        target: Target::Percent(50),
        fit: Fit::Inside,
        enlarge: Enlarge::Allowed,
        light: Light::Gamma,
    });
    let (made, _) = pipeline(&recipe(vec![half]), turned);
    assert_eq!((names(&made), made.size()), (vec!["resample", "orient"], Size::new(167, 212)));
    assert_eq!(made.steps[0].size, Size::new(212, 167));
}

#[test]
fn operations_run_in_the_order_written() {
    let (made, _) = pipeline(&recipe(vec![width(200), crop(0, 0, 200), width(100)]), photo(400, 267));
    // The window is as wide and higher than the picture, so that it changes nothing.
    assert_eq!((names(&made), made.size()), (vec!["resample", "resample"], Size::new(100, 67)));
    let quarter = Operation::Rotate(Rotate { degrees: 90 });
    let (made, _) = pipeline(&recipe(vec![width(200), quarter, crop(0, 0, 150)]), photo(400, 267));
    assert_eq!(made.size(), Size::new(134, 150));
}

#[test]
fn alpha_is_flattened_for_jpeg_only() {
    let rounded = vec![Operation::RoundedCorners(RoundedCorners { radius: 10 })];
    let (made, _) = pipeline(&recipe(rounded.clone()), photo(400, 267));
    assert_eq!((names(&made), made.layout()), (vec!["convert", "mask_rounded", "flatten"], Layout::Rgb));
    let mut wish = recipe(rounded);
    wish.outputs = vec![Output::Picture(PictureOutput { format: Some(Format::Png), ..PictureOutput::default() })];
    assert_eq!(pipeline(&wish, photo(400, 267)).0.layout(), Layout::Rgba);
}

fn source_data(work: &Work) -> SourceData {
    match work {
        Work::Encode { encode, .. } => encode.source_data,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_gif_to_which_nothing_is_done_is_passed_on() {
    let work = |operations, frames| {
        let mut wish = recipe(operations);
        wish.inputs[0].frames = frames;
        plan(&wish, &[gif()], &Settings::default()).unwrap().outputs.swap_remove(0)
    };
    assert_eq!(source_data(&work(vec![], Frames::All)), SourceData::Whole);
    assert_eq!(source_data(&work(vec![width(800)], Frames::All)), SourceData::Whole);
    assert!(matches!(work(vec![width(100)], Frames::All), Work::Encode { encode: Encode { frames: 3, .. }, .. }));
    assert!(matches!(work(vec![], Frames::FirstOfGif(2)), Work::Encode { encode: Encode { frames: 2, .. }, .. }));
}

#[test]
fn a_gif_that_stays_one_is_not_enlarged() {
    let larger = |format| {
        let target = Target::Box { width: Some(800), height: None };
        let mut wish = recipe(vec![Operation::Resize(Resize {
            target,
            fit: Fit::Inside,
            enlarge: Enlarge::AllowedButGif,
            light: Light::Gamma,
        })]);
        wish.outputs = vec![Output::Picture(PictureOutput { format: Some(format), ..PictureOutput::default() })];
        plan(&wish, &[gif()], &Settings::default()).unwrap().outputs.swap_remove(0)
    };
    assert_eq!(source_data(&larger(Format::Gif)), SourceData::Whole);
    assert!(matches!(larger(Format::Png), Work::Encode { pipeline, .. } if pipeline.size() == Size::new(800, 480)));
}

#[test]
fn quality_follows_its_rule() {
    let quality = |rule, probe| {
        let mut output = PictureOutput::default();
        output.quality.rule = rule;
        let mut wish = recipe(vec![width(100)]);
        wish.outputs = vec![Output::Picture(output)];
        pipeline(&wish, probe).1.quality
    };
    assert_eq!(quality(QualityRule::OfSource(50), photo(400, 267)), 41);
    assert_eq!(quality(QualityRule::AtMostSource(95), photo(400, 267)), 82);
    assert_eq!(quality(QualityRule::Absolute(95), photo(400, 267)), 95);
    assert_eq!(quality(QualityRule::OfSource(1), photo(400, 267)), 1);
}

#[test]
fn a_mark_is_scaled_by_the_picture_under_it() {
    let target = Target::PercentOfParent(30);
    let mut wish = recipe(vec![
        width(200),
        Operation::Overlay(Overlay {
            mark: Mark::Image(InputIndex(1)),
            gravity: Gravity::SouthEast,
            x: 0,
            y: 0,
            vertical_offset: 0,
            opacity: 100,
            degrees: 0,
            tiling: None,
            shrink_to_fit: false,
        }),
    ]);
    let mut mark = Input::new(Locator::key("mark"));
    mark.operations =
        vec![Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::Gamma })];
    wish.inputs.push(mark);
    let probes = [photo(400, 200), photo(500, 500)];
    let made = plan(&wish, &probes, &Settings::default()).unwrap();
    let Work::Encode { pipeline, .. } = &made.outputs[0] else { panic!("{made:?}") };
    let Action::Draw { image: Some(image), .. } = &pipeline.steps.last().unwrap().action else { panic!("{made:?}") };
    assert_eq!(image.size(), Size::new(30, 30));
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |wish: &Recipe, probe| plan(wish, &[probe], &Settings::default()).unwrap_err();
    let outside = refused(&recipe(vec![crop(10_000, 10, 5)]), photo(400, 267));
    assert_eq!(outside.to_string(), "Incorrect crop param, x value must be in [0, 400] ");
    let bomb = refused(&recipe(vec![width(10)]), photo(10_000, 10_000));
    assert!(matches!(&bomb, Error::Limit(limit) if limit.limit == "source_pixels"), "{bomb}");
    assert_eq!(bomb.kind(), ErrorKind::SourceTooLarge);
    let target = Target::Percent(1000);
    let huge =
        vec![Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::Gamma })];
    assert_eq!(refused(&recipe(huge), photo(4000, 3000)).kind(), ErrorKind::ResultTooLarge);
    let target = Target::Box { width: Some(4000), height: Some(1) };
    let sliver =
        vec![Operation::Resize(Resize { target, fit: Fit::Cover, enlarge: Enlarge::Allowed, light: Light::Gamma })];
    assert_eq!(
        refused(&recipe(sliver), photo(10, 1000)).kind(),
        ErrorKind::ResultTooLarge,
        "4000x400000 before the cut"
    );
    let mut frames = recipe(vec![width(10)]);
    frames.inputs[0].frames = Frames::FirstOfGif(2);
    assert_eq!(refused(&frames, photo(400, 267)).to_string(), "Format must be Gif");
    let many = Probe { frames: 501, ..gif() };
    assert_eq!(refused(&recipe(vec![width(10)]), many).kind(), ErrorKind::SourceTooLarge);
}

#[test]
fn memory_is_bounded_by_the_estimate() {
    let limits = Limits { memory_bytes: 1 << 20, result_pixels: Pixels(1 << 30), ..Limits::default() };
    let error = plan(&recipe(vec![]), &[photo(4000, 3000)], &Settings { limits, ..Settings::default() }).unwrap_err();
    assert!(matches!(error, Error::Limit(limit) if limit.limit == "memory_bytes"));
}

proptest! {
    #[test]
    fn every_step_of_every_plan_has_a_legal_size(
        w in 1..9000u32, h in 1..9000u32, orientation in 1..9u32,
        target in 1..3000u32, x in 0..2000u32, side in 1..4000u32, degrees in 0..360u16, radius in 1..4096u32,
    ) {
        let probe = Probe { orientation: ExifOrientation::new(orientation), ..photo(w, h) };
        let wish = recipe(vec![
            width(target),
            crop(x, x / 2, side),
            Operation::Rotate(Rotate { degrees }),
            Operation::Circle(Circle { radius, centre: CircleCentre::Canvas }),
            width(target / 2 + 1),
        ]);
        let limits = Limits::default();
        if let Ok(plan) = plan(&wish, &[probe], &Settings::default()) {
            let Work::Encode { pipeline, .. } = &plan.outputs[0] else { panic!("{plan:?}") };
            let mut size = pipeline.decode.size;
            for step in &pipeline.steps {
                prop_assert!(step.size.width > 0 && step.size.height > 0);
                // Within the limits of results, or no larger than the source, which was admitted.
                let source = Size::new(w, h);
                let admitted = step.size.pixels() <= source.pixels() && step.size.longer() <= source.longer();
                prop_assert!(limits.check_result(step.size).is_ok() || admitted);
                if let Action::Crop { window } = &step.action {
                    prop_assert!(window.fits(size));
                }
                size = step.size;
            }
            prop_assert!(plan.cost.bytes > 0 && plan.cost.bytes <= limits.memory_bytes);
        }
    }

    #[test]
    fn opaque_marks_and_colours_do_not_matter_to_geometry(alpha in 0..=255u8, w in 1..500u32, h in 1..500u32) {
        let background = Colour { alpha, ..Colour::WHITE };
        let target = Target::Box { width: Some(w), height: Some(h) };
        let pad = Resize { target, fit: Fit::Contain { background }, enlarge: Enlarge::Allowed, light: Light::Gamma };
        let (made, _) = pipeline(&recipe(vec![Operation::Resize(pad)]), photo(400, 267));
        prop_assert_eq!(made.size(), Size::new(w, h));
    }
}

fn png16() -> Probe {
    Probe { format: Format::Png, colour: SourceColour::Rgb, bits: 16, quality: None, ..photo(400, 267) }
}

fn layouts(operations: Vec<Operation>, output: PictureOutput, probe: Probe) -> Vec<Layout> {
    let mut wish = recipe(operations);
    wish.outputs = vec![Output::Picture(output)];
    let (made, _) = pipeline(&wish, probe);
    std::iter::once(made.decode.layout).chain(made.steps.iter().map(|step| step.layout)).collect()
}

#[test]
fn sixteen_bits_are_kept_from_end_to_end_or_not_at_all() {
    let output = PictureOutput::default;
    assert_eq!(layouts(vec![width(100)], output(), png16()), [Layout::Rgb16; 2]);
    let clear = Fit::Contain { background: Colour::TRANSPARENT };
    let target = Target::Box { width: Some(500), height: Some(500) };
    let pad = Operation::Resize(Resize { target, fit: clear, enlarge: Enlarge::Allowed, light: Light::Gamma });
    let padded = layouts(vec![pad], output(), png16());
    assert_eq!(padded, [Layout::Rgb16, Layout::Rgb16, Layout::Rgba16, Layout::Rgba16]);
    let corners = Operation::RoundedCorners(RoundedCorners { radius: 10 });
    assert_eq!(layouts(vec![corners, width(100)], output(), png16())[0], Layout::Rgb);
    let jpeg = PictureOutput { format: Some(Format::Jpeg), ..output() };
    assert_eq!(layouts(vec![width(100)], jpeg, png16()), [Layout::Rgb; 2]);
    let palette = PictureOutput { palette: PaletteColours::new(16), ..output() };
    assert_eq!(layouts(vec![], palette, png16()), [Layout::Rgb]);
    assert_eq!(layouts(vec![], output(), Probe { bits: 8, ..png16() }), [Layout::Rgb]);
    let tiff = PictureOutput { format: Some(Format::Tiff), ..output() };
    let alpha = Probe { has_alpha: true, ..png16() };
    assert_eq!(layouts(vec![Operation::Greyscale], tiff, alpha), [Layout::Rgba16; 2]);
}

#[test]
fn display_p3_is_converted_to_where_a_profile_can_be_written() {
    let wish = |format, operations| {
        let mut wish = recipe(operations);
        let profile = Profile::DisplayP3;
        wish.outputs =
            vec![Output::Picture(PictureOutput { format: Some(format), profile, ..PictureOutput::default() })];
        pipeline(&wish, photo(400, 267)).0
    };
    let made = wish(Format::Jpeg, vec![width(100)]);
    assert_eq!((names(&made), made.decode.to_srgb), (vec!["resample", "convert", "to_display_p3"], false));
    assert_eq!(names(&wish(Format::Png, vec![])), ["to_display_p3"]);
    let gif = wish(Format::Gif, vec![]);
    assert_eq!((names(&gif), gif.decode.to_srgb), (vec![], true));
    let red = Fit::Contain { background: Colour::opaque(255, 0, 0) };
    let target = Target::Box { width: Some(500), height: Some(500) };
    let made = wish(
        Format::Png,
        vec![Operation::Resize(Resize { target, fit: red, enlarge: Enlarge::Allowed, light: Light::Gamma })],
    );
    let Some(Action::Pad { colour, .. }) = made.steps.last().map(|step| step.action.clone()) else {
        panic!("{made:?}")
    };
    // sRGB red is (0.917, 0.200, 0.139) in Display P3.
    assert!(colour.red.abs_diff(234) <= 2 && colour.green.abs_diff(51) <= 2, "{colour:?}");
}

#[test]
fn a_profile_for_grey_is_kept_as_long_as_the_picture_is_grey() {
    let grey = Probe { format: Format::Png, colour: SourceColour::Grey, ..photo(400, 267) };
    let to_srgb = |operations| {
        let mut wish = recipe(operations);
        wish.outputs = vec![Output::Picture(PictureOutput { profile: Profile::Keep, ..PictureOutput::default() })];
        pipeline(&wish, grey.clone()).0.decode.to_srgb
    };
    assert!(!to_srgb(vec![width(100)]));
    assert!(to_srgb(vec![Operation::RoundedCorners(RoundedCorners { radius: 10 })]));
}

#[test]
fn own_data_are_used_where_nothing_else_is_asked_for() {
    let of = |operations: Vec<Operation>, probe: Probe, output: PictureOutput| {
        let mut wish = recipe(operations);
        wish.outputs = vec![Output::Picture(output)];
        source_data(&plan(&wish, &[probe], &Settings::default()).unwrap().outputs[0])
    };
    let (whole, plain) = (photo(160, 160), PictureOutput::default);
    let quarter = || vec![Operation::Rotate(Rotate { degrees: 90 })];
    let with_quality = |rule| {
        let mut output = plain();
        output.quality.rule = rule;
        output
    };
    let turned = |source_data| matches!(source_data, SourceData::Turned(_));
    assert_eq!(of(vec![], whole.clone(), plain()), SourceData::Whole);
    assert_eq!(of(vec![width(500)], whole.clone(), plain()), SourceData::IfSmaller);
    assert_eq!(of(vec![], whole.clone(), with_quality(QualityRule::Absolute(80))), SourceData::IfSmaller);
    let may_grow = PictureOutput { may_grow: true, ..with_quality(QualityRule::Absolute(80)) };
    assert_eq!(of(vec![], whole.clone(), may_grow), SourceData::Unused);
    let baseline = PictureOutput { progressive: Some(true), ..plain() };
    assert_eq!(of(vec![], whole.clone(), baseline.clone()), SourceData::Unused);
    assert_eq!(of(vec![], Probe { progressive: true, ..whole.clone() }, baseline), SourceData::Whole);
    let png = PictureOutput { format: Some(Format::Png), ..plain() };
    assert_eq!(of(vec![], whole.clone(), png), SourceData::Unused);
    assert_eq!(of(vec![width(100)], whole.clone(), plain()), SourceData::Unused);
    assert!(turned(of(quarter(), whole.clone(), plain())));
    assert!(turned(of(vec![], Probe { orientation: ExifOrientation::new(3), ..whole.clone() }, plain())));
    assert_eq!(of(quarter(), photo(160, 150), plain()), SourceData::Unused);
    assert_eq!(of(quarter(), whole.clone(), with_quality(QualityRule::OfSource(90))), SourceData::Unused);
    let cmyk = Probe { colour: SourceColour::Cmyk, ..whole };
    assert_eq!(of(vec![], cmyk, plain()), SourceData::Unused);
}

#[test]
fn formats_that_are_switched_off_are_neither_read_nor_written() {
    let with = |format, read, write| {
        let mut settings = Settings::default();
        settings.formats.set(format, read, write);
        settings
    };
    let in_format = |format: Option<Format>, preferred: &[Format]| {
        let mut wish = recipe(vec![width(10)]);
        let output = PictureOutput { format, preferred: preferred.to_vec(), ..PictureOutput::default() };
        wish.outputs = vec![Output::Picture(output)];
        wish
    };
    let planned = |wish: &Recipe, settings: &Settings| {
        plan(wish, &[photo(160, 160)], settings).map(|plan| match &plan.outputs[0] {
            Work::Encode { encode, .. } => encode.format,
            other => panic!("{other:?}"),
        })
    };
    let unread = planned(&in_format(None, &[]), &with(Format::Jpeg, false, true)).unwrap_err();
    assert_eq!(unread.kind(), ErrorKind::Unsupported);
    let no_webp = with(Format::WebP, true, false);
    let refused = planned(&in_format(Some(Format::WebP), &[]), &no_webp).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsuitable);
    assert!(refused.to_string().contains("there are: jpeg, png, gif"), "{refused}");
    assert_eq!(planned(&in_format(None, &[Format::WebP, Format::Png]), &no_webp).unwrap(), Format::Png);
    // What a source is may not be what its result may be.
    assert_eq!(planned(&in_format(None, &[]), &with(Format::Jpeg, true, false)).unwrap(), Format::Png);
}

#[test]
fn the_smallest_is_sought_among_what_is_allowed() {
    let candidates = |preferred: &[Format], animated| {
        let choose = FormatChoice::Smallest;
        let output = PictureOutput { preferred: preferred.to_vec(), choose, ..PictureOutput::default() };
        let found = output::Candidates::new(&output, &photo(10, 10), animated, Formats::default()).unwrap();
        [vec![found.first], found.others].concat()
    };
    assert_eq!(candidates(&[Format::WebP, Format::Png], false), [Format::WebP, Format::Png, Format::Jpeg]);
    assert_eq!(candidates(&[], false), [Format::Jpeg]);
    assert_eq!(candidates(&[Format::WebP, Format::Png, Format::Jpeg, Format::WebP], false).len(), 3);
    assert_eq!(candidates(&[Format::Png, Format::WebP], true)[0], Format::WebP);
}

fn reframe(width: u32, height: u32, method: Method, arithmetic: Arithmetic) -> Reframe {
    let side = |pixels| NonZeroU32::new(pixels).map_or(Side::Free, Side::Pixels);
    let (width, height, focus) = (side(width), side(height), Focus::default());
    Reframe { width, height, method, growth: Growth::Usual, focus, arithmetic }
}

#[test]
fn a_reframe_is_as_cheap_as_a_resize() {
    let resize = |fit| {
        let target = Target::Box { width: Some(300), height: Some(200) };
        Operation::Resize(Resize { target, fit, enlarge: Enlarge::Allowed, light: Light::Gamma })
    };
    let (cover, _) = pipeline(&recipe(vec![resize(Fit::Cover)]), photo(4000, 3000));
    for arithmetic in [Arithmetic::CropThenScale, Arithmetic::ScaleThenCrop] {
        let wanted = Operation::Reframe(reframe(300, 200, Method::Cover, arithmetic));
        let (made, _) = pipeline(&recipe(vec![wanted]), photo(4000, 3000));
        assert_eq!((names(&made), made.size(), made.layout()), (vec!["resample"], cover.size(), cover.layout()));
        assert_eq!((made.decode.scale, made.decode.by_rows), (cover.decode.scale, cover.decode.by_rows));
    }
    let fit = Method::FitIn { adaptive: false, full: false };
    let inside = Operation::Reframe(reframe(300, 200, fit, Arithmetic::CropThenScale));
    let (made, _) = pipeline(&recipe(vec![inside]), photo(4000, 3000));
    let (usual, _) = pipeline(&recipe(vec![resize(Fit::Inside)]), photo(4000, 3000));
    assert_eq!(made, usual);
}

fn found(left: f32, top: f32, width: f32, height: f32) -> Found {
    Found { what: FoundKind::Face, left, top, width, height, confidence: 1.0 }
}

fn planned(operations: Vec<Operation>, probe: Probe, regions: Vec<Found>) -> Pipeline {
    let findings = Findings { regions, moderation: Vec::new() };
    let made = plan_with_findings(&recipe(operations), &[probe], &[Some(findings)], &Settings::default()).unwrap();
    match made.outputs.into_iter().next() {
        Some(Work::Encode { pipeline, .. }) => pipeline,
        other => panic!("{other:?}"),
    }
}

/// The first window of a pipeline, in whole pixels.
fn first_window(pipeline: &Pipeline) -> (f64, f64) {
    match &pipeline.steps[0].action {
        Action::Resample { part: Some(part), .. } => {
            let region = pipeline.decode.region.unwrap_or(Rect::whole(Size::new(0, 0)));
            (part.x + f64::from(region.x), part.y + f64::from(region.y))
        }
        Action::Crop { window } => (window.x.into(), window.y.into()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_found_stays_in_the_picture() {
    let png = |width, height| Probe { format: Format::Png, colour: SourceColour::Rgb, ..photo(width, height) };
    let smart = |arithmetic| {
        let focus = Focus { detect: true, ..Focus::default() };
        Operation::Reframe(Reframe { focus, ..reframe(100, 100, Method::Cover, arithmetic) })
    };
    // Rows 0 to 50 around column 375 of 400, in a picture of 400×100.
    let face = || vec![found(0.875, 0.0, 0.125, 0.5)];
    for arithmetic in [Arithmetic::CropThenScale, Arithmetic::ScaleThenCrop] {
        let made = planned(vec![smart(arithmetic)], png(400, 100), face());
        assert_eq!(first_window(&made), (300.0, 0.0), "{arithmetic:?}");
        let nothing = planned(vec![smart(arithmetic)], png(400, 100), Vec::new());
        assert_eq!(first_window(&nothing), (150.0, 0.0), "{arithmetic:?}");
    }
    // The same seen in a picture that is stored sideways, of which the left quarter was cut off.
    let sideways = Probe { orientation: ExifOrientation::new(6), ..png(100, 400) };
    let window = Edges::Pixels { left: 0, top: 0, right: 390, bottom: 100 };
    let cut = Operation::Cut(Cut { trim: None, window: Some(window) });
    let made = planned(vec![cut, smart(Arithmetic::CropThenScale)], sideways, face());
    // Columns 290 to 389 of the upright picture are rows 10 to 109 of the stored one, which ends where it begins.
    assert_eq!(first_window(&made), (0.0, 10.0));
}

#[test]
fn only_what_was_found_is_redacted() {
    let redact = Operation::Redact(Redact { shape: RedactShape::Oval, with: RedactWith::Blur(9.0) });
    let operations = || vec![width(200), redact.clone(), Operation::RedEye];
    let made = planned(operations(), photo(400, 200), vec![found(0.5, 0.5, 0.25, 0.5)]);
    let expected = Rect { x: 100, y: 50, size: Size::new(50, 50) };
    assert!(matches!(&made.steps[2].action, Action::Redact { regions, .. } if *regions == [expected]), "{made:?}");
    assert!(matches!(&made.steps[3].action, Action::RedEye { faces } if *faces == [expected]));
    assert_eq!(names(&planned(operations(), photo(400, 200), Vec::new())), ["resample"]);
    assert_eq!(names(&pipeline(&recipe(operations()), photo(400, 200)).0), ["resample"]);
}

#[test]
fn a_border_is_measured_before_the_rest_is_planned() {
    let trim = Trim { reference: Corner::TopLeft, tolerance: 10, distance: TrimDistance::LargestChannel };
    let cut = Operation::Cut(Cut { trim: Some(trim), window: None });
    let wish = recipe(vec![cut, width(100)]);
    let first = plan(&wish, &[photo(400, 200)], &Settings::default()).unwrap();
    assert!(
        matches!(&first.measures[..], [Measure { what: MeasureWhat::Border(_), pipeline }] if pipeline.size() == Size::new(400, 200))
    );
    let plain = plan(&recipe(vec![width(100)]), &[photo(400, 200)], &Settings::default()).unwrap();
    assert!(first.cost.time > plain.cost.time);
    let border = Rect { x: 100, y: 20, size: Size::new(200, 150) };
    let settled = settle(
        first.again.as_ref().unwrap(),
        &[(InputIndex(0), MeasureWhat::Border(trim), Measured::Border(Some(border)))],
    )
    .unwrap();
    let Work::Encode { pipeline, .. } = &settled.outputs[0] else { panic!() };
    assert_eq!((pipeline.size(), settled.measures.len()), (Size::new(100, 75), 0));
    assert!(plan(&wish, &[gif()], &Settings::default()).unwrap().measures.is_empty(), "animations are not trimmed");
    let mut twice = wish.clone();
    twice.inputs[0].operations.push(wish.inputs[0].operations[0].clone());
    assert_eq!(plan(&twice, &[photo(400, 200)], &Settings::default()).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn canvases_are_as_simple_as_they_can_be() {
    let made = |backdrop, blend, probe: Probe| {
        let fit = Method::FitIn { adaptive: false, full: false };
        let canvas = FillCanvas::Frame(Margins::default());
        let fill = Operation::Fill(Fill { canvas, backdrop, blend });
        pipeline(&recipe(vec![Operation::Reframe(reframe(100, 100, fit, Arithmetic::CropThenScale)), fill]), probe).0
    };
    let red = Backdrop::Colour(Colour::opaque(255, 0, 0));
    let last = |made: &Pipeline| made.steps.last().unwrap().action.name();
    let clear = || Probe { format: Format::Png, has_alpha: true, ..photo(400, 200) };
    assert_eq!(last(&made(red, true, photo(400, 200))), "pad");
    assert_eq!(last(&made(red, false, clear())), "pad");
    let blended = made(red, true, clear());
    assert_eq!((last(&blended), blended.layout(), blended.size()), ("fill", Layout::Rgb, Size::new(100, 100)));
    assert_eq!(made(Backdrop::Transparent, true, clear()).layout(), Layout::Rgba);
    let flatten = |probe| pipeline(&recipe(vec![Operation::Flatten(Flatten { backdrop: red })]), probe).0;
    assert!(flatten(photo(400, 200)).steps.is_empty());
    assert_eq!(flatten(clear()).layout(), Layout::Rgb);
}

#[test]
fn frames_are_passed_over() {
    let frames = |first, count| {
        let mut wish = recipe(vec![]);
        wish.inputs[0].frames = Frames::Range(FrameRange { first, count: NonZeroU32::new(count) });
        let Work::Encode { pipeline, .. } = &plan(&wish, &[gif()], &Settings::default()).unwrap().outputs[0] else {
            panic!()
        };
        (pipeline.decode.skip, pipeline.decode.frames)
    };
    assert_eq!([frames(1, 1), frames(1, 0), frames(0, 2), frames(9, 9)], [(1, 1), (1, 2), (0, 2), (2, 1)]);
}
