use std::sync::Arc;
use std::time::SystemTime;

use lightmill_recipe::Fingerprint;
use serde_json::Value;

use super::{Endpoint, Kind};
use crate::webhook::Message;
use crate::{Error, NewJob, Put, Queue, Wake};

/// Hexadecimal digits of an id: 128 bits.
const ID_DIGITS: usize = 32;

/// Puts a job for everybody who wants to know something.
///
/// * `lightmill_webhooks_total{to, outcome="dropped"}`: what is not told because too much waits for somebody already.
#[derive(Debug)]
pub struct Notices {
    queue: Arc<dyn Queue>,
    endpoints: Vec<(Arc<Endpoint>, Wake)>,
}

/// Whether what happened a second time is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// It is: for as long as it is remembered it is told once.
    Same,
    /// It is as long as that waits to be told. After that it has happened again.
    UntilTold,
}

impl Notices {
    /// What is to be told to `endpoints` waits in `queue`.
    pub fn new(queue: Arc<dyn Queue>, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let endpoints = endpoints.into_iter().map(|endpoint| (Arc::new(endpoint), Wake::default())).collect();
        Self { queue, endpoints }
    }

    /// Where it waits.
    pub fn queue(&self) -> &Arc<dyn Queue> {
        &self.queue
    }

    /// Who is told, and what wakes whoever tells them.
    pub fn endpoints(&self) -> impl Iterator<Item = (&Arc<Endpoint>, &Wake)> {
        self.endpoints.iter().map(|(endpoint, wake)| (endpoint, wake))
    }

    /// Whether anybody wants to know.
    pub(crate) fn wants(&self, kind: Kind) -> bool {
        self.endpoints.iter().any(|(endpoint, _)| endpoint.kinds.contains(&kind))
    }

    /// Has everybody who wants to know be told, durably once this returns. `state` says of what: the same state is told under
    /// the same id, one for each endpoint and kind.
    ///
    /// # Errors
    /// If the queue cannot be written; some may be told then.
    pub(crate) async fn put(&self, kind: Kind, state: &[&str], occasion: Occasion, data: &Value) -> Result<(), Error> {
        let message = Message::new(kind.name(), SystemTime::now(), data.clone());
        let payload = serde_json::to_value(&message).map_err(|error| Error::Unusable(error.to_string()))?;
        for (endpoint, wake) in self.endpoints.iter().filter(|(endpoint, _)| endpoint.kinds.contains(&kind)) {
            self.put_to(endpoint, kind, state, occasion, &payload).await?;
            wake.wake();
        }
        Ok(())
    }

    async fn put_to(
        &self,
        endpoint: &Endpoint,
        kind: Kind,
        state: &[&str],
        occasion: Occasion,
        payload: &Value,
    ) -> Result<(), Error> {
        for number in 1_u32.. {
            let id = id(endpoint, kind, state, number);
            let lane = endpoint.lane();
            let job = NewJob { id, lane, key: None, payload: payload.clone(), follow: None };
            match self.queue.put(job).await? {
                Put::Known(known) if known.state.is_end() && occasion == Occasion::UntilTold => {}
                Put::New(_) | Put::Known(_) => return Ok(()),
                Put::Full => {
                    let to = endpoint.name.clone();
                    tracing::error!(to, kind = kind.name(), ?state, "too much waits to be told: this is not told");
                    metrics::counter!("lightmill_webhooks_total", "to" => to, "outcome" => "dropped").increment(1);
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Names what is told to an endpoint. `number`: how often it happened.
fn id(endpoint: &Endpoint, kind: Kind, state: &[&str], number: u32) -> String {
    let number = number.to_string();
    let parts = [endpoint.name.as_str(), kind.name(), &number].into_iter().chain(state.iter().copied());
    Fingerprint::of(parts).as_str().chars().take(ID_DIGITS).collect()
}
