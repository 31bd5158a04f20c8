use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::{Failure, Job, Problem as Told, Progress, Retry, Work, async_trait};
use lightmill_mill::{Error, ErrorKind};
use serde_json::Value;
use tokio::sync::watch;

use super::Order;
use crate::errors::{self, Problem};
use crate::reload::Live;

/// Makes what is ordered, by the service of the moment.
pub(super) struct Making {
    pub(super) live: Arc<Live>,
    /// How long an attempt may take.
    pub(super) time: Duration,
}

#[async_trait]
impl Work for Making {
    async fn run(&self, job: &Job, progress: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let order: Order = serde_json::from_value(job.payload.clone()).map_err(|error| {
            failure(&Problem::Mill(Error::Internal { detail: format!("an order that cannot be read: {error}") }))
        })?;
        let service = self.live.service();
        service.carry_out(&order, self.time, progress).await.map_err(|problem| failure(&problem))
    }
}

/// What is told of a problem, and whether it passes. What a client must not read goes to the log.
pub(crate) fn failure(problem: &Problem) -> Failure {
    errors::log(problem);
    let told = Told::new(problem.name(), problem.public_text());
    Failure { problem: told, retry: retry(problem) }
}

fn retry(problem: &Problem) -> Retry {
    let Problem::Mill(error) = problem else { return Retry::Never };
    match (error, error.kind()) {
        (Error::Busy { retry_after, .. }, _) => Retry::Busy(*retry_after),
        (_, ErrorKind::Unavailable | ErrorKind::AnalyserFailed | ErrorKind::TimedOut | ErrorKind::Cancelled) => {
            Retry::Later(None)
        }
        // What broke once may work on another machine, or with more memory.
        (_, ErrorKind::Internal) => Retry::Later(None),
        _ => Retry::Never,
    }
}

#[cfg(test)]
mod tests {
    use lightmill_mill::BusyReason;
    use lightmill_store as store;

    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        let busy = Error::Busy { retry_after: Duration::from_secs(7), reason: BusyReason::QueueFull };
        for (error, expected) in [
            (busy, Retry::Busy(Duration::from_secs(7))),
            (store::Error::unavailable("x").into(), Retry::Later(None)),
            (store::Error::TimedOut.into(), Retry::Later(None)),
            (Error::TimedOut, Retry::Later(None)),
            (store::Error::NotFound.into(), Retry::Never),
            (lightmill_image::Error::UnknownFormat.into(), Retry::Never),
            (Error::VideoNotServed, Retry::Never),
            (Error::OriginalsForbidden, Retry::Never),
        ] {
            assert_eq!(retry(&Problem::Mill(error.clone())), expected, "{error}");
        }
        assert_eq!(retry(&Problem::NoMount), Retry::Never);
    }

    #[test]
    fn failures_say_nothing_of_the_inside() {
        let failed = failure(&Problem::Mill(store::Error::unavailable("/srv/secret").into()));
        assert_eq!(failed.problem.code, "SourceUnavailableError");
        assert!(!failed.problem.message.contains("secret"), "{failed:?}");
    }
}
