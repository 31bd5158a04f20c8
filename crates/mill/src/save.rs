use lightmill_store::Attributes;
use lightmill_vision as vision;

use crate::{Delivered, Error, Film, KeptFilm, Mill, Place, Rules};

/// Counts what is saved.
const SAVED: &str = "lightmill_saved_total";

impl Mill {
    /// Whether results may be saved at `target`.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`] if they may not.
    pub fn may_save(&self, rules: &Rules, target: &Place) -> Result<(), Error> {
        let is_allowed = rules.save_to.contains(&target.source) && self.sinks().contains_key(&target.source);
        let name = || target.source.chars().take(64).collect();
        if is_allowed { Ok(()) } else { Err(Error::UnknownTarget { name: name() }) }
    }

    /// Writes a result as an object of its own, in place of one that is there: whole or not at all. What was made of that
    /// is not served any more here; other instances find out as they do about every change.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`] if the rules do not allow it, [`Error::Analyser`] for a result that lacks something, and what
    /// the store says.
    pub async fn save(
        &self,
        rules: &Rules,
        delivered: &Delivered,
        target: &Place,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        self.may_save(rules, target)?;
        if let Some(words) = delivered.degraded.words() {
            return Err(vision::Error::Unavailable { detail: format!("without {words} nothing is saved") }.into());
        }
        self.write(SAVED, target, delivered.made.bytes.clone().into(), attributes).await
    }

    /// Writes a clip, likewise, which is made first if it is not kept yet; and where it is kept.
    ///
    /// # Errors
    /// As [`Mill::save`] and [`Mill::film`].
    pub async fn save_film(
        &self,
        rules: &Rules,
        film: Film,
        target: &Place,
        attributes: &Attributes,
    ) -> Result<KeptFilm, Error> {
        self.may_save(rules, target)?;
        let kept = match film {
            Film::Kept(kept) => kept,
            Film::Growing(growing) => growing.kept().await?,
        };
        self.write(SAVED, target, kept.content().await?, attributes).await?;
        Ok(kept)
    }
}
