//! Filters that draw something on a picture.

use lightmill_recipe::{
    Blend, Colour, Edge, Fade, MarkSize, Operation, Paragraph, ParagraphWidth, Position, Stamp, StampMark, StampTiling,
    Text, Wrap,
};

use super::definition::{IMAGOR, THUMBOR, optional, required};
use super::{Argument, Call, Definition, Form, Length, Parameter, Values};
use crate::thumbor::Flavour;
use crate::thumbor::lower::Draft;
use crate::thumbor::say::{Said, Writer, integer};
use crate::{Error, Unsayable};

const ALPHA: Values = Values::Integer(0, i32::MAX);

const fn watermark(image: &'static str) -> [Parameter; 6] {
    [
        required("image", Values::Text, image),
        required("x", Values::Position, "From left to right"),
        required("y", Values::Position, "From top to bottom"),
        required("alpha", ALPHA, "Transparency in percent"),
        optional("w_ratio", Values::Percent, "its own size", "Percent of the picture's width"),
        optional("h_ratio", Values::Percent, "its own size", "Percent of the picture's height"),
    ]
}
static WATERMARK_PARAMETERS: [Parameter; 6] = watermark("Key of the mark, in single quotes where it has commas");
static IMAGOR_WATERMARK_PARAMETERS: [Parameter; 6] = watermark("Key of the mark");

pub(super) static WATERMARK: Definition = Definition {
    name: "watermark",
    doc: "Another picture on top. Both ratios together are a box to fit into.",
    forms: &[
        Form::new(THUMBOR, &WATERMARK_PARAMETERS, "watermark(logo.png,10,-10p,30,20)", read_watermark)
            .mark(say_watermark)
            .doc("Transparency is taken away from the mark's own. Copies of a repeated mark share the remainder as gaps."),
        Form::new(IMAGOR, &IMAGOR_WATERMARK_PARAMETERS, "watermark(logo.png,repeat,bottom,30)", read_watermark)
            .mark(say_watermark)
            .doc("Transparency multiplies the mark's own. Copies of a repeated mark adjoin."),
    ],
};

fn read_watermark(call: &Call, draft: &mut Draft<'_>) {
    let Some(input) = call.text("image").and_then(|key| draft.mark(key)) else {
        draft.ignore(call.definition.name);
        return;
    };
    let size = MarkSize { width: call.natural("w_ratio"), height: call.natural("h_ratio") };
    stamp(call, StampMark::Image(input, size), Blend::Normal, draft);
}

fn say_watermark(operation: &Operation, writer: &Writer<'_>) -> Option<Result<Said, Unsayable>> {
    let (stamp, [x, y, alpha]) = stamped(operation, writer.flavour())?;
    let StampMark::Image(input, size) = &stamp.mark else { return None };
    let whole = writer.flavour() == Flavour::Imagor && *size == MarkSize::default();
    let plain = writer.plain_mark(*input).filter(|_| stamp.blend == Blend::Normal);
    let Some(key) = plain else {
        let problem = Unsayable::new("stamp", "nothing can be done to the picture of a sized mark first");
        // Without a size, `image` says it.
        return (!whole).then_some(Err(problem));
    };
    let ratio = |ratio: Option<u32>| ratio.map_or(Some(Argument::Absent), integer);
    Some(match (ratio(size.width), ratio(size.height)) {
        (Some(width), Some(height)) => Ok(vec![Argument::Text(key), x, y, alpha, width, height]),
        _ => Err(Unsayable::new("stamp", "percent out of the range of the filter")),
    })
}

pub(super) static IMAGE: Definition = Definition {
    name: "image",
    doc: "Another picture on top, with a path of the whole language: `f` in its size is that of the picture below.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("path", Values::Text, "Options and key of the mark"),
            optional("x", Values::Position, "0", "From left to right"),
            optional("y", Values::Position, "0", "From top to bottom"),
            optional("alpha", ALPHA, "0", "Transparency in percent"),
            optional("blend", Values::Word(&BLENDS), "normal", "How colours meet"),
        ],
        "image(/fit-in/100xf-20/filters:grayscale()/logo.png,right-10,center,20,multiply)",
        |call, draft| {
            let Some(input) = call.text("path").and_then(|path| draft.nested_mark(path)) else {
                draft.ignore(call.definition.name);
                return;
            };
            stamp(call, StampMark::Image(input, MarkSize::default()), blend(call), draft);
        },
    )
    .mark(|operation, writer| {
        let (stamp, [x, y, alpha]) = stamped(operation, writer.flavour())?;
        let StampMark::Image(input, MarkSize { width: None, height: None }) = stamp.mark else { return None };
        Some(writer.nested_mark(input).map(|path| vec![Argument::Text(path), x, y, alpha, say_blend(stamp.blend)]))
    })],
};

pub(super) static LABEL: Definition = Definition {
    name: "label",
    doc: "A line of text on top.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("text", Values::Text, "What it says"),
            optional("x", Values::Position, "0", "From left to right"),
            optional("y", Values::Position, "0", "From top to bottom"),
            optional("size", Values::Integer(1, i32::MAX), "20", "Pixels of an em"),
            optional("colour", Values::Colour, "black", "Colour"),
            optional("alpha", ALPHA, "0", "Transparency in percent"),
            optional("font", Values::Text, "sans", "Typeface"),
        ],
        "label(hello,center,bottom,30,red,20)",
        |call, draft| {
            let text = Text {
                content: content(call, draft).replace('\n', " "),
                typeface: call.text("font").unwrap_or("sans").to_owned(),
                size: call.natural("size").unwrap_or(20),
                colour: call.colour("colour").unwrap_or(Colour::BLACK),
                shadow: None,
            };
            stamp(call, StampMark::Text(text), Blend::Normal, draft);
        },
    )
    .mark(|operation, writer| {
        let (stamp, [x, y, alpha]) = stamped(operation, writer.flavour())?;
        let (StampMark::Text(text), Blend::Normal) = (&stamp.mark, stamp.blend) else { return None };
        let Text { content, typeface, size, colour, shadow: None } = text else { return None };
        let font = if typeface == "sans" { Argument::Absent } else { Argument::Text(typeface.clone()) };
        Some(Ok(vec![say_content(content)?, x, y, integer(*size)?, Argument::Colour(*colour), alpha, font]))
    })],
};

pub(super) static TEXT: Definition = Definition {
    name: "text",
    doc: "Text in several lines on top, possibly with Pango's markup.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("text", Values::Text, "What it says; `b64:` and base64url for any letters"),
            optional("x", Values::Position, "0", "From left to right"),
            optional("y", Values::Position, "0", "From top to bottom"),
            optional("font", Values::Text, "sans 20", "Pango font description"),
            optional("colour", Values::Colour, "black", "Colour"),
            optional("alpha", ALPHA, "0", "Transparency in percent"),
            optional("blend", Values::Word(&BLENDS), "normal", "How colours meet"),
            optional("width", Values::Length, "as long as the text", "Where lines break"),
            optional("align", Values::Word(&["low", "centre", "high"]), "low", "On which side lines end"),
            optional("justify", Values::Flag, "false", "Whether lines fill the width"),
            optional("wrap", Values::Word(&["word", "char", "wordchar", "none"]), "word", "Where lines may break"),
            optional("spacing", Values::Integer(i32::MIN, i32::MAX), "0", "Pixels between lines"),
            optional("dpi", Values::Integer(1, 1200), "72", "Dots per inch"),
        ],
        "text(hello world,center,-20,sans bold 24,white,0,normal,80p,centre)",
        |call, draft| {
            let paragraph = Paragraph {
                content: content(call, draft),
                font: call.text("font").unwrap_or("sans 20").to_owned(),
                colour: call.colour("colour").unwrap_or(Colour::BLACK),
                width: call.length("width").map(|length| match length {
                    Length::Pixels(pixels) => ParagraphWidth::Pixels(pixels),
                    Length::Part(part) => ParagraphWidth::Part(part),
                    Length::FullLess(pixels) => ParagraphWidth::FullLess(pixels),
                }),
                alignment: match call.word("align") {
                    Some("centre") => Edge::Middle,
                    Some("high") => Edge::End,
                    _ => Edge::Start,
                },
                justify: call.flag("justify").unwrap_or_default(),
                wrap: match call.word("wrap") {
                    Some("char") => Wrap::Char,
                    Some("wordchar") => Wrap::WordChar,
                    Some("none") => Wrap::None,
                    _ => Wrap::Word,
                },
                spacing: call.integer("spacing").unwrap_or_default(),
                dpi: call.natural("dpi").unwrap_or(72),
            };
            stamp(call, StampMark::Paragraph(paragraph), blend(call), draft);
        },
    )
    .mark(|operation, writer| {
        let (stamp, [x, y, alpha]) = stamped(operation, writer.flavour())?;
        let StampMark::Paragraph(paragraph) = &stamp.mark else { return None };
        let width = paragraph.width.map(|width| match width {
            ParagraphWidth::Pixels(pixels) => Length::Pixels(pixels),
            ParagraphWidth::Part(part) => Length::Part(part),
            ParagraphWidth::FullLess(pixels) => Length::FullLess(pixels),
        });
        let align = match paragraph.alignment {
            Edge::Start => "low",
            Edge::Middle => "centre",
            Edge::End => "high",
        };
        let wrap = match paragraph.wrap {
            Wrap::Word => "word",
            Wrap::Char => "char",
            Wrap::WordChar => "wordchar",
            Wrap::None => "none",
        };
        Some(Ok(vec![
            say_content(&paragraph.content)?,
            x,
            y,
            Argument::Text(paragraph.font.clone()),
            Argument::Colour(paragraph.colour),
            alpha,
            say_blend(stamp.blend),
            width.map_or(Argument::Absent, Argument::Length),
            Argument::Word(align),
            Argument::Flag(paragraph.justify),
            Argument::Word(wrap),
            Argument::Integer(paragraph.spacing),
            integer(paragraph.dpi)?,
        ]))
    })],
};

/// Text as an argument; in base64url where it would be read as that already. An empty one cannot be said.
fn say_content(content: &str) -> Option<Argument> {
    let text = if content.starts_with("b64:") {
        format!("b64:{}", crate::thumbor::url::encode_base64(content))
    } else {
        content.to_owned()
    };
    (!content.is_empty()).then_some(Argument::Text(text))
}

/// The stamp that a step is, and where and how strong: `x`, `y` and `alpha`. `None` for what is no stamp, and for one as
/// the other server draws it.
fn stamped(operation: &Operation, flavour: Flavour) -> Option<(&Stamp, [Argument; 3])> {
    let Operation::Stamp(stamp) = operation else { return None };
    let faded = (flavour, stamp.fade);
    let ((Flavour::Thumbor, Fade::Subtract(alpha)) | (Flavour::Imagor, Fade::Multiply(alpha))) = faded else {
        return None;
    };
    let position = |position: Position| {
        let known = match flavour {
            // Thumbor has no word for the far edge itself, nor for pixels outside of the near one.
            Flavour::Thumbor => match position {
                Position::Start(pixels) => pixels >= 0,
                Position::End(pixels) => pixels < 0,
                Position::Part(_) => false,
                _ => true,
            },
            Flavour::Imagor => !matches!(position, Position::Percent(_)),
        };
        known.then_some(Argument::Position(position))
    };
    Some((stamp, [position(stamp.x)?, position(stamp.y)?, Argument::Integer(alpha.into())]))
}

/// The text of a mark, without control characters but line feeds.
fn content(call: &Call, draft: &mut Draft<'_>) -> String {
    let text = call.text("text").unwrap_or_default();
    let decoded = text.strip_prefix("b64:").and_then(crate::thumbor::url::decode_base64);
    let text = decoded.unwrap_or_else(|| text.to_owned());
    let limit = Error::limit("characters of a text", text.chars().count(), draft.options.max_text_characters);
    draft.refuse_if(limit);
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

fn stamp(call: &Call, mark: StampMark, blend: Blend, draft: &mut Draft<'_>) {
    let alpha = call.percent("alpha").unwrap_or_default();
    let (tiling, fade) = match draft.options.flavour {
        Flavour::Thumbor => (StampTiling::Spread, Fade::Subtract(alpha)),
        Flavour::Imagor => (StampTiling::Adjoining, Fade::Multiply(alpha)),
    };
    let [x, y] = ["x", "y"].map(|name| call.position(name).unwrap_or(Position::Start(0)));
    draft.step(Operation::Stamp(Stamp { mark, x, y, tiling, fade, blend }));
}

static BLENDS: [&str; 15] = {
    let mut words = [""; 15];
    let mut index = 0;
    while index < words.len() {
        words[index] = BLEND_WORDS[index].0;
        index += 1;
    }
    words
};

const BLEND_WORDS: [(&str, Blend); 15] = [
    ("normal", Blend::Normal),
    ("multiply", Blend::Multiply),
    ("color-burn", Blend::ColorBurn),
    ("darken", Blend::Darken),
    ("screen", Blend::Screen),
    ("color-dodge", Blend::ColorDodge),
    ("lighten", Blend::Lighten),
    ("add", Blend::Add),
    ("overlay", Blend::Overlay),
    ("soft-light", Blend::SoftLight),
    ("hard-light", Blend::HardLight),
    ("difference", Blend::Difference),
    ("exclusion", Blend::Exclusion),
    ("mask", Blend::Mask),
    ("mask-out", Blend::MaskOut),
];

fn blend(call: &Call) -> Blend {
    let word = call.word("blend").unwrap_or("normal");
    BLEND_WORDS.iter().find(|(name, _)| *name == word).map_or(Blend::Normal, |(_, blend)| *blend)
}

fn say_blend(wanted: Blend) -> Argument {
    match BLEND_WORDS.iter().find(|(_, blend)| *blend == wanted) {
        Some((word, _)) if wanted != Blend::Normal => Argument::Word(word),
        _ => Argument::Absent,
    }
}
