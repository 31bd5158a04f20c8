//! Edits that say how the result is encoded.

use lightmill_recipe::{Format, Frames, Metadata};

use super::super::lower::Draft;
use super::super::{Definition, Error, FormatWish};
use crate::sharp::{Parameter, Takes, Value, optional};

const QUALITY_OF: Takes = Takes::Integer(1, 100);
const NO_EFFECT: &str = "Of no effect";

/// A member that has no counterpart here; requests that use it are told.
const fn passed_over(name: &'static str, takes: Takes) -> Parameter {
    optional(name, takes, "the encoder's own", NO_EFFECT)
}

pub(super) static ANIMATED: Definition = Definition {
    name: "animated",
    aliases: &[],
    doc: "Whether all frames of an animation are read, or only the first. All are, if nothing is said.",
    example: "false",
    takes: Takes::Flag,
    lower: |value, draft| {
        draft.frames = if *value == Value::Flag(false) { Frames::First } else { Frames::All };
        Ok(())
    },
};

pub(super) static TO_FORMAT: Definition = Definition {
    name: "toFormat",
    aliases: &[],
    doc: "The format of the result, before every other wish. `auto` is the best of AVIF and WebP that the client names.",
    example: "\"webp\"",
    takes: Takes::Text(16),
    lower: |value, draft| {
        draft.to_format = Some(FormatWish::read(value.text().unwrap_or_default())?);
        Ok(())
    },
};

pub(super) static QUALITY: Definition = Definition {
    name: "quality",
    aliases: &[],
    doc: "The encoder's quality, whatever the format; that of a format's own edit goes before. In a PNG it is a palette.",
    example: "70",
    takes: QUALITY_OF,
    lower: |value, draft| {
        draft.quality = value.number().map(|quality| quality as u8);
        Ok(())
    },
};

/// The format is asked for, with these parameters.
#[expect(clippy::unnecessary_wraps, reason = "edits are lowered by functions of one type")]
fn encoder(format: Format, value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    if *value != Value::Flag(false) {
        draft.encoders.retain(|(other, _)| *other != format);
        draft.encoders.push((format, value.clone()));
    }
    Ok(())
}

pub(super) static JPEG: Definition = Definition {
    name: "jpeg",
    aliases: &["jpg"],
    doc: "The result is a JPEG, unless another format is asked for.",
    example: r#"{"quality":60,"progressive":true}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("quality", QUALITY_OF, "80", "Quality"),
            optional("progressive", Takes::Flag, "`false`", "Several scans"),
            optional("mozjpeg", Takes::Flag, "`false`", "A smaller file for more time"),
            passed_over("chromaSubsampling", Takes::Word(&["4:2:0", "4:4:4"])),
            passed_over("trellisQuantisation", Takes::Flag).or("trellisQuantization"),
            passed_over("overshootDeringing", Takes::Flag),
            passed_over("optimiseScans", Takes::Flag).or("optimizeScans"),
            passed_over("optimiseCoding", Takes::Flag).or("optimizeCoding"),
            passed_over("quantisationTable", Takes::Integer(0, 8)).or("quantizationTable"),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::Jpeg, value, draft),
};

pub(super) static PNG: Definition = Definition {
    name: "png",
    aliases: &[],
    doc: "The result is a PNG, unless another format is asked for. `palette`, `quality`, `colours` and `dither` ask for a palette.",
    example: r#"{"palette":true,"colours":64}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("palette", Takes::Flag, "`false`", "A palette"),
            optional("colours", Takes::Integer(2, 256), "256", "Its colours at most").or("colors"),
            optional("quality", Takes::Integer(0, 100), "100", "A palette; the number itself is of no effect"),
            optional("dither", Takes::Number(0.0, 1.0), "1", "A palette; the number itself is of no effect"),
            passed_over("progressive", Takes::Flag),
            passed_over("compressionLevel", Takes::Integer(0, 9)),
            passed_over("adaptiveFiltering", Takes::Flag),
            passed_over("effort", Takes::Integer(1, 10)),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::Png, value, draft),
};

pub(super) static WEBP: Definition = Definition {
    name: "webp",
    aliases: &[],
    doc: "The result is a WebP, unless another format is asked for.",
    example: r#"{"quality":60,"effort":6}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("quality", QUALITY_OF, "80", "Quality"),
            optional("lossless", Takes::Flag, "`false`", "No loss"),
            optional("effort", Takes::Integer(0, 6), "4", "5 and 6: a smaller file for more time")
                .or("reductionEffort"),
            passed_over("alphaQuality", Takes::Integer(0, 100)),
            passed_over("nearLossless", Takes::Flag),
            passed_over("smartSubsample", Takes::Flag),
            passed_over("smartDeblock", Takes::Flag),
            passed_over("preset", Takes::Word(&["default", "photo", "picture", "drawing", "icon", "text"])),
            passed_over("loop", Takes::Integer(0, 65_535)),
            passed_over("delay", Takes::Any(&[Takes::Integer(0, 65_535), Takes::Numbers(1, 500)])),
            passed_over("minSize", Takes::Flag),
            passed_over("mixed", Takes::Flag),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::WebP, value, draft),
};

pub(super) static GIF: Definition = Definition {
    name: "gif",
    aliases: &[],
    doc: "The result is a GIF, unless another format is asked for.",
    example: "true",
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            passed_over("reuse", Takes::Flag),
            passed_over("progressive", Takes::Flag),
            passed_over("colours", Takes::Integer(2, 256)).or("colors"),
            passed_over("effort", Takes::Integer(1, 10)),
            passed_over("dither", Takes::Number(0.0, 1.0)),
            passed_over("interFrameMaxError", Takes::Number(0.0, 32.0)),
            passed_over("interPaletteMaxError", Takes::Number(0.0, 256.0)),
            passed_over("keepDuplicateFrames", Takes::Flag),
            passed_over("loop", Takes::Integer(0, 65_535)),
            passed_over("delay", Takes::Any(&[Takes::Integer(0, 65_535), Takes::Numbers(1, 500)])),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::Gif, value, draft),
};

pub(super) static AVIF: Definition = Definition {
    name: "avif",
    aliases: &["heif"],
    doc: "The result is an AVIF, unless another format is asked for. HEIF is written with AV1 only.",
    example: r#"{"quality":45,"effort":5}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("quality", QUALITY_OF, "50", "Quality"),
            optional("effort", Takes::Integer(0, 9), "4", "5 to 9: a smaller file for more time"),
            optional("compression", Takes::Word(&["av1"]), "`av1`", "The codec"),
            optional("bitdepth", Takes::Integer(8, 8), "8", "Bits of a channel"),
            optional("lossless", Takes::Flag, "`false`", "No loss, where the encoder has it"),
            passed_over("chromaSubsampling", Takes::Word(&["4:2:0", "4:4:4"])),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::Avif, value, draft),
};

pub(super) static TIFF: Definition = Definition {
    name: "tiff",
    aliases: &[],
    doc: "The result is a TIFF, unless another format is asked for.",
    example: "true",
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            passed_over("quality", QUALITY_OF),
            passed_over(
                "compression",
                Takes::Word(&["none", "jpeg", "deflate", "packbits", "ccittfax4", "lzw", "webp", "zstd", "jp2k"]),
            ),
            passed_over("predictor", Takes::Word(&["none", "horizontal", "float"])),
            passed_over("pyramid", Takes::Flag),
            passed_over("tile", Takes::Flag),
            passed_over("tileWidth", Takes::Integer(1, 65_535)),
            passed_over("tileHeight", Takes::Integer(1, 65_535)),
            passed_over("xres", Takes::Number(0.0, 1e6)),
            passed_over("yres", Takes::Number(0.0, 1e6)),
            passed_over("resolutionUnit", Takes::Word(&["inch", "cm"])),
            passed_over("bitdepth", Takes::Integer(1, 8)),
            passed_over("miniswhite", Takes::Flag),
            passed_over("bigtiff", Takes::Flag),
            passed_over("force", Takes::Flag),
        ]),
    ]),
    lower: |value, draft| encoder(Format::Tiff, value, draft),
};

pub(super) static STRIP_EXIF: Definition = Definition {
    name: "stripExif",
    aliases: &[],
    doc: "Without metadata; the picture is upright.",
    example: "true",
    takes: Takes::Flag,
    lower: strip,
};

pub(super) static STRIP_ICC: Definition = Definition {
    name: "stripIcc",
    aliases: &[],
    doc: "Without a colour profile: results are sRGB and have none anyway.",
    example: "true",
    takes: Takes::Flag,
    lower: |_, _| Ok(()),
};

#[expect(clippy::unnecessary_wraps, reason = "edits are lowered by functions of one type")]
fn strip(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    if *value == Value::Flag(true) {
        draft.orientation = lightmill_recipe::Orientation::Apply;
        draft.metadata = Some(Metadata::Drop);
    }
    Ok(())
}
