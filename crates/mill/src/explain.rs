use lightmill_image::{Probe, plan::Plan};
use lightmill_recipe::Recipe;
use serde::Serialize;

use crate::Place;

/// What would be done for a request, and why; nothing of it was done.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The wish; `None` for an object as it is stored.
    pub recipe: Option<Recipe>,
    /// What the inputs are.
    pub inputs: Vec<ExplainedInput>,
    /// What would be done with them, with its estimated cost; `None` for an object as it is stored.
    pub plan: Option<Plan>,
    /// The result's name in every cache.
    pub key: String,
    /// Its entity tag.
    pub etag: String,
    /// Parameters that have no meaning and were ignored.
    pub ignored: Vec<String>,
}

/// An input of a request.
#[derive(Debug, Serialize)]
pub struct ExplainedInput {
    /// Where it lies.
    #[serde(flatten)]
    pub place: Place,
    /// Bytes of the object.
    pub bytes: u64,
    /// The version that its source states.
    pub version: String,
    /// Its header; `None` for an object as it is stored.
    pub header: Option<Probe>,
}
