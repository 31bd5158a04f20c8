use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};

use super::{Error, Orphans, Walk};
use crate::variants::Standing;

/// What a backfill will be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// Objects that there are.
    pub objects: u64,
    /// Those all of whose variants are there.
    pub up_to_date: u64,
    /// Those of which some were made of other states, besides.
    pub cluttered: u64,
    /// Those whose variants would be made.
    pub to_make: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Variants of objects that are gone.
    pub orphans: u64,
    /// Variants that would be left although their object may be gone.
    pub doubtful: u64,
    /// What was tried, if anything was.
    pub sample: Option<Sample>,
}

/// Variants that were made of some objects, and not written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Objects.
    pub objects: u64,
    /// Those that failed.
    pub failed: u64,
    /// Bytes of the variants.
    pub bytes: u64,
    /// How long that took, so many at a time as a backfill makes.
    pub took: Duration,
}

impl Estimate {
    /// Looks at everything that `prefix` begins; `sample`: of how many objects variants are made to see what that takes,
    /// `at_a_time`. Nothing is written.
    ///
    /// # Errors
    /// If something cannot be listed.
    pub async fn of(
        walk: &Walk,
        prefix: &str,
        again: bool,
        removes: bool,
        sample: usize,
        at_a_time: usize,
    ) -> Result<Self, Error> {
        let mut estimate = Self::default();
        let mut chosen: Vec<String> = Vec::new();
        let mut objects = walk.objects(prefix, None);
        while let Some(looked) = objects.try_next().await.map_err(Error::Listing)? {
            estimate.objects += 1;
            estimate.cluttered += u64::from(removes && looked.standing == Standing::Cluttered);
            if looked.standing != Standing::Lacking && !again {
                estimate.up_to_date += 1;
                continue;
            }
            estimate.to_make += 1;
            estimate.bytes += looked.size.unwrap_or_default();
            // Each is among the chosen with the same probability (Vitter, "Random sampling with a reservoir", algorithm R).
            if chosen.len() < sample {
                chosen.push(looked.key);
            } else if let Some(place) = usize::try_from(fastrand::u64(..estimate.to_make)).ok()
                && place < sample
            {
                chosen[place] = looked.key;
            }
        }
        if removes {
            let mut pages = walk.orphans(prefix, None);
            while let Some(Orphans { gone, doubtful, .. }) = pages.try_next().await.map_err(Error::Listing)? {
                estimate.orphans += gone.iter().map(|orphan| orphan.variants.len() as u64).sum::<u64>();
                estimate.doubtful += doubtful;
            }
        }
        if !chosen.is_empty() {
            estimate.sample = Some(Sample::of(walk, &chosen, at_a_time).await);
        }
        Ok(estimate)
    }

    /// How long all of them will take, by the sample.
    pub fn time(&self) -> Option<Duration> {
        let sample = self.sample?;
        Some(sample.took.mul_f64(self.to_make as f64 / sample.objects as f64))
    }

    /// Bytes of all variants, by the sample.
    pub fn written(&self) -> Option<u64> {
        let sample = self.sample?;
        Some((sample.bytes as f64 * self.to_make as f64 / sample.objects as f64) as u64)
    }
}

impl Sample {
    async fn of(walk: &Walk, keys: &[String], at_a_time: usize) -> Self {
        let start = Instant::now();
        let made = stream::iter(keys.iter().map(|key| walk.variants.rehearse(key)));
        let made: Vec<_> = made.buffer_unordered(at_a_time.max(1)).collect().await;
        Self {
            objects: keys.len() as u64,
            failed: made.iter().filter(|made| made.is_err()).count() as u64,
            bytes: made.into_iter().flatten().sum(),
            took: start.elapsed(),
        }
    }
}
