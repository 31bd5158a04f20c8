use lightmill_recipe::{Blur, Operation};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "blur",
    aliases: &[],
    doc: "Softer. Both parameters are given. The standard deviation is σ = −0.0057·s² + 1.1787·s − 0.0694 pixels; a \
          radius that is small for it cuts the kernel to a window of (2·r + 1)² pixels with the weights exp(−d²/σ²).",
    origin: Origin::Official,
    example: "blur,r_3,s_2",
    parameters: &[
        Parameter {
            name: "r",
            doc: "Radius of the kernel in pixels",
            values: Values::Integer(1, 50),
            default: "must be given",
            refusal: Some("Blur param 'r' must be between 0 and 50"),
        },
        Parameter {
            name: "s",
            doc: "Strength",
            values: Values::Integer(1, 50),
            default: "must be given",
            refusal: Some("Blur param 's' must be between 0 and 50"),
        },
    ],
    for_marks: true,
    usage: "blur param error, e.g: blur,r_3,s_2",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.count() == 0 {
        return Err(arguments.usage());
    }
    let (mut radius, mut strength) = (None, None);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "r" => radius = Some(value.integer()?),
            _ => strength = Some(value.integer()?),
        }
    }
    let radius = radius.ok_or(Error::Usage("blur r is missing: a whole number from 1 to 50"))?;
    let strength = strength.ok_or(Error::Usage("blur s is missing: a whole number from 1 to 50"))?;
    draft.step(Operation::Blur(blur(radius, strength)));
    Ok(())
}

/// The kernel of wchaws/serverless-image-handler.
fn blur(radius: u32, strength: u32) -> Blur {
    let s = f64::from(strength);
    let sigma = -0.0057 * s * s + 1.1787 * s - 0.0694;
    // √(−ln 0.1)·σ: from that distance on, the weights are below a tenth.
    let reach = (sigma * 1.51743).floor() as i64;
    let widest = 2 * (reach - 1).max(0) + 1;
    let width = 2 * i64::from(radius) + 1;
    let sigma = sigma as f32;
    if width < widest && width <= 51 { Blur::Window { radius, sigma } } else { Blur::Gaussian { sigma } }
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Blur(wanted) = operation else { return None };
    // Several pairs give the same Gaussian; the smallest one is written.
    let pairs = (1..=50).flat_map(|s| (1..=50).map(move |r| (r, s)));
    let pair = pairs.into_iter().find(|(r, s)| blur(*r, *s) == *wanted);
    Some(pair.map(|(r, s)| format!("blur,r_{r},s_{s}")).ok_or_else(|| CannotSay::new(format!("{wanted:?}"))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn window_or_gaussian() {
        let sigma = |expected: f32| move |sigma: f32| (sigma - expected).abs() < 1e-4;
        assert!(matches!(blur(3, 2), Blur::Gaussian { sigma: s } if sigma(2.2652)(s)));
        assert!(matches!(blur(3, 50), Blur::Window { radius: 3, sigma: s } if sigma(44.6156)(s)));
        // 51 pixels are the widest window.
        assert!(matches!(blur(25, 50), Blur::Window { radius: 25, .. }));
        assert!(matches!(blur(26, 50), Blur::Gaussian { .. }));
        // σ = 1.1036: nothing is narrower than the one pixel of the widest kernel.
        assert!(matches!(blur(1, 1), Blur::Gaussian { .. }));
        assert_eq!(steps(Aliyun, "blur,s_50,r_50"), [Operation::Blur(blur(50, 50))]);
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "blur,s_2,r_50"), "blur,r_2,s_2");
        assert_eq!(written(Wchaws, "blur,r_4,s_50"), "blur,r_4,s_50");
    }

    #[test]
    fn refusals() {
        for flavour in [Aliyun, Wchaws] {
            assert_eq!(refusal(flavour, "blur,r_3"), "blur s is missing: a whole number from 1 to 50");
            assert_eq!(refusal(flavour, "blur,s_3"), "blur r is missing: a whole number from 1 to 50");
            assert_eq!(refusal(flavour, "blur"), "blur param error, e.g: blur,r_3,s_2");
        }
        assert_eq!(refusal(Wchaws, "blur,r_-1"), "Blur param 'r' must be between 0 and 50");
        assert_eq!(refusal(Wchaws, "blur,r_1,s_51"), "Blur param 's' must be between 0 and 50");
        assert_eq!(refusal(Aliyun, "blur,r_1,s_51"), "blur s must be a whole number from 1 to 50");
    }
}
