use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokio::sync::Mutex;

use crate::Error;

/// Credentials that say no end of their own are looked for again after this time.
const WITHOUT_END: Duration = Duration::from_mins(15);

/// New ones are asked for so long before the old ones end.
const BEFORE_END: Duration = Duration::from_mins(1);

/// Who asks, remembered until shortly before the end of the credentials.
#[derive(Debug)]
pub(super) struct Identity {
    provider: Option<SharedCredentialsProvider>,
    known: Mutex<Option<(Credentials, SystemTime)>>,
}

impl Identity {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self { provider: config.credentials_provider(), known: Mutex::new(None) }
    }

    /// The credentials that hold now; `None` where requests are not signed.
    pub(super) async fn credentials(&self) -> Result<Option<Credentials>, Error> {
        let Some(provider) = &self.provider else { return Ok(None) };
        // Others wait while one asks: they need the answer too.
        let mut known = self.known.lock().await;
        let now = SystemTime::now();
        if let Some((credentials, until)) = &*known
            && now < *until
        {
            return Ok(Some(credentials.clone()));
        }
        let found = provider.provide_credentials().await.map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            Error::unavailable(format_args!("no credentials: {error}{cause}"))
        })?;
        let until = match found.expiry() {
            Some(end) => end.checked_sub(BEFORE_END).unwrap_or(now),
            None => now + WITHOUT_END,
        };
        *known = Some((found.clone(), until));
        Ok(Some(found))
    }

    /// Looks for credentials again before the next request: the service did not take these.
    pub(super) async fn forget(&self) {
        *self.known.lock().await = None;
    }
}
