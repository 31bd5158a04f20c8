//! Filters that decide how a result is encoded.

use lightmill_recipe::{Format, FrameRange, Frames, Metadata, PaletteColours, PictureOutput, Profile, QualityRule};

use super::definition::{BOTH, IMAGOR, THUMBOR, optional, required};
use super::{Argument, Call, Definition, Form, Parameter, Values};
use crate::thumbor::lower::Draft;
use crate::thumbor::say::{Said, Writer, integer, once};

const FROM_1: Values = Values::Integer(1, i32::MAX);

pub(super) static QUALITY: Definition = Definition {
    name: "quality",
    doc: "Quality of lossy formats, 1 to 100; numbers outside are moved there.",
    forms: &[
        Form::new(THUMBOR, &QUALITY_PARAMETERS, "quality(50)", |call, draft| {
            draft.output.lossless |= call.integer("n").is_some_and(|n| n >= 100);
            quality(call, draft);
        })
        .setting(|writer| {
            let lossless = writer.output().is_some_and(|output| output.lossless);
            let mut said = say_quality(writer);
            // Without loss at another quality: only 100 says the one, and only what follows says the other.
            if lossless && said != [[Argument::Integer(100)]] {
                said.insert(0, vec![Argument::Integer(100)]);
            }
            said
        })
        .doc("100 is WebP without loss."),
        Form::new(IMAGOR, &QUALITY_PARAMETERS, "quality(50)", quality).setting(say_quality),
    ],
};
static QUALITY_PARAMETERS: [Parameter; 1] = [required("n", Values::Integer(0, i32::MAX), "Quality")];

fn quality(call: &Call, draft: &mut Draft<'_>) {
    if let Some(n) = call.integer("n") {
        draft.output.quality.rule = QualityRule::Absolute(n.clamp(1, 100) as u8);
    }
}

fn say_quality(writer: &Writer<'_>) -> Vec<Said> {
    match writer.output().map(|output| output.quality.rule) {
        Some(QualityRule::Absolute(number)) => vec![vec![Argument::Integer(number.into())]],
        _ => Vec::new(),
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
        )
        .setting(|writer| say_format(writer, "heic")),
        Form::new(
            IMAGOR,
            &[required(
                "name",
                Values::Word(&["jpeg", "jpg", "png", "gif", "webp", "avif", "heif", "jp2", "jxl", "tiff"]),
                "In lower case; `jp2` is not written",
            )],
            "format(webp)",
            format,
        )
        .setting(|writer| say_format(writer, "heif")),
    ],
};

fn format(call: &Call, draft: &mut Draft<'_>) {
    match call.word("name").and_then(Format::from_name) {
        Some(format) => draft.output.format = Some(format),
        None => draft.ignore(call.definition.name),
    }
}

/// `heif`: the word for that format.
fn say_format(writer: &Writer<'_>, heif: &'static str) -> Vec<Said> {
    let format = writer.output().and_then(|output| output.format);
    let word = format.map(|format| if format == Format::Heic { heif } else { format.name() });
    word.map(|word| vec![Argument::Word(word)]).into_iter().collect()
}

pub(super) static MAX_BYTES: Definition = Definition {
    name: "max_bytes",
    doc: "Quality is lowered until the result has no more bytes than this, or is as low as it goes.",
    forms: &[Form::new(BOTH, &[required("n", FROM_1, "Bytes")], "max_bytes(40000)", |call, draft| {
        draft.output.max_bytes = call.natural("n").map(u64::from);
    })
    .setting(|writer| {
        let bytes = writer.output().and_then(|output| output.max_bytes);
        let bytes = bytes.and_then(|bytes| integer(u32::try_from(bytes).ok()?));
        bytes.map(|bytes| vec![bytes]).into_iter().collect()
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
        .setting(|writer| {
            // A mount that negotiates may have chosen the same.
            let chosen = |output: &PictureOutput| output.preferred == [Format::Jpeg];
            once(writer.output().is_some_and(chosen) && writer.options.negotiate.is_empty())
        })
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
    forms: &[Form::new(BOTH, &[], "strip_exif()", strip)
        .setting(|writer| once(writer.output().is_some_and(|output| output.metadata == Some(Metadata::Drop))))],
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
    })
    .setting(|writer| once(writer.output().is_some_and(|output| output.profile == Profile::ToSrgb)))],
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
    )
    .setting(|writer| {
        let wide = writer.output().is_some_and(|output| output.profile == Profile::DisplayP3);
        if wide { vec![vec![Argument::Word("p3")]] } else { Vec::new() }
    })],
};

pub(super) static LOSSLESS: Definition = Definition {
    name: "lossless",
    doc: "No loss, in formats that can be either.",
    forms: &[Form::new(IMAGOR, &[], "lossless()", |_, draft| {
        draft.output.lossless = true;
    })
    .setting(|writer| once(writer.output().is_some_and(|output| output.lossless)))],
};

pub(super) static PALETTE: Definition = Definition {
    name: "palette",
    doc: "PNG with at most 256 colours.",
    forms: &[Form::new(IMAGOR, &[], "palette()", |_, draft| {
        draft.output.palette = Some(PaletteColours::MOST);
    })
    .setting(|writer| once(writer.output().is_some_and(|output| output.palette == Some(PaletteColours::MOST))))],
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
    })
    .setting(|writer| once(writer.frames() == Frames::First))],
};

pub(super) static MAX_FRAMES: Definition = Definition {
    name: "max_frames",
    doc: "Only the first frames of an animation.",
    forms: &[Form::new(IMAGOR, &[required("n", FROM_1, "How many")], "max_frames(1)", |call, draft| {
        draft.only_frames(call.natural("n").unwrap_or(1));
    })
    .setting(|writer| match writer.frames() {
        Frames::First => vec![vec![Argument::Integer(1)]],
        Frames::Range(FrameRange { first, count: Some(count) }) if first == 0 || count.get() > 1 => {
            integer(count.get()).map(|count| vec![count]).into_iter().collect()
        }
        _ => Vec::new(),
    })],
};

pub(super) static PAGE: Definition = Definition {
    name: "page",
    doc: "One frame of an animation, or page of a document.",
    forms: &[Form::new(IMAGOR, &[required("n", FROM_1, "Which, from 1")], "page(2)", |call, draft| {
        let first = call.natural("n").unwrap_or(1) - 1;
        draft.frames = FrameRange { first, ..FrameRange::FIRST };
    })
    .setting(|writer| match writer.frames() {
        Frames::Range(FrameRange { first, .. }) if first > 0 => {
            integer(first.saturating_add(1)).map(|page| vec![page]).into_iter().collect()
        }
        _ => Vec::new(),
    })],
};
