//! One line for every request.

use std::fmt::Write;

use http::Uri;
use lightmill_dialects::signature::SIGNATURE;
use lightmill_dialects::{dit, is_signature};
use percent_encoding::percent_decode_str;

use crate::layers::Exchange;

/// Characters of a target that a line shows.
const MAX_TARGET: usize = 1024;

/// What stands before a signature in a URL that asks for its own parameters (imagor).
const PARAMS: &str = "params/";
/// Letters of the shortest signature that imagor takes for one.
const SHORTEST: usize = 17;

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
        target = target(uri, outcome.traffic.as_ref().and_then(|traffic| traffic.signed_below())),
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

/// Path and query, without signatures: a log must not be a store of valid signed URLs. `signed`: the path below which the
/// first segment is a signature.
fn target(uri: &Uri, signed: Option<&str>) -> String {
    let mut target = path(uri.path(), signed);
    for (index, part) in uri.query().into_iter().flat_map(|query| query.split('&')).enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        let name = part.split('=').next().unwrap_or_default();
        let is = |signature: &&str| percent_decode_str(name).eq(signature.bytes());
        if let Some(signature) = [SIGNATURE, dit::access::SIGNATURE].into_iter().find(|name| is(name)) {
            target.push_str(signature);
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

/// The path without a signature of Thumbor's language: one of full length wherever it stands, and whatever stands in its
/// place below a mount of that language.
fn path(path: &str, signed: Option<&str>) -> String {
    let below = signed.and_then(|mount| path.strip_prefix(mount.trim_end_matches('/')));
    let segments = |path: &str| {
        let hide = |segment| if is_signature(segment) { "…" } else { segment };
        path.split('/').map(hide).collect::<Vec<_>>().join("/")
    };
    let Some(below) = below else { return segments(path) };
    let (mount, _) = path.split_at(path.len() - below.len());
    let start = below.len() - below.trim_start_matches('/').len();
    let (slashes, below) = below.split_at(start);
    let (word, below) = below.split_at(if below.starts_with(PARAMS) { PARAMS.len() } else { 0 });
    match below.split_once('/') {
        Some((first, rest)) if first.len() >= SHORTEST && first != "unsafe" => {
            format!("{mount}{slashes}{word}…/{}", segments(rest))
        }
        _ => segments(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_not_logged() {
        let shown = |uri: &str| target(&uri.parse().unwrap(), None);
        assert_eq!(shown("/a.jpg?x=1&lm-signature=abc&y"), "/a.jpg?x=1&lm-signature=…&y");
        assert_eq!(shown("/a.jpg?lm%2Dsignature=abc"), "/a.jpg?lm-signature=…");
        assert_eq!(shown("/a.jpg?width=9&signature=abc"), "/a.jpg?width=9&signature=…");
        assert_eq!(shown("/a%20b.jpg"), "/a%20b.jpg");
        assert_eq!(shown("/x/nJv0pm5CPZjWaTVoKFfSgU6F3nU=/9x9/a.jpg"), "/x/…/9x9/a.jpg");
        assert_eq!(shown("/nJv0pm5CPZjWaTVoKFfSgU6F3nU%3D/a.jpg"), "/…/a.jpg");
        let below = |uri: &str, mount| target(&uri.parse().unwrap(), Some(mount));
        assert_eq!(below("/t//IGEn3TxngivD0jy4uuiZim2bdUCvhcnVi1Nm0xGy/9x9/a.jpg", "/t"), "/t//…/9x9/a.jpg");
        assert_eq!(below("/params/IGEn3TxngivD0jy4uui/a.jpg", "/"), "/params/…/a.jpg");
        assert_eq!(below("/unsafe/9x9/a.jpg", "/"), "/unsafe/9x9/a.jpg");
        assert_eq!(below("/300x200/a.jpg", "/"), "/300x200/a.jpg");
        assert_eq!(shown(&format!("/{}", "a".repeat(5000))).chars().count(), MAX_TARGET + 1);
    }
}
