use std::{
    env,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How long a server may take to import itself on a busy machine.
const START: Duration = Duration::from_mins(1);

/// A server's process, which ends when this is dropped. It has a pipe as standard input, so that it can end itself when the
/// test's process does.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Starts `command`, and waits for a line of its standard error that holds `ready`; gives that line, or what it said
    /// before it ended otherwise.
    pub(super) fn start(command: &mut Command, ready: &str) -> Result<Result<(Self, String), String>> {
        let program = command.get_program().to_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let stderr = child.stderr.take().context("standard error")?;
        // From here on the guard ends the process whatever happens.
        let process = Self(child);
        Ok(wait(&lines_of(stderr), ready).map(|line| (process, line)))
    }

    /// Starts a server on a free port of the loopback interface.
    pub(super) fn start_on_free_port(
        mut command: impl FnMut(SocketAddr) -> Command,
        ready: &str,
    ) -> Result<(Self, SocketAddr)> {
        // Another process may take the port between the two steps.
        let mut last = String::new();
        for _ in 0..3 {
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            match Self::start(&mut command(address), ready)? {
                Ok((process, _)) => return Ok((process, address)),
                Err(logs) => last = logs,
            }
        }
        bail!("the server did not start:\n{last}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if the process has ended, which is what they are for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where `./dev test` installs what tests need.
pub(super) fn installed(name: &str) -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = match cache {
        Some(cache) => cache,
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    let folder = cache.join("lightmill").join(name);
    if !folder.join("installed").is_file() {
        bail!("{name} is not installed in {}: `./dev test` does that", folder.display());
    }
    Ok(folder)
}

/// A command without those variables of whoever runs the tests that begin so.
pub(super) fn command(program: PathBuf, without: &[&str]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if without.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

fn wait(lines: &mpsc::Receiver<String>, ready: &str) -> Result<String, String> {
    let (deadline, mut logs) = (Instant::now() + START, String::new());
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if line.contains(ready) {
            return Ok(line);
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
