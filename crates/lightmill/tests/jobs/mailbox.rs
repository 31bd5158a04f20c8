//! A server that is told of ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

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
}

/// Answers with each of some statuses in turn, and with the last one from then on.
pub struct Mailbox {
    pub address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl Mailbox {
    pub fn open(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let deliveries = Arc::<Mutex<Vec<Delivery>>>::default();
        let kept = Arc::clone(&deliveries);
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = kept.lock().unwrap().len();
                let status = statuses[number.min(statuses.len() - 1)];
                if let Ok(delivery) = receive(stream, status) {
                    kept.lock().unwrap().push(delivery);
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
        let deadline = Instant::now() + Duration::from_secs(30);
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

fn receive(mut stream: TcpStream, status: u16) -> std::io::Result<Delivery> {
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
    stream.write_all(format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes())?;
    Ok(Delivery { head, body: String::from_utf8_lossy(&body).into_owned() })
}
