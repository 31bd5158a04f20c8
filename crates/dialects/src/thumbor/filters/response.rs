//! Filters that say something about the answer, or that only a `meta/` URL answers.

use std::time::{Duration, UNIX_EPOCH};

use lightmill_recipe::video::{BestFrame, FrameChoice, Position};

use super::definition::{BOTH, IMAGOR, optional, required};
use super::output::nothing;
use super::{Argument, Definition, Form, Values};
use crate::thumbor::lower::{position, written};
use crate::thumbor::say::integer;

pub(super) static MAX_AGE: Definition = Definition {
    name: "max_age",
    doc: "How long the answer may be kept.",
    forms: &[Form::new(
        BOTH,
        &[required("seconds", Values::Integer(0, i32::MAX), "Seconds")],
        "max_age(60)",
        |call, draft| {
            draft.directives.max_age = call.natural("seconds").map(|seconds| Duration::from_secs(seconds.into()));
        },
    )
    .setting(|writer| {
        let age = writer.about().and_then(|about| about.max_age);
        let seconds = age.and_then(|age| integer(u32::try_from(age.as_secs()).ok()?));
        seconds.map(|seconds| vec![seconds]).into_iter().collect()
    })],
};

pub(super) static EXPIRE: Definition = Definition {
    name: "expire",
    doc: "From when on the URL is gone.",
    forms: &[Form::new(
        IMAGOR,
        &[required("milliseconds", Values::Moment, "Milliseconds since 1970-01-01 00:00 UTC")],
        "expire(1893456000000)",
        |call, draft| {
            if let Argument::Moment(milliseconds) = call.get("milliseconds") {
                draft.directives.expires_at = UNIX_EPOCH.checked_add(Duration::from_millis(*milliseconds));
            }
        },
    )
    .setting(|writer| {
        let moment = writer.about().and_then(|about| about.expires_at);
        let since = moment.and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
        let milliseconds = since.and_then(|since| u64::try_from(since.as_millis()).ok());
        milliseconds.map(|milliseconds| vec![Argument::Moment(milliseconds)]).into_iter().collect()
    })],
};

pub(super) static ATTACHMENT: Definition = Definition {
    name: "attachment",
    doc: "The answer is a download.",
    forms: &[Form::new(
        IMAGOR,
        &[optional("name", Values::Text, "the key's", "Name of the file")],
        "attachment(photo.jpg)",
        |call, draft| {
            draft.directives.attachment = Some(call.text("name").unwrap_or_default().to_owned());
        },
    )
    .setting(|writer| {
        let name = writer.about().and_then(|about| about.attachment.clone());
        let said = |name: String| if name.is_empty() { Vec::new() } else { vec![Argument::Text(name)] };
        name.map(said).into_iter().collect()
    })],
};

pub(super) static RAW: Definition = Definition {
    name: "raw",
    doc: "The stored bytes.",
    forms: &[Form::new(IMAGOR, &[], "raw()", |_, draft| {
        draft.original = true;
    })],
};

pub(super) static PREVIEW: Definition = Definition {
    name: "preview",
    doc: "Keeps the decoded picture in imagor's memory. It has no effect.",
    forms: &[Form::new(IMAGOR, &[], "preview()", nothing)],
};

pub(super) static FALLBACK_FORMAT: Definition = Definition {
    name: "fallback_format",
    doc: "Internal to imagor. It has no effect.",
    forms: &[Form::new(IMAGOR, &[required("name", Values::Text, "A format")], "fallback_format(webp)", nothing)],
};

pub(super) static SEEK: Definition = Definition {
    name: "seek",
    doc: "Where in a video the best frame is looked for; pictures have none.",
    forms: &[Form::new(
        IMAGOR,
        &[required("position", Values::Text, "Part (`0.5`), duration (`5m1s`) or number")],
        "seek(5m1s)",
        |call, draft| match call.text("position").and_then(position) {
            Some(from) => draft.video.seek = Some(from),
            None => draft.ignore(call.definition.name),
        },
    )
    .setting(|writer| match writer.video_frame().map(|frame| frame.choice) {
        Some(FrameChoice::Best(BestFrame { from, .. })) if from != Position::Time(Duration::ZERO) => {
            vec![vec![Argument::Text(written(from))]]
        }
        _ => Vec::new(),
    })],
};

pub(super) static BLURHASH: Definition = Definition {
    name: "blurhash",
    doc: "Adds a `BlurHash` to the answer of `meta/`. Components outside of 1 to 9 are refused there.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("x", Values::Integer(i32::MIN, i32::MAX), "Components from left to right, 1 to 9"),
            required("y", Values::Integer(i32::MIN, i32::MAX), "Components from top to bottom, 1 to 9"),
        ],
        "blurhash(4,3)",
        |call, draft| {
            draft.meta_extras.blurhash = call.integer("x").zip(call.integer("y"));
        },
    )],
};

pub(super) static THUMBHASH: Definition = Definition {
    name: "thumbhash",
    doc: "Adds a `ThumbHash` to the answer of `meta/`.",
    forms: &[Form::new(IMAGOR, &[], "thumbhash()", |_, draft| {
        draft.meta_extras.thumbhash = true;
    })],
};

pub(super) static AVGCOLOR: Definition = Definition {
    name: "avgcolor",
    doc: "Adds the mean colour to the answer of `meta/`.",
    forms: &[Form::new(IMAGOR, &[], "avgcolor()", |_, draft| {
        draft.meta_extras.average_colour = true;
    })],
};
