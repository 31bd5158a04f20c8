use serde::Serialize;

/// A disc from the middle of the picture; outside it is transparent. The canvas becomes
/// min(2·radius + 1, shorter side) square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Circle {
    /// Pixels, 1 or more; capped by half the shorter side.
    pub radius: u32,
    /// Where on that canvas the disc lies.
    pub centre: CircleCentre,
}

/// Where a disc lies on a canvas of 2·radius + 1 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircleCentre {
    /// In the middle: it touches all four edges.
    Canvas,
    /// `radius` pixels from the left and the upper edge, half a pixel off the middle (wchaws/serverless-image-handler).
    Radius,
}

/// Each corner cut to a quarter of a circle, transparent outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RoundedCorners {
    /// Pixels, 1 or more; capped by half the shorter side.
    pub radius: u32,
}

/// Clockwise rotation. The canvas grows to hold the turned picture; what it does not cover is transparent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rotate {
    /// Degrees, 0 to 359.
    pub degrees: u16,
}
