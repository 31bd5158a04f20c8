use lightmill_recipe::{
    Alignment, Blur, Circle, CircleCentre, Colour, Crop, CropOrigin, Enlarge, Fit, Gravity, InputIndex, Light, Linear,
    Mark, MarkOrder, Operation, Overlay, Resize, Rotate, RoundedCorners, Shadow, Sharpen, Target, Text, Tile, TileAxis,
    Tiling,
};
use lightmill_testkit::Tolerance;

use crate::formula::{self, Formula};

/// Operations on a source of 48×36 pixels, and how close the result must be to the golden picture.
#[derive(Debug, Clone)]
pub struct Case {
    /// In names of tests and files.
    pub name: &'static str,
    /// One or more.
    pub operations: Vec<Operation>,
    /// For families that are written without loss.
    pub tolerance: Tolerance,
    /// The same result computed in another way, if that is simple.
    pub formula: Option<Formula>,
}

/// Results that only depend on rounding.
const EXACT: Tolerance = Tolerance::ROUNDING;
/// Resampled: kernels may round differently.
const RESAMPLED: Tolerance = Tolerance { psnr: 42.0, largest: None };
/// Filters in floating point, and edges that are antialiased.
const FILTERED: Tolerance = Tolerance { psnr: 40.0, largest: None };
/// Glyphs differ a little between versions of a font.
const WRITTEN: Tolerance = Tolerance { psnr: 26.0, largest: None };

/// Every operation with its main parameters.
pub fn cases() -> Vec<Case> {
    let mut cases = resizes();
    cases.extend(windows());
    cases.extend(shapes());
    cases.extend(adjustments());
    cases.extend(marks());
    cases
}

fn case(name: &'static str, operation: Operation, tolerance: Tolerance) -> Case {
    Case { name, operations: vec![operation], tolerance, formula: None }
}

impl Case {
    fn by(self, formula: Formula) -> Self {
        Self { formula: Some(formula), ..self }
    }
}

fn resizes() -> Vec<Case> {
    let pad = |background| Fit::Contain { background };
    let red = Colour { red: 200, green: 20, blue: 20, alpha: 255 };
    let glass = Colour { alpha: 100, ..red };
    let to = |name, w, h, fit| {
        let target = Target::Box { width: Some(w), height: Some(h) };
        case(name, Operation::Resize(Resize { target, fit, enlarge: Enlarge::Allowed, light: Light::Gamma }), RESAMPLED)
    };
    let target = |name, target, enlarge| {
        case(name, Operation::Resize(Resize { target, fit: Fit::Inside, enlarge, light: Light::Gamma }), RESAMPLED)
    };
    let half = Resize { target: Target::Percent(50), fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma };
    let width_only = Target::Box { width: Some(21), height: None };
    vec![
        to("resize-inside", 20, 30, Fit::Inside),
        to("resize-outside", 20, 30, Fit::Outside),
        to("resize-cover", 25, 25, Fit::Cover),
        to("resize-contain-red", 30, 30, pad(red)),
        to("resize-contain-glass", 30, 30, pad(glass)),
        to("resize-contain-same-size", 48, 40, pad(red))
            .by(|picture| formula::on_canvas(picture, 48, 40, [200, 20, 20])),
        to("resize-stretch", 19, 33, Fit::Stretch),
        to("resize-up", 67, 50, Fit::Inside),
        to("resize-one-pixel", 1, 1, Fit::Stretch),
        case("resize-in-linear-light", Operation::Resize(Resize { light: Light::Linear, ..half }), RESAMPLED),
        target("resize-width", width_only, Enlarge::Never),
        target("resize-sides", Target::Sides { longer: Some(31), shorter: None }, Enlarge::Never),
        target("resize-percent", Target::Percent(50), Enlarge::Never),
        target("resize-never-larger", Target::Percent(150), Enlarge::Never).by(Clone::clone),
    ]
}

fn windows() -> Vec<Case> {
    let crop = |name, (x, y), (w, h), gravity, origin| {
        let crop = Crop { width: Some(w), height: Some(h), x, y, gravity, origin };
        case(name, Operation::Crop(crop), EXACT)
    };
    let tile = |name, axis, length, index| case(name, Operation::Tile(Tile { axis, length, index }), EXACT);
    vec![
        crop("crop-even", (8, 4), (20, 16), Gravity::NorthWest, CropOrigin::Window)
            .by(|picture| formula::window(picture, 8, 4, 20, 16)),
        crop("crop-odd", (7, 5), (17, 13), Gravity::NorthWest, CropOrigin::Window)
            .by(|picture| formula::window(picture, 7, 5, 17, 13)),
        crop("crop-middle", (0, 0), (16, 12), Gravity::Centre, CropOrigin::Window)
            .by(|picture| formula::window(picture, 16, 12, 16, 12)),
        crop("crop-cell", (0, 0), (40, 8), Gravity::SouthEast, CropOrigin::Cell)
            .by(|picture| formula::window(picture, 32, 24, 16, 8)),
        tile("tile-across", TileAxis::Horizontal, 20, 2).by(|picture| formula::window(picture, 40, 0, 8, 36)),
        tile("tile-down", TileAxis::Vertical, 15, 1).by(|picture| formula::window(picture, 0, 15, 48, 15)),
    ]
}

fn shapes() -> Vec<Case> {
    let circle = |name, radius, centre| case(name, Operation::Circle(Circle { radius, centre }), FILTERED);
    let rotate = |name, degrees, tolerance| case(name, Operation::Rotate(Rotate { degrees }), tolerance);
    vec![
        circle("circle", 12, CircleCentre::Canvas),
        circle("circle-off-middle", 100, CircleCentre::Radius),
        case("rounded-corners", Operation::RoundedCorners(RoundedCorners { radius: 9 }), FILTERED),
        rotate("rotate-90", 90, EXACT).by(formula::quarter_turn),
        rotate("rotate-180", 180, EXACT).by(formula::half_turn),
        rotate("rotate-270", 270, EXACT).by(formula::quarter_back),
        rotate("rotate-30", 30, FILTERED),
    ]
}

fn adjustments() -> Vec<Case> {
    let linear = |name, gain, offset| case(name, Operation::Linear(Linear { gain, offset }), EXACT);
    vec![
        case("blur-gaussian", Operation::Blur(Blur::Gaussian { sigma: 2.5 }), FILTERED),
        case("blur-window", Operation::Blur(Blur::Window { radius: 3, sigma: 2.0 }), FILTERED),
        case("sharpen", Operation::Sharpen(Sharpen { sigma: 1.0, flat: 0.5, jagged: 1.0 }), FILTERED),
        linear("brighter", 1.0, 40.0).by(|picture| formula::linear(picture, 1.0, 40.0)),
        linear("more-contrast", 1.5, -64.0).by(|picture| formula::linear(picture, 1.5, -64.0)),
        case("greyscale", Operation::Greyscale, EXACT).by(formula::greyscale),
    ]
}

fn marks() -> Vec<Case> {
    let image = Mark::Image(InputIndex(1));
    let mark = |name, overlay| case(name, Operation::Overlay(overlay), FILTERED);
    let placed = Overlay {
        mark: image.clone(),
        gravity: Gravity::SouthEast,
        x: 3,
        y: 2,
        vertical_offset: 0,
        opacity: 100,
        degrees: 0,
        tiling: None,
        shrink_to_fit: false,
    };
    let line = Text {
        content: "Ag1".into(),
        typeface: "wqy-zenhei".into(),
        size: 16,
        colour: Colour::opaque(255, 255, 0),
        shadow: None,
    };
    let shadow = Some(Shadow { colour: Colour::BLACK, opacity: 60 });
    let text = Mark::Text(Text { shadow, ..line.clone() });
    let both = Mark::ImageAndText {
        image: InputIndex(1),
        text: Text { size: 10, ..line },
        order: MarkOrder::TextFirst,
        alignment: Alignment::Bottom,
        interval: 3,
    };
    let written = |name, mark| {
        let overlay = Overlay { mark, gravity: Gravity::Centre, x: 0, y: 0, ..placed.clone() };
        case(name, Operation::Overlay(overlay), WRITTEN)
    };
    vec![
        mark("mark", placed.clone()),
        mark("mark-faint", Overlay { opacity: 40, gravity: Gravity::West, vertical_offset: -5, ..placed.clone() }),
        mark("mark-turned", Overlay { degrees: 45, gravity: Gravity::North, ..placed.clone() }),
        mark("mark-tiled", Overlay { tiling: Some(Tiling { gap_x: 3, gap_y: 5 }), opacity: 70, ..placed.clone() }),
        mark(
            "mark-shrunk",
            Overlay { x: 36, y: 30, shrink_to_fit: true, gravity: Gravity::NorthWest, ..placed.clone() },
        ),
        written("text", text),
        written("text-and-mark", both),
    ]
}
