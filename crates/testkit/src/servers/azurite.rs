use std::net::SocketAddr;

use anyhow::{Context, Result, bail};

use super::process::{Process, command, installed};
use crate::Client;

/// [Azurite](https://github.com/Azure/Azurite): Azure Blob Storage in memory. It checks signatures.
///
/// It serves until this is dropped, or the test's process ends.
#[derive(Debug)]
pub struct Azurite {
    address: SocketAddr,
    signature: String,
    _process: Process,
}

impl Azurite {
    /// Its account, which is the first segment of its paths.
    pub const ACCOUNT: &'static str = "lightmill";

    /// The account's key, in base64.
    pub const KEY: &'static str = "bm90IGEgc2VjcmV0";

    /// Starts it on a free port of the loopback interface, and waits until it answers.
    ///
    /// # Errors
    /// If it is not installed, in words that say how it is.
    pub fn start() -> Result<Self> {
        let script = installed("azurite")?.join("start.js");
        let mut command = command("node".into(), &["AZURITE_", "NODE_"]);
        command.arg(script).env("AZURITE_ACCOUNTS", format!("{}:{}", Self::ACCOUNT, Self::KEY));
        let (process, line) = match Process::start(&mut command, "ready http://")? {
            Ok(started) => started,
            Err(logs) => bail!("Azurite did not start:\n{logs}"),
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, url, signature] = words[..] else { bail!("Azurite said: {line}") };
        let address = url.trim_start_matches("http://").parse().context(line.clone())?;
        Ok(Self { address, signature: signature.to_owned(), _process: process })
    }

    /// Where the account's containers are.
    pub fn endpoint(&self) -> String {
        format!("http://{}/{}", self.address, Self::ACCOUNT)
    }

    /// A shared access signature of the account with which anything may be done.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// Makes a container; `public`: everybody may read its blobs.
    ///
    /// # Errors
    /// If it does not.
    pub fn create_container(&self, name: &str, public: bool) -> Result<()> {
        let access: &[_] = if public { &[("x-ms-blob-public-access", "blob")] } else { &[] };
        self.put(&format!("{name}?restype=container"), access, &[])
    }

    /// Writes a blob at an encoded path, `CONTAINER/NAME`.
    ///
    /// # Errors
    /// If it does not.
    pub fn put_blob(&self, path: &str, content_type: &str, bytes: &[u8]) -> Result<()> {
        let headers = [("x-ms-blob-type", "BlockBlob"), ("content-type", content_type)];
        self.put(&format!("{path}?"), &headers, bytes)
    }

    fn put(&self, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<()> {
        let target = format!("/{}/{target}&{}", Self::ACCOUNT, self.signature);
        let answer = Client::new(self.address).send("PUT", target.as_bytes(), headers, body)?;
        if answer.status != 201 {
            bail!("{}: {}", answer.status, answer.text());
        }
        Ok(())
    }
}
