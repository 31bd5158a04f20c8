use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use lightmill_recipe::{Findings, Fingerprint, FoundKind};
use metrics::{counter, histogram};
use moka::sync::Cache;

use crate::{Analyser, Error, Kind, Subject, Wanted};

/// Bytes of an entry beside its texts: key, hash table, links, times.
const ENTRY_BYTES: usize = 400;

/// Errors that are remembered; each is small.
const ERRORS: u64 = 10_000;

/// How long findings are remembered, and how much of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RememberedLimits {
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// How long findings are used. A service may learn, and does not say so.
    pub time: Duration,
    /// For how long nobody is asked again after an error; 0 asks at once.
    pub error_time: Duration,
}

impl Default for RememberedLimits {
    fn default() -> Self {
        Self { memory_bytes: 16 << 20, time: Duration::from_hours(24), error_time: Duration::from_secs(1) }
    }
}

/// An analyser that is asked once about each state of a picture. Who asks meanwhile waits for the same answer.
///
/// * `lightmill_analyses_total{analyser, result}`: `known`, `joined`, `ok`, or [`Error::name`];
/// * `lightmill_analysis_seconds{analyser}` of those that were not known.
#[derive(Debug)]
pub struct Remembered {
    shelf: Arc<Shelf>,
}

#[derive(Debug)]
struct Shelf {
    inner: Arc<dyn Analyser>,
    known: Cache<Key, Arc<Findings>>,
    errors: Cache<Key, Error>,
    remember_errors: bool,
    asking: Mutex<Asking>,
}

/// Analyses that are being made. They belong to those who wait: without them they are dropped, and stop.
#[derive(Debug, Default)]
struct Asking {
    /// Tells one from a later one of the same key.
    next: u64,
    flights: HashMap<Key, (u64, WeakShared<BoxFuture<'static, Answer>>)>,
}

/// A state of a picture, and what is looked for. The analyser's version is the same for a whole shelf.
type Key = (Fingerprint, Wanted);
type Answer = Result<Arc<Findings>, Error>;
type Flight = Shared<BoxFuture<'static, Answer>>;

impl Remembered {
    /// `inner`, whose findings are remembered within `limits`.
    pub fn new(inner: Arc<dyn Analyser>, limits: RememberedLimits) -> Self {
        let known =
            Cache::builder().max_capacity(limits.memory_bytes).weigher(weight).time_to_live(limits.time).build();
        let time = limits.error_time.max(Duration::from_millis(1));
        let errors = Cache::builder().max_capacity(ERRORS).time_to_live(time).build();
        let remember_errors = !limits.error_time.is_zero();
        Self { shelf: Arc::new(Shelf { inner, known, errors, remember_errors, asking: Mutex::default() }) }
    }
}

#[async_trait]
impl Analyser for Remembered {
    fn name(&self) -> &str {
        self.shelf.inner.name()
    }

    fn version(&self) -> &str {
        self.shelf.inner.version()
    }

    fn kinds(&self) -> &[Kind] {
        self.shelf.inner.kinds()
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        wanted.must_be_among(self.kinds(), self.name())?;
        let key = (subject.identity().clone(), *wanted);
        loop {
            if let Some(known) = self.shelf.known(&key) {
                self.shelf.count("known");
                return known.map(|findings| Findings::clone(&findings));
            }
            let (flight, joined) = Shelf::join(&self.shelf, &key, subject);
            let answer = flight.await;
            match &answer {
                // Another's request ended, and this one goes on.
                Err(error) if joined && error.is_of_one_request() => subject.cancel().check()?,
                _ => {
                    if joined {
                        self.shelf.count("joined");
                    }
                    return answer.map(|findings| Findings::clone(&findings));
                }
            }
        }
    }
}

impl Shelf {
    fn known(&self, key: &Key) -> Option<Answer> {
        self.known.get(key).map(Ok).or_else(|| self.errors.get(key).map(Err))
    }

    fn count(&self, result: &'static str) {
        counter!("lightmill_analyses_total", "analyser" => self.inner.name().to_owned(), "result" => result)
            .increment(1);
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        // Nothing that can panic happens while the table is half changed.
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The analysis that is being made, or a new one; and which of the two it is.
    fn join(shelf: &Arc<Self>, key: &Key, subject: &Subject) -> (Flight, bool) {
        let mut asking = shelf.asking();
        if let Some(flight) = asking.flights.get(key).and_then(|(_, flight)| flight.upgrade()) {
            return (flight, true);
        }
        let number = asking.next;
        asking.next += 1;
        let landing = Landing { shelf: Arc::clone(shelf), key: key.clone(), number };
        let subject = subject.clone();
        let flight = async move { landing.shelf.ask(&landing.key, &subject).await }.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            asking.flights.insert(key.clone(), (number, weak));
        }
        (flight, false)
    }

    async fn ask(&self, key: &Key, subject: &Subject) -> Answer {
        let start = Instant::now();
        let answer = AssertUnwindSafe(self.inner.analyse(subject, &key.1)).catch_unwind().await;
        let answer = answer.unwrap_or_else(|_| Err(Error::internal("an analyser panicked"))).map(Arc::new);
        histogram!("lightmill_analysis_seconds", "analyser" => self.inner.name().to_owned()).record(start.elapsed());
        match &answer {
            Ok(findings) => self.known.insert(key.clone(), Arc::clone(findings)),
            Err(error) if self.remember_errors && !error.is_of_one_request() => {
                self.errors.insert(key.clone(), error.clone());
            }
            Err(_) => {}
        }
        self.count(answer.as_ref().map_or_else(Error::name, |_| "ok"));
        answer
    }
}

/// Takes an analysis out of the table, however it ends.
struct Landing {
    shelf: Arc<Shelf>,
    key: Key,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut asking = self.shelf.asking();
        if asking.flights.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            asking.flights.remove(&self.key);
        }
    }
}

fn weight(_: &Key, findings: &Arc<Findings>) -> u32 {
    let regions = findings.regions.iter().map(|found| match &found.what {
        FoundKind::Object(name) => size_of_val(found) + name.len(),
        _ => size_of_val(found),
    });
    let moderation = findings.moderation.iter().map(|label| size_of_val(label) + label.name.len() + label.parent.len());
    u32::try_from(regions.chain(moderation).sum::<usize>() + ENTRY_BYTES).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::Confidence;
    use crate::testing::{Canned, context, found, of, photo, subject};

    const FACES: [Kind; 1] = [Kind::Faces];

    fn faces() -> Wanted {
        Wanted::only(Kind::Faces, Confidence::ANY)
    }

    #[expect(clippy::unnecessary_wraps, reason = "an answer as analysers give it")]
    fn one_face() -> Result<Findings, Error> {
        Ok(Findings { regions: vec![found(FoundKind::Face, 0.9)], ..Findings::default() })
    }

    fn slow(answer: Result<Findings, Error>, limits: RememberedLimits) -> (Arc<Canned>, Remembered) {
        let canned = Arc::new(Canned::new("slow", &FACES, answer).taking(Duration::from_millis(20)));
        (Arc::clone(&canned), Remembered::new(canned, limits))
    }

    #[tokio::test]
    async fn a_picture_is_analysed_once_for_what_is_wanted() {
        let (canned, remembered) = slow(one_face(), RememberedLimits::default());
        let (astronaut, rocket) = (subject("astronaut.png"), subject("rocket.jpg"));
        let wanted = faces();
        let all = join_all((0..20).map(|_| remembered.analyse(&astronaut, &wanted))).await;
        assert!(all.iter().all(|findings| findings.as_ref().unwrap().regions.len() == 1));
        assert_eq!(canned.asked().len(), 1);
        remembered.analyse(&rocket, &faces()).await.unwrap();
        let sure = Wanted::only(Kind::Faces, Confidence::percent(50.0).unwrap());
        remembered.analyse(&astronaut, &sure).await.unwrap();
        assert_eq!(canned.asked(), [faces(), faces(), sure]);
        for subject in [astronaut, rocket] {
            remembered.analyse(&subject, &faces()).await.unwrap();
        }
        assert_eq!(canned.asked().len(), 3);
        assert!(remembered.shelf.asking().flights.is_empty());
    }

    #[tokio::test]
    async fn nothing_is_an_answer_and_a_failure_is_none() {
        let limits = RememberedLimits { error_time: Duration::from_millis(50), ..RememberedLimits::default() };
        let (canned, remembered) = slow(Err(Error::TimedOut), limits);
        let subject = subject("rocket.jpg");
        for _ in 0..3 {
            assert!(matches!(remembered.analyse(&subject, &faces()).await, Err(Error::TimedOut)));
        }
        assert_eq!(canned.asked().len(), 1, "for a moment nobody is asked again");
        canned.set(Ok(Findings::default()));
        tokio::time::sleep(Duration::from_millis(80)).await;
        for _ in 0..3 {
            assert_eq!(remembered.analyse(&subject, &faces()).await.unwrap(), Findings::default());
        }
        assert_eq!(canned.asked().len(), 2);
        let (canned, at_once) =
            slow(Err(Error::TimedOut), RememberedLimits { error_time: Duration::ZERO, ..RememberedLimits::default() });
        for _ in 0..3 {
            assert!(at_once.analyse(&subject, &faces()).await.is_err());
        }
        assert_eq!(canned.asked().len(), 3);
    }

    #[tokio::test]
    async fn the_end_of_one_request_is_not_the_end_of_others() {
        let (canned, remembered) = slow(one_face(), RememberedLimits::default());
        let same = || Subject::new(Fingerprint::of(["same"]), photo("rocket.jpg"), context());
        let (leaving, staying) = (same(), same());
        let leave = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            leaving.cancel().cancel();
        };
        let wanted = faces();
        let (left, stayed, ()) =
            tokio::join!(remembered.analyse(&leaving, &wanted), remembered.analyse(&staying, &wanted), leave);
        assert!(left.unwrap_err().is_of_one_request());
        assert_eq!(stayed.unwrap().regions.len(), 1);
        assert_eq!(canned.asked().len(), 2);
    }

    #[tokio::test]
    async fn an_analysis_for_nobody_is_dropped() {
        let (canned, remembered) = slow(one_face(), RememberedLimits::default());
        let subject = subject("rocket.jpg");
        let wanted = faces();
        let waiting = remembered.analyse(&subject, &wanted);
        assert!(tokio::time::timeout(Duration::from_millis(2), waiting).await.is_err());
        assert!(remembered.shelf.asking().flights.is_empty());
        remembered.analyse(&subject, &wanted).await.unwrap();
        assert_eq!(canned.asked().len(), 2);
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let limits = RememberedLimits { memory_bytes: 5000, ..RememberedLimits::default() };
        let remembered = Remembered::new(Arc::new(Canned::new("fast", &FACES, one_face())), limits);
        for i in 0..100_u8 {
            remembered.analyse(&of(vec![i].into()), &faces()).await.unwrap();
        }
        remembered.shelf.known.run_pending_tasks();
        assert!(remembered.shelf.known.weighted_size() <= 5000 && remembered.shelf.known.entry_count() >= 5);
    }

    #[tokio::test]
    async fn what_it_does_not_know_it_does_not_ask() {
        let (canned, remembered) = slow(one_face(), RememberedLimits::default());
        let wanted = Wanted::only(Kind::Text, Confidence::ANY);
        assert!(matches!(remembered.analyse(&subject("rocket.jpg"), &wanted).await, Err(Error::CannotFind { .. })));
        assert!(canned.asked().is_empty());
    }
}
