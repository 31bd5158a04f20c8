//! Filters that decide how a result is encoded.

use lightmill_recipe::{Format, FrameRange, Metadata, PaletteColours, Profile, QualityRule};

use super::definition::{BOTH, IMAGOR, THUMBOR, optional, required};
use super::{Call, Definition, Form, Parameter, Values};
use crate::thumbor::lower::Draft;

const FROM_1: Values = Values::Integer(1, i32::MAX);

pub(super) static QUALITY: Definition = Definition {
    name: "quality",
    doc: "Quality of lossy formats, 1 to 100; numbers outside are moved there.",
    forms: &[
        Form::new(THUMBOR, &QUALITY_PARAMETERS, "quality(50)", |call, draft| {
            draft.output.lossless |= call.integer("n").is_some_and(|n| n >= 100);
            quality(call, draft);
        })
        .doc("100 is WebP without loss."),
        Form::new(IMAGOR, &QUALITY_PARAMETERS, "quality(50)", quality),
    ],
};
static QUALITY_PARAMETERS: [Parameter; 1] = [required("n", Values::Integer(0, i32::MAX), "Quality")];

fn quality(call: &Call, draft: &mut Draft<'_>) {
    if let Some(n) = call.integer("n") {
        draft.output.quality.rule = QualityRule::Absolute(n.clamp(1, 100) as u8);
    }
}

pub(super) static FORMAT: Definition = Definition {
    name: "format",
    doc: "The format of the result. An unknown one has no effect.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required(
                "name",
                Values::Word(&["png", "jpeg", "jpg", "gif", "webp", "avif", "heic", "heif"]),
                "In any case",
            )],
            "format(webp)",
            format,
        ),
        Form::new(
            IMAGOR,
            &[required(
                "name",
                Values::Word(&["jpeg", "jpg", "png", "gif", "webp", "avif", "heif", "jp2", "jxl", "tiff"]),
                "In lower case; `jp2` is not written",
            )],
            "format(webp)",
            format,
        ),
    ],
};

fn format(call: &Call, draft: &mut Draft<'_>) {
    match call.word("name").and_then(Format::from_name) {
        Some(format) => draft.output.format = Some(format),
        None => draft.ignore(call.definition.name),
    }
}

pub(super) static MAX_BYTES: Definition = Definition {
    name: "max_bytes",
    doc: "Quality is lowered until the result has no more bytes than this, or is as low as it goes.",
    forms: &[Form::new(BOTH, &[required("n", FROM_1, "Bytes")], "max_bytes(40000)", |call, draft| {
        draft.output.max_bytes = call.natural("n").map(u64::from);
    })],
};

pub(super) static AUTOJPG: Definition = Definition {
    name: "autojpg",
    doc: "JPEG instead of formats without loss.",
    forms: &[
        Form::new(THUMBOR, &[optional("on", Values::Flag, "true", "Whether at all")], "autojpg()", |call, draft| {
            if call.flag("on").unwrap_or(true) {
                draft.output.preferred = vec![Format::Jpeg];
            }
        })
        .doc("Pictures with transparency keep their format.")
        .opt_in(),
        Form::new(IMAGOR, &[], "autojpg()", |_, draft| {
            draft.output.format = Some(Format::Jpeg);
        })
        .doc("Always."),
    ],
};

pub(super) static STRIP_EXIF: Definition = Definition {
    name: "strip_exif",
    doc: "No EXIF in the result.",
    forms: &[Form::new(BOTH, &[], "strip_exif()", strip)],
};

pub(super) static STRIP_METADATA: Definition = Definition {
    name: "strip_metadata",
    doc: "No metadata in the result.",
    forms: &[Form::new(IMAGOR, &[], "strip_metadata()", strip)],
};

fn strip(_: &Call, draft: &mut Draft<'_>) {
    draft.output.metadata = Some(Metadata::Drop);
}

pub(super) static STRIP_ICC: Definition = Definition {
    name: "strip_icc",
    doc: "Colours are converted to sRGB, and no profile is written.",
    forms: &[Form::new(BOTH, &[], "strip_icc()", |_, draft| {
        draft.output.profile = Profile::ToSrgb;
    })],
};

pub(super) static TO_COLORSPACE: Definition = Definition {
    name: "to_colorspace",
    doc: "Colours are converted. `cmyk` has no effect.",
    forms: &[Form::new(
        IMAGOR,
        &[optional("name", Values::Word(&["srgb", "p3", "cmyk"]), "srgb", "Which colours")],
        "to_colorspace(p3)",
        |call, draft| match call.word("name") {
            Some("cmyk") => draft.ignore(call.definition.name),
            Some("p3") => draft.output.profile = Profile::DisplayP3,
            _ => draft.output.profile = Profile::ToSrgb,
        },
    )],
};

pub(super) static LOSSLESS: Definition = Definition {
    name: "lossless",
    doc: "No loss, in formats that can be either.",
    forms: &[Form::new(IMAGOR, &[], "lossless()", |_, draft| {
        draft.output.lossless = true;
    })],
};

pub(super) static PALETTE: Definition = Definition {
    name: "palette",
    doc: "PNG with at most 256 colours.",
    forms: &[Form::new(IMAGOR, &[], "palette()", |_, draft| {
        draft.output.palette = Some(PaletteColours::MOST);
    })],
};

/// No effect here; the name is listed with the other ignored ones.
pub(super) fn nothing(call: &Call, draft: &mut Draft<'_>) {
    draft.ignore(call.definition.name);
}

static NUMBER: [Parameter; 1] = [required("n", Values::Integer(0, i32::MAX), "A number")];

pub(super) static BITDEPTH: Definition = Definition {
    name: "bitdepth",
    doc: "Bits of a channel. It has no effect.",
    forms: &[Form::new(IMAGOR, &NUMBER, "bitdepth(8)", nothing)],
};

pub(super) static COMPRESSION: Definition = Definition {
    name: "compression",
    doc: "How hard PNG is compressed. It has no effect.",
    forms: &[Form::new(IMAGOR, &NUMBER, "compression(9)", nothing)],
};

pub(super) static DPI: Definition = Definition {
    name: "dpi",
    doc: "Resolution of documents and drawings. It has no effect.",
    forms: &[Form::new(IMAGOR, &NUMBER, "dpi(150)", nothing)],
};

pub(super) static COVER: Definition = Definition {
    name: "cover",
    doc: "Only the first frame of an animation.",
    forms: &[Form::new(THUMBOR, &[], "cover()", |_, draft| {
        draft.frames = FrameRange::FIRST;
    })],
};

pub(super) static MAX_FRAMES: Definition = Definition {
    name: "max_frames",
    doc: "Only the first frames of an animation.",
    forms: &[Form::new(IMAGOR, &[required("n", FROM_1, "How many")], "max_frames(1)", |call, draft| {
        draft.only_frames(call.natural("n").unwrap_or(1));
    })],
};

pub(super) static PAGE: Definition = Definition {
    name: "page",
    doc: "One frame of an animation, or page of a document.",
    forms: &[Form::new(IMAGOR, &[required("n", FROM_1, "Which, from 1")], "page(2)", |call, draft| {
        let first = call.natural("n").unwrap_or(1) - 1;
        draft.frames = FrameRange { first, ..FrameRange::FIRST };
    })],
};
