use super::Kind;
use crate::webhook::Webhooks;

/// Somebody who is told.
#[derive(Debug)]
pub struct Endpoint {
    /// What the configuration calls it.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// What it is told.
    pub kinds: Vec<Kind>,
    /// Who tells it.
    pub webhooks: Webhooks,
}

impl Endpoint {
    /// The lane of what waits to be told to it.
    pub fn lane(&self) -> String {
        lane(&self.name)
    }
}

/// The lane of what waits to be told to the endpoint of this name.
pub fn lane(endpoint: &str) -> String {
    format!("tell.{endpoint}")
}
