//! Every recorded answer of Thumbor, asked of the real binary: one test per case, named after it.
//!
//! `conformance/thumbor.toml` lists every case for which the recorded answer is not the right one, and why; it is also
//! what `docs/conformance.md` shows.
#![allow(clippy::unwrap_used)]

mod conformance;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Mutex;
use std::{fs, thread};

use conformance::{Servers, check, run};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Client, Response, Scratch, Server, ServerOptions, Tolerance};

/// Where the recorded URLs of other origins lead to.
const RECORDED_ORIGIN: &str = "127.0.0.1:8099";

fn main() -> ExitCode {
    run::<Replay>(Vec::new())
}

/// Cases that are asked of a server of their own, after those before them in the same list.
const SEQUENCES: &[&[&str]] = &[
    &["upload-put", "upload-get", "upload-use", "upload-delete"],
    &["blacklist-empty", "blacklist-put", "blacklist-get", "blacklist-hit"],
];

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
        "extras" => {
            "unsafe = true\nextra_filters = ['autojpg', 'red_eye']\nrespect_orientation = false\n\
             uploads = { to = 'sent', unsafe = true, put = true, delete = true }\n\
             blacklist = { source = 'sent', unsafe = true }"
        }
        "httpl" => "unsafe = true\nsources = ['origin']",
        _ => "unsafe = true\nkeys = ['golden-key-1234']\nrespect_orientation = false",
    }
}

/// One lightmill for each profile, and for each case of a sequence, started by the first case that needs it.
struct Replay {
    suite: Suite,
    origin: SocketAddr,
    started: Mutex<BTreeMap<String, (Server, Scratch)>>,
}

impl Servers for Replay {
    const DIALECT: &'static str = "thumbor";
    const EXCEPTIONS: &'static str = include_str!("conformance/thumbor.toml");

    fn new(mut suite: Suite) -> Self {
        let origin = origin(&suite);
        for case in &mut suite.cases {
            case.target = case.target.replace(RECORDED_ORIGIN, &origin.to_string());
        }
        Self { suite, origin, started: Mutex::default() }
    }

    fn suite(&self) -> &Suite {
        &self.suite
    }

    fn client(&self, case: &Case) -> Result<Client, String> {
        let profile = case.settings.get("profile").and_then(|profile| profile.as_str()).unwrap_or("main");
        let sequence = SEQUENCES.iter().find(|sequence| sequence.contains(&case.name.as_str()));
        let name = sequence.map_or(profile, |_| case.name.as_str());
        let client = {
            let mut started = self.started.lock().unwrap();
            started.entry(name.to_owned()).or_insert_with(|| self.start(profile)).0.client()
        };
        let before = sequence.into_iter().copied().flatten().take_while(|name| **name != case.name);
        for name in before {
            let case = self.suite.cases.iter().find(|case| case.name == *name).ok_or("a sequence names no case")?;
            check::ask(&self.suite, client, case)?;
        }
        Ok(client)
    }

    fn tolerance(case: &Case, response: &Response) -> Tolerance {
        tolerance(case, response)
    }
}

impl Replay {
    fn start(&self, profile: &str) -> (Server, Scratch) {
        let scratch = Scratch::new().unwrap();
        let mount = mount(profile);
        let sources = if mount.contains("sources") { "" } else { "sources = ['files']" };
        let config = format!(
            r#"
            [sources.files]
            url = "file://{folder}/sources"
            [sources.sent]
            url = "file://{sent}"
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
            sent = scratch.path().display(),
            origin = self.origin,
        );
        let options = ServerOptions { config, ..ServerOptions::default() };
        (Server::start(env!("CARGO_BIN_EXE_lightmill"), &options).unwrap(), scratch)
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
