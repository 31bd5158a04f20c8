use std::sync::Arc;

use super::certificates::Certificates;
use super::{Fetch, Kind, SnsError, SnsMessage, hosts, signature};
use crate::Clock;

/// Says whether a message comes from SNS, and from a topic that somebody has listed.
///
/// Everybody can have SNS sign messages of topics of their own: the list decides whom this endpoint believes.
#[derive(Debug)]
pub struct Verifier {
    certificates: Certificates,
    topics: Vec<String>,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// Believes messages of `topics`, which are ARNs; without one, nothing.
    pub fn new(topics: Vec<String>, fetch: Arc<dyn Fetch>, clock: Arc<dyn Clock>) -> Self {
        Self { certificates: Certificates::new(fetch), topics, clock }
    }

    /// Whether the message is one of SNS. The topic is looked at first: nothing is fetched for others.
    ///
    /// # Errors
    /// Why not.
    pub async fn verify(&self, message: &SnsMessage) -> Result<(), SnsError> {
        if !self.topics.iter().any(|topic| topic == message.topic()) {
            return Err(SnsError::Topic);
        }
        let now = self.clock.now();
        let certificate = self.certificates.get(&message.certificate, now).await?;
        signature::verify(message, &certificate, now)
    }

    /// Tells SNS that this endpoint wants the topic's messages, after a look at the message, which has to be a
    /// [`Kind::SubscriptionConfirmation`].
    ///
    /// # Errors
    /// As [`Self::verify`]; [`SnsError::Form`] for messages of another kind, [`SnsError::Host`] where it would be told to
    /// somebody else than SNS.
    pub async fn confirm(&self, message: &SnsMessage) -> Result<(), SnsError> {
        if message.kind() != Kind::SubscriptionConfirmation {
            return Err(SnsError::Form);
        }
        self.verify(message).await?;
        let url = message.subscribe_url().and_then(hosts::of_sns).ok_or(SnsError::Host)?;
        self.certificates.ask(&url).await?;
        tracing::info!(topic = message.topic(), "a subscription is confirmed");
        Ok(())
    }
}
