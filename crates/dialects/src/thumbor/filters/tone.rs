//! Filters that change colours, pixel by pixel.

use lightmill_recipe::{ChannelTables, Modulate, Operation, Saturation, Table};

use super::definition::{IMAGOR, THUMBOR, required};
use super::{Argument, Definition, Form, Parameter, Values};
use crate::thumbor::lower::Draft;
use crate::thumbor::{spline, tables};

const ANY_INTEGER: Values = Values::Integer(i32::MIN, i32::MAX);
const ANY: Values = Values::Decimal(f64::NEG_INFINITY, f64::INFINITY);
const PERCENT: Values = Values::Decimal(-100.0, 100.0);

pub(super) static BRIGHTNESS: Definition = Definition {
    name: "brightness",
    doc: "Lighter or darker: 255·n / 100 is added to red, green and blue.",
    forms: &[
        Form::new(THUMBOR, &[required("n", ANY_INTEGER, "Percent")], "brightness(40)", |call, draft| {
            draft.same(call.integer("n").map(tables::shifted));
        })
        .doc("What is added is cut to a whole number."),
        Form::new(IMAGOR, &[required("n", PERCENT, "Percent")], "brightness(40)", |call, draft| {
            draft.same(call.decimal("n").map(tables::shifted_by_part));
        }),
    ],
};

pub(super) static CONTRAST: Definition = Definition {
    name: "contrast",
    doc: "More or less distance from the middle grey.",
    forms: &[
        Form::new(THUMBOR, &[required("n", ANY_INTEGER, "Percent")], "contrast(-40)", |call, draft| {
            draft.same(call.integer("n").map(tables::contrast));
        })
        .doc("With k = (n + 100)² / 100, a value c becomes k·(c − 128) / 100 + 128, in whole numbers."),
        Form::new(IMAGOR, &[required("n", PERCENT, "Percent")], "contrast(-40)", |call, draft| {
            draft.same(call.decimal("n").map(tables::contrast_by_part));
        })
        .doc("With a = 2.55·n, the factor is 259·(a + 255) / (255·(259 − a))."),
    ],
};

const fn channels(values: Values) -> [Parameter; 3] {
    [required("r", values, "Percent for red"), required("g", values, "for green"), required("b", values, "for blue")]
}
static WHOLE_CHANNELS: [Parameter; 3] = channels(ANY_INTEGER);
static CHANNELS: [Parameter; 3] = channels(PERCENT);

pub(super) static RGB: Definition = Definition {
    name: "rgb",
    doc: "255·percent / 100 is added to each channel.",
    forms: &[
        Form::new(THUMBOR, &WHOLE_CHANNELS, "rgb(20,-20,40)", |call, draft| {
            draft.tables(["r", "g", "b"].map(|name| call.integer(name).map(tables::shifted)));
        })
        .doc("What is added is cut to a whole number."),
        Form::new(IMAGOR, &CHANNELS, "rgb(20,-20,40)", |call, draft| {
            draft.tables(["r", "g", "b"].map(|name| call.decimal(name).map(tables::shifted_by_part)));
        }),
    ],
};

pub(super) static COLORIZE: Definition = Definition {
    name: "colorize",
    doc: "Each channel is mixed with that of a colour: (c·(100 − p) + colour·p) / 100, in whole numbers.",
    forms: &[Form::new(
        THUMBOR,
        &[
            required("r", Values::Integer(0, i32::MAX), "Percent for red"),
            required("g", Values::Integer(0, i32::MAX), "for green"),
            required("b", Values::Integer(0, i32::MAX), "for blue"),
            required("colour", Values::Hexadecimal, "The colour"),
        ],
        "colorize(40,20,10,00ff00)",
        |call, draft| {
            let Some(colour) = call.colour("colour") else { return };
            let channels = [("r", colour.red), ("g", colour.green), ("b", colour.blue)];
            draft.tables(
                channels.map(|(name, colour)| call.integer(name).map(|percent| tables::mixed(percent, colour))),
            );
        },
    )],
};

pub(super) static CURVE: Definition = Definition {
    name: "curve",
    doc: "A natural cubic spline through points, for all channels and for each of them; the channel's own comes first.",
    forms: &[Form::new(
        THUMBOR,
        &[required("curves", Values::Curves, "All, red, green, blue")],
        "curve([(0,0),(255,255)],[(0,50),(255,255)],[(0,0),(255,255)],[(0,0),(128,100),(255,255)])",
        |call, draft| {
            let Argument::Curves([all, red, green, blue]) = call.get("curves") else { return };
            let all = spline::table(all);
            draft.tables([red, green, blue].map(|points| Some(spline::table(points).then(&all))));
        },
    )
    .one_argument()],
};

pub(super) static INVERT: Definition = Definition {
    name: "invert",
    doc: "255 − c for red, green and blue.",
    forms: &[Form::new(IMAGOR, &[], "invert()", |_, draft| draft.same(Some(tables::inverted())))],
};

pub(super) static GRAYSCALE: Definition = Definition {
    name: "grayscale",
    doc: "Grey. Transparency stays.",
    forms: &[
        Form::new(THUMBOR, &[], "grayscale()", |_, draft| draft.step(Operation::Luma)).doc("Luma of ITU-R BT.601."),
        Form::new(IMAGOR, &[], "grayscale()", |_, draft| draft.step(Operation::Greyscale))
            .doc("The grey of the same luminance."),
    ],
};

pub(super) static EQUALIZE: Definition = Definition {
    name: "equalize",
    doc: "The histogram of each channel is spread over the whole range.",
    forms: &[Form::new(THUMBOR, &[], "equalize()", |_, draft| {
        draft.step(Operation::Equalize);
    })],
};

pub(super) static SATURATION: Definition = Definition {
    name: "saturation",
    doc: "Colours stronger or weaker.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required("factor", ANY, "1 changes nothing, 0 is grey")],
            "saturation(1.8)",
            |call, draft| {
                draft.each(
                    call.decimal("factor").map(|factor| Operation::Saturation(Saturation { factor: factor as f32 })),
                );
            },
        )
        .doc("Around a grey of the same perceived brightness, √(0.299·r² + 0.587·g² + 0.114·b²)."),
        Form::new(
            IMAGOR,
            &[required("n", ANY, "Percent that are added: 0 changes nothing")],
            "saturation(50)",
            |call, draft| draft.each(call.decimal("n").map(|n| modulate(0.0, n, 0.0))),
        )
        .doc("In CIE LCh. `saturation(1.8)` is 1.8 percent here."),
    ],
};

pub(super) static HUE: Definition = Definition {
    name: "hue",
    doc: "Turns the hue, in CIE LCh.",
    forms: &[Form::new(IMAGOR, &[required("n", ANY, "Degrees")], "hue(90)", |call, draft| {
        draft.each(call.decimal("n").map(|n| modulate(0.0, 0.0, n)));
    })],
};

pub(super) static MODULATE: Definition = Definition {
    name: "modulate",
    doc: "Brightness, saturation and hue at once, in CIE LCh.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("brightness", ANY, "Percent that are added"),
            required("saturation", ANY, "Percent that are added"),
            required("hue", ANY, "Degrees"),
        ],
        "modulate(25,25,90)",
        |call, draft| {
            let [brightness, saturation, hue] =
                ["brightness", "saturation", "hue"].map(|name| call.decimal(name).unwrap_or_default());
            draft.step(modulate(brightness, saturation, hue));
        },
    )],
};

fn modulate(lightness: f64, chroma: f64, hue: f64) -> Operation {
    let factor = |percent: f64| (1.0 + percent / 100.0).max(0.0) as f32;
    Operation::Modulate(Modulate { lightness: factor(lightness), chroma: factor(chroma), hue: hue as f32 })
}

impl Draft<'_> {
    /// The same table for all channels.
    fn same(&mut self, table: Option<Table>) {
        self.each(table.map(|table| Operation::Tables(ChannelTables::same(table))));
    }

    /// A table for each channel.
    fn tables(&mut self, tables: [Option<Table>; 3]) {
        let [Some(red), Some(green), Some(blue)] = tables else { return };
        self.step(Operation::Tables(ChannelTables { red, green, blue }));
    }
}
