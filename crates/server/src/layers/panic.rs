use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::response::Response;
use futures::FutureExt;

use crate::errors;

/// The answer, or a 500 where the request's own code panics; its words go to the log only.
pub async fn caught(answer: impl Future<Output = Response>) -> Response {
    // What a panic leaves behind belongs to this request alone and is dropped with it.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(payload) => {
            let detail = words(&*payload);
            tracing::error!(detail, "a request panicked");
            errors::internal()
        }
    }
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let literal = payload.downcast_ref::<&str>().copied();
    literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_500() {
        let response = caught(async { panic!("of {}", "words") }).await;
        assert_eq!(response.status(), 500);
    }
}
