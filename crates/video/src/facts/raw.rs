//! ffprobe's JSON, as it comes. Every value may be of any kind.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    #[serde(default)]
    pub streams: Vec<Fields>,
    #[serde(default)]
    pub format: Fields,
}

/// The fields of a stream, or of the container.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A tag by its name in any case: MP4 writes `rotate`, Matroska `DURATION`.
    pub fn tag(&self, name: &str) -> Option<&Value> {
        let tags = self.get("tags")?.as_object()?;
        tags.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// What a side datum of this kind says under this name.
    pub fn side_data(&self, kind: &str, name: &str) -> Option<&Value> {
        let all = self.get("side_data_list")?.as_array()?;
        all.iter().find(|data| data.get("side_data_type").and_then(Value::as_str) == Some(kind))?.get(name)
    }

    pub fn is(&self, name: &str, word: &str) -> bool {
        self.get(name).and_then(Value::as_str) == Some(word)
    }
}
