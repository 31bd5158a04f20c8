//! What happens around every request, whatever its mount and dialect.

mod compress;
mod observe;
mod panic;
mod request_id;

pub use observe::{Exchange, Outcome};

use axum::Router;
use axum::middleware::{from_fn, map_response};

/// The layers, from the innermost to the outermost.
///
/// Time limits are a mount's own and lie within its answer; connections are bounded by [`crate::listen`].
pub fn stack(router: Router) -> Router {
    router
        // A panic becomes a 500, so that the layers around it see an answer.
        .layer(from_fn(panic::answer))
        .layer(compress::layer())
        .layer(map_response(compress::weaken))
        // Access log and metrics, at the end of the body.
        .layer(from_fn(observe::observe))
        // Everything above logs with the id.
        .layer(from_fn(request_id::assign))
}
