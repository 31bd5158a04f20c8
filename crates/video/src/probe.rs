use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::child::{Order, Reports, start};
use crate::sandbox::Limits;
use crate::{Error, Source, Tools, input};

/// How much is looked at to tell what a video is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeLimits {
    /// Time on the clock, and of a processor.
    pub time: Duration,
    /// Bytes that are read from the source; an index of a long video may lie at its end, and be large.
    pub read: u64,
    /// Bytes of streams that are looked into where the container does not tell what they are.
    pub streams: u64,
    /// How much of those, on the video's clock.
    pub duration: Duration,
}

impl Default for ProbeLimits {
    /// Fifteen seconds, 64 MiB, of which 5 MiB and 5 s of streams.
    fn default() -> Self {
        Self { time: Duration::from_secs(15), read: 64 << 20, streams: 5 << 20, duration: Duration::from_secs(5) }
    }
}

/// What ffprobe tells of a video: its JSON with `format` and `streams`, without the name of the file.
///
/// [`Error::NotAVideo`] for what is in no container that is read, and for an empty one. Whether one of its streams has
/// pictures is left to whoever reads the answer. [`Error::UnsupportedCodec`] if one of them is not decoded here.
pub async fn probe(tools: &Tools, source: Arc<dyn Source>, limits: &ProbeLimits) -> Result<Value, Error> {
    let server = input::serve(source, limits.read)?;
    let mut arguments: Vec<OsString> = [
        "-hide_banner",
        "-loglevel",
        "error",
        "-print_format",
        "json",
        "-show_format",
        "-show_streams",
        "-probesize",
        &limits.streams.max(32).to_string(),
        "-analyzeduration",
        &limits.duration.as_micros().to_string(),
    ]
    .map(Into::into)
    .into();
    arguments.extend(input::OPTIONS.map(Into::into));
    arguments.extend(["-i".into(), server.url().into()]);
    let order = Order {
        program: &tools.ffprobe,
        arguments,
        folder: None,
        server: Some(server),
        limits: Limits { wall: limits.time, processor: limits.time, written: 1 << 20, ..Limits::default() },
        progress: Reports::None,
    };
    let said = start(&tools.sandbox, order).await?.collect().await?;
    let mut facts: Value = serde_json::from_slice(&said).map_err(Error::failed)?;
    if facts["streams"].as_array().is_none_or(Vec::is_empty) {
        return Err(Error::NotAVideo { detail: "a container with no streams".to_owned() });
    }
    if let Some(format) = facts.get_mut("format").and_then(Value::as_object_mut) {
        // The range server's address, and the key to it.
        format.remove("filename");
    }
    Ok(facts)
}
