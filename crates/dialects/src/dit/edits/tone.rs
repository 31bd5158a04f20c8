//! Edits of tone and colour.

use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{Clahe, LchModulate, Normalise, Recomb};

use super::super::lower::Draft;
use super::super::{Definition, Error};
use crate::sharp::{Stage, Takes, Value, optional, required, steps};

pub(super) static GREYSCALE: Definition = Definition {
    name: "greyscale",
    aliases: &["grayscale"],
    doc: "Luma only.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        if *value == Value::Flag(true) {
            draft.pipeline.set(Stage::Greyscale, steps::greyscale());
        }
        Ok(())
    },
};

pub(super) static TINT: Definition = Definition {
    name: "tint",
    aliases: &[],
    doc: "The chroma of this colour, with the picture's own lightness.",
    example: r#"{"r":200,"g":150,"b":80}"#,
    takes: Takes::Colour,
    lower: |value, draft| {
        if let Some(colour) = value.colour() {
            draft.pipeline.set(Stage::Tint, Operation::Tint(colour));
        }
        Ok(())
    },
};

pub(super) static MODULATE: Definition = Definition {
    name: "modulate",
    aliases: &[],
    doc: "Lightness, chroma and hue in CIE LCh.",
    example: r#"{"brightness":1.4,"saturation":0.5,"hue":90}"#,
    takes: Takes::Object(&[
        optional("brightness", Takes::Number(0.0, 1_000_000.0), "1", "Factor of lightness"),
        optional("saturation", Takes::Number(0.0, 1_000_000.0), "1", "Factor of chroma"),
        optional("hue", Takes::Integer(i32::MIN as i64, i32::MAX as i64), "0", "Degrees, added"),
        optional("lightness", Takes::Number(-1000.0, 1000.0), "0", "Added to lightness, which is 0 to 100"),
    ]),
    lower: |value, draft| {
        let number = |name, default| value.number_or(name, default);
        let (brightness, saturation) = (number("brightness", 1.0), number("saturation", 1.0));
        let (hue, lightness) = (number("hue", 0.0).rem_euclid(360.0), number("lightness", 0.0));
        let modulate = steps::modulate(LchModulate { brightness, saturation, hue, lightness });
        draft.pipeline.set(Stage::Modulate, modulate);
        Ok(())
    },
};

pub(super) static GAMMA: Definition = Definition {
    name: "gamma",
    aliases: &[],
    doc: "The resize is done on values to the power of this, and back; `true` is 2.2.",
    example: "2.2",
    takes: Takes::Any(&[Takes::True, Takes::Number(1.0, 3.0)]),
    lower: |value, draft| {
        let gamma = value.number().unwrap_or(2.2);
        draft.pipeline.set(Stage::GammaIn, steps::power(gamma));
        draft.pipeline.set(Stage::GammaOut, steps::power(1.0 / gamma));
        Ok(())
    },
};

pub(super) static NEGATE: Definition = Definition {
    name: "negate",
    aliases: &[],
    doc: "The inverse of each channel.",
    example: r#"{"alpha":false}"#,
    takes: Takes::Any(&[Takes::Flag, Takes::Object(&[optional("alpha", Takes::Flag, "`true`", "Of alpha too")])]),
    lower: |value, draft| {
        let alpha = value.get("alpha").and_then(Value::flag).unwrap_or(true);
        match value {
            Value::Flag(false) => draft.pipeline.clear(Stage::Negate),
            _ => draft.pipeline.set(Stage::Negate, steps::negate(alpha)),
        }
        Ok(())
    },
};

pub(super) static NORMALISE: Definition = Definition {
    name: "normalise",
    aliases: &["normalize"],
    doc: "Lightness is stretched so that two percentiles become black and white.",
    example: r#"{"lower":1,"upper":99}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            optional("lower", Takes::Number(0.0, 99.0), "1", "The percentile that becomes black"),
            optional("upper", Takes::Number(1.0, 100.0), "99", "The percentile that becomes white, above `lower`"),
        ]),
    ]),
    lower: |value, draft| {
        let normalise = Normalise { lower: value.number_or("lower", 1.0), upper: value.number_or("upper", 99.0) };
        if *value == Value::Flag(false) {
            draft.pipeline.clear(Stage::Normalise);
        } else if normalise.lower < normalise.upper {
            draft.pipeline.set(Stage::Normalise, Operation::Normalise(normalise));
        } else {
            return Err(Error::Edit("normalise.upper must be above normalise.lower".to_owned()));
        }
        Ok(())
    },
};

pub(super) static CLAHE: Definition = Definition {
    name: "clahe",
    aliases: &[],
    doc: "Local contrast, by adaptive histogram equalisation.",
    example: r#"{"width":8,"height":8}"#,
    takes: Takes::Object(&[
        required("width", Takes::Integer(1, 65_535), "Columns of the window"),
        required("height", Takes::Integer(1, 65_535), "Rows of the window"),
        optional("maxSlope", Takes::Integer(0, 100), "3", "How steep contrast may become; 0 is without a limit"),
    ]),
    lower: |value, draft| {
        let natural = |name, default| value.natural(name).unwrap_or(default);
        let clahe =
            Clahe { width: natural("width", 1), height: natural("height", 1), max_slope: natural("maxSlope", 3) };
        draft.pipeline.set(Stage::Clahe, Operation::Clahe(clahe));
        Ok(())
    },
};

pub(super) static LINEAR: Definition = Definition {
    name: "linear",
    aliases: &[],
    doc: "A factor on each channel.",
    example: "1.2",
    takes: Takes::Any(&[Takes::Number(-1e6, 1e6), Takes::Numbers(1, 4)]),
    lower: |value, draft| {
        let gains = match value {
            Value::Numbers(gains) => gains.clone(),
            other => vec![other.number().unwrap_or(1.0)],
        };
        draft.pipeline.set(Stage::Linear, steps::linear(gains));
        Ok(())
    },
};

pub(super) static RECOMB: Definition = Definition {
    name: "recomb",
    aliases: &[],
    doc: "Each channel is mixed of all, by a row of weights.",
    example: "[[0.3588,0.7044,0.1368],[0.299,0.587,0.114],[0.2392,0.4696,0.0912]]",
    takes: Takes::Square(&[3, 4]),
    lower: recomb,
};

#[expect(clippy::unnecessary_wraps, reason = "edits are lowered by functions of one type")]
fn recomb(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let Value::Rows(rows) = value else { return Ok(()) };
    if let Some(rgb) = square::<3>(rows) {
        draft.pipeline.set(Stage::Recomb, Operation::Recomb(Recomb::Rgb(rgb)));
    } else if let Some(rgba) = square::<4>(rows) {
        draft.pipeline.set(Stage::Recomb, Operation::Recomb(Recomb::Rgba(rgba)));
    }
    Ok(())
}

fn square<const N: usize>(rows: &[Vec<f64>]) -> Option<[[f64; N]; N]> {
    let rows: Vec<[f64; N]> = rows.iter().map(|row| row.as_slice().try_into().ok()).collect::<Option<_>>()?;
    rows.try_into().ok()
}
