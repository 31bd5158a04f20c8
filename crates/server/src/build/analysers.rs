use std::sync::Arc;

use lightmill_mill::{Analysers, Workshop};
use lightmill_vision::attention::Attention;
use lightmill_vision::faces::Faces;
use lightmill_vision::rekognition::Rekognition;
use lightmill_vision::{Analyser, Chain, Remembered};

use crate::config::{Config, FaceFinder, Mistake};

/// Who says what is in a picture; what is done on this machine is done in `workshop`.
pub(super) fn analysers(config: &Config, workshop: &Workshop) -> Result<Analysers, Mistake> {
    let said = &config.analysers;
    // Each by itself, so that faces that were found for one wish are known for every other.
    let remembered =
        |analyser: Arc<dyn Analyser>| -> Arc<dyn Analyser> { Arc::new(Remembered::new(analyser, said.remembered)) };
    // One for all questions: its places are what may be asked at the same time.
    let amazon = Rekognition::new(config.aws.clone(), said.timeout, workshop.workers()).with_places(said.places);
    let amazon: Arc<dyn Analyser> = Arc::new(amazon);
    let faces: Option<Arc<dyn Analyser>> = match said.faces {
        None => None,
        Some(FaceFinder::Rekognition) => Some(Arc::clone(&amazon)),
        Some(FaceFinder::Local) => Some(Arc::new(Faces::new(workshop.workers()).map_err(|error| Mistake {
            key: "analysers.faces".to_owned(),
            value: None,
            problem: error.to_string(),
        })?)),
    };
    let attention: Option<Arc<dyn Analyser>> =
        if said.attention { Some(Arc::new(Attention::new(workshop.workers()))) } else { None };
    let members: Vec<_> = faces.into_iter().chain(attention).map(remembered).collect();
    let moderation: Option<Arc<dyn Analyser>> = said.moderation.then(|| remembered(amazon));
    Ok(Analysers {
        focus: if members.is_empty() { None } else { Some(Arc::new(Chain::new("smart", members))) },
        min_confidence: said.min_confidence,
        on_failure: said.on_failure,
        moderation,
        moderation_on_failure: said.moderation_on_failure,
    })
}
