//! Every recorded answer of Thumbor, asked of the real binary: one test per case, named after it.
//!
//! `conformance/thumbor.toml` lists every case for which the recorded answer is not the right one, and why; it is also
//! what `docs/conformance.md` shows.
#![allow(clippy::unwrap_used)]

mod conformance;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::{env, fs, thread};

use conformance::{Exceptions, check};
use libtest_mimic::{Arguments, Trial};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Client, Response, Server, ServerOptions, Tolerance};

/// Where the recorded URLs of other origins lead to.
const RECORDED_ORIGIN: &str = "127.0.0.1:8099";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // More threads than this only make a debug build's answers late.
    arguments.test_threads.get_or_insert(4);
    let trials = match Suite::find("thumbor").unwrap() {
        Some(suite) => replay(suite),
        None if env::var_os("CI").is_some() => {
            vec![Trial::test("recorded_cases", || Err("the recorded cases are missing".into()))]
        }
        None => {
            let nothing = Trial::test("recorded_cases_are_missing_set_LIGHTMILL_CONFORMANCE", || Ok(()));
            vec![nothing.with_ignored_flag(true)]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn replay(suite: Suite) -> Vec<Trial> {
    let exceptions = Arc::new(Exceptions::parse(include_str!("conformance/thumbor.toml")).unwrap());
    let origin = origin(&suite);
    let mut suite = suite;
    for case in &mut suite.cases {
        case.target = case.target.replace(RECORDED_ORIGIN, &origin.to_string());
    }
    let servers = Arc::new(Servers { suite, origin, started: Mutex::default() });
    let mut trials = vec![{
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        Trial::test("every_exception_belongs_to_a_case", move || Ok(exceptions.check_against(&servers.suite)?))
    }];
    for (index, case) in servers.suite.cases.iter().enumerate() {
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        trials.push(Trial::test(case.name.clone(), move || {
            let case = &servers.suite.cases[index];
            let client = servers.client(case);
            Ok(check::case(&servers.suite, case, exceptions.of(&case.name), client, tolerance)?)
        }));
    }
    trials
}

/// Cases whose pixels are equal to the last bit: files without loss and nothing resampled.
const EXACT: &[&str] = &[
    "crop-inverted",
    "flip-only",
    "flip-dash-x",
    "trim-tl-all",
    "f-brightness40",
    "f-contrast-40",
    "f-rgb",
    "f-saturation-1.8",
    "f-grayscale",
    "f-noise-seed",
    "f-equalize",
    "f-colorize",
    "f-rotate270",
    "f-rotate-90",
    "f-wm",
    "f-wm-pct",
    "f-wm-repeat",
    "f-chain-order",
    "f-chain-order2",
    "f-unknown",
    "f-toomany",
    "f-spaces-pct",
];

fn tolerance(case: &Case, _: &Response) -> Tolerance {
    match case.name.as_str() {
        name if EXACT.contains(&name) => Tolerance::EQUAL,
        // One step: sums of floats that are cut to whole numbers.
        "f-sharpen" => Tolerance { psnr: 70.0, largest: Some(1) },
        _ => Tolerance::LOSSY,
    }
}

/// What the corpus calls a profile, in the words of a mount.
fn mount(profile: &str) -> &'static str {
    match profile {
        "signed" => "keys = ['golden-key-1234']\nrespect_orientation = false",
        "auto" => "unsafe = true\nformats = ['webp']",
        "auto3" => "unsafe = true\nformats = ['webp', 'avif', 'jpeg']\nrespect_orientation = false",
        "extras" => "unsafe = true\nextra_filters = ['autojpg', 'red_eye']\nrespect_orientation = false",
        "httpl" => "unsafe = true\nsources = ['origin']",
        _ => "unsafe = true\nkeys = ['golden-key-1234']\nrespect_orientation = false",
    }
}

/// One lightmill for each profile, started by the first case that needs it.
struct Servers {
    suite: Suite,
    origin: SocketAddr,
    started: Mutex<BTreeMap<String, Server>>,
}

impl Servers {
    fn client(&self, case: &Case) -> Client {
        let profile = case.settings.get("profile").and_then(|profile| profile.as_str()).unwrap_or("main");
        let mut started = self.started.lock().unwrap();
        started.entry(profile.to_owned()).or_insert_with(|| self.start(profile)).client()
    }

    fn start(&self, profile: &str) -> Server {
        let mount = mount(profile);
        let sources = if mount.contains("sources") { "" } else { "sources = ['files']" };
        let config = format!(
            r#"
            [sources.files]
            url = "file://{folder}/sources"
            [sources.origin]
            url = "http://{origin}/"
            allow_private = ["127.0.0.0/8"]
            first_byte_time = 1
            attempts = 1
            [[mounts]]
            dialect = "thumbor"
            {sources}
            {mount}
            "#,
            folder = self.suite.folder.display(),
            origin = self.origin,
        );
        let options = ServerOptions { config, ..ServerOptions::default() };
        Server::start(env!("CARGO_BIN_EXE_lightmill"), &options).unwrap()
    }
}

/// An origin as the recorded one was: the pictures, a status by its number, and something slow.
fn origin(suite: &Suite) -> SocketAddr {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, folder) = (listener.local_addr().unwrap(), suite.folder.join("sources"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let target =
                    lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                if target == "/slow" {
                    thread::sleep(std::time::Duration::from_secs(5));
                }
                let status = target.strip_prefix("/status/").unwrap_or("200");
                let body = fs::read(folder.join(target.trim_start_matches('/'))).unwrap_or_default();
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: image/jpeg\r\netag: \"1\"\r\nconnection: close\r\n\
                     content-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
            });
        }
    });
    address
}
