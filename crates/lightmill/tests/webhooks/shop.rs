//! A folder of uploads, one of what is made of them, and whoever is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use lightmill_testkit::{Scratch, command};
use serde_json::Value;

use crate::common::film::until;
use crate::common::mailbox::SECRET;
use crate::common::worker::Worker;
use crate::common::{BINARY, SAMPLES};

/// Time for what takes some seconds on a busy machine.
pub const LONG: Duration = Duration::from_secs(90);

pub struct Shop {
    pub folder: Scratch,
    config: PathBuf,
}

impl Shop {
    /// `keys`: more of `[worker]`. `endpoints`: names and addresses, with more keys of each.
    pub fn open(keys: &str, endpoints: &[(&str, SocketAddr, &str)]) -> Self {
        Self::making("image/resize,w_20/format,webp", keys, endpoints)
    }

    /// With this variant, which is called `tiny`.
    pub fn making(recipe: &str, keys: &str, endpoints: &[(&str, SocketAddr, &str)]) -> Self {
        let folder = Scratch::new().unwrap();
        let root = folder.path().display().to_string();
        for name in ["uploads", "processed"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let mut config = format!(
            "[sources.uploads]\nurl = \"{root}/uploads\"\n[sources.processed]\nurl = \"{root}/processed\"\n[worker]\n\
             source = \"uploads\"\ntarget = \"processed\"\ndatabase = \"{root}/worker.sqlite\"\n{keys}\n\
             [worker.variants.tiny]\nrecipe = \"{recipe}\"\n"
        );
        for (name, address, keys) in endpoints {
            write!(
                config,
                "[worker.webhooks.{name}]\nurl = \"http://{address}/{name}\"\nsecrets = [\"{SECRET}\"]\n\
                 allow_private = [\"127.0.0.1\"]\n{keys}\n"
            )
            .unwrap();
        }
        let config = folder.write("lightmill.toml", config).unwrap();
        Self { folder, config }
    }

    /// Has the next worker start with what `change` makes of the configuration.
    pub fn configure(&self, change: impl Fn(&str) -> String) {
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, change(&text)).unwrap();
    }

    pub fn worker(&self) -> Worker {
        Worker::start(["--config".as_ref(), self.config.as_os_str()])
    }

    pub fn upload(&self, sample: &str, name: &str) -> PathBuf {
        self.put(name, &std::fs::read(format!("{SAMPLES}/{sample}")).unwrap())
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join("uploads").join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }

    pub fn processed(&self) -> PathBuf {
        self.folder.path().join("processed")
    }

    pub fn made(&self) -> BTreeSet<String> {
        names(&self.processed())
    }

    /// What `lightmill webhooks` does with these arguments.
    pub fn webhooks(&self, arguments: &[&str]) -> Output {
        let config = self.config.as_os_str();
        command(BINARY).arg("webhooks").args(arguments).arg("--config").arg(config).output().unwrap()
    }

    /// What it says as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let said = self.webhooks(arguments);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        serde_json::from_slice(&said.stdout).unwrap()
    }

    /// All deliveries, the newest first, as soon as they are as `are` says.
    pub fn until(&self, are: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut found = Vec::new();
        until(LONG, || {
            found.clone_from(self.json(&["list", "--json"]).as_array().unwrap());
            are(&found)
        });
        found
    }
}

/// Files of a folder but for those that nobody should look at.
pub fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| !name.starts_with('.')).collect()
}

/// Whether all of them are in this state.
pub fn all(deliveries: &[Value], state: &str) -> bool {
    !deliveries.is_empty() && deliveries.iter().all(|delivery| delivery["state"] == state)
}

/// An address at which nobody is.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
