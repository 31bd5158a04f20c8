//! A server that is told what has happened.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lightmill_testkit::Scratch;
use serde_json::Value;

const DOCS: &str = include_str!("../../../../docs/webhooks.md");

/// A secret that signs, and its like.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OTHER_SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

/// One request that came.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Lines of `name: value`, the names in lower case.
    pub head: Vec<String>,
    pub body: String,
}

impl Delivery {
    pub fn header(&self, name: &str) -> &str {
        let value = self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("{name} in {:?}", self.head))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// What has happened.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// What the program in the docs says of it.
    pub fn is_verified(&self, secret: &str) -> bool {
        let program = DOCS.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let call = "\nimport json, sys\n\
                    sys.exit(0 if verified(sys.argv[1], json.loads(sys.argv[2]), sys.stdin.buffer.read()) else 3)\n";
        let folder = Scratch::new().unwrap();
        let file = folder.write("verify.py", format!("{program}{call}")).unwrap();
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers: Value = names.map(|name| (name, self.header(name))).into_iter().collect();
        let mut child = Command::new("python3")
            .arg(file)
            .args([secret, &headers.to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(self.body.as_bytes()).unwrap();
        match child.wait().unwrap().code() {
            Some(0) => true,
            Some(3) => false,
            other => panic!("{other:?}"),
        }
    }
}

/// Says nothing, and keeps whoever asks waiting.
pub const SILENCE: u16 = 0;

/// Answers with each of some statuses in turn, and with the last one from then on.
pub struct Mailbox {
    pub address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl Mailbox {
    pub fn open(statuses: &'static [u16]) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), statuses)
    }

    /// One at an address that is known before.
    pub fn at(address: SocketAddr, statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let deliveries = Arc::<Mutex<Vec<Delivery>>>::default();
        let kept = Arc::clone(&deliveries);
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            let mut waiting = Vec::new();
            for stream in listener.incoming().flatten() {
                let number = kept.lock().unwrap().len();
                let status = statuses[number.min(statuses.len() - 1)];
                if let Ok((delivery, stream)) = receive(stream, status) {
                    kept.lock().unwrap().push(delivery);
                    waiting.extend((status == SILENCE).then_some(stream));
                }
            }
        });
        Self { address, deliveries }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The first `count` deliveries, as soon as they are there.
    pub fn wait(&self, count: usize) -> Vec<Delivery> {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let deliveries = self.deliveries();
            if deliveries.len() >= count {
                return deliveries;
            }
            assert!(Instant::now() < deadline, "{count} deliveries: {deliveries:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap().clone()
    }
}

fn receive(mut stream: TcpStream, status: u16) -> std::io::Result<(Delivery, TcpStream)> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.trim().parse().unwrap_or(0);
        }
        head.push(format!("{name}:{value}"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if status != SILENCE {
        let answer = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes())?;
    }
    Ok((Delivery { head, body: String::from_utf8_lossy(&body).into_owned() }, stream))
}
