use lightmill_mill::Error;
use lightmill_store::Version;

use super::{Id, MANIFEST, Name, Variants};

/// What is kept of an object, beside what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every variant of its state, its manifest if there is to be one, and none of another one.
    Whole,
    /// The same, and some of other ones.
    Cluttered,
    /// A variant of its state is missing, or its manifest.
    Lacking,
}

/// Which variants of an object were seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    id: Id,
    there: Vec<bool>,
    others: bool,
}

impl Seen {
    /// None, of the object in the state `id`.
    pub(crate) fn nothing(id: Id, variants: &Variants) -> Self {
        Self { id, there: vec![false; variants.variants.len() + usize::from(variants.manifest)], others: false }
    }

    /// `name` is there, one of what is made of the object. One that is made of nothing any more is not looked at.
    pub(crate) fn see(&mut self, name: &Name, variants: &Variants) {
        if !variants.is_configured(name) {
            return;
        }
        if name.id != self.id {
            self.others = true;
            return;
        }
        // The last place is that of the manifest.
        let place = variants.variants.iter().position(|variant| variant.name == name.variant);
        if let Some(there) = self.there.get_mut(place.unwrap_or(variants.variants.len())) {
            *there = true;
        }
    }

    /// What that comes to, if it was all.
    pub(crate) fn standing(&self) -> Standing {
        match (self.there.iter().all(|there| *there), self.others) {
            (false, _) => Standing::Lacking,
            (true, true) => Standing::Cluttered,
            (true, false) => Standing::Whole,
        }
    }
}

impl Variants {
    /// Whether such a variant is made of objects, or it is a manifest's name.
    pub fn is_configured(&self, name: &Name) -> bool {
        name.variant == MANIFEST || self.variants.iter().any(|variant| variant.name == name.variant)
    }

    /// What is kept of the object `key`, whose version is `version`.
    ///
    /// # Errors
    /// What a store says.
    pub async fn look(&self, key: &str, version: &Version) -> Result<Standing, Error> {
        let mut seen = Seen::nothing(Id::of(key, version), self);
        for (_, name) in self.names(key).await? {
            seen.see(&name, self);
        }
        Ok(seen.standing())
    }

    /// Removes what is kept of other states of the object `key` than that which it has, where all is there of that one; how
    /// many variants.
    ///
    /// # Errors
    /// What a store says.
    pub async fn tidy(&self, key: &str) -> Result<usize, Error> {
        // What comes between the two looks is of the later state.
        let names = self.names(key).await?;
        let Some(stat) = self.stat(key).await? else { return Ok(0) };
        let id = Id::of(key, &stat.version);
        let mut seen = Seen::nothing(id.clone(), self);
        for (_, name) in &names {
            seen.see(name, self);
        }
        if seen.standing() != Standing::Cluttered {
            return Ok(0);
        }
        let others = names.into_iter().filter(|(_, name)| name.id != id && self.is_configured(name));
        self.remove_these(key, others.collect(), true).await
    }
}
