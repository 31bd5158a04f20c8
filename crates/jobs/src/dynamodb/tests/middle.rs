//! Somebody in the middle who loses questions or answers, or gives old ones.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What becomes of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and so does its answer.
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives, and its answer is lost.
    Unanswered,
    /// It is answered as it was the last time, if it was asked before.
    Old,
}

type Fates = Arc<Mutex<dyn FnMut(&str) -> Fate + Send>>;

/// The last answer to each body of a question.
type Answers = Arc<Mutex<HashMap<Vec<u8>, Vec<u8>>>>;

/// Stands before another server until the tests end.
pub struct Middle {
    pub endpoint: String,
}

impl Middle {
    /// Before the server at `endpoint` (`http://HOST:PORT`). `fate` is told each operation.
    pub fn before(endpoint: &str, fate: impl FnMut(&str) -> Fate + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let behind = endpoint.trim_start_matches("http://").to_owned();
        let (fate, answers): (Fates, Answers) = (Arc::new(Mutex::new(fate)), Answers::default());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, fate, answers) = (behind.clone(), Arc::clone(&fate), Arc::clone(&answers));
                // A client that gives up is what these tests are about.
                std::thread::spawn(move || carry(stream, &behind, &fate, &answers).ok());
            }
        });
        Self { endpoint: own }
    }
}

/// Requests of one connection, until one of them is lost.
fn carry(mut stream: TcpStream, behind: &str, fate: &Fates, answers: &Answers) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (question, body) = message(&mut reader)?;
        let head = String::from_utf8_lossy(&question).to_ascii_lowercase();
        let target = head.lines().find_map(|line| line.strip_prefix("x-amz-target: dynamodb_20120810."));
        let fate = fate.lock().unwrap()(target.unwrap_or_default());
        if fate == Fate::Lost {
            return Ok(());
        }
        let old = (fate == Fate::Old).then(|| answers.lock().unwrap().get(&question[body..]).cloned()).flatten();
        if let Some(old) = old {
            stream.write_all(&old)?;
            continue;
        }
        let mut other = TcpStream::connect(behind)?;
        other.write_all(&question)?;
        let (answer, _) = message(&mut BufReader::new(other))?;
        if fate == Fate::Unanswered {
            return Ok(());
        }
        stream.write_all(&answer)?;
        answers.lock().unwrap().insert(question[body..].to_vec(), answer);
    }
}

/// A head and the body that it states, and where that begins.
fn message(reader: &mut impl BufRead) -> std::io::Result<(Vec<u8>, usize)> {
    let (mut message, mut length) = (Vec::new(), 0);
    loop {
        let begin = message.len();
        if reader.read_until(b'\n', &mut message)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&message[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let begin = message.len();
    message.resize(begin + length, 0);
    reader.read_exact(&mut message[begin..])?;
    Ok((message, begin))
}
