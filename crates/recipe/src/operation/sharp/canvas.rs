use serde::Serialize;

use crate::Colour;

/// A border of one colour that is taken off (sharp's `trim`, libvips' `find_trim`): what is kept is the box of all
/// pixels of which one channel differs by more than `threshold` from the background, after a 3×3 median; transparent
/// pixels count as laid on the background, and the box of alpha, found likewise, is part of it. Where nothing differs,
/// nothing is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SharpTrim {
    /// Colour of the border; `None` is that of the upper left pixel.
    pub background: Option<Colour>,
    /// Allowed difference in steps of an 8-bit channel, 0 or more. Default 10.
    pub threshold: f64,
    /// Whether the picture is line art, which is not smoothed by the median.
    pub line_art: bool,
}

/// Clockwise rotation by any angle. The canvas grows to hold the turned picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RotateByAngle {
    /// Degrees, above 0 and below 360, no multiple of 90.
    pub degrees: f64,
    /// What the picture does not cover. Default: opaque black.
    pub background: Colour,
}

/// Any linear map of coordinates: (x, y) goes to (a·(x + idx) + b·(y + idy) + odx, c·(x + idx) + d·(y + idy) + ody). The
/// canvas becomes the bounding box.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Affine {
    /// a, b, c, d.
    pub matrix: [f64; 4],
    /// What the picture does not cover. Default: opaque black.
    pub background: Colour,
    /// idx, idy: offset of the input.
    pub input: (f64, f64),
    /// odx, ody: offset of the output.
    pub output: (f64, f64),
    /// How samples are interpolated.
    pub interpolator: Interpolator,
}

/// How samples between pixels are made (libvips' `VipsInterpolate`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolator {
    /// The nearest pixel.
    Nearest,
    /// Linear in both directions.
    Bilinear,
    /// Catmull-Rom.
    #[default]
    Bicubic,
    /// Locally bounded bicubic.
    Lbb,
    /// Nohalo.
    Nohalo,
    /// Vertex-split quadratic B-spline.
    Vsqbs,
}

/// Pixels around the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Extend {
    /// Rows above.
    pub top: u32,
    /// Rows below.
    pub bottom: u32,
    /// Columns on the left.
    pub left: u32,
    /// Columns on the right.
    pub right: u32,
    /// What is on them.
    pub with: ExtendWith,
}

/// What is on new pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtendWith {
    /// A colour. Default: opaque black.
    Background(Colour),
    /// The edge, again and again.
    Copy,
    /// The picture, again and again.
    Repeat,
    /// The picture, mirrored at its edges.
    Mirror,
}

/// The inside of an ellipse is kept, smooth at its edge, and the canvas becomes its bounding box inside of the picture;
/// the outside is transparent. (DIT encodes midway, so that a JPEG loses its transparency; here it lasts to the end.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RoundCrop {
    /// Horizontal radius in pixels; `None` is half the shorter side.
    pub radius_x: Option<u32>,
    /// Vertical radius in pixels; `None` is half the shorter side.
    pub radius_y: Option<u32>,
    /// Column of the centre; `None` is the middle.
    pub left: Option<u32>,
    /// Row of the centre; `None` is the middle.
    pub top: Option<u32>,
}
