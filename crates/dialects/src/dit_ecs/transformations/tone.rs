//! Transformations of detail and colour.

use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{ContentModeration, Normalise, SharpConvolution, SharpSharpen};

use super::Definition;
use crate::sharp::{Stage, Takes, Value, optional, required, steps};

const SLOPE: Takes = Takes::Number(0.0, 1_000_000.0);

pub(super) static BLUR: Definition = Definition::new(
    "blur",
    Takes::Number(0.3, 1000.0),
    "blur=5",
    "A Gaussian of this standard deviation in pixels.",
    |value, draft| {
        if let Some(sigma) = value.number() {
            draft.pipeline.set(Stage::Blur, steps::gaussian(sigma));
        }
        Ok(())
    },
);

pub(super) static SHARPEN: Definition = Definition::new(
    "sharpen",
    Takes::Any(&[
        Takes::Flag,
        Takes::Object(&[
            required("sigma", Takes::Number(0.000_001, 10.0), "Standard deviation in pixels"),
            optional("m1", SLOPE, "1", "Slope for small differences"),
            optional("m2", SLOPE, "2", "Slope for large differences"),
            optional("x1", SLOPE, "2", "Where large differences begin"),
            optional("y2", SLOPE, "10", "Most brightening"),
            optional("y3", SLOPE, "20", "Most darkening"),
        ]),
    ]),
    "sharpen.sigma=2",
    "Crisper: `true` by a fast kernel of 3×3, an object by an unsharp mask of lightness.",
    |value, draft| {
        let sigma = value.get("sigma").and_then(Value::number);
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
);

pub(super) static CONVOLVE: Definition = Definition::new(
    "convolve",
    Takes::Object(&[
        required("width", Takes::Integer(3, 3), "Columns"),
        required("height", Takes::Integer(3, 3), "Rows"),
        required("kernel", Takes::Numbers(9, 9), "Weights, row by row"),
    ]),
    "convolve.width=3&convolve.height=3&convolve.kernel=0,-1,0,-1,5,-1,0,-1,0",
    "A kernel of 3×3, divided by the sum of its weights.",
    |value, draft| {
        if let Some(Value::Numbers(weights)) = value.get("kernel").cloned() {
            let sum: f64 = weights.iter().sum();
            let scale = if sum == 0.0 { 1.0 } else { sum };
            let convolution = SharpConvolution { width: 3, height: 3, weights, scale, offset: 0.0 };
            draft.pipeline.set(Stage::Convolve, steps::convolution(convolution));
        }
        Ok(())
    },
);

pub(super) static GRAYSCALE: Definition = Definition {
    aliases: &["greyscale"],
    ..Definition::new("grayscale", Takes::Flag, "grayscale", "Luma only.", |value, draft| {
        if *value == Value::Flag(true) {
            draft.pipeline.set(Stage::Greyscale, steps::greyscale());
        }
        Ok(())
    })
};

pub(super) static NORMALIZE: Definition = Definition {
    aliases: &["normalise"],
    ..Definition::new(
        "normalize",
        Takes::Flag,
        "normalize=true",
        "Lightness is stretched so that its percentiles 1 and 99 become black and white.",
        |value, draft| {
            if *value == Value::Flag(true) || draft.options.compat {
                let normalise = Normalise { lower: 1.0, upper: 99.0 };
                draft.pipeline.set(Stage::Normalise, Operation::Normalise(normalise));
            }
            Ok(())
        },
    )
};

pub(super) static TINT: Definition = Definition::new(
    "tint",
    Takes::Colour,
    "tint=255,0,0",
    "The chroma of this colour, with the picture's own lightness.",
    |value, draft| {
        if let Some(colour) = value.colour() {
            draft.pipeline.set(Stage::Tint, Operation::Tint(colour));
        }
        Ok(())
    },
);

pub(super) static FLATTEN: Definition = Definition::new(
    "flatten",
    Takes::Colour,
    "flatten=%23ff0000",
    "A colour behind transparent pixels.",
    |value, draft| {
        if let Some(colour) = value.colour() {
            draft.pipeline.set(Stage::Flatten, steps::flatten(colour));
        }
        Ok(())
    },
);

pub(super) static CONTENT_MODERATION: Definition = Definition {
    rank: 1,
    ..Definition::new(
        "contentModeration",
        Takes::Any(&[
            Takes::Flag,
            Takes::Object(&[
                optional("minConfidence", Takes::Number(0.0, 100.0), "75", "How sure the analyser must be, in percent"),
                optional("blur", Takes::Number(0.3, 1000.0), "50", "Standard deviation in pixels, rounded up"),
                optional(
                    "moderationLabels",
                    Takes::Texts(100),
                    "any",
                    "Names of what counts, as the analyser writes them",
                ),
            ]),
        ]),
        "contentModeration.minConfidence=90",
        "The picture is blurred if an analyser finds something that should not be shown. A URL can only tighten what the policy \
         says, and no other blur takes it back.",
        |value, draft| {
            if let Some(moderation) = moderation(value) {
                draft.pipeline.set(Stage::Moderation, Operation::ContentModeration(moderation));
            }
            Ok(())
        },
    )
};

/// What the value says; `None` if moderation is off.
fn moderation(value: &Value) -> Option<ContentModeration> {
    let labels = match value.get("moderationLabels") {
        Some(Value::Texts(labels)) => labels.clone(),
        _ => Vec::new(),
    };
    let (min_confidence, sigma) = (value.number_or("minConfidence", 75.0), value.number_or("blur", 50.0).ceil());
    (*value != Value::Flag(false)).then_some(ContentModeration { min_confidence, sigma, labels })
}

/// The stricter of two values, in each of their members.
pub(in crate::dit_ecs) fn tighten(policy: &Value, url: &Value) -> Value {
    let (Some(policy), Some(url)) = (moderation(policy), moderation(url)) else {
        return if moderation(policy).is_some() { policy.clone() } else { url.clone() };
    };
    let mut members = vec![
        ("minConfidence", Value::Number(policy.min_confidence.min(url.min_confidence))),
        ("blur", Value::Number(policy.sigma.max(url.sigma))),
    ];
    // No label at all is any of them.
    if !policy.labels.is_empty() && !url.labels.is_empty() {
        let mut labels = policy.labels;
        labels.extend(url.labels);
        labels.sort_unstable();
        labels.dedup();
        members.push(("moderationLabels", Value::Texts(labels)));
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderation_is_only_tightened() {
        let value = |confidence: f64, sigma: f64, labels: &[&str]| {
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            Value::Object(vec![
                ("minConfidence", Value::Number(confidence)),
                ("blur", Value::Number(sigma)),
                ("moderationLabels", Value::Texts(labels)),
            ])
        };
        let both = tighten(&value(80.0, 50.0, &["a"]), &value(90.0, 60.0, &["b"]));
        assert_eq!(moderation(&both), moderation(&value(80.0, 60.0, &["a", "b"])));
        let any = tighten(&value(80.0, 50.0, &["a"]), &Value::Flag(true));
        assert_eq!(moderation(&any), moderation(&value(75.0, 50.0, &[])));
        assert_eq!(tighten(&Value::Flag(true), &Value::Flag(false)), Value::Flag(true));
        assert_eq!(tighten(&Value::Flag(false), &Value::Flag(true)), Value::Flag(true));
    }
}
