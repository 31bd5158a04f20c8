//! Pictures that a mount does not show (Thumbor's blacklist): lines of an object that `PUT /blacklist?PICTURE` extends.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use axum::response::Response;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderValue, Method};
use lightmill_mill::{Error, Mill, Place, Rules, Uploads};
use lightmill_store::{self as store, Attributes, Version};
use percent_encoding::percent_decode_str;
use tokio::sync::Mutex;

use super::{Mount, Service};
use crate::config;
use crate::delivery::{body, headers};
use crate::errors::Problem;
use crate::tokens::Access;

/// Where it is read and extended.
pub(super) const PATH: &str = "/blacklist";

/// Bytes of a list.
const MOST_BYTES: u64 = 1 << 20;

/// A list that is kept up to date.
#[derive(Debug)]
pub(super) struct Blacklist {
    place: Place,
    /// Who may read and extend it.
    pub access: Option<Access>,
    known: RwLock<Option<(Version, Arc<Lines>)>>,
    /// Lines are added one after the other.
    writing: Mutex<()>,
}

impl Blacklist {
    pub fn new(config: &config::Blacklist, access: Option<Access>) -> Self {
        Self { place: config.place.clone(), access, known: RwLock::default(), writing: Mutex::default() }
    }

    /// Refuses pictures that are on the list.
    ///
    /// # Errors
    /// [`Problem::Blacklisted`], or what the store says: without the list nothing is shown.
    pub async fn check(&self, mill: &Mill, rules: &Rules, places: &[Place]) -> Result<(), Problem> {
        let lines = self.lines(mill).await?;
        let is_listed = |place: &Place| {
            let upload = rules.uploads.as_ref().and_then(|uploads| uploads.id_at(place));
            lines.has(&place.key) || upload.is_some_and(|id| lines.has_upload(id))
        };
        if places.iter().any(is_listed) { Err(Problem::Blacklisted) } else { Ok(()) }
    }

    /// The lines of this moment; none if there is no such object. While the store fails, those of before hold.
    async fn lines(&self, mill: &Mill) -> Result<Arc<Lines>, Problem> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let version = match mill.stat(&self.place).await {
            Ok(stat) => stat.version,
            Err(Error::Store(store::Error::NotFound)) => return Ok(Arc::default()),
            Err(error) => return held(known, &error),
        };
        if let Some((_, lines)) = known.as_ref().filter(|(known, _)| *known == version) {
            return Ok(Arc::clone(lines));
        }
        let (stat, bytes) = match mill.object(&self.place, MOST_BYTES).await {
            Ok(read) => read,
            Err(error) => return held(known, &error),
        };
        let lines = Arc::new(Lines::read(&String::from_utf8_lossy(&bytes)));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some((stat.version, Arc::clone(&lines)));
        Ok(lines)
    }

    /// The list as it is.
    async fn text(&self, mill: &Mill) -> Result<String, Problem> {
        match mill.object(&self.place, MOST_BYTES).await {
            // Which would be written back as something else.
            Ok((_, bytes)) => String::from_utf8(bytes.into()).map_err(unreadable),
            Err(Error::Store(store::Error::NotFound)) => Ok(String::new()),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Adds a line, unless it is there.
    async fn add(&self, mill: &Mill, line: &str) -> Result<(), Problem> {
        let _turn = self.writing.lock().await;
        let mut text = self.text(mill).await?;
        if text.lines().any(|known| known == line) {
            return Ok(());
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        if text.len() as u64 > MOST_BYTES {
            return Err(Problem::BadBody(format!("the blacklist has at most {MOST_BYTES} bytes")));
        }
        let attributes = Attributes { content_type: Some("text/plain".to_owned()), ..Attributes::default() };
        Ok(mill.write_text(&self.place, text, &attributes).await?)
    }
}

fn held(known: Option<(Version, Arc<Lines>)>, error: &Error) -> Result<Arc<Lines>, Problem> {
    match known {
        Some((_, lines)) => {
            tracing::warn!(%error, "a blacklist cannot be read: what it was before holds");
            Ok(lines)
        }
        None => Err(unreadable(error)),
    }
}

/// What is wrong with the list is nothing that whoever asks for a picture could change.
fn unreadable(error: impl std::fmt::Display) -> Problem {
    Problem::Mill(store::Error::unavailable(format_args!("the blacklist: {error}")).into())
}

impl Service {
    /// The list, or one line more, for whoever was admitted.
    pub(super) async fn list(&self, mount: &Mount, request: &Parts) -> Result<Response, Problem> {
        let Some(list) = &mount.blacklist else { return Err(Problem::NoMount) };
        let mut response = match request.method {
            Method::GET => body::whole(list.text(&self.mill).await?.into()),
            Method::HEAD => body::absent(list.text(&self.mill).await?.len() as u64),
            Method::PUT => {
                let line = request.uri.query().unwrap_or_default().trim();
                if line.len() > self.uri_bytes() {
                    return Err(Problem::UriTooLong(self.uri_bytes()));
                }
                if line.is_empty() {
                    return Err(Problem::BadBody("the query is the picture, as it stands in URLs".to_owned()));
                }
                list.add(&self.mill, line).await?;
                body::whole(bytes::Bytes::new())
            }
            _ => return Err(Problem::MethodNotAllowed("GET, HEAD, PUT")),
        };
        let media_type = if request.method == Method::PUT { "text/html; charset=UTF-8" } else { "text/plain" };
        headers::content_type(response.headers_mut(), media_type);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// Lines by their last segment. A picture is listed by a line that is its key, or that ends with it behind a `/`: so a URL
/// means what it leads to, with and without its host.
#[derive(Debug, Default)]
struct Lines {
    by_last: HashMap<String, Vec<String>>,
    uploads: HashSet<String>,
}

impl Lines {
    fn read(text: &str) -> Self {
        let mut lines = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let decoded = percent_decode_str(line).decode_utf8_lossy();
            if let Some(id) = Uploads::id_of(&decoded) {
                lines.uploads.insert(id.to_owned());
            }
            if decoded != line {
                lines.add(&decoded);
            }
            lines.add(line);
        }
        lines
    }

    fn add(&mut self, line: &str) {
        self.by_last.entry(last(line).to_owned()).or_default().push(line.to_owned());
    }

    fn has(&self, key: &str) -> bool {
        let ends = |line: &String| line.strip_suffix(key).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        !key.is_empty() && self.by_last.get(last(key)).is_some_and(|lines| lines.iter().any(ends))
    }

    fn has_upload(&self, id: &str) -> bool {
        self.uploads.contains(id)
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_listed_as_they_stand_in_urls() {
        let lines = Lines::read(
            "rocket.jpg\n\n  cdn.example/a/b%20c.jpg \nhttps://cdn.example/d.jpg\n0123456789abcdef0123456789abcdef/x.jpg",
        );
        for listed in
            ["rocket.jpg", "cdn.example/a/b c.jpg", "b c.jpg", "a/b c.jpg", "d.jpg", "https://cdn.example/d.jpg"]
        {
            assert!(lines.has(listed), "{listed}");
        }
        for other in ["ocket.jpg", "a/rocket.jpg", "rocket", "c.jpg", "cdn.example", "", "/"] {
            assert!(!lines.has(other), "{other}");
        }
        assert!(lines.has_upload("0123456789abcdef0123456789abcdef"));
    }
}
