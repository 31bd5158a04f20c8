use http::Uri;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Table;
use crate::errors::Problem;

/// What a URL on the command line may hold, and a request's target may not.
const RAW: &AsciiSet = &CONTROLS.add(b' ').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

/// A URL that this service may answer: absolute, or from its path on.
#[derive(Debug, Clone)]
pub struct Target(Uri);

impl Target {
    /// Reads a URL as people write it: blanks and letters outside of ASCII are percent-encoded. `None` if it is none.
    pub fn parse(url: &str) -> Option<Self> {
        let uri: Uri = utf8_percent_encode(url.split('#').next()?, RAW).to_string().parse().ok()?;
        uri.path().starts_with('/').then_some(Self(uri))
    }

    /// The host with its port, if the URL is absolute.
    pub fn host(&self) -> Option<&str> {
        self.0.authority().map(http::uri::Authority::as_str)
    }

    /// Path and query, as on the wire.
    pub fn path_and_query(&self) -> &str {
        self.0.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// The path, as on the wire.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The query, as on the wire.
    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    /// The URL with the signature of the mount that it belongs to.
    pub fn signed(&self, table: &Table) -> Result<String, Problem> {
        let (mount, within) = table.find(self.host(), self.path()).ok_or(Problem::NoMount)?;
        let signed = mount.signed(self.path(), within, self.query())?;
        Ok(match (self.0.scheme_str(), self.0.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}{signed}"),
            _ => signed,
        })
    }
}
