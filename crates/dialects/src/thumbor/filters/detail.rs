//! Filters that look at the pixels around each pixel, and at what an analyser found.

use lightmill_recipe::{
    Blur, Convolution, DetectionMark, Noise, Operation, Redact, RedactShape, RedactWith, Sharpen, WaveletSharpen,
};

use super::definition::{IMAGOR, THUMBOR, optional, required};
use super::{Argument, Call, Definition, Form, Parameter, Values};
use crate::Error;
use crate::thumbor::lower::Draft;
use crate::thumbor::say::{Said, decimal, integer, shortest};
use crate::thumbor::{Flavour, text};

const ANY: Values = Values::Decimal(f64::NEG_INFINITY, f64::INFINITY);
const FROM_0: Values = Values::Decimal(0.0, f64::INFINITY);

pub(super) static BLUR: Definition = Definition {
    name: "blur",
    doc: "Softer, by a Gaussian.",
    forms: &[
        Form::new(
            THUMBOR,
            &[
                required(
                    "radius",
                    Values::Integer(1, i32::MAX),
                    "Pixels on each side of the kernel's centre, at most 150",
                ),
                optional("sigma", ANY, "the radius", "Standard deviation in pixels"),
            ],
            "blur(5,2)",
            |call, draft| draft.each(call.natural("radius").map(|radius| window(radius, call.decimal("sigma")))),
        )
        .step(|operation| {
            let Operation::Blur(Blur::Window { radius, sigma }) = *operation else { return None };
            let fits = |deviation| window(radius, deviation) == *operation;
            if fits(None) {
                return Some(vec![integer(radius)?]);
            }
            let near = f64::from(sigma) / std::f64::consts::SQRT_2;
            Some(vec![integer(radius)?, Argument::Decimal(shortest(near, |deviation| fits(Some(deviation)))?)])
        })
        .doc("A kernel of 2·radius + 1 pixels in each direction."),
        Form::new(
            IMAGOR,
            &[
                required("radius", FROM_0, "Twice the standard deviation"),
                optional("sigma", FROM_0, "half the radius", "Standard deviation in pixels"),
            ],
            "blur(5)",
            |call, draft| {
                let radius = call.decimal("radius").unwrap_or_default();
                let sigma = call.decimal("sigma").unwrap_or(radius / 2.0) as f32;
                draft.each((sigma > 0.0).then_some(Operation::Blur(Blur::Gaussian { sigma })));
            },
        )
        .step(|operation| {
            let Operation::Blur(Blur::Gaussian { sigma }) = *operation else { return None };
            let fits = |radius: f64| ((radius / 2.0) as f32).to_bits() == sigma.to_bits();
            Some(vec![Argument::Decimal(shortest(f64::from(sigma) * 2.0, fits)?)])
        }),
    ],
};

/// Thumbor's kernel: weights exp(−d² / 2σ²) on 2·radius + 1 pixels. The vocabulary's window has exp(−d² / σ²).
fn window(radius: u32, sigma: Option<f64>) -> Operation {
    let radius = radius.min(150);
    let sigma = sigma.filter(|sigma| *sigma > 0.0).unwrap_or(f64::from(radius));
    Operation::Blur(Blur::Window { radius, sigma: (sigma * std::f64::consts::SQRT_2) as f32 })
}

pub(super) static SHARPEN: Definition = Definition {
    name: "sharpen",
    doc: "Crisper.",
    forms: &[
        Form::new(
            THUMBOR,
            &[
                required("amount", ANY, "Strength"),
                required("radius", ANY, "The level of detail that is strengthened most"),
                required("luminance_only", Values::Flag, "Whether colours stay"),
            ],
            "sharpen(2,1.0,true)",
            |call, draft| {
                let [amount, radius] = ["amount", "radius"].map(|name| call.decimal(name).unwrap_or_default() as f32);
                let luminance_only = call.flag("luminance_only").unwrap_or_default();
                draft.step(Operation::WaveletSharpen(WaveletSharpen { amount, radius, luminance_only }));
            },
        )
        .step(|operation| match operation {
            Operation::WaveletSharpen(WaveletSharpen { amount, radius, luminance_only }) => {
                Some(vec![decimal(*amount)?, decimal(*radius)?, Argument::Flag(*luminance_only)])
            }
            _ => None,
        })
        .doc("By wavelets, in five levels of detail."),
        Form::new(
            IMAGOR,
            &[
                required("sigma", FROM_0, "Strength"),
                optional("radius", FROM_0, "the first", "Strength instead of the first"),
            ],
            "sharpen(2)",
            |call, draft| {
                let strength = call.decimal("radius").or(call.decimal("sigma")).unwrap_or_default();
                draft.step(Operation::Sharpen(sharpen(strength)));
            },
        )
        .step(|operation| {
            let Operation::Sharpen(wanted) = operation else { return None };
            let strength = shortest((f64::from(wanted.sigma) - 1.0) / 2.0, |strength| sharpen(strength) == *wanted)?;
            Some(vec![Argument::Decimal(strength)])
        })
        .doc("Unsharp masking of lightness with a standard deviation of 1 + 2·sigma; of two values the second counts."),
    ],
};

/// imagor's sharpening of this strength.
fn sharpen(strength: f64) -> Sharpen {
    Sharpen { sigma: (1.0 + 2.0 * strength) as f32, flat: 0.0, jagged: 3.0 }
}

pub(super) static NOISE: Definition = Definition {
    name: "noise",
    doc: "Random grain: the same number is added to red, green and blue.",
    forms: &[Form::new(
        THUMBOR,
        &[
            required("amount", Values::Integer(0, i32::MAX), "Width of the range around 0"),
            optional("seed", Values::Integer(0, i32::MAX), "any", "Start of the sequence; 0 is any"),
        ],
        "noise(40,7)",
        |call, draft| {
            let seed = call.natural("seed").unwrap_or_default();
            let amount = call.natural("amount").filter(|amount| *amount > 0);
            draft.each(amount.map(|amount| Operation::Noise(Noise { amount, seed })));
        },
    )
    .step(|operation| {
        let Operation::Noise(Noise { amount, seed }) = operation else { return None };
        let seed = if *seed == 0 { Argument::Absent } else { integer(*seed)? };
        Some(vec![integer(*amount)?, seed])
    })],
};

/// Weights of a kernel, at the most.
const MOST_WEIGHTS: usize = 1024;

pub(super) static CONVOLUTION: Definition = Definition {
    name: "convolution",
    doc: "Any kernel with an odd number of rows and columns; another one is refused.",
    forms: &[Form::new(
        THUMBOR,
        &[
            required("weights", Values::Numbers, "Row by row, between semicolons, at most 1024"),
            required("columns", Values::Integer(1, i32::MAX), "Weights of a row"),
            optional("normalize", Values::Flag, "true", "Whether sums are divided by the sum of the weights"),
        ],
        "convolution(-1;-1;-1;-1;8;-1;-1;-1;-1,3,false)",
        |call, draft| {
            let Argument::Numbers(weights) = call.get("weights") else { return };
            let columns = call.natural("columns").unwrap_or(1);
            let count = weights.len();
            let rows = count / columns as usize;
            if count > MOST_WEIGHTS || rows * columns as usize != count || count % 2 == 0 {
                let wanted = "convolution weights must be an odd number of rows and columns, at most 1024 in all";
                return draft.refuse(Error::Value(wanted.to_owned()));
            }
            let weights = weights.iter().map(|weight| *weight as f32).collect();
            let normalize = call.flag("normalize").unwrap_or(true);
            draft.step(Operation::Convolution(Convolution { weights, columns, normalize }));
        },
    )
    .step(|operation| {
        let Operation::Convolution(Convolution { weights, columns, normalize }) = operation else { return None };
        let numbers = weights.iter().map(|weight| match decimal(*weight)? {
            Argument::Decimal(number) => Some(number),
            _ => None,
        });
        let normalize = if *normalize { Argument::Absent } else { Argument::Flag(false) };
        Some(vec![Argument::Numbers(numbers.collect::<Option<_>>()?), integer(*columns)?, normalize])
    })],
};

pub(super) static PIXELATE: Definition = Definition {
    name: "pixelate",
    doc: "Squares of one colour.",
    forms: &[Form::new(
        IMAGOR,
        &[optional("size", Values::Integer(1, i32::MAX), "10", "Pixels of a side")],
        "pixelate(10)",
        |call, draft| draft.step(Operation::Pixelate(call.natural("size").unwrap_or(10))),
    )
    .step(|operation| match operation {
        Operation::Pixelate(size) => Some(vec![integer(*size)?]),
        _ => None,
    })],
};

static REDACTION: [Parameter; 2] = [
    optional("mode", Values::Text, "blur", "`blur`, `pixelate`, or a colour"),
    optional("strength", FROM_0, "15 for `blur`, 10 for `pixelate`", "Standard deviation, or pixels of a side"),
];

pub(super) static REDACT: Definition = Definition {
    name: "redact",
    doc: "What was found in the picture is made unreadable.",
    forms: &[Form::new(IMAGOR, &REDACTION, "redact(pixelate,12)", |call, draft| {
        redact(call, RedactShape::Rectangle, draft);
    })
    .step(|operation| say_redact(operation, RedactShape::Rectangle))],
};

pub(super) static REDACT_OVAL: Definition = Definition {
    name: "redact_oval",
    doc: "As `redact`, in the shape of ellipses.",
    forms: &[Form::new(IMAGOR, &REDACTION, "redact_oval(black)", |call, draft| redact(call, RedactShape::Oval, draft))
        .step(|operation| say_redact(operation, RedactShape::Oval))],
};

fn redact(call: &Call, shape: RedactShape, draft: &mut Draft<'_>) {
    let strength = call.decimal("strength").filter(|strength| *strength > 0.0);
    let with = match call.text("mode").unwrap_or("blur") {
        "blur" => Some(RedactWith::Blur(strength.unwrap_or(15.0) as f32)),
        "pixelate" => Some(RedactWith::Pixelate((strength.unwrap_or(10.0) as u32).max(1))),
        colour => text::colour(colour, Flavour::Imagor).map(RedactWith::Colour),
    };
    if with.is_none() {
        draft.ignore(call.definition.name);
    }
    draft.each(with.map(|with| Operation::Redact(Redact { shape, with })));
}

fn say_redact(operation: &Operation, wanted: RedactShape) -> Option<Said> {
    let Operation::Redact(Redact { shape, with }) = operation else { return None };
    let word = |word: &str| Argument::Text(word.to_owned());
    (*shape == wanted).then_some(())?;
    Some(match with {
        RedactWith::Blur(deviation) => vec![word("blur"), decimal(*deviation)?],
        RedactWith::Pixelate(side) => vec![word("pixelate"), Argument::Decimal(f64::from(*side))],
        RedactWith::Colour(colour) => vec![word(&colour.to_hex().to_ascii_lowercase())],
    })
}

pub(super) static DRAW_DETECTIONS: Definition = Definition {
    name: "draw_detections",
    doc: "Outlines of what was found in the picture.",
    forms: &[Form::new(IMAGOR, &[], "draw_detections()", |_, draft| {
        draft.step(Operation::DrawDetections(DetectionMark::Detections));
    })
    .step(|operation| matches!(operation, Operation::DrawDetections(DetectionMark::Detections)).then(Vec::new))],
};

pub(super) static RED_EYE: Definition = Definition {
    name: "red_eye",
    doc: "Red pupils in faces that were found become dark.",
    forms: &[Form::new(THUMBOR, &[], "red_eye()", |_, draft| draft.step(Operation::RedEye))
        .step(|operation| matches!(operation, Operation::RedEye).then(Vec::new))
        .opt_in()],
};
