use async_trait::async_trait;

use super::{Reference, Secret, SecretError, Secrets, file};

/// Every place that a [`Reference`] can name.
#[derive(Debug)]
pub struct Places {
    #[cfg(feature = "aws")]
    manager: super::manager::Manager,
    #[cfg(feature = "aws")]
    parameters: super::parameter::Parameters,
}

impl Places {
    /// With Amazon's services as `settings` say. Nobody is asked.
    #[cfg(feature = "aws")]
    pub fn new(settings: &crate::aws::Settings) -> Self {
        let manager = super::manager::Manager::new(settings.clone());
        Self { manager, parameters: super::parameter::Parameters::new(settings.clone()) }
    }

    /// Without Amazon's services.
    #[cfg(not(feature = "aws"))]
    pub fn new() -> Self {
        Self {}
    }

    async fn texts(&self, reference: &Reference) -> Result<Vec<Secret>, String> {
        match reference {
            Reference::Literal(_) | Reference::Variable(_) => reference.here(),
            Reference::File(path) => file::read(path).await,
            #[cfg(feature = "aws")]
            Reference::Manager { id, field } => self.manager.read(id, field.as_deref()).await,
            #[cfg(feature = "aws")]
            Reference::Parameter(name) => self.parameters.read(name).await,
            #[cfg(not(feature = "aws"))]
            Reference::Manager { .. } | Reference::Parameter(_) => Err("is not available in this build".to_owned()),
        }
    }
}

impl Reference {
    /// The secret, where nobody needs to be asked for it.
    pub(super) fn here(&self) -> Result<Vec<Secret>, String> {
        match self {
            Self::Literal(secret) => Ok(vec![secret.clone()]),
            Self::Variable(name) => match std::env::var(name) {
                Ok(text) => Ok(vec![Secret::new(text)]),
                Err(std::env::VarError::NotPresent) => Err("is not set".to_owned()),
                Err(std::env::VarError::NotUnicode(_)) => Err("is not UTF-8".to_owned()),
            },
            _ => Err("has to be read".to_owned()),
        }
    }
}

#[async_trait]
impl Secrets for Places {
    async fn read(&self, reference: &Reference) -> Result<Vec<Secret>, SecretError> {
        let mut texts = self.texts(reference).await.map_err(|problem| SecretError::new(reference, problem))?;
        texts.retain(|secret| !secret.reveal().is_empty());
        if texts.is_empty() { Err(SecretError::new(reference, "is empty")) } else { Ok(texts) }
    }
}
