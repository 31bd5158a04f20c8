use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use lightmill_image::Context;
use lightmill_recipe::{Findings, Fingerprint, Recipe, Source, Wanted};
use lightmill_vision::{Analyser, BlockingThreads, Chain, Confidence, Kind, Subject, Workers};
use tokio::runtime::Runtime;

use crate::exit::{Exit, Failure};

/// What is in each input of `recipe`, as far as it wants to know: found on this machine, as nothing says who else to ask.
pub fn look(recipe: &Recipe, inputs: &[Bytes], context: &Context) -> Result<Vec<Option<Findings>>, Failure> {
    let wanted = recipe.analysis();
    if wanted.iter().any(|wanted| wanted.moderation.is_some()) {
        return Err(Failure::text(Exit::Usage, "--recipe: moderation labels are not looked for here"));
    }
    if wanted.iter().all(|wanted| wanted.is_nothing()) {
        return Ok(Vec::new());
    }
    let workers: Arc<dyn Workers> = Arc::new(BlockingThreads::new(NonZeroUsize::MIN));
    let smart = Chain::smart(&workers).map_err(Failure::internal)?;
    let runtime = Runtime::new().map_err(Failure::internal)?;
    let mut findings = Vec::with_capacity(wanted.len());
    for (index, ((input, bytes), wanted)) in recipe.inputs.iter().zip(inputs).zip(wanted).enumerate() {
        let kinds = kinds(wanted);
        // A picture of one colour has nothing in it.
        if kinds.is_empty() || matches!(input.source, Source::Colour(_)) {
            findings.push(None);
            continue;
        }
        let subject = Subject::new(Fingerprint::of([index.to_string()]), bytes.clone(), context.clone());
        let found = runtime.block_on(smart.analyse(&subject, &kinds));
        findings.push(Some(found.map_err(|error| Failure::new(Exit::Data, error))?));
    }
    Ok(findings)
}

fn kinds(wanted: Wanted) -> lightmill_vision::Wanted {
    let kinds = [(Kind::Faces, wanted.faces), (Kind::Salient, wanted.salient)];
    let wanted = kinds.into_iter().filter(|(_, is)| *is);
    wanted.fold(lightmill_vision::Wanted::default(), |all, (kind, _)| all.and(kind, Confidence::ANY))
}
