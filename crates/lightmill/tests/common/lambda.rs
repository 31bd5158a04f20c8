//! Lambda's runtime interface, as a function sees it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::BINARY;

/// How long an invocation may take.
const TIME: Duration = Duration::from_mins(1);

/// A function that is invoked; it is killed when this is dropped.
pub struct Function {
    child: Child,
    events: Sender<Value>,
    answers: Receiver<Result<Value, Value>>,
}

impl Function {
    /// Starts the binary as Lambda does: without arguments, with the function's handler and `variables`.
    pub fn start(handler: &str, variables: &[(String, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (events, queued) = channel();
        let (answered, answers) = channel();
        let queued = Arc::new(Mutex::new(queued));
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (queued, answered) = (Arc::clone(&queued), answered.clone());
                std::thread::spawn(move || drop(serve(stream, &queued, &answered)));
            }
        });
        let child = Command::new(BINARY)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "variants")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("_HANDLER", handler)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, events, answers }
    }

    /// What the function answers: its result, or what it says of its failure.
    pub fn invoke(&self, event: Value) -> Result<Value, Value> {
        self.events.send(event).unwrap();
        self.answers.recv_timeout(TIME).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request: for the next invocation, which is waited for, or with what came of one.
fn serve(
    mut stream: TcpStream,
    queued: &Mutex<Receiver<Value>>,
    answered: &Sender<Result<Value, Value>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap_or(0));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    let what = path.strip_prefix("/2018-06-01/runtime/invocation/").unwrap_or_default();
    if what == "next" {
        let Ok(event) = queued.lock().unwrap().recv() else { return Ok(()) };
        let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + TIME;
        let body = event.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536\r\nLambda-Runtime-Deadline-Ms: {}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:variants\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            end.as_millis(),
            body.len()
        );
        return stream.write_all([head, body].concat().as_bytes());
    }
    let told: Value = serde_json::from_slice(&body).unwrap_or_default();
    stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    let outcome = match what {
        "8476a536/response" => Ok(told),
        _ => Err(told),
    };
    // Whoever asked may have given up.
    let _ = answered.send(outcome);
    Ok(())
}
