use std::sync::{Arc, Mutex, PoisonError};

use lightmill_recipe::InputIndex;

use crate::plan::{Decode, Pipeline};
use crate::{Error, FrameSource, Picture, Still};

/// Decoded pictures that several runs over the same inputs share: a picture that the next run wants just so is not
/// decoded again. They are held as long as this is. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Decoded(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    input: InputIndex,
    decode: Decode,
    picture: Picture,
}

impl Decoded {
    /// The source of `pipeline`: what was decoded before, or what `decode` gives. Only stills are shared.
    pub(super) fn source(
        &self,
        pipeline: &Pipeline,
        decode: impl FnOnce() -> Result<Box<dyn FrameSource + Send>, Error>,
    ) -> Result<Box<dyn FrameSource + Send>, Error> {
        let Pipeline { input, decode: how, .. } = pipeline;
        if how.frames != 1 || how.skip != 0 {
            return decode();
        }
        if let Some(entry) = self.lock().iter().find(|entry| entry.input == *input && entry.decode == *how) {
            return Ok(Box::new(Still::new(entry.picture.clone())));
        }
        let mut source = decode()?;
        let Some(frame) = source.next_frame()? else { return Err(Error::internal("a source without frames")) };
        let entry = Entry { input: *input, decode: how.clone(), picture: frame.picture.clone() };
        self.lock().push(entry);
        Ok(Box::new(Still::new(frame.picture)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        // A list that only grows is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }
}
