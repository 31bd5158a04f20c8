//! What is known only once pixels are looked at: borders and the guides of frames.
//!
//! A plan that needs it says so in [`super::Plan::measures`]; its sizes are then those of an untrimmed picture, at most
//! what will be seen. A run measures first and plans again with what it found, until nothing is left to be measured, and does that.

use lightmill_recipe::sharp::{Placement, SharpTrim};
use lightmill_recipe::{Findings, InputIndex, Margins, Recipe, Rect, Size, Trim};
use serde::Serialize;

use super::{Pipeline, Settings};
use crate::Probe;

/// Something to be measured in a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// What.
    pub what: MeasureWhat,
    /// How the picture is made in which it is measured.
    pub pipeline: Pipeline,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureWhat {
    /// What a border leaves.
    Border(Trim),
    /// How far the content of a nine-patch is from its edges.
    Insets,
    /// What a border leaves, as sharp sees it.
    SharpBorder(SharpTrim),
    /// Where the window of this size is that says most.
    Interesting {
        /// Its size.
        kept: Size,
        /// What saying something means.
        placement: Placement,
    },
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// What the border leaves; `None`: there is none.
    Border(Option<Rect>),
    /// Pixels between the edges of a nine-patch and its content.
    Insets(Margins),
    /// A window.
    Window(Rect),
}

/// What the measures of a plan are worth, by input.
pub(crate) type Known = [(InputIndex, MeasureWhat, Measured)];

/// Everything from which a plan was made, for the one that follows its measures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Again {
    pub(super) recipe: Recipe,
    pub(super) probes: Vec<Probe>,
    pub(super) findings: Vec<Option<Findings>>,
    pub(super) settings: Settings,
}
