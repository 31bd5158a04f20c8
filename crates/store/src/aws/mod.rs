//! Amazon's services: where they are, who asks them, and a client for those that speak JSON.
//!
//! `settings.rs` says where and who, `config.rs` has the SDK find out what is left open, also for [`s3`](crate::s3).
//! `json.rs` asks one question of a service (DynamoDB, Secrets Manager, SSM, SQS, Rekognition), `answer.rs` reads what it says,
//! `endpoint.rs` knows its address, `identity.rs` keeps credentials until they expire, `transport.rs` has the connections.

mod answer;
mod config;
mod endpoint;
mod identity;
mod json;
mod settings;
#[cfg(test)]
pub(crate) mod tests;
mod transport;

pub use answer::Refused;
pub(crate) use config::load;
pub use endpoint::Service;
pub use json::{Asking, Json};
pub use settings::{Credentials, Role, Settings};
