use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::Error;

/// Tells running work to stop: because nobody waits any more, or because its time is over. Cheap to clone and to ask.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    cancelled: Arc<AtomicBool>,
    deadline: Option<Instant>,
    /// What this work is a part of.
    whole: Option<Arc<Cancel>>,
}

impl Cancel {
    /// Work that must end before `deadline`.
    pub fn with_deadline(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..Self::default() }
    }

    /// For a part of this work: it stops with the whole, and can be told to stop without it.
    #[must_use]
    pub fn part(&self) -> Self {
        Self { whole: Some(Arc::new(self.clone())), ..Self::default() }
    }

    /// Tells every holder of a clone to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// An error if the work is to stop. Long loops ask once per row or block of rows.
    pub fn check(&self) -> Result<(), Error> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => return Err(Error::TimedOut),
            _ => {}
        }
        self.whole.as_ref().map_or(Ok(()), |whole| whole.check())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stops_with_the_whole_and_not_the_other_way_round() {
        let whole = Cancel::default();
        let (part, other) = (whole.part(), whole.part());
        part.cancel();
        assert!(matches!(part.check(), Err(Error::Cancelled)));
        assert!(whole.check().is_ok() && other.check().is_ok());
        whole.cancel();
        assert!(matches!(other.part().check(), Err(Error::Cancelled)));
        assert!(matches!(Cancel::with_deadline(Instant::now()).part().check(), Err(Error::TimedOut)));
    }
}
