//! The container against a server of other people, and against one that says what a test wants.

use super::{Container, Credentials, Settings};

mod behaviour;
mod credentials;
mod errors;
mod protocol;

/// A container of a server on the loopback interface, asked by nobody.
fn settings(endpoint: &str, container: &str) -> Settings {
    Settings {
        endpoint: Some(endpoint.to_owned()),
        credentials: Credentials::Anonymous,
        ..Settings::new("lightmill", container)
    }
}

fn container(endpoint: &str) -> Container {
    Container::open(&settings(endpoint, "photos")).unwrap()
}
