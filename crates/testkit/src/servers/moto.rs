use std::{
    env,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How long it may take to import itself on a busy machine.
const START: Duration = Duration::from_mins(1);

/// Ends when its standard input does: also when the process that started it is killed.
const PROGRAM: &str = "\
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
";

/// [moto](https://docs.getmoto.org): Amazon's S3, STS, DynamoDB, SQS, Secrets Manager and others in one process, in
/// memory. It checks neither signatures nor permissions.
///
/// It serves until this is dropped, or the test's process ends.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    address: SocketAddr,
}

impl Moto {
    /// Starts it on a free port of the loopback interface, and waits until it answers.
    ///
    /// # Errors
    /// If it is not installed, in words that say how it is.
    pub fn start() -> Result<Self> {
        let python = folder()?.join("bin/python");
        if !python.is_file() {
            bail!("moto is not installed in {}: `./dev test` does that", python.display());
        }
        // Another process may take the port between the two steps.
        let mut last = String::new();
        for _ in 0..3 {
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            match Self::start_on(&python, address)? {
                Ok(moto) => return Ok(moto),
                Err(logs) => last = logs,
            }
        }
        bail!("moto did not start:\n{last}")
    }

    fn start_on(python: &Path, address: SocketAddr) -> Result<Result<Self, String>> {
        let mut command = Command::new(python);
        // Of whoever runs the tests: neither keys, nor a region, nor settings of moto's.
        for (name, _) in env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("AWS_") || name.starts_with("MOTO_") || name.starts_with("PYTHON")
        }) {
            command.env_remove(name);
        }
        let mut child = command
            .args(["-c", PROGRAM, "--host", "127.0.0.1", "--port", &address.port().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| python.display().to_string())?;
        let stderr = child.stderr.take().context("standard error")?;
        // From here on the guard ends the process whatever happens.
        let moto = Self { child, address };
        Ok(wait(&lines_of(stderr)).map(|()| moto))
    }

    /// Where it listens, as an endpoint of any of its services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Both fail only if the process has ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `./dev test` installs it.
fn folder() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = match cache {
        Some(cache) => cache,
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    Ok(cache.join("lightmill/moto"))
}

/// Waits for the line that says where it listens; what it said before it ended otherwise.
fn wait(lines: &mpsc::Receiver<String>) -> Result<(), String> {
    let (deadline, mut logs) = (Instant::now() + START, String::new());
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if line.contains("Running on http://") {
            return Ok(());
        }
        logs += &line;
        logs.push('\n');
    }
    Err(logs)
}

/// Reads to the end, also after nobody listens any more, so that the process never blocks on a full pipe.
fn lines_of(from: ChildStderr) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
