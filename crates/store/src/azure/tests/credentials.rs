use lightmill_testkit::Scratch;

use super::*;
use crate::canned::{Server, answer};
use crate::cloud::Environment;
use crate::{Secret, Source};

fn good() -> String {
    answer("200 OK", "ETag: \"1\"\r\n", "")
}

async fn issuer() -> Server {
    // Some services write numbers as text.
    Server::start(vec![answer("200 OK", "", r#"{"access_token":"a-token","expires_in":"86399"}"#)]).await
}

/// A container of whoever `variables` say asks, after a stat.
async fn asked(variables: &[(&str, &str)], client_id: Option<&str>) -> String {
    let store = Server::start(vec![good()]).await;
    let variable =
        |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    let credentials = Credentials::Found { client_id: client_id.map(str::to_owned) };
    let settings = Settings { credentials, ..settings(&store.endpoint, "photos") };
    let container = Container::open_in(&settings, Environment(&variable)).unwrap();
    container.stat("a").await.unwrap();
    container.stat("a").await.unwrap();
    assert!(store.requests().iter().all(|request| request.contains("\r\nauthorization: Bearer a-token\r\n")));
    format!("{container:?}")
}

#[tokio::test]
async fn an_application_with_a_secret() {
    let issuer = issuer().await;
    let variables = [
        ("AZURE_AUTHORITY_HOST", issuer.endpoint.as_str()),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "id"),
        ("AZURE_CLIENT_SECRET", "hush&"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere"),
    ];
    assert!(!asked(&variables, None).await.contains("hush"));
    assert_eq!(issuer.lines(), ["POST /tenant/oauth2/v2.0/token"]);
    let form = "grant_type=client_credentials&client_id=id&scope=https%3A%2F%2Fstorage.azure.com%2F.default\
                &client_secret=hush%26";
    assert!(issuer.requests()[0].ends_with(form), "{:?}", issuer.requests());
}

#[tokio::test]
async fn a_workload_identity() {
    let (issuer, folder) = (issuer().await, Scratch::new().unwrap());
    let file = folder.write("token", "an.assertion\n").unwrap();
    let variables = [
        ("AZURE_AUTHORITY_HOST", issuer.endpoint.as_str()),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "id"),
        ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap()),
    ];
    asked(&variables, Some("another")).await;
    let request = &issuer.requests()[0];
    assert!(request.contains("&client_id=another&"), "{request}");
    assert!(request.ends_with("jwt-bearer&client_assertion=an.assertion"), "{request}");
}

#[tokio::test]
async fn a_managed_identity() {
    let issuer = issuer().await;
    asked(&[("AZURE_POD_IDENTITY_AUTHORITY_HOST", &issuer.endpoint)], None).await;
    let endpoint = format!("{}/msi/token", issuer.endpoint);
    asked(&[("IDENTITY_ENDPOINT", &endpoint), ("IDENTITY_HEADER", "a-header")], Some("one-of-several")).await;
    let resource = "resource=https%3A%2F%2Fstorage.azure.com%2F";
    let expected = [
        format!("GET /metadata/identity/oauth2/token?api-version=2018-02-01&{resource}"),
        format!("GET /msi/token?api-version=2019-08-01&{resource}&client_id=one-of-several"),
    ];
    assert_eq!(issuer.lines(), expected);
    assert!(issuer.requests()[0].contains("\r\nmetadata: true\r\n"));
    assert!(issuer.requests()[1].contains("\r\nx-identity-header: a-header\r\n"));
}

#[test]
fn what_is_no_credentials_is_named_and_not_shown() {
    for (credentials, word) in [
        (Credentials::Key(Secret::new("hush!")), "base64"),
        (Credentials::Signature(Secret::new("sv=hush")), "sig="),
        (Credentials::Signature(Secret::new("sig=hush hush")), "sig="),
    ] {
        let error = Container::open(&Settings { credentials, ..settings("http://127.0.0.1:9", "photos") }).unwrap_err();
        assert!(error.to_string().contains(word) && !error.to_string().contains("hush"), "{error}");
    }
}
