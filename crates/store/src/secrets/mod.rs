//! Secrets: where they are, what they are at the moment, and how they change without an outage.
//!
//! A [`Reference`] says where a secret is; [`Secrets`] reads it there. [`Places`] knows every place: the configuration
//! itself, files, the environment, and with the feature `aws` Secrets Manager and SSM. A [`Keyring`] holds what several
//! references say, reads them again, and never forgets the last good ones.

mod file;
mod keyring;
#[cfg(feature = "aws")]
mod manager;
#[cfg(feature = "aws")]
mod parameter;
mod places;
mod reference;
mod secret;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
pub use keyring::Keyring;
pub use places::Places;
pub use reference::{Reference, ReferenceError, SCHEMES};
pub use secret::Secret;

/// Where secrets are read.
#[async_trait]
pub trait Secrets: Send + Sync + std::fmt::Debug {
    /// Every text that holds now, the current one first: at least one, and none that is empty.
    async fn read(&self, reference: &Reference) -> Result<Vec<Secret>, SecretError>;
}

/// Why a secret cannot be had. Neither the text nor a part of it is ever in here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reference}: {problem}")]
pub struct SecretError {
    /// Where it should be.
    pub reference: String,
    /// What is wrong there.
    pub problem: String,
}

impl SecretError {
    fn new(reference: &Reference, problem: impl std::fmt::Display) -> Self {
        Self { reference: reference.to_string(), problem: problem.to_string() }
    }
}
