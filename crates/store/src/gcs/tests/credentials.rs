use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lightmill_testkit::Scratch;

use super::*;
use crate::Source;
use crate::canned::{Server, answer};
use crate::cloud::Environment;

fn good() -> String {
    answer("200 OK", "x-goog-generation: 7\r\n", "")
}

fn token(seconds: u32) -> String {
    answer("200 OK", "", &format!(r#"{{"access_token":"a-token","expires_in":{seconds},"token_type":"Bearer"}}"#))
}

fn authorizations(server: &Server) -> Vec<String> {
    let value = |request: &String| {
        request.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or_default().to_owned()
    };
    server.requests().iter().map(value).collect()
}

fn opened(endpoint: &str, credentials: Credentials, variables: &[(&str, &str)]) -> Bucket {
    let variable =
        |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    let settings = Settings { credentials, ..settings(endpoint, "photos") };
    Bucket::open_in(&settings, Environment(&variable)).unwrap()
}

#[tokio::test]
async fn an_instance_is_asked_once_who_it_is() {
    let (store, metadata) = (Server::start(vec![good()]).await, Server::start(vec![token(3600)]).await);
    let host = metadata.endpoint.trim_start_matches("http://");
    let bucket = opened(&store.endpoint, Credentials::Found, &[("GCE_METADATA_HOST", host)]);
    bucket.stat("a").await.unwrap();
    bucket.stat("a").await.unwrap();
    assert_eq!(metadata.lines(), ["GET /computeMetadata/v1/instance/service-accounts/default/token"]);
    assert!(metadata.requests()[0].to_lowercase().contains("\r\nmetadata-flavor: google\r\n"));
    assert_eq!(authorizations(&store), ["Bearer a-token", "Bearer a-token"]);
}

#[tokio::test]
async fn a_token_that_ends_soon_or_is_not_taken_is_renewed() {
    let (store, metadata) = (Server::start(vec![good()]).await, Server::start(vec![token(200)]).await);
    let host = metadata.endpoint.trim_start_matches("http://").to_owned();
    let bucket = opened(&store.endpoint, Credentials::Found, &[("GCE_METADATA_HOST", &host)]);
    bucket.stat("a").await.unwrap();
    bucket.stat("a").await.unwrap();
    assert_eq!(metadata.lines().len(), 2);

    let refusal = answer("401 Unauthorized", "", "");
    let (store, metadata) = (Server::start(vec![refusal, good()]).await, Server::start(vec![token(3600)]).await);
    let host = metadata.endpoint.trim_start_matches("http://").to_owned();
    let bucket = opened(&store.endpoint, Credentials::Found, &[("GCE_METADATA_HOST", &host)]);
    bucket.stat("a").await.unwrap();
    assert_eq!(metadata.lines().len(), 2);
}

#[tokio::test]
async fn a_users_token_is_renewed() {
    let (store, issuer) = (Server::start(vec![good()]).await, Server::start(vec![token(3600)]).await);
    let folder = Scratch::new().unwrap();
    let file = format!(
        r#"{{"type":"authorized_user","client_id":"id","client_secret":"hush+","refresh_token":"1//r","token_uri":"{}/token"}}"#,
        issuer.endpoint
    );
    folder.write("application_default_credentials.json", &file).unwrap();
    let bucket = opened(&store.endpoint, Credentials::Found, &[("CLOUDSDK_CONFIG", folder.path().to_str().unwrap())]);
    bucket.stat("a").await.unwrap();
    assert_eq!(issuer.lines(), ["POST /token"]);
    let form = "grant_type=refresh_token&client_id=id&client_secret=hush%2B&refresh_token=1%2F%2Fr";
    assert!(issuer.requests()[0].ends_with(form));
    assert_eq!(authorizations(&store), ["Bearer a-token"]);
    assert!(!format!("{bucket:?}").contains("hush"));
}

#[tokio::test]
async fn a_service_account_signs_by_itself() {
    let store = Server::start(vec![good()]).await;
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let folder = Scratch::new().unwrap();
    let content = serde_json::json!({
        "type": "service_account",
        "client_email": "reader@example.iam.gserviceaccount.com",
        "private_key_id": "k1",
        "private_key": key.serialize_pem(),
    });
    let path = folder.write("key.json", content.to_string()).unwrap();
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", path.to_str().unwrap())];
    for bucket in [
        opened(&store.endpoint, Credentials::File(path.clone()), &[]),
        opened(&store.endpoint, Credentials::Found, &variables),
    ] {
        bucket.stat("a").await.unwrap();
    }
    for authorization in authorizations(&store) {
        let parts: Vec<&str> = authorization.strip_prefix("Bearer ").unwrap().split('.').collect();
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let json = |part: &str| serde_json::from_slice::<serde_json::Value>(&decoded(part)).unwrap();
        let [header, claims, signature] = parts[..] else { panic!("{authorization}") };
        assert_eq!((json(header)["alg"].as_str(), json(header)["kid"].as_str()), (Some("RS256"), Some("k1")));
        assert_eq!(json(claims)["iss"], "reader@example.iam.gserviceaccount.com");
        assert_eq!(json(claims)["exp"].as_u64().unwrap() - json(claims)["iat"].as_u64().unwrap(), 3600);
        let algorithm = rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms;
        let rsa = algorithm.mapping.iter().find(|(scheme, _)| *scheme == rustls::SignatureScheme::RSA_PKCS1_SHA256);
        let message = format!("{header}.{claims}");
        let verified =
            rsa.unwrap().1[0].verify_signature(key.public_key_raw(), message.as_bytes(), &decoded(signature));
        assert!(verified.is_ok());
    }
}

#[test]
fn what_is_no_credentials_is_named_and_not_shown() {
    let folder = Scratch::new().unwrap();
    let missing = folder.path().join("missing.json");
    for (path, word) in [
        (missing, "cannot be read"),
        (folder.write("a.json", "hush").unwrap(), "no JSON"),
        (folder.write("b.json", r#"{"type":"external_account"}"#).unwrap(), "neither service_account"),
        (
            folder
                .write(
                    "c.json",
                    r#"{"type":"service_account","client_email":"a","private_key_id":"b","private_key":"hush"}"#,
                )
                .unwrap(),
            "no PEM",
        ),
    ] {
        let settings = Settings { credentials: Credentials::File(path), ..settings("http://127.0.0.1:9", "photos") };
        let error = Bucket::open(&settings).unwrap_err().to_string();
        assert!(error.contains(word) && !error.contains("hush"), "{error}");
    }
}
