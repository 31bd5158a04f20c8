use std::net::SocketAddr;

use anyhow::Result;

use super::process::{Process, command, installed};

/// Ends when its standard input does: also when the process that started it is killed. Writes to S3 take turns, and so does all
/// that is asked of DynamoDB: moto looks at their condition first and writes then, and takes a transaction back item by item,
/// where Amazon's do all at once.
const PROGRAM: &str = "\
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response
from moto.server import main
def taking_turns(does):
    turn = threading.Lock()
    def in_turn(self):
        with turn:
            return does(self)
    return in_turn
S3Response.put_object = taking_turns(S3Response.put_object)
DynamoHandler.call_action = taking_turns(DynamoHandler.call_action)
main(sys.argv[1:])
";

/// [moto](https://docs.getmoto.org): Amazon's S3, STS, DynamoDB, SQS, Secrets Manager and others in one process, in
/// memory. It checks neither signatures nor permissions.
///
/// It serves until this is dropped, or the test's process ends.
#[derive(Debug)]
pub struct Moto {
    address: SocketAddr,
    _process: Process,
}

impl Moto {
    /// Starts it on a free port of the loopback interface, and waits until it answers.
    ///
    /// # Errors
    /// If it is not installed, in words that say how it is.
    pub fn start() -> Result<Self> {
        let python = installed("moto")?.join("bin/python");
        let start = |address: SocketAddr| {
            // Of whoever runs the tests: neither keys, nor a region, nor settings of moto's.
            let mut command = command(python.clone(), &["AWS_", "MOTO_", "PYTHON"]);
            command.args(["-c", PROGRAM, "--host", "127.0.0.1", "--port", &address.port().to_string()]);
            command
        };
        let (process, address) = Process::start_on_free_port(start, "Running on http://")?;
        Ok(Self { address, _process: process })
    }

    /// Where it listens, as an endpoint of any of its services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}
