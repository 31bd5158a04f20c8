//! Edits of detail: softer, crisper, any kernel.

use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{SharpConvolution, SharpSharpen};

use super::super::{Definition, Error};
use crate::sharp::{Stage, Takes, Value, optional, required, steps};

const SIGMA: Takes = Takes::Number(0.3, 1000.0);
const SLOPE: Takes = Takes::Number(0.0, 1_000_000.0);

pub(super) static BLUR: Definition = Definition {
    name: "blur",
    aliases: &[],
    doc: "A Gaussian; `true` is the mean of 3×3 pixels.",
    example: "5",
    takes: Takes::Any(&[
        Takes::Flag,
        SIGMA,
        Takes::Object(&[
            required("sigma", SIGMA, "Standard deviation in pixels"),
            optional("precision", Takes::Word(&["integer", "float", "approximate"]), "`integer`", "Of no effect"),
            optional("minAmplitude", Takes::Number(0.001, 1.0), "0.2", "Of no effect"),
        ]),
    ]),
    lower: |value, draft| {
        let sigma = value.number().or_else(|| value.get("sigma").and_then(Value::number));
        match (value, sigma) {
            (_, Some(sigma)) => draft.pipeline.set(Stage::Blur, steps::gaussian(sigma)),
            (Value::Flag(true), None) => draft.pipeline.set(Stage::Blur, steps::mild_blur()),
            _ => draft.pipeline.clear(Stage::Blur),
        }
        Ok(())
    },
};

pub(super) static SHARPEN: Definition = Definition {
    name: "sharpen",
    aliases: &[],
    doc: "Crisper: `true` by a fast kernel of 3×3, a number or an object by an unsharp mask of lightness.",
    example: r#"{"sigma":2,"m1":0,"m2":3,"x1":3,"y2":15,"y3":15}"#,
    takes: Takes::Any(&[
        Takes::Flag,
        Takes::Number(0.01, 10_000.0),
        Takes::Object(&[
            required("sigma", Takes::Number(0.000_001, 10.0), "Standard deviation in pixels"),
            optional("m1", SLOPE, "1", "Slope for small differences"),
            optional("m2", SLOPE, "2", "Slope for large differences"),
            optional("x1", SLOPE, "2", "Where large differences begin"),
            optional("y2", SLOPE, "10", "Most brightening"),
            optional("y3", SLOPE, "20", "Most darkening"),
        ]),
    ]),
    lower: |value, draft| {
        let sigma = value.number().or_else(|| value.get("sigma").and_then(Value::number));
        match (value, sigma) {
            (_, Some(sigma)) => {
                let number = |name, default| value.number_or(name, default);
                let (m1, m2) = (number("m1", 1.0), number("m2", 2.0));
                let (x1, y2, y3) = (number("x1", 2.0), number("y2", 10.0), number("y3", 20.0));
                let sharpen = steps::sharpen(SharpSharpen { sigma, m1, m2, x1, y2, y3 });
                draft.pipeline.set(Stage::Sharpen, sharpen);
            }
            (Value::Flag(true), None) => draft.pipeline.set(Stage::Sharpen, steps::mild_sharpen()),
            _ => draft.pipeline.clear(Stage::Sharpen),
        }
        Ok(())
    },
};

pub(super) static MEDIAN: Definition = Definition {
    name: "median",
    aliases: &[],
    doc: "Each pixel becomes the median of the square of so many pixels around it; `true` is 3.",
    example: "5",
    takes: Takes::Any(&[Takes::True, Takes::Integer(1, 1000)]),
    lower: |value, draft| {
        let side = value.number().unwrap_or(3.0) as u32;
        draft.pipeline.set(Stage::Median, Operation::Median(side));
        Ok(())
    },
};

pub(super) static CONVOLVE: Definition = Definition {
    name: "convolve",
    aliases: &[],
    doc: "Any kernel.",
    example: r#"{"width":3,"height":3,"kernel":[-1,0,1,-2,0,2,-1,0,1]}"#,
    takes: Takes::Object(&[
        required("width", Takes::Integer(3, 1001), "Columns"),
        required("height", Takes::Integer(3, 1001), "Rows"),
        required("kernel", Takes::Numbers(9, 1001 * 1001), "`width`·`height` weights, row by row"),
        optional("scale", Takes::Number(-1e9, 1e9), "the sum of the weights, or 1 where that is 0", "Divisor, not 0"),
        optional("offset", Takes::Number(-1e9, 1e9), "0", "Added after the division"),
    ]),
    lower: |value, draft| {
        let (width, height) = (value.natural("width").unwrap_or(3), value.natural("height").unwrap_or(3));
        let Some(Value::Numbers(weights)) = value.get("kernel").cloned() else { return Ok(()) };
        if weights.len() as u64 != u64::from(width) * u64::from(height) {
            return Err(Error::Edit(format!("convolve.kernel must be a list of {width}·{height} numbers")));
        }
        let sum: f64 = weights.iter().sum();
        let scale = value.number_or("scale", if sum == 0.0 { 1.0 } else { sum });
        if scale == 0.0 {
            return Err(Error::Edit("convolve.scale must not be 0".to_owned()));
        }
        let convolution = SharpConvolution { width, height, weights, scale, offset: value.number_or("offset", 0.0) };
        draft.pipeline.set(Stage::Convolve, steps::convolution(convolution));
        Ok(())
    },
};

pub(super) static THRESHOLD: Definition = Definition {
    name: "threshold",
    aliases: &[],
    doc: "Luma, white from this value on and black below; `true` is 128, `false` and 0 do nothing.",
    example: "128",
    takes: Takes::Any(&[Takes::Flag, Takes::Integer(0, 255)]),
    lower: |value, draft| {
        let level = value.number().unwrap_or(if *value == Value::Flag(true) { 128.0 } else { 0.0 });
        if level > 0.0 {
            draft.pipeline.set(Stage::Threshold, Operation::Threshold(level as u8));
        }
        Ok(())
    },
};
