//! What tests of several services share.

use std::sync::LazyLock;

use lightmill_testkit::servers::Moto;

use super::{Credentials, Json, Service, Settings};
use crate::Secret;

/// One for all tests of this crate that need no other; it ends with their process.
pub(crate) static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap_or_else(|error| panic!("{error:#}")));

/// A server on the loopback interface.
pub(crate) fn settings(endpoint: &str) -> Settings {
    Settings {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        credentials: Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("not a secret") },
        role: None,
    }
}

/// Any operation of a service, which has to succeed.
pub(crate) async fn done(endpoint: &str, service: Service, operation: &str, question: serde_json::Value) {
    let answer = Json::new(service, settings(endpoint)).ask::<serde_json::Value>(operation, &question).await;
    assert!(answer.is_ok(), "{operation}: {answer:?}");
}

#[tokio::test]
async fn what_is_not_there_is_tried_three_times() {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", socket.local_addr().unwrap());
    let json = Json::new(Service::DYNAMODB, settings(&endpoint));
    let question = serde_json::json!({});
    let ask = json.ask::<serde_json::Value>("GetItem", &question);
    let hang_up = async {
        for _ in 0..3 {
            drop(socket.accept().await.unwrap());
        }
        drop(socket);
    };
    let (answer, ()) = tokio::join!(ask, hang_up);
    assert!(answer.unwrap_err().passing);
}

#[tokio::test]
async fn a_role_is_assumed_for_json_too() {
    use crate::aws::Role;
    let role = Role { endpoint: Some(MOTO.endpoint()), ..Role::new("arn:aws:iam::123456789012:role/reader") };
    let json = Json::new(Service::DYNAMODB, Settings { role: Some(role), ..settings(&MOTO.endpoint()) });
    json.ask::<serde_json::Value>("ListTables", &serde_json::json!({})).await.unwrap();
}
