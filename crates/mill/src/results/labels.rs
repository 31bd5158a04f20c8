use serde::{Deserialize, Serialize};

use crate::Place;

/// By what a result can be found again to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Labels {
    /// Where its inputs lie, the main one first.
    pub(crate) places: Vec<Place>,
    /// Those of the mount, and `style:NAME`.
    pub(crate) tags: Vec<String>,
}
