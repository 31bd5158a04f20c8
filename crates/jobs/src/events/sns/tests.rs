//! Messages that a key of the tests signs, and one that another program has signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use lightmill_store as store;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, date_time_ymd};
use serde_json::{Value, json};
use url::Url;

use super::{Fetch, Kind, SnsError, SnsMessage, Verifier};
use crate::events::document::{Document, DocumentError, MAX_BYTES};
use crate::testing::Stopped;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:uploads";
const CERTIFICATE: &str = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem";
const CONFIRM: &str = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";

/// Version 1, signed with OpenSSL by the key of `test.pem`, which nobody has any more.
const RECORDED: &str = include_str!("../document/samples/sns-s3-put.json");
const RECORDED_PEM: &str = include_str!("samples/test.pem");

/// What is at each URL, and what was asked for.
#[derive(Debug, Default)]
struct Files {
    files: HashMap<String, Bytes>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Fetch for Files {
    async fn fetch(&self, url: &Url, _: usize) -> Result<Bytes, store::Error> {
        self.asked.lock().unwrap().push(url.to_string());
        self.files.get(url.as_str()).cloned().ok_or(store::Error::NotFound)
    }
}

impl Files {
    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A key, its certificate of 2020 to 2030, and who believes it in 2023.
struct World {
    key: RsaKeyPair,
    files: Arc<Files>,
    clock: Stopped,
    verifier: Verifier,
}

fn world() -> World {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let mut parameters = CertificateParams::new(["sns.amazonaws.com".to_owned()]).unwrap();
    (parameters.not_before, parameters.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2030, 1, 1));
    let pem = parameters.self_signed(&key).unwrap().pem();
    let files = [(CERTIFICATE, pem), (CONFIRM, "<ConfirmSubscriptionResponse/>".to_owned())];
    let files = files.map(|(url, text)| (url.to_owned(), Bytes::from(text)));
    let files = Arc::new(Files { files: HashMap::from(files), asked: Mutex::default() });
    let clock = Stopped::new();
    let verifier = Verifier::new(vec![TOPIC.to_owned()], files.clone(), Arc::new(clock.clone()));
    World { key: RsaKeyPair::from_pkcs8(&key.serialize_der()).unwrap(), files, clock, verifier }
}

impl World {
    /// The message as SNS would post it, but for what `damage` changes after it was signed.
    fn message(&self, mut value: Value, damage: impl FnOnce(&mut Value)) -> SnsMessage {
        value["Signature"] = "none".into();
        let signed = SnsMessage::read(value.to_string().as_bytes()).unwrap().signed;
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        value["Signature"] = STANDARD.encode(signature).into();
        damage(&mut value);
        SnsMessage::read(value.to_string().as_bytes()).unwrap()
    }

    async fn verify(&self, damage: impl FnOnce(&mut Value)) -> Result<(), SnsError> {
        self.verifier.verify(&self.message(notification(), damage)).await
    }
}

fn notification() -> Value {
    json!({
        "Type": "Notification", "MessageId": "22b80b92", "TopicArn": TOPIC, "Subject": "Amazon S3 Notification",
        "Message": "{\"Event\":\"s3:TestEvent\"}", "Timestamp": "2023-11-14T22:13:20.000Z",
        "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
    })
}

fn confirmation() -> Value {
    json!({
        "Type": "SubscriptionConfirmation", "MessageId": "165545c9", "TopicArn": TOPIC, "Token": "t",
        "Message": "You have chosen to subscribe", "SubscribeURL": CONFIRM, "Timestamp": "2023-11-14T22:13:20.000Z",
        "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
    })
}

#[tokio::test]
async fn messages_of_listed_topics_are_believed() {
    let world = world();
    let message = world.message(notification(), |_| {});
    assert_eq!(world.verifier.verify(&message).await, Ok(()));
    assert_eq!((message.kind(), message.topic()), (Kind::Notification, TOPIC));
    assert_eq!(message.document(), Ok(Document::Test));
    let mut value = confirmation();
    value["Type"] = "UnsubscribeConfirmation".into();
    assert_eq!(world.verifier.verify(&world.message(value, |_| {})).await, Ok(()));
    assert_eq!(world.files.asked(), 1, "the certificate is remembered");
}

#[tokio::test]
async fn version_1_is_signed_with_sha_1() {
    let files = HashMap::from([(
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
            .to_owned(),
        Bytes::from(RECORDED_PEM),
    )]);
    let clock = Stopped::new();
    // The certificate begins in 2026.
    clock.advance(Duration::from_hours(24 * 365 * 10));
    let files = Arc::new(Files { files, asked: Mutex::default() });
    let verifier = Verifier::new(vec![TOPIC.to_owned()], files, Arc::new(clock));
    let message = SnsMessage::read(RECORDED.as_bytes()).unwrap();
    assert_eq!(verifier.verify(&message).await, Ok(()));
    let changed = SnsMessage::read(RECORDED.replace("1305107", "1305108").as_bytes()).unwrap();
    assert_eq!(verifier.verify(&changed).await, Err(SnsError::Signature));
    // The same signature is none of version 2.
    let other = RECORDED.replace("\"SignatureVersion\": \"1\"", "\"SignatureVersion\": \"2\"");
    assert_ne!(other, RECORDED);
    assert_eq!(verifier.verify(&SnsMessage::read(other.as_bytes()).unwrap()).await, Err(SnsError::Signature));
}

#[tokio::test]
async fn what_was_changed_is_not_believed() {
    let world = world();
    for field in ["Message", "MessageId", "Subject", "Timestamp"] {
        let changed = world.verify(|value| value[field] = "something else".into()).await;
        assert_eq!(changed, Err(SnsError::Signature), "{field}");
    }
    let without = world.verify(|value| drop(value.as_object_mut().unwrap().remove("Subject"))).await;
    assert_eq!(without, Err(SnsError::Signature));
    assert_eq!(world.verify(|value| value["SignatureVersion"] = "1".into()).await, Err(SnsError::Signature));
    assert_eq!(world.verify(|value| value["Signature"] = "not base64!".into()).await, Err(SnsError::Form));
    assert_eq!(world.verify(|value| value["Signature"] = "AAAA".into()).await, Err(SnsError::Signature));
    assert_eq!(world.verify(|value| value["Other"] = "not signed".into()).await, Ok(()));
}

#[tokio::test]
async fn nothing_is_fetched_for_other_topics() {
    let world = world();
    for topic in ["arn:aws:sns:eu-central-1:999999999999:uploads", "arn:aws:sns:eu-central-1:123456789012:uploads2"] {
        let mut value = notification();
        value["TopicArn"] = topic.into();
        let message = world.message(value, |_| {});
        assert_eq!(world.verifier.verify(&message).await, Err(SnsError::Topic), "{topic}");
    }
    let nobody = Verifier::new(Vec::new(), world.files.clone(), Arc::new(world.clock.clone()));
    assert_eq!(nobody.verify(&world.message(notification(), |_| {})).await, Err(SnsError::Topic));
    assert_eq!(world.files.asked(), 0);
}

#[tokio::test]
async fn certificates_begin_and_end() {
    let world = world();
    // In 2023, in 2033, and in 1970.
    assert_eq!(world.verify(|_| {}).await, Ok(()));
    world.clock.advance(Duration::from_hours(24 * 365 * 10));
    assert_eq!(world.verify(|_| {}).await, Err(SnsError::Certificate));
    assert_eq!(world.files.asked(), 2, "it was old, and fetched again");
    let mut early = world;
    early.verifier = Verifier::new(vec![TOPIC.to_owned()], early.files.clone(), Arc::new(Epoch));
    assert_eq!(early.verify(|_| {}).await, Err(SnsError::Certificate));
}

/// 1970.
#[derive(Debug)]
struct Epoch;

impl crate::Clock for Epoch {
    fn now(&self) -> std::time::SystemTime {
        std::time::UNIX_EPOCH
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_had_is_asked_for_again() {
    let world = world();
    let elsewhere = |value: &mut Value| value["SigningCertURL"] = "https://sns.eu-central-1.amazonaws.com/b.pem".into();
    for asked in [1, 2] {
        let error = world.verify(elsewhere).await.unwrap_err();
        assert!(error.is_passing() && error == SnsError::Unavailable(store::Error::NotFound), "{error:?}");
        assert_eq!(world.files.asked(), asked);
    }
    let mut files = Files::default();
    files.files.insert(CERTIFICATE.to_owned(), Bytes::from_static(b"<html>"));
    let verifier = Verifier::new(vec![TOPIC.to_owned()], Arc::new(files), Arc::new(world.clock.clone()));
    let error = verifier.verify(&world.message(notification(), |_| {})).await.unwrap_err();
    assert!(!error.is_passing() && error == SnsError::Certificate, "{error:?}");
}

#[tokio::test]
async fn subscriptions_are_confirmed_with_sns_itself() {
    let world = world();
    assert_eq!(world.verifier.confirm(&world.message(confirmation(), |_| {})).await, Ok(()));
    assert_eq!(*world.files.asked.lock().unwrap(), [CERTIFICATE, CONFIRM]);
    let forged = world.message(confirmation(), |value| value["Token"] = "other".into());
    assert_eq!(world.verifier.confirm(&forged).await, Err(SnsError::Signature));
    let mut value = confirmation();
    value["SubscribeURL"] = "https://evil.test/?Action=ConfirmSubscription".into();
    assert_eq!(world.verifier.confirm(&world.message(value, |_| {})).await, Err(SnsError::Host));
    assert_eq!(world.verifier.confirm(&world.message(notification(), |_| {})).await, Err(SnsError::Form));
    assert_eq!(world.files.asked(), 2, "nothing else was asked for");
}

#[test]
fn what_is_no_message_is_refused() {
    let read = |change: &dyn Fn(&mut Value)| {
        let mut value = confirmation();
        value["Signature"] = "AAAA".into();
        change(&mut value);
        SnsMessage::read(value.to_string().as_bytes())
    };
    assert!(read(&|_| {}).is_ok());
    for (field, path) in [
        ("Type", "/Type"),
        ("TopicArn", "/TopicArn"),
        ("Message", "/Message"),
        ("MessageId", "/MessageId"),
        ("Token", "/Token"),
        ("SubscribeURL", "/SubscribeURL"),
        ("Timestamp", "/Timestamp"),
        ("Signature", "/Signature"),
        ("SignatureVersion", "/SignatureVersion"),
        ("SigningCertURL", "/SigningCertURL"),
    ] {
        let missing = Err(SnsError::Document(DocumentError::Missing(path)));
        assert_eq!(read(&|value| value[field] = Value::Null), missing, "{field}");
    }
    assert_eq!(read(&|value| value["Type"] = "Hello".into()), Err(DocumentError::Unknown.into()));
    assert_eq!(read(&|value| value["SignatureVersion"] = "3".into()), Err(SnsError::Form));
    assert_eq!(read(&|value| value["SigningCertURL"] = "https://evil.test/a.pem".into()), Err(SnsError::Host));
    assert_eq!(SnsMessage::read(b"{"), Err(DocumentError::NotJson.into()));
    assert_eq!(SnsMessage::read(&vec![b' '; MAX_BYTES + 1]), Err(DocumentError::TooLarge(MAX_BYTES + 1).into()));
}
