use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{Client, Scratch};

/// How long a debug build may take to say where it listens, on a busy machine.
const START: Duration = Duration::from_secs(30);

/// Its configuration file.
const CONFIG: &str = "lightmill.toml";

/// What a [`Server`] is started with.
#[derive(Debug, Default, Clone)]
pub struct ServerOptions {
    /// The text of its configuration file; `listen` and `admin` are set through the environment.
    pub config: String,
    /// Environment variables on top.
    pub environment: Vec<(String, String)>,
}

/// The real binary, serving on free ports of the loopback interface until this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    admin: SocketAddr,
    logs: Arc<Mutex<String>>,
    collector: Option<thread::JoinHandle<()>>,
    folder: Scratch,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; `None` if a signal killed it.
    pub code: Option<i32>,
    /// From the wish to the end.
    pub after: Duration,
}

impl Server {
    /// Starts `binary serve --config FILE` and waits until it says where it listens.
    pub fn start(binary: impl AsRef<Path>, options: &ServerOptions) -> Result<Self> {
        let folder = Scratch::new()?;
        let config = folder.write(CONFIG, &options.config)?;
        let mut child = command(&binary)
            .args(["serve", "--config"])
            .arg(&config)
            .env("LIGHTMILL_SERVER__LISTEN", "127.0.0.1:0")
            .env("LIGHTMILL_SERVER__ADMIN", "127.0.0.1:0")
            .envs(options.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| binary.as_ref().display().to_string())?;
        let logs = Arc::new(Mutex::new(String::new()));
        let collector = child.stderr.take().map(|stderr| collect(stderr, Arc::clone(&logs)));
        let lines = lines_of(child.stdout.take().context("standard output")?);
        // From here on the guard ends the process whatever happens.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child, address: nowhere, admin: nowhere, logs, collector, folder };
        server.wait_for_addresses(&lines)?;
        Ok(server)
    }

    fn wait_for_addresses(&mut self, lines: &mpsc::Receiver<String>) -> Result<()> {
        let deadline = Instant::now() + START;
        while self.address.port() == 0 || self.admin.port() == 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = lines.recv_timeout(left) else {
                let status = self.child.try_wait()?;
                self.kill()?;
                // Everything that it said, to the end.
                let _ = self.collector.take().map(thread::JoinHandle::join);
                bail!("the server did not start ({status:?}):\n{}", self.logs());
            };
            for (prefix, address) in
                [("listening on http://", &mut self.address), ("admin on http://", &mut self.admin)]
            {
                if let Some(text) = line.trim().strip_prefix(prefix) {
                    *address = text.parse().with_context(|| line.clone())?;
                }
            }
        }
        Ok(())
    }

    /// A client of the public listener.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// A client of the admin listener.
    pub fn admin(&self) -> Client {
        Client::new(self.admin)
    }

    /// What it has logged so far.
    pub fn logs(&self) -> String {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it says `text` in its logs, now or within some seconds: they come by another way than its answers.
    pub fn logged(&self, text: &str) -> bool {
        let deadline = Instant::now() + Duration::from_secs(5);
        while !self.logs().contains(text) {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process is still there.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Bytes of memory that it holds (`VmRSS` of proc(5)).
    pub fn resident_bytes(&self) -> Result<u64> {
        self.status_bytes("VmRSS:")
    }

    /// The most bytes of memory that it ever held (`VmHWM` of proc(5)).
    pub fn peak_resident_bytes(&self) -> Result<u64> {
        self.status_bytes("VmHWM:")
    }

    fn status_bytes(&self, field: &str) -> Result<u64> {
        let status = fs::read_to_string(PathBuf::from(format!("/proc/{}/status", self.child.id())))?;
        let value = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
        let kibibytes: u64 = value.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kibibytes * 1024)
    }

    /// The sum of the samples of a metric whose line contains every one of `labels`; 0 if there is none.
    ///
    /// # Panics
    /// If the admin listener does not answer.
    pub fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        let text = self.admin().get("/metrics").text();
        let samples = text.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{'])) && labels.iter().all(|label| line.contains(label))
        });
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Writes other text into its configuration file.
    pub fn reconfigure(&self, config: &str) -> Result<()> {
        self.folder.write(CONFIG, config).map(drop)
    }

    /// Sends SIGHUP and returns at once.
    pub fn ask_to_reload(&self) -> Result<()> {
        self.signal(rustix::process::Signal::HUP)
    }

    /// Sends SIGTERM and returns at once.
    pub fn ask_to_stop(&self) -> Result<()> {
        self.signal(rustix::process::Signal::TERM)
    }

    fn signal(&self, signal: rustix::process::Signal) -> Result<()> {
        let id = rustix::process::Pid::from_child(&self.child);
        Ok(rustix::process::kill_process(id, signal)?)
    }

    /// Ends the process at once, as `kill -9` does.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits for the end of the process, which something must have asked for.
    pub fn wait(&mut self, at_most: Duration) -> Result<Exit> {
        let start = Instant::now();
        while start.elapsed() < at_most {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Exit { code: status.code(), after: start.elapsed() });
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("still running after {at_most:?}:\n{}", self.logs())
    }
}

/// The binary without the `LIGHTMILL_…` variables of whoever runs the tests, which it would take for configuration.
pub fn command(binary: impl AsRef<Path>) -> Command {
    let mut command = Command::new(binary.as_ref());
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LIGHTMILL_")) {
        command.env_remove(name);
    }
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if the process has ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..count]);
            into.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
        }
    })
}

/// Reads to the end, also after nobody listens any more, so that the process never blocks on a full pipe.
fn lines_of(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
