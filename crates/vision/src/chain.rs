use std::sync::Arc;

use async_trait::async_trait;
use lightmill_recipe::Findings;

use crate::attention::Attention;
use crate::faces::Faces;
use crate::{Analyser, Error, Kind, Subject, Wanted, Workers};

/// One analyser after the other, until one finds something. Each is asked for what it knows of what is wanted.
///
/// It does not look for [`Kind::Moderation`], even where a member does: a face would hide what a page must not show. An
/// error ends it: what the next one finds would not be what the chain stands for, and would be kept as if it were.
#[derive(Debug)]
pub struct Chain {
    name: String,
    version: String,
    kinds: Vec<Kind>,
    members: Vec<Arc<dyn Analyser>>,
}

impl Chain {
    /// A chain of that name.
    pub fn new(name: impl Into<String>, members: Vec<Arc<dyn Analyser>>) -> Self {
        let name = name.into();
        let versions: Vec<&str> = members.iter().map(|member| member.version()).collect();
        let version = format!("{name} ({})", versions.join(" / "));
        let known = |kind: &Kind| members.iter().any(|member| member.kinds().contains(kind));
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Moderation && known(kind)).collect();
        Self { name, version, kinds, members }
    }

    /// What `smart` crops mean: faces, and what draws the eye where there are none. Nothing leaves this machine.
    ///
    /// # Errors
    /// As [`Faces::new`].
    pub fn smart(workers: &Arc<dyn Workers>) -> Result<Self, Error> {
        let faces = Faces::new(Arc::clone(workers))?;
        Ok(Self::new("smart", vec![Arc::new(faces), Arc::new(Attention::new(Arc::clone(workers)))]))
    }
}

#[async_trait]
impl Analyser for Chain {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        wanted.must_be_among(&self.kinds, &self.name)?;
        for member in &self.members {
            let wanted = wanted.among(member.kinds());
            if wanted.is_empty() {
                continue;
            }
            let findings = member.analyse(subject, &wanted).await?;
            if !findings.regions.is_empty() {
                return Ok(findings);
            }
        }
        Ok(Findings::default())
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::FoundKind;

    use super::*;
    use crate::Confidence;
    use crate::testing::{Canned, found, subject, workers};

    fn all() -> Wanted {
        Wanted::only(Kind::Faces, Confidence::ANY).and(Kind::Salient, Confidence::ANY)
    }

    #[expect(clippy::unnecessary_wraps, reason = "an answer as analysers give it")]
    fn regions(regions: Vec<lightmill_recipe::Found>) -> Result<Findings, Error> {
        Ok(Findings { regions, ..Findings::default() })
    }

    #[tokio::test]
    async fn the_first_that_finds_something_decides() {
        let first = Arc::new(Canned::new("a", &[Kind::Faces], regions(Vec::new())));
        let second = Arc::new(Canned::new("b", &[Kind::Text], regions(vec![found(FoundKind::Text, 1.0)])));
        let third = Arc::new(Canned::new("c", &[Kind::Salient], regions(vec![found(FoundKind::Salient, 1.0)])));
        let fourth = Arc::new(Canned::new("d", &[Kind::Faces], regions(Vec::new())));
        let chain = Chain::new("chain", vec![first.clone(), second.clone(), third.clone(), fourth.clone()]);
        assert_eq!(chain.version(), "chain (a 1 / b 1 / c 1 / d 1)");
        let findings = chain.analyse(&subject("rocket.jpg"), &all()).await.unwrap();
        assert_eq!(findings.regions[0].what, FoundKind::Salient);
        assert_eq!(first.asked(), [Wanted::only(Kind::Faces, Confidence::ANY)]);
        assert_eq!([second.asked().len(), third.asked().len(), fourth.asked().len()], [0, 1, 0]);
    }

    #[tokio::test]
    async fn an_error_ends_it() {
        let failing = Arc::new(Canned::new("a", &[Kind::Faces], Err(Error::TimedOut)));
        let next = Arc::new(Canned::new("b", &[Kind::Salient], regions(vec![found(FoundKind::Salient, 1.0)])));
        let chain = Chain::new("chain", vec![failing, next.clone()]);
        assert!(matches!(chain.analyse(&subject("rocket.jpg"), &all()).await, Err(Error::TimedOut)));
        assert!(next.asked().is_empty());
    }

    #[tokio::test]
    async fn moderation_is_not_its_business() {
        let chain = Chain::new("chain", vec![Arc::new(Canned::new("a", &Kind::ALL, regions(Vec::new())))]);
        let wanted = Wanted::only(Kind::Moderation, Confidence::ANY);
        let result = chain.analyse(&subject("rocket.jpg"), &wanted).await;
        assert!(matches!(result, Err(Error::CannotFind { kind: Kind::Moderation, .. })));
    }

    #[tokio::test]
    async fn smart_is_a_face_or_what_draws_the_eye() {
        let smart = Chain::smart(&workers()).unwrap();
        for (name, kind) in [("astronaut.png", FoundKind::Face), ("coffee.png", FoundKind::Salient)] {
            let findings = smart.analyse(&subject(name), &all()).await.unwrap();
            assert!(findings.regions.len() == 1 && findings.regions[0].what == kind, "{name}: {findings:?}");
        }
    }
}
