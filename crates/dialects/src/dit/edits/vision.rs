//! Edits of the server's own: faces, moderation, ellipses.

use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{ContentModeration, RoundCrop, SmartCrop};

use super::super::Definition;
use crate::sharp::{Stage, Takes, Value, optional};

const ANY: Takes = Takes::Rounded(i32::MIN as i64, i32::MAX as i64);

pub(super) static SMART_CROP: Definition = Definition {
    name: "smartCrop",
    aliases: &[],
    doc: "The window around a face; of the result, if it stands behind `resize`. Without a face the picture stays.",
    example: r#"{"faceIndex":0,"padding":40}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("faceIndex", Takes::Integer(0, 999), "0", "Number of the face"),
            optional("padding", Takes::Rounded(-100_000, 100_000), "0", "Pixels around it"),
        ]),
    ]),
    lower: |value, draft| {
        if *value != Value::Flag(false) {
            let face_index = value.natural("faceIndex").unwrap_or(0);
            let crop = SmartCrop { face_index, padding: value.number_or("padding", 0.0) as i32 };
            draft.pipeline.extract(Operation::SmartCrop(crop));
        }
        Ok(())
    },
};

pub(super) static ROUND_CROP: Definition = Definition {
    name: "roundCrop",
    aliases: &[],
    doc: "An ellipse is cut out of what the edits before make; the canvas becomes as large as it. Edits behind it work on \
          that. Numbers below 1 count as absent.",
    example: r#"{"rx":100,"ry":80}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("rx", ANY, "half the shorter side", "Horizontal radius in pixels"),
            optional("ry", ANY, "half the shorter side", "Vertical radius in pixels"),
            optional("left", ANY, "the middle", "Column of the centre"),
            optional("top", ANY, "the middle", "Row of the centre"),
        ]),
    ]),
    lower: |value, draft| {
        if *value != Value::Flag(false) {
            let number = |name| {
                let number = value.get(name).and_then(Value::number).filter(|number| *number >= 1.0)?;
                Some(number as u32)
            };
            let (left, top) = (number("left"), number("top"));
            let crop = RoundCrop { radius_x: number("rx"), radius_y: number("ry"), left, top };
            draft.pipeline.then(Operation::RoundCrop(crop));
        }
        Ok(())
    },
};

pub(super) static CONTENT_MODERATION: Definition = Definition {
    name: "contentModeration",
    aliases: &[],
    doc: "The picture is blurred if an analyser finds something that should not be shown. Neither `blur` nor an overlay \
          takes that back.",
    example: r#"{"minConfidence":90,"blur":80,"moderationLabels":["Alcohol"]}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("minConfidence", Takes::Number(0.0, 100.0), "75", "How sure the analyser must be, in percent"),
            optional(
                "blur",
                Takes::Number(0.0, 1000.0),
                "50",
                "Standard deviation in pixels, rounded up; 0: not blurred",
            ),
            optional("moderationLabels", Takes::Texts(100), "any", "Names of what counts, as the analyser writes them"),
        ]),
    ]),
    lower: |value, draft| {
        let sigma = value.number_or("blur", 50.0).ceil();
        if *value == Value::Flag(false) || sigma < 0.3 {
            draft.pipeline.clear(Stage::Moderation);
            return Ok(());
        }
        let labels = match value.get("moderationLabels") {
            Some(Value::Texts(labels)) => labels.clone(),
            _ => Vec::new(),
        };
        let min_confidence = value.number_or("minConfidence", 75.0);
        let moderation = ContentModeration { min_confidence, sigma, labels };
        draft.pipeline.set(Stage::Moderation, Operation::ContentModeration(moderation));
        Ok(())
    },
};
