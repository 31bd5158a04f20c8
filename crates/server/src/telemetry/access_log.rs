//! One line for every request.

use std::fmt::Write;

use http::Uri;
use lightmill_dialects::signature::SIGNATURE;
use percent_encoding::percent_decode_str;

use crate::layers::Exchange;

/// Characters of a target that a line shows.
const MAX_TARGET: usize = 1024;

/// Writes the line. Errors of the service itself are logged where they happen, with their reason.
pub fn write(exchange: &Exchange) {
    let Exchange { method, uri, version, status, bytes, duration, outcome } = exchange;
    let mut stages = String::new();
    for (name, time) in &outcome.stages {
        // Writing to a String cannot fail.
        let _ = write!(stages, "{}{name}={:.1}", if stages.is_empty() { "" } else { " " }, millis(*time));
    }
    tracing::info!(
        target: "access",
        method = method.as_str(),
        target = target(uri),
        version = ?version,
        status,
        bytes,
        ms = (millis(*duration) * 10.0).round() / 10.0,
        mount = outcome.traffic.as_ref().map_or("-", |traffic| traffic.mount()),
        cache = outcome.cache.unwrap_or("-"),
        error = outcome.error.unwrap_or("-"),
        stages,
    );
}

fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Path and query, without the value of a signature: a log must not be a store of valid signed URLs.
fn target(uri: &Uri) -> String {
    let mut target = uri.path().to_owned();
    for (index, part) in uri.query().into_iter().flat_map(|query| query.split('&')).enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        let name = part.split('=').next().unwrap_or_default();
        if percent_decode_str(name).eq(SIGNATURE.bytes()) {
            target.push_str(SIGNATURE);
            target.push_str("=…");
        } else {
            target.push_str(part);
        }
    }
    if let Some((end, _)) = target.char_indices().nth(MAX_TARGET) {
        target.truncate(end);
        target.push('…');
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_not_logged() {
        let shown = |uri: &str| target(&uri.parse().unwrap());
        assert_eq!(shown("/a.jpg?x=1&lm-signature=abc&y"), "/a.jpg?x=1&lm-signature=…&y");
        assert_eq!(shown("/a.jpg?lm%2Dsignature=abc"), "/a.jpg?lm-signature=…");
        assert_eq!(shown("/a%20b.jpg"), "/a%20b.jpg");
        assert_eq!(shown(&format!("/{}", "a".repeat(5000))).chars().count(), MAX_TARGET + 1);
    }
}
