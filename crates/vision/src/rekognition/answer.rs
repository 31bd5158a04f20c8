use lightmill_recipe::{Findings, Found, FoundKind, ModerationLabel};
use serde::Deserialize;

use crate::{Error, Kind};

/// Regions that are taken of an answer, the first ones.
const MOST: usize = 1000;

/// The answers of all operations; each has one of the lists, which may be empty.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    face_details: Option<Vec<Face>>,
    labels: Option<Vec<Label>>,
    text_detections: Option<Vec<Text>>,
    moderation_labels: Option<Vec<Moderation>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Face {
    bounding_box: Place,
    /// Percent.
    confidence: f32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Label {
    name: String,
    /// Where it is; nowhere for what belongs to the whole picture, such as `Outdoors`.
    #[serde(default)]
    instances: Vec<Face>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    /// `LINE`, or `WORD` for each of its words again.
    #[serde(rename = "Type")]
    kind: String,
    confidence: f32,
    geometry: Geometry,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Geometry {
    bounding_box: Place,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Moderation {
    name: String,
    #[serde(default)]
    parent_name: String,
    confidence: f32,
}

/// Parts of the picture's sides. May reach beyond it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Place {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

impl Answer {
    /// What was found, in the service's order.
    ///
    /// # Errors
    /// [`Error::Unavailable`] for an answer to another question.
    pub(super) fn findings(self, kind: Kind) -> Result<Findings, Error> {
        let mut findings = Findings::default();
        match (kind, self) {
            (Kind::Faces, Self { face_details: Some(faces), .. }) => {
                findings.regions = places(faces.iter().map(|face| face.found(FoundKind::Face)));
            }
            (Kind::Objects, Self { labels: Some(labels), .. }) => {
                findings.regions = places(labels.iter().flat_map(|label| {
                    label.instances.iter().map(|place| place.found(FoundKind::Object(label.name.clone())))
                }));
            }
            (Kind::Text, Self { text_detections: Some(texts), .. }) => {
                let lines = texts.iter().filter(|text| text.kind == "LINE");
                findings.regions =
                    places(lines.map(|text| text.geometry.bounding_box.found(FoundKind::Text, text.confidence)));
            }
            (Kind::Moderation, Self { moderation_labels: Some(labels), .. }) => {
                findings.moderation = labels.into_iter().take(MOST).map(Moderation::label).collect();
            }
            _ => return Err(Error::Unavailable { detail: format!("an answer without {}", kind.name()) }),
        }
        Ok(findings)
    }
}

fn places(found: impl Iterator<Item = Option<Found>>) -> Vec<Found> {
    found.flatten().take(MOST).collect()
}

/// From percent to a part of 1.
fn part(percent: f32) -> f32 {
    (percent / 100.0).clamp(0.0, 1.0)
}

impl Face {
    fn found(&self, what: FoundKind) -> Option<Found> {
        self.bounding_box.found(what, self.confidence)
    }
}

impl Place {
    /// What of it lies in the picture, as AWS' Serverless Image Handler cuts it: the corner is moved into the picture, and
    /// the sides keep their lengths as far as there is room.
    fn found(self, what: FoundKind, percent: f32) -> Option<Found> {
        let place = [self.left, self.top, self.width, self.height];
        if place.iter().any(|number| !number.is_finite()) {
            return None;
        }
        let [left, top, width, height] = place.map(|number| number.clamp(0.0, 1.0));
        let (width, height) = (width.min(1.0 - left), height.min(1.0 - top));
        (width > 0.0 && height > 0.0).then(|| Found { what, left, top, width, height, confidence: part(percent) })
    }
}

impl Moderation {
    fn label(self) -> ModerationLabel {
        ModerationLabel { name: self.name, parent: self.parent_name, confidence: part(self.confidence) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(left: f32, top: f32, width: f32, height: f32) -> Option<[f32; 4]> {
        let found = Place { left, top, width, height }.found(FoundKind::Face, 250.0)?;
        assert!((found.confidence - 1.0).abs() < f32::EPSILON);
        Some([found.left, found.top, found.width, found.height])
    }

    #[test]
    fn places_lie_in_the_picture() {
        assert_eq!(place(0.25, 0.5, 0.25, 0.5), Some([0.25, 0.5, 0.25, 0.5]));
        assert_eq!(place(-0.25, 0.75, 0.5, 0.5), Some([0.0, 0.75, 0.5, 0.25]));
        assert_eq!(place(1.5, 0.0, 0.5, 0.5), None);
        assert_eq!(place(0.0, 0.0, 0.0, 0.5), None);
        assert_eq!([place(f32::NAN, 0.0, 0.5, 0.5), place(0.0, 0.0, 0.5, f32::NAN)], [None; 2]);
    }
}
