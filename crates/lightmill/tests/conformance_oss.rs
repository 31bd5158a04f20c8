//! Every recorded answer of the x-oss-process servers, asked of the real binary: one test per case, named after it.
//!
//! `conformance/oss.toml` lists every case for which the recorded answer is not the right one, and why; it is also what
//! `docs/conformance.md` shows (`UPDATE_DOCS=1` writes it anew).
#![allow(clippy::unwrap_used)]

mod conformance;

use std::{
    env, fs,
    path::Path,
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use conformance::{Exceptions, check, document};
use libtest_mimic::{Arguments, Failed, Trial};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Client, Response, Scratch, Server, ServerOptions, Tolerance};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // More threads than this only make a debug build's answers late.
    arguments.test_threads.get_or_insert(4);
    let mut trials = vec![Trial::test("docs_show_the_exceptions", || Ok(document::check()?))];
    match Suite::find("oss").unwrap() {
        Some(suite) => trials.extend(replay(suite)),
        None if env::var_os("CI").is_some() => {
            trials.push(Trial::test("recorded_cases", || Err("the recorded cases are missing".into())));
        }
        None => trials.push(
            Trial::test("recorded_cases_are_missing_set_LIGHTMILL_CONFORMANCE", || Ok(())).with_ignored_flag(true),
        ),
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn exceptions() -> Exceptions {
    Exceptions::parse(include_str!("conformance/oss.toml")).unwrap()
}

fn replay(suite: Suite) -> Vec<Trial> {
    let exceptions = Arc::new(exceptions());
    let servers = Arc::new(Servers::new(suite));
    let mut trials = vec![{
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        Trial::test("every_exception_belongs_to_a_case", move || Ok(exceptions.check_against(&servers.suite)?))
    }];
    for (index, case) in servers.suite.cases.iter().enumerate() {
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        trials.push(Trial::test(case.name.clone(), move || {
            let case = &servers.suite.cases[index];
            let client = servers.client(case.server.as_deref())?;
            Ok(check::case(&servers.suite, case, exceptions.of(&case.name), client, tolerance)?)
        }));
    }
    trials
}

/// Lossless files of what was not resampled are equal but for rounding.
fn tolerance(case: &Case, response: &Response) -> Tolerance {
    let resampled = ["resize", "rotate", "circle", "rounded", "blur", "@!", "style/"];
    let lossless = matches!(response.content_type(), "image/png" | "image/bmp" | "image/tiff")
        && !resampled.iter().any(|word| case.target.contains(word));
    if lossless { Tolerance::ROUNDING } else { Tolerance::LOSSY }
}

/// One lightmill per reference server, each started by the first case that needs it.
struct Servers {
    suite: Suite,
    scratch: Scratch,
    wchaws: OnceLock<Result<Server, String>>,
    keithyt06: OnceLock<Result<Server, String>>,
}

impl Servers {
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

    fn client(&self, reference: Option<&str>) -> Result<Client, Failed> {
        let server = match reference {
            Some("A") => self.keithyt06.get_or_init(|| self.start("keithyt06", "stream")),
            _ => self.wchaws.get_or_init(|| self.start("wchaws", "forbid")),
        };
        Ok(server.as_ref()?.client())
    }

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
