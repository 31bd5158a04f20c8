use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use lightmill_image::plan::Cost;
use lightmill_image::{Cancel, Context, Picture};
use lightmill_recipe::Fingerprint;

use crate::{Error, small};

/// A stored picture that is looked at. Cheap to clone; all clones share what was made of it.
#[derive(Debug, Clone)]
pub struct Subject(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    identity: Fingerprint,
    source: Bytes,
    context: Context,
    small: Mutex<Option<Arc<Picture>>>,
}

impl Subject {
    /// The picture file `source`. `identity` differs from that of every other picture, and of every other state of the
    /// same one: a hash of its source, key and version. `context` bounds what reading it may cost, and tells to stop.
    pub fn new(identity: Fingerprint, source: Bytes, context: Context) -> Self {
        Self(Arc::new(Shared { identity, source, context, small: Mutex::default() }))
    }

    /// What tells it from others.
    pub fn identity(&self) -> &Fingerprint {
        &self.0.identity
    }

    /// Tells work on it to stop.
    pub fn cancel(&self) -> &Cancel {
        &self.0.context.cancel
    }

    pub(crate) fn source(&self) -> &Bytes {
        &self.0.source
    }

    /// Of work that is a part of all that is done for the request, and that `cancel` stops.
    pub(crate) fn context(&self, cancel: &Cancel) -> Context {
        Context { cancel: cancel.clone(), ..self.0.context.clone() }
    }

    /// What [`Self::small`] is estimated to cost. Reads headers only, but may take some milliseconds.
    pub(crate) fn small_cost(&self) -> Result<Cost, Error> {
        Ok(small::plan(self.source(), &self.context(self.cancel()))?.cost)
    }

    /// The copy for analysers on this machine, as [`small::picture`] makes it: once, by whoever comes first.
    pub(crate) fn small(&self, cancel: &Cancel) -> Result<Arc<Picture>, Error> {
        // Who comes second waits as long as if it made the copy itself.
        let mut small = self.0.small.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(small) = &*small {
            return Ok(Arc::clone(small));
        }
        let made = Arc::new(small::picture(self.source(), &self.context(cancel))?);
        Ok(Arc::clone(small.insert(made)))
    }
}
