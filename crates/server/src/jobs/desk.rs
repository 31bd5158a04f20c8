use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use lightmill_jobs::webhook::Webhooks;
use lightmill_store::secrets::Keyring;

use super::Board;
use crate::errors::{self, Problem, Shape};
use crate::layers::Outcome;
use crate::mounts::Service;
use crate::telemetry::metrics::Traffic;
use crate::tokens::Tokens;

/// Where jobs are handed in and asked for, as one configuration wants it.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(super) board: Board,
    /// Of those who may.
    pub(super) tokens: Tokens,
    /// Who is told of ends.
    pub(super) webhooks: Option<Webhooks>,
    time: Duration,
    path: String,
    /// What is counted about its requests.
    traffic: Arc<Traffic>,
}

impl Desk {
    /// At `path`, for whoever has one of `tokens`; an answer takes at most `time`.
    pub(crate) fn new(board: Board, path: String, tokens: Tokens, webhooks: Option<Webhooks>, time: Duration) -> Self {
        let traffic = Arc::new(Traffic::of("jobs".into(), None));
        Self { board, tokens, webhooks, time, path, traffic }
    }

    /// What of `path` is below this desk's: nothing, or `/ID`. `None` if it lies elsewhere.
    pub(crate) fn within<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.path.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// What is counted about its requests.
    pub(crate) fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }

    /// Answers a request for what lies at `within` below this desk, whatever comes. `id`: under which logs have it.
    pub(crate) async fn answer(&self, service: &Service, within: &str, request: (&Parts, Body), id: &str) -> Response {
        let answered = tokio::time::timeout(self.time, self.route(service, within, request)).await;
        let answered = answered.unwrap_or(Err(Problem::TimedOut(self.time)));
        let mut response = answered.unwrap_or_else(|problem| errors::answer(&problem, Shape::default(), id));
        let outcome = response.extensions_mut().get_or_insert_default::<Outcome>();
        outcome.traffic = Some(Arc::clone(&self.traffic));
        response
    }

    /// Who is told of ends.
    pub(crate) fn webhooks(&self) -> Option<&Webhooks> {
        self.webhooks.as_ref()
    }

    /// Everything that is read for those who ask and are told, and what it is for.
    pub(crate) fn keyrings(&self) -> impl Iterator<Item = (String, Arc<Keyring>)> {
        let tokens = ("jobs.tokens".to_owned(), Arc::clone(self.tokens.keyring()));
        let secrets =
            self.webhooks.as_ref().map(|hooks| ("jobs.webhook.secrets".to_owned(), Arc::clone(hooks.secrets())));
        std::iter::once(tokens).chain(secrets)
    }

    /// Where the job `id` is asked for.
    pub(super) fn location(&self, id: &str) -> String {
        format!("{}/{id}", self.path)
    }
}
