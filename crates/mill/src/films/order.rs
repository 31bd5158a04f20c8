use std::sync::Arc;

use lightmill_recipe::Fingerprint;
use lightmill_recipe::video::Clip;
use lightmill_store::{self as store, Stat};

use crate::Place;
use crate::results::{Labels, Lasting, Results};
use crate::video::{Video, Videos};

/// What is to be made, of what, and where it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) videos: Videos,
    pub(crate) source: Arc<dyn store::Source>,
    pub(crate) place: Place,
    pub(crate) stat: Stat,
    pub(crate) wish: Clip,
    /// Where it is kept, and as what.
    pub(crate) results: Arc<Results>,
    pub(crate) lasting: Lasting,
    pub(crate) key: Fingerprint,
    pub(crate) labels: Labels,
}

impl Order {
    /// What it is made of.
    pub(crate) fn video(&self) -> Video<'_> {
        Video { source: &self.source, place: &self.place, stat: &self.stat }
    }
}
