use serde::Serialize;

use crate::{Confidence, Kind};

/// Labels that are asked for at most; each may have several places.
const MOST_LABELS: u32 = 100;

/// A picture as text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Image<'a> {
    /// Base64 of a JPEG.
    bytes: &'a str,
}

/// What each operation is asked; it passes over what it does not know, but nothing else is sent to any.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Question<'a> {
    image: Image<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_labels: Option<u32>,
}

/// The operation that finds things of that kind; `None` where there is none.
pub(super) const fn operation(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Faces => Some("DetectFaces"),
        Kind::Text => Some("DetectText"),
        Kind::Objects => Some("DetectLabels"),
        Kind::Moderation => Some("DetectModerationLabels"),
        Kind::Salient => None,
    }
}

impl<'a> Question<'a> {
    /// About a picture in base64. Labels are only told down to a confidence (55 or 50 percent where none is asked for);
    /// faces and text always are.
    pub(super) fn new(kind: Kind, at_least: Confidence, bytes: &'a str) -> Self {
        let of_labels = matches!(kind, Kind::Objects | Kind::Moderation);
        Self {
            image: Image { bytes },
            min_confidence: of_labels.then(|| at_least.as_percent()),
            max_labels: (kind == Kind::Objects).then_some(MOST_LABELS),
        }
    }
}
