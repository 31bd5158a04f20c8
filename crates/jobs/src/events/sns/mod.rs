//! What SNS posts to an HTTP endpoint.
//!
//! `message.rs` reads it and says what is signed of it, `hosts.rs` which URLs are those of SNS, `certificates.rs` gets and
//! keeps certificates, `signature.rs` verifies, `verifier.rs` joins these with the topics that are listed.
//!
//! What is checked: the topic is one of those that are listed; the certificate comes over HTTPS from a host of SNS itself,
//! and has begun and not ended; its RSA key of 2048 bits or more has signed the message (SHA-1 for version 1, SHA-256
//! for version 2). What is not: who issued the certificate, since SNS serves it without its issuer's; whether it was
//! revoked; the message's age, since SNS itself delivers for days, and events that come twice do no harm.

mod certificates;
mod error;
mod hosts;
mod message;
mod signature;
#[cfg(test)]
mod tests;
mod verifier;

pub use certificates::Fetch;
pub use error::SnsError;
pub use message::{Kind, SnsMessage};
pub use verifier::Verifier;
