//! `lightmill worker` as a child process.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use lightmill_testkit::Client;

use super::BINARY;

/// A worker, killed when it is dropped.
pub struct Worker {
    child: Child,
    pub admin: Client,
}

impl Worker {
    /// One with these arguments, which works when this returns.
    pub fn start<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let mut child = Command::new(BINARY)
            .arg("worker")
            .args(arguments)
            .env("LIGHTMILL_SERVER__ADMIN", "127.0.0.1:0")
            .env("LIGHTMILL_LOG__LEVEL", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("admin on http://").unwrap().parse().unwrap();
        Self { child, admin: Client::new(address) }
    }

    pub fn metrics(&self) -> String {
        self.admin.get("/metrics").text()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
