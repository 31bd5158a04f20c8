use serde::{Deserialize, Serialize};

use super::{Secret, file};
use crate::aws::{Json, Service, Settings};

/// Parameters of Amazon's SSM, decrypted where they are encrypted. Needs `ssm:GetParameter`, and `kms:Decrypt` for keys
/// of one's own.
#[derive(Debug)]
pub(super) struct Parameters {
    service: Json,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question<'a> {
    name: &'a str,
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

impl Parameters {
    pub(super) fn new(settings: Settings) -> Self {
        Self { service: Json::new(Service::SSM, settings) }
    }

    pub(super) async fn read(&self, name: &str) -> Result<Vec<Secret>, String> {
        let question = Question { name, with_decryption: true };
        let answer = self.service.ask::<Answer>("GetParameter", &question).await;
        answer.map(|answer| file::lines(&answer.parameter.value)).map_err(|refused| refused.to_string())
    }
}
