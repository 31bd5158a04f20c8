use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, advance};

use super::{Keyring, Reference, Secret, SecretError, Secrets};

/// A place that says what a test wants.
#[derive(Debug, Default)]
struct Said {
    texts: Mutex<Option<Vec<&'static str>>>,
    read: AtomicUsize,
}

#[async_trait]
impl Secrets for Said {
    async fn read(&self, reference: &Reference) -> Result<Vec<Secret>, SecretError> {
        self.read.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let texts = self.texts.lock().unwrap().clone();
        let texts = texts.ok_or_else(|| SecretError::new(reference, "is not there"))?;
        Ok(texts.into_iter().map(Secret::new).collect())
    }
}

fn parse(text: &str) -> Reference {
    Reference::parse(text, Path::new("")).unwrap()
}

fn ring(texts: &[&'static str]) -> (Arc<Said>, Keyring) {
    let said = Arc::new(Said { texts: Mutex::new(Some(texts.to_vec())), ..Said::default() });
    (said.clone(), Keyring::new(vec![parse("secretsmanager:a")], said))
}

fn texts(secrets: &[Secret]) -> Vec<&str> {
    secrets.iter().map(Secret::reveal).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_read_stays_until_other_things_are() {
    let (said, ring) = ring(&["new", "old"]);
    assert!(ring.secrets().is_empty());
    assert_eq!(ring.refresh().await, []);
    assert_eq!(texts(&ring.secrets()), ["new", "old"]);
    *said.texts.lock().unwrap() = None;
    assert_eq!(ring.refresh().await[0].to_string(), "secretsmanager:a: is not there");
    assert_eq!(texts(&ring.secrets()), ["new", "old"]);
    *said.texts.lock().unwrap() = Some(vec!["newer", "new"]);
    assert_eq!(ring.refresh().await, []);
    assert_eq!(texts(&ring.secrets()), ["newer", "new"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_read_again_when_it_is_due() {
    let (said, ring) = ring(&["a"]);
    let every = Duration::from_mins(5);
    for _ in 0..600 {
        ring.refresh_if_due(every).await;
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(said.read.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_wait_for_one_reading() {
    let (said, ring) = ring(&["old"]);
    ring.refresh().await;
    *said.texts.lock().unwrap() = Some(vec!["new", "old"]);
    let start = Instant::now();
    let all = futures::future::join_all((0..100).map(|_| ring.renewed())).await;
    assert!(all.iter().all(|secrets| texts(secrets) == ["new", "old"]));
    assert_eq!(said.read.load(Ordering::Relaxed), 2);
    assert!(start.elapsed() < Duration::from_millis(1100));
    // Somebody who only guesses is slowed down, and asks the place once a second.
    let start = Instant::now();
    for _ in 0..10 {
        futures::future::join_all((0..10).map(|_| ring.renewed())).await;
    }
    assert!(start.elapsed() >= Duration::from_secs(10) && said.read.load(Ordering::Relaxed) <= 13);
}

#[tokio::test(start_paused = true)]
async fn whoever_hangs_up_takes_nothing_from_those_who_wait() {
    let (said, ring) = ring(&["old"]);
    ring.refresh().await;
    advance(Duration::from_secs(5)).await;
    *said.texts.lock().unwrap() = Some(vec!["new"]);
    let first = tokio::time::timeout(Duration::from_millis(10), ring.renewed());
    let (first, second) = tokio::join!(first, ring.renewed());
    assert!(first.is_err() && texts(&second) == ["new"]);
}

#[tokio::test]
async fn literals_and_variables_are_never_read_again() {
    let said = Arc::new(Said::default());
    let ring = Keyring::new(vec![parse("a"), parse("env:PATH"), parse("literal:file:x")], said.clone());
    let held = ring.secrets();
    assert_eq!((held.len(), held[0].reveal(), held[2].reveal()), (3, "a", "file:x"));
    ring.renewed().await;
    assert_eq!(ring.refresh_if_due(Duration::ZERO).await, []);
    assert_eq!(said.read.load(Ordering::Relaxed), 0);
    assert!(!format!("{ring:?}").contains("file:x"));
}

#[cfg(feature = "aws")]
mod places {
    use serde_json::json;

    use super::*;
    use crate::aws::Service;
    use crate::aws::tests::{MOTO, done, settings};
    use crate::secrets::Places;

    async fn read(text: &str) -> Result<Vec<String>, String> {
        let places = Places::new(&settings(&MOTO.endpoint()));
        let secrets = places.read(&parse(text)).await.map_err(|error| error.to_string())?;
        Ok(secrets.iter().map(|secret| secret.reveal().to_owned()).collect())
    }

    async fn manager(operation: &str, question: serde_json::Value) {
        done(&MOTO.endpoint(), Service::SECRETS_MANAGER, operation, question).await;
    }

    fn found(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[tokio::test]
    async fn the_current_and_the_previous_secret() {
        manager("CreateSecret", json!({"Name": "plain", "SecretString": "one", "ClientRequestToken": "1".repeat(32)}))
            .await;
        assert_eq!(read("secretsmanager:plain").await, Ok(found(&["one"])));
        manager(
            "PutSecretValue",
            json!({"SecretId": "plain", "SecretString": "two", "ClientRequestToken": "2".repeat(32)}),
        )
        .await;
        assert_eq!(read("secretsmanager:plain").await, Ok(found(&["two", "one"])));
        manager(
            "PutSecretValue",
            json!({"SecretId": "plain", "SecretString": "three", "ClientRequestToken": "3".repeat(32)}),
        )
        .await;
        assert_eq!(read("secretsmanager:plain").await, Ok(found(&["three", "two"])));
    }

    #[tokio::test]
    async fn a_field_of_a_secret() {
        let create = |name: &str, text: &str| {
            manager("CreateSecret", json!({"Name": name, "SecretString": text, "ClientRequestToken": "4".repeat(32)}))
        };
        create("fields", r#"{"key": "hunter2", "number": 7}"#).await;
        create("no-json", "hunter2").await;
        assert_eq!(read("secretsmanager:fields#key").await, Ok(found(&["hunter2"])));
        for (text, problem) in [
            ("secretsmanager:fields#other", "has no such field"),
            ("secretsmanager:fields#number", "the field is no text"),
            ("secretsmanager:no-json#key", "holds no JSON object"),
            ("secretsmanager:missing", "ResourceNotFoundException: there is no such secret"),
        ] {
            assert_eq!(read(text).await, Err(format!("{text}: {problem}")));
        }
    }

    #[tokio::test]
    async fn parameters_are_decrypted() {
        let put = |name: &str, text: &str| {
            let question = json!({"Name": name, "Value": text, "Type": "SecureString"});
            async move { done(&MOTO.endpoint(), Service::SSM, "PutParameter", question).await }
        };
        put("/images/key", "new\nold").await;
        assert_eq!(read("ssm:/images/key").await, Ok(found(&["new", "old"])));
        let missing = read("ssm:/images/other").await.unwrap_err();
        assert!(missing.starts_with("ssm:/images/other: ParameterNotFound"), "{missing}");
    }

    #[tokio::test]
    async fn files_are_read_again_when_they_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let reference = parse(&format!("file:{}", path.display()));
        let ring = Keyring::new(vec![reference], Arc::new(Places::new(&settings(&MOTO.endpoint()))));
        assert_eq!(ring.refresh().await.len(), 1, "there is no such file");
        let hour = Duration::from_hours(1);
        for (text, keys) in [("one\n", &["one"][..]), (" two \r\n\none", &["two", "one"])] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(ring.refresh_if_due(hour).await, []);
            assert_eq!(texts(&ring.secrets()), keys);
        }
        std::fs::write(&path, "\n").unwrap();
        assert!(ring.refresh_if_due(hour).await[0].to_string().ends_with("is empty"));
        assert_eq!(texts(&ring.secrets()), ["two", "one"]);
    }
}
