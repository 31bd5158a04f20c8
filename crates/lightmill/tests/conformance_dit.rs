//! Every recorded answer of Dynamic Image Transformation (Lambda engine), asked of the real binary: one test per case,
//! named after it.
//!
//! `conformance/dit.toml` lists every case for which the recorded answer is not the right one, and why; it is also what
//! `docs/conformance.md` shows.
#![allow(clippy::unwrap_used)]

mod conformance;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;

use conformance::{Servers, run};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::servers::raw::{Raw, text};
use lightmill_testkit::{Client, Response, Server, ServerOptions, Tolerance};
use serde_json::{Value, json};

fn main() -> ExitCode {
    run::<Replay>(Vec::new())
}

/// One lightmill for each environment, started by the first case that needs it.
struct Replay {
    suite: Suite,
    started: Mutex<BTreeMap<String, (Server, Option<Raw>)>>,
}

impl Servers for Replay {
    const DIALECT: &'static str = "dit";
    const EXCEPTIONS: &'static str = include_str!("conformance/dit.toml");

    fn new(suite: Suite) -> Self {
        Self { suite, started: Mutex::default() }
    }

    fn suite(&self) -> &Suite {
        &self.suite
    }

    fn client(&self, case: &Case) -> Result<Client, String> {
        let mount = mount(case);
        let found = case.rekognition_stub.as_ref();
        let key = format!("{mount}{found:?}");
        let mut started = self.started.lock().unwrap();
        Ok(started.entry(key).or_insert_with(|| self.start(&mount, found)).0.client())
    }

    fn tolerance(_: &Case, _: &Response) -> Tolerance {
        Tolerance::LOSSY
    }
}

impl Replay {
    fn start(&self, mount: &str, found: Option<&Value>) -> (Server, Option<Raw>) {
        let stub = found.map(rekognition);
        let analysers = stub.as_ref().map_or_else(String::new, |stub| {
            format!(
                "[aws]\nregion = 'eu-central-1'\nendpoint = '{}'\naccess_key_id = 'AKIDEXAMPLE'\n\
                 secret_access_key = 'not a secret'\n\
                 [analysers]\nfaces = 'rekognition'\nsaliency = 'off'\nmoderation = 'rekognition'\n",
                stub.base
            )
        });
        let config = format!(
            r#"
            {analysers}
            [sources.src-bucket]
            url = "file://{folder}/buckets/src-bucket"
            [sources.second-bucket]
            url = "file://{folder}/buckets/second-bucket"
            [sources.private-bucket]
            url = "file://{folder}/buckets/private-bucket"
            [[mounts]]
            dialect = "dit"
            sources = ["src-bucket", "second-bucket"]
            {mount}
            "#,
            folder = self.suite.folder.display(),
        );
        let options = ServerOptions { config, ..ServerOptions::default() };
        (Server::start(env!("CARGO_BIN_EXE_lightmill"), &options).unwrap(), stub)
    }
}

/// Rekognition that always finds this.
fn rekognition(found: &Value) -> Raw {
    let boxes = found["faces"].as_array().into_iter().flatten();
    let faces: Vec<Value> = boxes.map(|place| json!({ "BoundingBox": place, "Confidence": 99.9 })).collect();
    let labels = found["labels"].as_array().cloned().unwrap_or_default();
    Raw::start(move |_, head| {
        let asks_for_faces = head.to_ascii_lowercase().contains("rekognitionservice.detectfaces");
        let body = if asks_for_faces { json!({ "FaceDetails": faces }) } else { json!({ "ModerationLabels": labels }) };
        let body = body.to_string();
        let length = body.len();
        vec![text(format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"))]
    })
}

/// The case's environment, in the words of a mount.
fn mount(case: &Case) -> String {
    let text = |name: &str| case.settings.get(name).and_then(|value| value.as_str());
    let mut mount = String::new();
    if text("AUTO_WEBP") == Some("Yes") {
        mount.push_str("formats = ['webp']\n");
    }
    if text("ENABLE_SIGNATURE") == Some("Yes") {
        mount.push_str("keys = ['test-signing-secret']\n");
    } else {
        mount.push_str("unsafe = true\n");
    }
    if let Some(origin) = text("CORS_ORIGIN") {
        let _ = writeln!(mount, "cors = ['{origin}']");
    }
    if let (Some(pattern), Some(substitution)) = (text("REWRITE_MATCH_PATTERN"), text("REWRITE_SUBSTITUTION")) {
        let _ = writeln!(mount, "rewrite_pattern = '{pattern}'\nrewrite_substitution = '{substitution}'");
    }
    mount
}
