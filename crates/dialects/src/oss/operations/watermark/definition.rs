use super::{read, say};
use crate::oss::definition::{Definition, Origin, Parameter, Say, Values};

/// Where a mark may lie; `center` has two spellings, and each corner a short and a long name.
const GRAVITIES: &[&str] = &[
    "nw",
    "north",
    "ne",
    "west",
    "center",
    "east",
    "sw",
    "south",
    "se",
    "centre",
    "northwest",
    "northeast",
    "southwest",
    "southeast",
];

pub(in crate::oss::operations) static DEFINITION: Definition = Definition {
    name: "watermark",
    aliases: &[],
    doc: "Text, a picture or both drawn on top. At least one of `text` and `image` is given; with both they lie side by \
          side.",
    origin: Origin::Official,
    example: "watermark,text_SGVsbG8,g_se,x_10,y_10",
    parameters: &[
        Parameter {
            name: "text",
            doc: "One line of text, without control characters; the mount limits its length",
            values: Values::Base64("the text"),
            default: "–",
            refusal: None,
        },
        Parameter {
            name: "image",
            doc: "A picture of the same source. Behind its key may stand `?x-oss-process=image/` with the actions \
                  `resize` (also with `P`), `crop`, `indexcrop`, `circle`, `rounded-corners`, `rotate`, `blur`, \
                  `bright`, `contrast` and `auto-orient`",
            values: Values::Base64("the picture's key"),
            default: "–",
            refusal: None,
        },
        Parameter {
            name: "type",
            doc: "Typeface: `wqy-zenhei`, `wqy-microhei`, `fangzhengshusong`, `fangzhengkaiti`, `fangzhengheiti`, \
                  `fangzhengfangsong` or `droidsansfallback`; the flavours `wchaws` and `keithyt06` also know \
                  `FZHei-B01` as the default's name",
            values: Values::Base64("the typeface's name"),
            default: "`wqy-zenhei`",
            refusal: None,
        },
        Parameter {
            name: "size",
            doc: "Size of the text in pixels",
            values: Values::Integer(1, 1000),
            default: "40",
            refusal: Some("Watermark param 'size' must be between 0 and 4096"),
        },
        Parameter {
            name: "color",
            doc: "Colour of the text",
            values: Values::OpaqueColour,
            default: "000000",
            refusal: None,
        },
        Parameter {
            name: "shadow",
            doc: "Opacity of a copy of the text two pixels to the lower right, in percent; 0: none",
            values: Values::Integer(0, 100),
            default: "0",
            refusal: Some("Watermark param 'shadow' must be between 0 and 100"),
        },
        Parameter {
            name: "halo",
            doc: "Colour of the shadow (extension)",
            values: Values::OpaqueColour,
            default: "000000",
            refusal: None,
        },
        Parameter {
            name: "t",
            doc: "Opacity of the mark in percent",
            values: Values::Integer(0, 100),
            default: "100",
            refusal: None,
        },
        Parameter {
            name: "g",
            doc: "Where the mark lies",
            values: Values::Word(GRAVITIES),
            default: "se",
            refusal: Some(
                "Watermark param 'g' must be in 'north', 'west', 'east', 'south', 'center', 'centre', 'southeast', \
                 'southwest', 'northwest'",
            ),
        },
        Parameter {
            name: "x",
            doc: "Pixels between the mark and the left or right edge",
            values: Values::Integer(0, 4096),
            default: "10; in the flavours `wchaws` and `keithyt06` 5",
            refusal: Some("Watermark param 'x' must be between 0 and 4096"),
        },
        Parameter {
            name: "y",
            doc: "Pixels between the mark and the upper or lower edge",
            values: Values::Integer(0, 4096),
            default: "10; in the flavours `wchaws` and `keithyt06` 5",
            refusal: Some("Watermark param 'y' must be between 0 and 4096"),
        },
        Parameter {
            name: "voffset",
            doc: "Pixels downwards from the middle line, for `west`, `center` and `east`",
            values: Values::Integer(-1000, 1000),
            default: "0",
            refusal: Some("Watermark param 'voffset' must be between -1000 and 1000"),
        },
        Parameter {
            name: "rotate",
            doc: "Clockwise rotation of the mark in degrees",
            values: Values::Integer(0, 360),
            default: "0",
            refusal: Some("Watermark param 'rotate' must be between 0 and 360"),
        },
        Parameter {
            name: "fill",
            doc: "`1`: the mark is repeated over the whole picture",
            values: Values::Word(&["0", "1"]),
            default: "0",
            refusal: Some("Watermark param 'fill' must be 0 or 1"),
        },
        Parameter {
            name: "padx",
            doc: "Pixels between columns of repeated marks",
            values: Values::Integer(0, 4096),
            default: "0",
            refusal: None,
        },
        Parameter {
            name: "pady",
            doc: "Pixels between rows of repeated marks",
            values: Values::Integer(0, 4096),
            default: "0",
            refusal: None,
        },
        Parameter {
            name: "auto",
            doc: "`1`: a mark larger than the picture is shrunk to fit; `0`: it is cut (extension)",
            values: Values::Word(&["0", "1"]),
            default: "0",
            refusal: Some("Watermark param 'auto' must be 0 or 1"),
        },
        Parameter {
            name: "order",
            doc: "With text and picture: `0`: the picture is on the left; `1`: the text",
            values: Values::Word(&["0", "1"]),
            default: "0",
            refusal: None,
        },
        Parameter {
            name: "align",
            doc: "With text and picture: `0`: upper edges, `1`: middles, `2`: lower edges on one line",
            values: Values::Word(&["0", "1", "2"]),
            default: "0",
            refusal: None,
        },
        Parameter {
            name: "interval",
            doc: "With text and picture: pixels between them",
            values: Values::Integer(0, 1000),
            default: "0",
            refusal: Some("Watermark param 'interval' must be between 0 and 1000"),
        },
    ],
    for_marks: false,
    usage: "Watermark param 'text' and 'image' should not be empty at the same time",
    read: read::read,
    say: Say::Step(say::say),
};
