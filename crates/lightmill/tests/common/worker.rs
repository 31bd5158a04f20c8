//! `lightmill worker` as a child process.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use lightmill_testkit::Client;

use super::BINARY;

/// A worker, killed when it is dropped.
pub struct Worker {
    child: Child,
    lines: BufReader<ChildStdout>,
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
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let address = line(&mut lines).strip_prefix("admin on http://").unwrap().parse().unwrap();
        Self { child, lines, admin: Client::new(address) }
    }

    /// Where stores post what happens to objects, which a worker tells that takes it: a client, and the path.
    pub fn events(&mut self) -> (Client, String) {
        let line = line(&mut self.lines);
        let (address, path) = line.strip_prefix("events on http://").unwrap().split_once('/').unwrap();
        (Client::new(address.parse().unwrap()), format!("/{path}"))
    }

    /// Asks it to stop, as a supervisor does; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code()
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

fn line(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    line.trim().to_owned()
}
