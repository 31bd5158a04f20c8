use lightmill_testkit::{Server, ServerOptions};

use crate::common::BINARY;

/// What a server is started with.
#[derive(Default)]
pub struct Serving<'a> {
    /// Names and tables of the sources that its only mount reads.
    pub sources: &'a [(&'a str, &'a str)],
    /// More tables of the configuration.
    pub tables: &'a str,
    /// More lines of the mount's table.
    pub mount: &'a str,
}

impl Serving<'_> {
    /// A server of one source, `photos`.
    pub fn one(source: &str) -> Server {
        Serving { sources: &[("photos", source)], ..Serving::default() }.start()
    }

    pub fn start(&self) -> Server {
        let sources = self.sources.iter().map(|(name, lines)| format!("[sources.{name}]\n{lines}"));
        let names: Vec<&str> = self.sources.iter().map(|(name, _)| *name).collect();
        let mount = format!("[[mounts]]\nsources = {names:?}\nunsafe = true\n{}", self.mount);
        let tables: Vec<String> = [self.tables.to_owned()].into_iter().chain(sources).chain([mount]).collect();
        let config = tables.join("\n");
        Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
    }
}
