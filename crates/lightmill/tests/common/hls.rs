//! What a player does with HLS.

use std::time::Duration;

use lightmill_testkit::{Client, Response};

use super::film::until;

/// Time for what takes some seconds on a busy machine.
pub const LONG: Duration = Duration::from_secs(90);

/// The answer, which must be one.
pub fn good(client: &Client, target: &str) -> Response {
    let answer = client.get(target);
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    answer
}

/// The targets that a playlist names, which belong to the path of `target`.
pub fn named(target: &str, playlist: &str) -> Vec<String> {
    let path = target.split('?').next().unwrap();
    let of = |line: &str| match line.split_once("URI=\"") {
        Some((_, rest)) => rest.split_once('"').map(|(uri, _)| uri.to_owned()),
        None => (!line.starts_with('#') && !line.is_empty()).then(|| line.to_owned()),
    };
    playlist.lines().filter_map(of).map(|uri| format!("{path}{uri}")).collect()
}

/// The media playlist at `target`, once it is whole.
pub fn whole(client: &Client, target: &str) -> String {
    let mut text = String::new();
    until(LONG, || {
        text = good(client, target).text();
        text.ends_with("#EXT-X-ENDLIST\n")
    });
    text
}

/// All bytes that a media playlist names.
pub fn joined(client: &Client, target: &str, playlist: &str) -> Vec<u8> {
    named(target, playlist).iter().flat_map(|part| good(client, part).body).collect()
}
