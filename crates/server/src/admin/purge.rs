use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use lightmill_mill::Purge;
use serde::Deserialize;

use crate::reload::Live;
use crate::tokens;

const FORMS: &str = "the body is one of {\"source\": NAME, \"key\": KEY}, {\"source\": NAME, \"prefix\": PREFIX}, \
                     {\"tag\": TAG}, {\"all\": true}\n";

/// The body of a purge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    source: Option<String>,
    key: Option<String>,
    prefix: Option<String>,
    tag: Option<String>,
    #[serde(default)]
    all: bool,
}

impl Wish {
    fn purge(self) -> Option<Purge> {
        match self {
            Self { source: Some(source), key: Some(key), prefix: None, tag: None, all: false } => {
                Some(Purge::Key { source, key })
            }
            Self { source: Some(source), key: None, prefix: Some(prefix), tag: None, all: false } => {
                Some(Purge::Prefix { source, prefix })
            }
            Self { source: None, key: None, prefix: None, tag: Some(tag), all: false } => Some(Purge::Tag(tag)),
            Self { source: None, key: None, prefix: None, tag: None, all: true } => Some(Purge::All),
            _ => None,
        }
    }
}

/// `POST /purge`: results are forgotten; the answer says how many, and is 502 if the result store failed on the way.
pub(super) async fn answer(State(live): State<Arc<Live>>, headers: HeaderMap, body: Bytes) -> Response {
    let service = live.service();
    let Some(tokens) = service.tokens() else {
        return (StatusCode::FORBIDDEN, "purging is off: admin.tokens is not configured\n").into_response();
    };
    let is_admitted = match tokens::bearer(&headers) {
        Some(token) => tokens.admit(token).await,
        None => false,
    };
    if !is_admitted {
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], "a known token is missing\n")
            .into_response();
    }
    let wish = serde_json::from_slice::<Wish>(&body).ok().and_then(Wish::purge);
    let Some(purge) = wish else { return (StatusCode::BAD_REQUEST, FORMS).into_response() };
    if let Purge::Key { source, .. } | Purge::Prefix { source, .. } = &purge
        && !service.mill().has_source(source)
    {
        return (StatusCode::BAD_REQUEST, "there is no source of that name\n").into_response();
    }
    let purged = service.mill().purge(&purge).await;
    let status = if purged.complete { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
    (status, Json(purged)).into_response()
}
