use lightmill_recipe::{Arithmetic, DefaultQuality, Operation, Recipe, StampTiling, TrimDistance};

use super::Target;
use crate::{Unsayable, oss, thumbor};

/// In whose words a recipe is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Oss(oss::Flavour),
    Thumbor {
        flavour: thumbor::Flavour,
        /// Whether the mount applies EXIF orientation.
        upright: bool,
    },
}

impl Words {
    pub const fn of(target: &Target) -> Self {
        match target {
            Target::Oss(options) => Self::Oss(options.flavour),
            Target::Thumbor(options) => {
                let flavour = options.flavour;
                let always = matches!(flavour, thumbor::Flavour::Imagor);
                Self::Thumbor { flavour, upright: options.respect_orientation || always }
            }
        }
    }

    /// imagor's, which have words that Thumbor has not.
    pub const fn are_imagor(self) -> bool {
        matches!(self, Self::Thumbor { flavour: thumbor::Flavour::Imagor, .. })
    }

    pub fn default_quality(self) -> DefaultQuality {
        match self {
            Self::Oss(flavour) => flavour.default_quality(),
            Self::Thumbor { flavour, .. } => flavour.default_quality(),
        }
    }

    /// Whose rounding a [`lightmill_recipe::Reframe`] has; `None` in OSS, which has none.
    pub const fn arithmetic(self) -> Option<Arithmetic> {
        match self {
            Self::Oss(_) => None,
            Self::Thumbor { flavour: thumbor::Flavour::Thumbor, .. } => Some(Arithmetic::CropThenScale),
            Self::Thumbor { flavour: thumbor::Flavour::Imagor, .. } => Some(Arithmetic::ScaleThenCrop),
        }
    }

    pub const fn tiling(self) -> StampTiling {
        if self.are_imagor() { StampTiling::Adjoining } else { StampTiling::Spread }
    }

    pub const fn trim_distance(self) -> TrimDistance {
        if self.are_imagor() { TrimDistance::LargestChannel } else { TrimDistance::Euclidean }
    }
}

/// Why OSS has no words for a step, where more can be said than that.
pub(super) fn why(step: &Operation) -> Option<&'static str> {
    Some(match step {
        Operation::Reframe(reframe) if !reframe.focus.regions.is_empty() || reframe.focus.detect => {
            "OSS cuts around the middle, not around what matters"
        }
        Operation::Reframe(_) => "OSS cuts around the middle and has no size of one original side",
        Operation::Cut(cut) if cut.trim.is_some() => "OSS does not trim borders",
        Operation::Cut(_) => "OSS counts windows in whole pixels",
        Operation::Flip(_) => "OSS does not mirror",
        Operation::Fill(_) => "OSS fills only around a picture that was fitted into a box (`m_pad`)",
        Operation::Corners(_) => "OSS rounds all corners to circles, and nothing is outside of them",
        Operation::Stamp(_) => "`watermark` has no such place, size, blending or text",
        _ => return None,
    })
}

/// Names of steps that take each other's place.
const PAIRS: [(&str, &str); 6] = [
    ("resize", "reframe"),
    ("crop", "cut"),
    ("overlay", "stamp"),
    ("linear", "tables"),
    ("rounded_corners", "corners"),
    ("greyscale", "luma"),
];

/// The problem by the name that the step has in `recipe`, if it is one that only took the place of that.
pub(super) fn as_wished(problem: Unsayable, recipe: &Recipe) -> Unsayable {
    let steps = recipe.main().map(|main| main.operations.as_slice()).unwrap_or_default();
    let is_wished = |name: &str| steps.iter().any(|step| step.name() == name);
    let pairs = PAIRS.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    let other = pairs.filter(|(name, _)| *name == problem.what).map(|(_, other)| other).find(|other| is_wished(other));
    match other {
        Some(other) if !is_wished(&problem.what) => Unsayable { what: other.to_owned(), ..problem },
        _ => problem,
    }
}
