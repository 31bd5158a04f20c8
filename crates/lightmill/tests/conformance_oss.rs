//! Every recorded answer of the x-oss-process servers, asked of the real binary: one test per case, named after it.
//!
//! `conformance/oss.toml` lists every case for which the recorded answer is not the right one, and why; it is also what
//! `docs/conformance.md` shows (`UPDATE_DOCS=1` writes it anew).
#![allow(clippy::unwrap_used)]

mod conformance;

use std::{fs, path::Path, process::ExitCode, sync::OnceLock};

use conformance::{Servers, document, run};
use libtest_mimic::Trial;
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Client, Response, Scratch, Server, ServerOptions, Tolerance};

fn main() -> ExitCode {
    run::<Replay>(vec![Trial::test("docs_show_the_exceptions", || Ok(document::check()?))])
}

/// Lossless files of what was not resampled are equal but for rounding.
fn tolerance(case: &Case, response: &Response) -> Tolerance {
    let resampled = ["resize", "rotate", "circle", "rounded", "blur", "@!", "style/"];
    let lossless = matches!(response.content_type(), "image/png" | "image/bmp" | "image/tiff")
        && !resampled.iter().any(|word| case.target.contains(word));
    if lossless { Tolerance::ROUNDING } else { Tolerance::LOSSY }
}

/// One lightmill per reference server, each started by the first case that needs it.
struct Replay {
    suite: Suite,
    scratch: Scratch,
    wchaws: OnceLock<Result<Server, String>>,
    keithyt06: OnceLock<Result<Server, String>>,
}

impl Servers for Replay {
    const DIALECT: &'static str = "oss";
    const EXCEPTIONS: &'static str = include_str!("conformance/oss.toml");

    fn new(suite: Suite) -> Self {
        let scratch = Scratch::new().unwrap();
        let objects = fs::read_to_string(suite.folder.join("objects.json")).unwrap();
        let objects: serde_json::Value = serde_json::from_str(&objects).unwrap();
        let styles: serde_json::Map<_, _> = objects["styles"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, style)| (name.clone(), serde_json::json!({ "style": style })))
            .collect();
        scratch.write("styles.json", serde_json::to_vec(&styles).unwrap()).unwrap();
        Self { suite, scratch, wchaws: OnceLock::new(), keithyt06: OnceLock::new() }
    }

    fn suite(&self) -> &Suite {
        &self.suite
    }

    fn client(&self, case: &Case) -> Result<Client, String> {
        let server = match case.server.as_deref() {
            Some("A") => self.keithyt06.get_or_init(|| self.start("keithyt06", "stream")),
            _ => self.wchaws.get_or_init(|| self.start("wchaws", "forbid")),
        };
        server.as_ref().map(Server::client).map_err(Clone::clone)
    }

    fn tolerance(case: &Case, response: &Response) -> Tolerance {
        tolerance(case, response)
    }
}

impl Replay {
    fn start(&self, flavour: &str, originals: &str) -> Result<Server, String> {
        // Of its own, as results are saved in one of them.
        let buckets = self.scratch.path().join(flavour);
        for bucket in ["sih-input", "second-bucket"] {
            copy_tree(&self.suite.folder.join("buckets").join(bucket), &buckets.join(bucket))?;
        }
        let config = format!(
            r#"
            [styles]
            file = "{styles}/styles.json"
            [sources.sih-input]
            url = "file://{buckets}/sih-input"
            [sources.second-bucket]
            url = "file://{buckets}/second-bucket"
            [[mounts]]
            path = "/"
            dialect = "oss"
            flavour = "{flavour}"
            sources = ["sih-input", "second-bucket"]
            originals = "{originals}"
            unsafe = true
            save = {{ to = ["second-bucket"], tokens = ["topsecret"] }}
            "#,
            styles = self.scratch.path().display(),
            buckets = buckets.display(),
        );
        let options = ServerOptions { config, ..ServerOptions::default() };
        Server::start(env!("CARGO_BIN_EXE_lightmill"), &options).map_err(|error| format!("{error:#}"))
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(text)?;
    for entry in fs::read_dir(from).map_err(text)? {
        let entry = entry.map_err(text)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(text)?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).map_err(text)?;
        }
    }
    Ok(())
}
