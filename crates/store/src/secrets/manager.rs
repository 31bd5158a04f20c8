use serde::{Deserialize, Serialize};

use super::Secret;
use crate::aws::{Json, Service, Settings};

/// What is signed with, and what was signed with before.
const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// What Secrets Manager says where there was nothing before.
const NOT_FOUND: &str = "ResourceNotFoundException";

/// Amazon's Secrets Manager. Needs `secretsmanager:GetSecretValue`, and `kms:Decrypt` for keys of one's own.
#[derive(Debug)]
pub(super) struct Manager {
    service: Json,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question<'a> {
    secret_id: &'a str,
    version_stage: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    version_id: String,
    secret_string: Option<String>,
}

impl Manager {
    pub(super) fn new(settings: Settings) -> Self {
        Self { service: Json::new(Service::SECRETS_MANAGER, settings) }
    }

    /// The current secret, and the one before it if there is one.
    pub(super) async fn read(&self, id: &str, field: Option<&str>) -> Result<Vec<Secret>, String> {
        let mut current =
            self.version(id, CURRENT).await?.ok_or_else(|| format!("{NOT_FOUND}: there is no such secret"))?;
        let previous = self.version(id, PREVIOUS).await?;
        if previous.as_ref().is_some_and(|previous| previous.version_id == current.version_id) {
            // It was rotated between the two questions.
            current = self.version(id, CURRENT).await?.unwrap_or(current);
        }
        let mut secrets = vec![text(current, field)?];
        match previous.map(|previous| text(previous, field)) {
            Some(Ok(secret)) if !secrets.contains(&secret) => secrets.push(secret),
            Some(Err(problem)) => tracing::debug!(id, problem, "the previous secret is of no use"),
            Some(Ok(_)) | None => {}
        }
        Ok(secrets)
    }

    async fn version(&self, id: &str, stage: &str) -> Result<Option<Answer>, String> {
        let question = Question { secret_id: id, version_stage: stage };
        match self.service.ask::<Answer>("GetSecretValue", &question).await {
            Ok(answer) => Ok(Some(answer)),
            Err(refused) if refused.code == NOT_FOUND => Ok(None),
            Err(refused) => Err(refused.to_string()),
        }
    }
}

/// The secret itself, or that field of it. What does not fit is not shown: it may be the secret.
fn text(answer: Answer, field: Option<&str>) -> Result<Secret, String> {
    let text = answer.secret_string.ok_or("holds bytes, not text")?;
    let Some(field) = field else { return Ok(Secret::new(text)) };
    let object: serde_json::Map<_, _> = serde_json::from_str(&text).map_err(|_| "holds no JSON object")?;
    match object.get(field) {
        Some(serde_json::Value::String(text)) => Ok(Secret::new(text)),
        Some(_) => Err("the field is no text".to_owned()),
        None => Err("has no such field".to_owned()),
    }
}
