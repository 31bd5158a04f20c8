//! Recipes and headers of every kind, with numbers from small to absurd.

mod more;
mod sharp;

use lightmill_image::{ExifOrientation, Probe, SourceColour, Subsampling};
use lightmill_recipe::{
    Alignment, Blur, Circle, CircleCentre, Colour, Crop, CropOrigin, Effort, Enlarge, Fit, Format, Frames, Gravity,
    Input, InputIndex, Light, Linear, Locator, Mark, MarkOrder, Operation, Orientation, Output, Overlay,
    PaletteColours, PictureOutput, Profile, Quality, QualityRule, Recipe, Resize, Rotate, RoundedCorners, Shadow,
    Sharpen, Size, Target, Text, Tile, TileAxis, Tiling,
};
use proptest::prelude::*;
use proptest::sample::select;

/// One to six operations on input 0, up to two on the mark, and one picture or colour of it. Lengths are mostly up to
/// `side`, and sometimes as large as a number can be.
pub fn recipes(side: u32) -> impl Strategy<Value = Recipe> {
    let operations = prop::collection::vec(operation(side, true), 0..6);
    let of_mark = prop::collection::vec(operation(side, false), 0..2);
    let frames =
        prop_oneof![4 => Just(Frames::All), 1 => Just(Frames::First), 1 => (1..4u32).prop_map(Frames::FirstOfGif)];
    let orientation = select(vec![Orientation::Apply, Orientation::Ignore]);
    (operations, of_mark, frames, orientation, output()).prop_map(
        |(operations, of_mark, frames, orientation, output)| {
            let mut recipe = Recipe::new(Locator::key("a"));
            recipe.inputs[0] = Input { operations, frames, orientation, ..Input::new(Locator::key("a")) };
            recipe.inputs.push(Input { operations: of_mark, ..Input::new(Locator::key("mark")) });
            recipe.outputs = vec![output];
            recipe
        },
    )
}

/// Headers of sources whose sides are up to `side`.
pub fn probes(side: u32) -> impl Strategy<Value = Probe> {
    let formats =
        select(vec![Format::Jpeg, Format::Png, Format::WebP, Format::Gif, Format::Bmp, Format::Tiff, Format::Svg]);
    let sampling = select(vec![Subsampling::S444, Subsampling::S422, Subsampling::S440, Subsampling::S420]);
    let colours = prop_oneof![
        sampling.prop_map(SourceColour::YCbCr),
        select(vec![SourceColour::Grey, SourceColour::Rgb, SourceColour::YCbCrOther, SourceColour::Cmyk]),
    ];
    ((1..=side, 1..=side), formats, colours, 0..9u32, 1..40u32, any::<(bool, bool)>()).prop_map(
        |((width, height), format, colour, orientation, frames, (has_alpha, progressive))| {
            let jpeg = format == Format::Jpeg;
            Probe {
                format,
                size: Size::new(width, height),
                orientation: ExifOrientation::new(orientation),
                frames: if matches!(format, Format::Gif | Format::WebP) { frames } else { 1 },
                has_alpha: has_alpha && !jpeg,
                bits: 8,
                colour: if jpeg { colour } else { SourceColour::Rgb },
                quality: jpeg.then_some(82),
                progressive,
                icc: None,
                exif: None,
                xmp: None,
                high_dynamic_range: false,
                bytes: 100_000,
            }
        },
    )
}

fn operation(side: u32, marks: bool) -> BoxedStrategy<Operation> {
    let crop =
        (option(side), option(side), 0..side, 0..side, gravity(), select(vec![CropOrigin::Window, CropOrigin::Cell]));
    let tile = (select(vec![TileAxis::Horizontal, TileAxis::Vertical]), length(side), 0..6u32);
    let circle = (length(side), select(vec![CircleCentre::Canvas, CircleCentre::Radius]));
    let pixels = prop_oneof![
        resize(side).prop_map(Operation::Resize),
        crop.prop_map(|(width, height, x, y, gravity, origin)| {
            Operation::Crop(Crop { width, height, x, y, gravity, origin })
        }),
        tile.prop_map(|(axis, length, index)| Operation::Tile(Tile { axis, length, index })),
        circle.prop_map(|(radius, centre)| Operation::Circle(Circle { radius, centre })),
        length(side).prop_map(|radius| Operation::RoundedCorners(RoundedCorners { radius })),
        (0..360u16).prop_map(|degrees| Operation::Rotate(Rotate { degrees })),
        prop_oneof![
            (0.05f32..60.0).prop_map(|sigma| Blur::Gaussian { sigma }),
            (0..60u32, 0.05f32..60.0).prop_map(|(radius, sigma)| Blur::Window { radius, sigma }),
        ]
        .prop_map(Operation::Blur),
        (0.05f32..10.0, 0f32..3.0, 0f32..3.0).prop_map(|(sigma, flat, jagged)| Operation::Sharpen(Sharpen {
            sigma,
            flat,
            jagged
        })),
        (-3f32..3.0, -300f32..300.0).prop_map(|(gain, offset)| Operation::Linear(Linear { gain, offset })),
        Just(Operation::Greyscale),
    ];
    let pixels = prop_oneof![pixels, more::operation(side), sharp::operation(side)];
    if marks {
        prop_oneof![9 => pixels, 2 => overlay(side).prop_map(Operation::Overlay), 2 => more::marks(), 2 => sharp::composite()]
            .boxed()
    } else {
        pixels.boxed()
    }
}

fn resize(side: u32) -> impl Strategy<Value = Resize> {
    let target = prop_oneof![
        (option(side), option(side)).prop_map(|(width, height)| Target::Box { width, height }),
        (option(side), option(side)).prop_map(|(longer, shorter)| Target::Sides { longer, shorter }),
        (1..=1000u32).prop_map(Target::Percent),
        (1..=100u32).prop_map(Target::PercentOfParent),
    ];
    let fit = prop_oneof![
        select(vec![Fit::Inside, Fit::Outside, Fit::Cover, Fit::Stretch]),
        colour().prop_map(|background| Fit::Contain { background }),
    ];
    let enlarge = select(vec![Enlarge::Allowed, Enlarge::AllowedButGif, Enlarge::Never, Enlarge::NeverEachSide]);
    let light = select(vec![Light::Gamma, Light::Linear]);
    (target, fit, enlarge, light).prop_map(|(target, fit, enlarge, light)| Resize { target, fit, enlarge, light })
}

fn overlay(side: u32) -> impl Strategy<Value = Overlay> {
    let gaps = prop::option::of((0..9u32, 0..9u32).prop_map(|(gap_x, gap_y)| Tiling { gap_x, gap_y }));
    let place = (gravity(), 0..side, 0..side, -99..99i32, 0..=100u8, 0..360u16);
    (mark(), place, gaps, any::<bool>()).prop_map(
        |(mark, (gravity, x, y, vertical_offset, opacity, degrees), tiling, fit)| Overlay {
            mark,
            gravity,
            x,
            y,
            vertical_offset,
            opacity,
            degrees,
            tiling,
            shrink_to_fit: fit,
        },
    )
}

fn mark() -> impl Strategy<Value = Mark> {
    let image = InputIndex(1);
    let alignment = select(vec![Alignment::Top, Alignment::Middle, Alignment::Bottom]);
    let order = select(vec![MarkOrder::ImageFirst, MarkOrder::TextFirst]);
    prop_oneof![
        Just(Mark::Image(image)),
        text().prop_map(Mark::Text),
        (text(), order, alignment, 0..30u32).prop_map(move |(text, order, alignment, interval)| Mark::ImageAndText {
            image,
            text,
            order,
            alignment,
            interval
        }),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    let shadow = prop::option::of((colour(), 1..=100u8).prop_map(|(colour, opacity)| Shadow { colour, opacity }));
    ("[ -~]{0,8}", 1..30u32, colour(), shadow).prop_map(|(content, size, colour, shadow)| Text {
        content,
        typeface: "wqy-zenhei".into(),
        size,
        colour,
        shadow,
    })
}

fn output() -> impl Strategy<Value = Output> {
    let format = prop::option::of(select(vec![Format::Jpeg, Format::Png, Format::WebP, Format::Gif]));
    let number = 1..=100u8;
    let rule = prop_oneof![
        4 => Just(QualityRule::Default),
        4 => number.clone().prop_map(QualityRule::Absolute),
        2 => number.clone().prop_map(QualityRule::AtMostSource),
        2 => number.clone().prop_map(QualityRule::OfSource),
        1 => number.prop_map(QualityRule::Perceptual),
    ];
    let coding = (rule, prop::option::of(any::<bool>()), any::<bool>(), select(vec![Effort::Fast, Effort::Small]));
    let palette = prop::option::weighted(0.2, Just(PaletteColours::MOST));
    let max_bytes = prop::option::weighted(0.1, 100..5000u64);
    let profile = select(vec![Profile::ToSrgb, Profile::Keep, Profile::DisplayP3]);
    let rest = (palette, max_bytes, any::<bool>(), colour(), profile);
    let picture = (format, coding, rest).prop_map(
        |(format, (rule, progressive, lossless, effort), (palette, max_bytes, may_grow, matte, profile))| {
            let quality = Quality { rule, ..Quality::default() };
            Output::Picture(PictureOutput {
                format,
                quality,
                progressive,
                lossless,
                effort,
                palette,
                max_bytes,
                may_grow,
                matte,
                profile,
                ..PictureOutput::default()
            })
        },
    );
    prop_oneof![9 => picture, 1 => Just(Output::AverageHue)]
}

/// Mostly up to `side`, sometimes as large as a number can be.
fn length(side: u32) -> impl Strategy<Value = u32> {
    prop_oneof![20 => 1..=side, 1 => Just(u32::MAX), 1 => Just(1)]
}

fn option(side: u32) -> impl Strategy<Value = Option<u32>> {
    prop::option::weighted(0.8, length(side))
}

fn gravity() -> impl Strategy<Value = Gravity> {
    use Gravity::{Centre, East, North, NorthEast, NorthWest, South, SouthEast, SouthWest, West};
    select(vec![NorthWest, North, NorthEast, West, Centre, East, SouthWest, South, SouthEast])
}

fn colour() -> impl Strategy<Value = Colour> {
    any::<[u8; 4]>().prop_map(|[red, green, blue, alpha]| Colour { red, green, blue, alpha })
}
