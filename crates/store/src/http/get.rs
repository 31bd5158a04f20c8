use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt, Limited};
use url::Url;

use super::answer::refusal;
use super::body::discard;
use super::post::{Poster, PosterSettings};
use super::source::HttpSourceError;
use crate::Error;

/// Gets small documents from servers that somebody else names: behind the same gate as an origin, without following
/// redirects, and asking nothing twice.
#[derive(Debug)]
pub struct Getter(Poster);

impl Getter {
    /// Connects to nothing before the first document.
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub fn new(settings: PosterSettings) -> Result<Self, HttpSourceError> {
        Poster::new(settings).map(Self)
    }

    /// The body of an answer with status 200. Only connecting has a time limit here.
    ///
    /// # Errors
    /// As [`Poster::admit`]; what another status means; [`Error::TooLarge`] for more than `max_bytes`;
    /// [`Error::TimedOut`] and [`Error::Unavailable`] where there is no connection, or no whole answer.
    pub async fn get(&self, url: &Url, max_bytes: usize) -> Result<Bytes, Error> {
        self.0.admit(url).await?;
        let response = self.0.client().send(&Method::GET, url.clone(), None).await?;
        if response.status() != http::StatusCode::OK {
            let error = refusal(response.status(), response.headers());
            discard(response.into_body());
            return Err(error);
        }
        let body = Limited::new(response.into_body(), max_bytes).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                return Error::TooLarge { actual: max_bytes as u64 + 1, allowed: max_bytes as u64 };
            }
            Error::unavailable(error)
        })?;
        Ok(body.to_bytes())
    }
}
