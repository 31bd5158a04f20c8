use std::sync::Arc;

use lightmill_recipe::Wanted;
use lightmill_vision::{self as vision, Analyser, Confidence, Kind};

use crate::Error;

/// Who looks at pictures, and what becomes of a request when that fails. Clones are the same analysers.
///
/// [`vision::Remembered`] is meant to stand in front of each: the mill asks for every result that it makes.
#[derive(Debug, Clone)]
pub struct Analysers {
    /// Finds faces and what draws the eye; of what it does not find, nothing counts as found. Default: none.
    pub focus: Option<Arc<dyn Analyser>>,
    /// How sure it has to be of a face. Default: whatever it takes for one.
    pub min_confidence: Confidence,
    /// What its failures mean for crops; faces that are to be hidden are never shown for it. Default: degrade.
    pub on_failure: OnFailure,
    /// Finds what a page may not want to show. Default: none, and wishes for that are refused.
    pub moderation: Option<Arc<dyn Analyser>>,
    /// What its failures mean. Default: fail.
    pub moderation_on_failure: OnFailure,
}

/// What an analyser's failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The result is made as if nothing had been found, says so, and is not kept.
    Degrade,
    /// There is no result.
    Fail,
}

impl Default for Analysers {
    fn default() -> Self {
        Self {
            focus: None,
            min_confidence: Confidence::ANY,
            on_failure: OnFailure::Degrade,
            moderation: None,
            moderation_on_failure: OnFailure::Fail,
        }
    }
}

impl Analysers {
    /// Whether everything that must be looked for is.
    ///
    /// # Errors
    /// [`Error::NotLookedFor`] where a picture would be shown that was to be hidden, or parts of it, or where it was to be
    /// cut to a face.
    pub(crate) fn check(&self, wanted: &[Wanted]) -> Result<(), Error> {
        let looks_for = |analyser: &Option<Arc<dyn Analyser>>, kind| {
            analyser.as_ref().is_some_and(|analyser| analyser.kinds().contains(&kind))
        };
        let needs = |needs: fn(&Wanted) -> bool| wanted.iter().any(needs);
        if needs(|wanted| wanted.hides || wanted.cuts_to_face) && !looks_for(&self.focus, Kind::Faces) {
            return Err(Error::NotLookedFor { what: "faces" });
        }
        if needs(|wanted| wanted.moderation.is_some()) && !looks_for(&self.moderation, Kind::Moderation) {
            return Err(Error::NotLookedFor { what: "moderation labels" });
        }
        Ok(())
    }

    /// What tells results of these analysers from those of others; empty where they have no part in it.
    pub(crate) fn versions(&self, wanted: &[Wanted]) -> Vec<String> {
        let focus = self.focus.as_ref().filter(|_| wanted.iter().any(|wanted| !self.focus(*wanted).is_empty()));
        let focus = focus.map(|analyser| format!("{} {}", analyser.version(), self.min_confidence.as_percent()));
        let moderation = self.moderation.as_ref().filter(|_| wanted.iter().any(|wanted| wanted.moderation.is_some()));
        focus.into_iter().chain(moderation.map(|analyser| analyser.version().to_owned())).collect()
    }

    /// What of it is asked of [`Self::focus`].
    pub(super) fn focus(&self, wanted: Wanted) -> vision::Wanted {
        let Some(analyser) = &self.focus else { return vision::Wanted::default() };
        let mut asked = vision::Wanted::default();
        if wanted.faces {
            asked = asked.and(Kind::Faces, self.min_confidence);
        }
        if wanted.salient {
            asked = asked.and(Kind::Salient, Confidence::ANY);
        }
        asked.among(analyser.kinds())
    }
}
