use serde::Serialize;

/// What an analyser found in a picture. Places count from the picture as it is shown (upright), before any operation.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Findings {
    /// Rectangles with something in them, in the analyser's order.
    pub regions: Vec<Found>,
    /// What moderation says about the whole picture.
    pub moderation: Vec<ModerationLabel>,
}

/// Something that was found at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// What it is.
    pub what: FoundKind,
    /// Left edge as a part of the width, 0 to 1.
    pub left: f32,
    /// Upper edge as a part of the height, 0 to 1.
    pub top: f32,
    /// Width as a part of the picture's, above 0 and at most 1.
    pub width: f32,
    /// Height as a part of the picture's, above 0 and at most 1.
    pub height: f32,
    /// How sure the analyser is, 0 to 1.
    pub confidence: f32,
}

/// What was found at a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A human face.
    Face,
    /// Whatever draws the eye.
    Salient,
    /// A line of text.
    Text,
    /// A thing of this name.
    Object(String),
}

/// A word of a moderation service about a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModerationLabel {
    /// The label.
    pub name: String,
    /// The label above it in the service's taxonomy; empty at the top.
    pub parent: String,
    /// How sure the service is, 0 to 1.
    pub confidence: f32,
}
