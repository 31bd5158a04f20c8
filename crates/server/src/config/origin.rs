use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use lightmill_store::guard::{BreakerLimits, ConcurrencyLimits, RetryLimits};
use lightmill_store::http::{AddressClass, Allowed, BaseUrl, HttpSettings};

use super::listeners::seconds;
use super::section::Section;

/// Pauses between attempts: the first and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// What can fail for a while, and how it is treated then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Until a request is answered, for each attempt.
    pub first_byte_time: Duration,
    /// How often it is asked.
    pub retries: RetryLimits,
    /// When it is left alone.
    pub breaker: BreakerLimits,
    /// How much is asked of it at once.
    pub concurrency: ConcurrencyLimits,
}

impl Remote {
    /// What holds where nothing is said. `longest`: what a request may take as a whole; `attempts`: how often is asked.
    pub(super) fn standard(longest: Duration, attempts: u32) -> Self {
        let count = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let five_seconds = Duration::from_secs(5);
        Self {
            first_byte_time: Duration::from_secs(10),
            retries: RetryLimits {
                attempts: count(attempts),
                first_pause: PAUSES.0,
                longest_pause: PAUSES.1,
                total: longest,
            },
            breaker: BreakerLimits { failures: count(10), pause: five_seconds },
            concurrency: ConcurrencyLimits { requests: count(64), wait: five_seconds },
        }
    }

    /// `longest`: what a request may take as a whole; `attempts`: how often is asked by default.
    pub(super) fn read(section: &mut Section<'_>, longest: Duration, attempts: u32) -> Self {
        let Self { first_byte_time, retries, breaker, concurrency } = Self::standard(longest, attempts);
        let first_byte_time = seconds(section, "first_byte_time", first_byte_time.as_secs_f64());
        let wait = seconds(section, "wait_time", concurrency.wait.as_secs_f64());
        let pause = seconds(section, "pause_time", breaker.pause.as_secs_f64());
        let mut count = |key: &str, default: NonZeroU32, most: u32| {
            let problem = format!("is 1 to {most}");
            let value = section.checked(key, default.get(), |n| (1..=most).contains(n), &problem);
            NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN)
        };
        Self {
            first_byte_time,
            retries: RetryLimits { attempts: count("attempts", retries.attempts, 10), ..retries },
            breaker: BreakerLimits { failures: count("failures", breaker.failures, 1000), pause },
            concurrency: ConcurrencyLimits { requests: count("requests", concurrency.requests, 10_000), wait },
        }
    }
}

/// The keys of a source whose `url` is that of an HTTP(S) origin.
pub(super) fn read(section: &mut Section<'_>, base: BaseUrl, folder: &Path) -> HttpSettings {
    let mut settings = HttpSettings::new(base);
    settings.allow_private = section.take("allow_private", Vec::new());
    settings.max_redirects = section.checked("redirects", settings.max_redirects, |n| *n <= 20, "is 0 to 20");
    settings.connect_timeout = seconds(section, "connect_time", settings.connect_timeout.as_secs_f64());
    settings.certificates = section.optional::<String>("certificates").map(|file| folder.join(file));
    settings.headers = headers(section);
    if let Some(problem) = closed(&settings) {
        section.mistake("url", settings.base.as_url().as_str(), problem);
    }
    settings
}

/// Lines of `Name: value`, which may hold secrets.
fn headers(section: &mut Section<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in section.secrets("headers") {
        let parsed = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::try_from(name.trim()).ok()?;
            let mut value = HeaderValue::try_from(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        match parsed {
            Some((name, value)) => drop(headers.append(name, value)),
            None => section.silent_mistake("headers", "is a list of lines: \"Name: value\""),
        }
    }
    headers
}

/// Why no request could ever be sent there.
pub(super) fn closed(settings: &HttpSettings) -> Option<String> {
    let host = settings.base.as_url().host_str()?;
    let address = host.trim_matches(['[', ']']).parse().ok()?;
    AddressClass::of(address)?;
    let opened = settings.allow_private.iter().any(|allowed| match allowed {
        Allowed::Network(network) => network.contains(&address),
        Allowed::Host(_) => false,
    });
    (!opened).then(|| format!("is no public address; if it is meant, add allow_private = [\"{address}\"]"))
}
