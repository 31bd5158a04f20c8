use lightmill_recipe::{Format, InfoFields};
use serde_json::{Map, Value, json};

use crate::{Error, Probe, metadata};

/// JSON about a source as it is stored: each field an object with the string `value` (Alibaba Cloud OSS `image/info`).
pub(super) fn json(probe: &Probe, fields: InfoFields) -> Result<String, Error> {
    let mut object = Map::new();
    let mut put = |name: &str, value: String| {
        object.entry(name).or_insert_with(|| json!({ "value": value }));
    };
    put("FileSize", probe.bytes.to_string());
    put("Format", format_name(probe.format).to_owned());
    if fields == InfoFields::Full {
        put("FrameCount", probe.frames.to_string());
    }
    put("ImageHeight", probe.size.height.to_string());
    put("ImageWidth", probe.size.width.to_string());
    if fields == InfoFields::Full {
        for (name, value) in metadata::exif_fields(probe) {
            put(&name, value);
        }
    }
    serde_json::to_string(&Value::Object(object)).map_err(Error::internal)
}

/// The name that OSS uses: `jpg` rather than `jpeg`.
fn format_name(format: Format) -> &'static str {
    format.extension()
}
