//! Filters that change colours, pixel by pixel.

use lightmill_recipe::{ChannelTables, Colour, Modulate, Operation, Saturation, Table};

use super::definition::{IMAGOR, THUMBOR, required};
use super::{Argument, Definition, Form, Parameter, Values};
use crate::thumbor::lower::Draft;
use crate::thumbor::say::{contrast_of, curve_of, decimal, mix_of, parts_of, percents_of, shortest};
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
        .step(|operation| Some(vec![Argument::Integer(percents_of(one_table(operation)?)?)]))
        .doc("What is added is cut to a whole number."),
        Form::new(IMAGOR, &[required("n", PERCENT, "Percent")], "brightness(40)", |call, draft| {
            draft.same(call.decimal("n").map(tables::shifted_by_part));
        })
        .step(|operation| Some(vec![Argument::Decimal(parts_of(one_table(operation)?)?)])),
    ],
};

pub(super) static CONTRAST: Definition = Definition {
    name: "contrast",
    doc: "More or less distance from the middle grey.",
    forms: &[
        Form::new(THUMBOR, &[required("n", ANY_INTEGER, "Percent")], "contrast(-40)", |call, draft| {
            draft.same(call.integer("n").map(tables::contrast));
        })
        .step(|operation| {
            let table = one_table(operation)?;
            // Beyond these every value but 128 is 0 or 255.
            let percent = (-100..=1100).find(|percent| tables::contrast(*percent) == *table)?;
            Some(vec![Argument::Integer(percent)])
        })
        .doc("With k = (n + 100)² / 100, a value c becomes k·(c − 128) / 100 + 128, in whole numbers."),
        Form::new(IMAGOR, &[required("n", PERCENT, "Percent")], "contrast(-40)", |call, draft| {
            draft.same(call.decimal("n").map(tables::contrast_by_part));
        })
        .step(|operation| Some(vec![Argument::Decimal(contrast_of(one_table(operation)?)?)]))
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
        .step(|operation| {
            let [red, green, blue] = three_tables(operation)?.map(percents_of);
            Some([red?, green?, blue?].map(Argument::Integer).to_vec())
        })
        .doc("What is added is cut to a whole number."),
        Form::new(IMAGOR, &CHANNELS, "rgb(20,-20,40)", |call, draft| {
            draft.tables(["r", "g", "b"].map(|name| call.decimal(name).map(tables::shifted_by_part)));
        })
        .step(|operation| {
            let [red, green, blue] = three_tables(operation)?.map(parts_of);
            Some([red?, green?, blue?].map(Argument::Decimal).to_vec())
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
    )
    .step(|operation| {
        let Operation::Tables(tables) = operation else { return None };
        let (percents, [red, green, blue]) = mix_of(tables)?;
        let colour = Argument::Colour(Colour::opaque(red, green, blue));
        Some(percents.map(Argument::Integer).into_iter().chain([colour]).collect())
    })],
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
    .step(|operation| {
        let [red, green, blue] = three_tables(operation)?.map(curve_of);
        Some(vec![Argument::Curves([vec![(0, 0), (255, 255)], red, green, blue])])
    })
    .one_argument()],
};

pub(super) static INVERT: Definition = Definition {
    name: "invert",
    doc: "255 − c for red, green and blue.",
    forms: &[Form::new(IMAGOR, &[], "invert()", |_, draft| draft.same(Some(tables::inverted())))
        .step(|operation| (*one_table(operation)? == tables::inverted()).then(Vec::new))],
};

pub(super) static GRAYSCALE: Definition = Definition {
    name: "grayscale",
    doc: "Grey. Transparency stays.",
    forms: &[
        Form::new(THUMBOR, &[], "grayscale()", |_, draft| draft.step(Operation::Luma))
            .step(|operation| matches!(operation, Operation::Luma).then(Vec::new))
            .doc("Luma of ITU-R BT.601."),
        Form::new(IMAGOR, &[], "grayscale()", |_, draft| draft.step(Operation::Greyscale))
            .step(|operation| matches!(operation, Operation::Greyscale).then(Vec::new))
            .doc("The grey of the same luminance."),
    ],
};

pub(super) static EQUALIZE: Definition = Definition {
    name: "equalize",
    doc: "The histogram of each channel is spread over the whole range.",
    forms: &[Form::new(THUMBOR, &[], "equalize()", |_, draft| {
        draft.step(Operation::Equalize);
    })
    .step(|operation| matches!(operation, Operation::Equalize).then(Vec::new))],
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
        .step(|operation| match operation {
            Operation::Saturation(Saturation { factor }) => Some(vec![decimal(*factor)?]),
            _ => None,
        })
        .doc("Around a grey of the same perceived brightness, √(0.299·r² + 0.587·g² + 0.114·b²)."),
        Form::new(
            IMAGOR,
            &[required("n", ANY, "Percent that are added: 0 changes nothing")],
            "saturation(50)",
            |call, draft| draft.each(call.decimal("n").map(|n| modulate(0.0, n, 0.0))),
        )
        .step(|operation| match modulation(operation)? {
            [lightness, chroma, hue] if (lightness, hue) == (0.0, 0.0) => Some(vec![Argument::Decimal(chroma)]),
            _ => None,
        })
        .doc("In CIE LCh. `saturation(1.8)` is 1.8 percent here."),
    ],
};

pub(super) static HUE: Definition = Definition {
    name: "hue",
    doc: "Turns the hue, in CIE LCh.",
    forms: &[Form::new(IMAGOR, &[required("n", ANY, "Degrees")], "hue(90)", |call, draft| {
        draft.each(call.decimal("n").map(|n| modulate(0.0, 0.0, n)));
    })
    .step(|operation| match modulation(operation)? {
        [lightness, chroma, hue] if (lightness, chroma) == (0.0, 0.0) => Some(vec![Argument::Decimal(hue)]),
        _ => None,
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
    )
    .step(|operation| Some(modulation(operation)?.map(Argument::Decimal).to_vec()))],
};

fn modulate(lightness: f64, chroma: f64, hue: f64) -> Operation {
    Operation::Modulate(Modulate { lightness: factor(lightness), chroma: factor(chroma), hue: hue as f32 })
}

/// The factor of so many percent that are added.
fn factor(percent: f64) -> f32 {
    (1.0 + percent / 100.0).max(0.0) as f32
}

/// Percent of lightness and of chroma that are added, and degrees.
fn modulation(operation: &Operation) -> Option<[f64; 3]> {
    let Operation::Modulate(Modulate { lightness, chroma, hue }) = operation else { return None };
    let percent = |wanted: f32| {
        shortest((f64::from(wanted) - 1.0) * 100.0, |percent| factor(percent).to_bits() == wanted.to_bits())
    };
    let degrees = shortest(f64::from(*hue), |degrees| (degrees as f32).to_bits() == (hue + 0.0).to_bits());
    Some([percent(*lightness)?, percent(*chroma)?, degrees?])
}

/// The table of a step that has the same one for all channels.
fn one_table(operation: &Operation) -> Option<&Table> {
    match operation {
        Operation::Tables(tables) if tables.are_same() => Some(&tables.red),
        _ => None,
    }
}

/// The tables of a step, for red, green and blue.
fn three_tables(operation: &Operation) -> Option<[&Table; 3]> {
    match operation {
        Operation::Tables(ChannelTables { red, green, blue }) => Some([red, green, blue]),
        _ => None,
    }
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
