//! A lightmill with a folder of pictures, as most tests want it.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod amazon;
pub mod backfill;
pub mod cloud;
pub mod corners;
pub mod film;
pub mod hls;
pub mod lambda;
pub mod mailbox;
pub mod storm;
pub mod worker;

use std::sync::atomic::{AtomicBool, Ordering};

use lightmill_testkit::{Scratch, Server, ServerOptions};

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_lightmill");

/// The project's own photos.
pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples");

/// A folder of pictures and the server of it; the server ends first.
pub struct Service {
    pub server: Server,
    pub folder: Scratch,
    options: ServerOptions,
}

/// What a [`Service`] is like.
#[derive(Default)]
pub struct Options<'a> {
    /// Text that goes into the mount's table; by default `unsafe = true`.
    pub mount: Option<&'a str>,
    /// More tables of the configuration.
    pub tables: &'a str,
    /// Files beside `rocket.jpg` and `coffee.png`, by their names.
    pub files: &'a [(&'a str, &'a [u8])],
    /// Environment variables.
    pub environment: &'a [(&'a str, &'a str)],
}

impl Service {
    /// The usual one: every transformation allowed, originals streamed.
    pub fn start() -> Self {
        Self::with(&Options::default())
    }

    pub fn with(options: &Options<'_>) -> Self {
        let folder = Scratch::new().unwrap();
        for name in ["rocket.jpg", "coffee.png"] {
            folder.copy(format!("{SAMPLES}/{name}"), format!("photos/{name}")).unwrap();
        }
        for (name, bytes) in options.files {
            folder.write(format!("photos/{name}"), bytes).unwrap();
        }
        // Another source, to be chosen by `x-bucket`, and one that no mount lists.
        folder.copy(format!("{SAMPLES}/rocket.jpg"), "other/only-here.jpg").unwrap();
        folder.copy(format!("{SAMPLES}/rocket.jpg"), "unlisted/secret.jpg").unwrap();
        folder.write("styles.json", r#"{"box100": {"style": "image/resize,m_fixed,w_100,h_100,limit_0/"}}"#).unwrap();
        let config = format!(
            r#"
            {tables}
            [styles]
            file = "{root}/styles.json"
            [sources.photos]
            url = "file://{root}/photos"
            [sources.other]
            url = "file://{root}/other"
            [sources.unlisted]
            url = "file://{root}/unlisted"
            [[mounts]]
            path = "/"
            dialect = "oss"
            sources = ["photos", "other"]
            {mount}
            "#,
            tables = options.tables,
            root = folder.path().display(),
            mount = options.mount.unwrap_or("unsafe = true"),
        );
        let environment = options.environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let options = ServerOptions { config, environment };
        let server = Server::start(BINARY, &options).unwrap();
        Self { server, folder, options }
    }

    /// Another instance of the same configuration, over the same files.
    pub fn another(&self) -> Server {
        Server::start(BINARY, &self.options).unwrap()
    }
}

/// Says that it is done when it is dropped, however a test ends.
pub struct Stop<'a>(pub &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// `/KEY?x-oss-process=image/ACTIONS`.
pub fn image(key: &str, actions: &str) -> String {
    format!("/{key}?x-oss-process=image/{actions}")
}
