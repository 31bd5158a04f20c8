use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lightmill_recipe::Locator;

use super::recognise::{Form, recognise};
use super::{Definition, Error, FormatWish, Options, edits, headers, path, query};
use crate::key;
use crate::sharp::{Json, Reader, Value};

/// Bytes of a path: what CloudFront lets through.
pub const MAX_LENGTH: usize = 8192;

/// Everything that a request says about its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRequest {
    /// The bucket, if it is not the default one.
    pub bucket: Option<String>,
    /// The key, decoded.
    pub key: String,
    /// What is done, in the order written, each edit once.
    pub edits: Vec<Edit>,
    /// The format that is asked for beside the edits.
    pub output_format: Option<FormatWish>,
    /// How hard a WebP encoder tries, 0 to 6.
    pub effort: Option<u8>,
    /// Headers of the answer, names in lower case; none that is denied.
    pub headers: Vec<(String, String)>,
}

/// One edit with its value.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Which one.
    pub definition: &'static Definition,
    /// What it takes.
    pub value: Value,
}

impl PartialEq for Edit {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name && self.value == other.value
    }
}

/// A request, and what of it has no meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The request.
    pub request: ImageRequest,
    /// Names of edits, filters, members and query parameters without meaning; at most 16.
    pub ignored: Vec<String>,
}

/// A request before its edits are checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Draft {
    pub bucket: Option<String>,
    pub key: String,
    /// Values by name, in the order written.
    pub edits: Vec<(String, Json)>,
    pub output_format: Option<FormatWish>,
    pub effort: Option<u8>,
    pub headers: Vec<(String, String)>,
}

impl ImageRequest {
    /// Reads a request of any form. `path` and `query` are as on the wire, `path` starts with `/`.
    pub fn read(path: &str, query: Option<&str>, options: &Options) -> Result<Reading, Error> {
        if path.len() > MAX_LENGTH {
            return Err(Error::CannotReadPath(format!("it has more than {MAX_LENGTH} bytes")));
        }
        let mut reader = Reader::default();
        let mut draft = match recognise(path, options)? {
            Form::Default(json) => decoded(&json, options, &mut reader)?,
            Form::Thumbor => path::read(path, path, options, &mut reader)?,
            Form::Custom => {
                let rewritten = options.rewrite.as_ref().and_then(|rewrite| rewrite.apply(path));
                let rewritten = rewritten
                    .ok_or_else(|| Error::CannotReadPath("it cannot be rewritten within the limits".into()))?;
                path::read(&rewritten, path, options, &mut reader)?
            }
        };
        query::read(query, options, &mut draft, &mut reader)?;
        Self::of(draft, reader, options)
    }

    /// Reads what is asked for of the picture at `locator`: JSON with neither `key` nor `bucket`.
    pub(super) fn read_words(words: &str, locator: &Locator, options: &Options) -> Result<Reading, Error> {
        let no_object = || Error::CannotDecode("it must be a JSON object, such as {\"edits\": {…}}".into());
        let Ok(Json::Object(mut members)) = serde_json::from_str(words) else { return Err(no_object()) };
        if members.iter().any(|(name, _)| name == "key" || name == "bucket") {
            return Err(Error::CannotDecode("it names a picture".into()));
        }
        members.push(("key".to_owned(), Json::text(&locator.key)));
        let mut reader = Reader::default();
        let draft = Draft { bucket: locator.source.clone(), ..decoded(&Json::Object(members), options, &mut reader)? };
        Self::of(draft, reader, options)
    }

    fn of(draft: Draft, mut reader: Reader, options: &Options) -> Result<Reading, Error> {
        if draft.edits.len() > options.max_edits {
            return Err(Error::Edit(format!("a request has at most {} edits", options.max_edits)));
        }
        let edits = typed(&draft.edits, &mut reader)?;
        let Draft { bucket, key, output_format, effort, headers, .. } = draft;
        let request = Self { bucket, key, edits, output_format, effort, headers };
        request.locator()?;
        Ok(Reading { request, ignored: reader.ignored })
    }

    /// The path of the same request, as JSON in base64 of the standard alphabet, which the reference server reads too.
    pub fn to_path(&self) -> String {
        let mut members = Vec::new();
        let mut member = |name: &str, value: Json| members.push((name.to_owned(), value));
        if let Some(bucket) = &self.bucket {
            member("bucket", Json::text(bucket));
        }
        member("key", Json::text(&self.key));
        if !self.edits.is_empty() {
            let edit = |edit: &Edit| (edit.definition.name.to_owned(), edit.value.json());
            member("edits", Json::Object(self.edits.iter().map(edit).collect()));
        }
        if let Some(format) = self.output_format {
            member("outputFormat", Json::text(format.name()));
        }
        if let Some(effort) = self.effort {
            member("effort", Json::Number(f64::from(effort)));
        }
        if !self.headers.is_empty() {
            let header = |(name, value): &(String, String)| (name.clone(), Json::text(value));
            member("headers", Json::Object(self.headers.iter().map(header).collect()));
        }
        format!("/{}", STANDARD.encode(Json::Object(members).to_string()))
    }

    /// Where the picture lies.
    pub fn locator(&self) -> Result<Locator, Error> {
        let locator = located(&self.key)?;
        Ok(Locator { source: self.bucket.clone(), ..locator })
    }
}

/// The object of a decoded key; names that could be another place are refused.
pub(super) fn located(key: &str) -> Result<Locator, Error> {
    key::checked(key).map_err(|error| match error {
        crate::Error::NoKey => Error::NoSuchKey(String::new()),
        other => Error::CannotReadPath(other.to_string()),
    })
}

/// A request in JSON.
fn decoded(json: &Json, options: &Options, reader: &mut Reader) -> Result<Draft, Error> {
    let Json::Object(members) = json else {
        return Err(Error::CannotDecode("it must be an object with a key".into()));
    };
    let mut draft = Draft::default();
    let mut has_key = false;
    for (name, value) in members {
        match (name.as_str(), value) {
            ("key", Json::Text(key)) => {
                draft.key.clone_from(key);
                has_key = true;
            }
            ("bucket", Json::Text(bucket)) if options.lists(bucket) => draft.bucket = options.source(bucket),
            ("bucket", Json::Text(_)) => return Err(Error::Bucket),
            ("edits", Json::Object(edits)) => draft.edits.clone_from(edits),
            ("outputFormat", Json::Text(format)) => draft.output_format = Some(FormatWish::read(format)?),
            // `reductionEffort` is its name up to version 6.
            ("effort" | "reductionEffort", value) if name == "effort" || json.member("effort").is_none() => {
                draft.effort = Some(effort(value));
            }
            ("headers", value) => draft.headers = headers::read(value, reader),
            ("bucket" | "edits" | "outputFormat", Json::Null) => {}
            ("key" | "bucket" | "edits" | "outputFormat", _) => {
                let what = if name == "edits" { "an object" } else { "a string" };
                return Err(Error::CannotDecode(format!("{name} must be {what}")));
            }
            (other, _) => reader.ignore(other),
        }
    }
    if has_key { Ok(draft) } else { Err(Error::CannotDecode("the key is missing".into())) }
}

/// 0 to 6, without its fraction; 4 for anything else.
fn effort(value: &Json) -> u8 {
    let number = match value {
        Json::Number(number) => Some(number.trunc()),
        Json::Text(text) => text.trim().parse().ok().map(f64::trunc),
        _ => None,
    };
    number.filter(|number| (0.0..=6.0).contains(number)).map_or(4, |number| number as u8)
}

/// The edits with checked values. Of one edit by several names the last holds, in the place of the first.
fn typed(values: &[(String, Json)], reader: &mut Reader) -> Result<Vec<Edit>, Error> {
    let mut typed: Vec<Edit> = Vec::new();
    for (name, json) in values {
        let Some(definition) = edits().iter().find(|definition| definition.is(name)) else {
            reader.ignore(&format!("edits.{name}"));
            continue;
        };
        let value = reader.read(name, definition.takes, json);
        let value = value.map_err(|mistake| Error::Edit(crate::Error::mistake(&mistake)))?;
        match typed.iter_mut().find(|edit| edit.definition.name == definition.name) {
            Some(edit) => edit.value = value,
            None => typed.push(Edit { definition, value }),
        }
    }
    Ok(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options { buckets: vec!["first".to_owned(), "second".to_owned()], ..Options::default() }
    }

    fn read(json: &str) -> Result<Reading, Error> {
        ImageRequest::read(&format!("/{}", STANDARD.encode(json)), None, &options())
    }

    #[test]
    fn every_member_is_read() {
        let reading = read(
            r#"{"bucket":"second","key":"a b.jpg","edits":{"normalize":true,"foo":1,"resize":{"width":"9.6","x":1}},
                "outputFormat":"JPG","effort":"2.9","headers":{"X-A":"b"},"y":1}"#,
        );
        let Reading { request, ignored } = reading.unwrap();
        assert_eq!(
            request.locator().unwrap(),
            Locator { source: Some("second".to_owned()), key: "a b.jpg".to_owned() }
        );
        let edits: Vec<String> =
            request.edits.iter().map(|edit| format!("{} {}", edit.definition.name, edit.value.json())).collect();
        assert_eq!(edits, ["normalise true", r#"resize {"width":10}"#]);
        assert_eq!((request.output_format.unwrap().name(), request.effort), ("jpeg", Some(2)));
        assert_eq!(ignored, ["y", "edits.foo", "resize.x"]);
        assert_eq!(ImageRequest::read(&request.to_path(), None, &options()).unwrap().request, request);
    }

    #[test]
    fn the_first_bucket_needs_no_name() {
        assert_eq!(read(r#"{"bucket":"first","key":"a"}"#).unwrap().request.bucket, None);
        assert_eq!(read(r#"{"bucket":"third","key":"a"}"#), Err(Error::Bucket));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for json in ["[1]", "{}", r#"{"key":1}"#, r#"{"key":"a","edits":[]}"#, r#"{"key":"a","bucket":2}"#] {
            assert!(matches!(read(json), Err(Error::CannotDecode(_))), "{json}");
        }
        assert!(matches!(read(r#"{"key":"../a"}"#), Err(Error::CannotReadPath(_))));
        assert!(matches!(read(r#"{"key":"a","edits":{"blur":"x"}}"#), Err(Error::Edit(_))));
        assert_eq!(read(r#"{"key":"a","outputFormat":"heif"}"#), Err(Error::OutputFormat("heif".to_owned())));
    }

    #[test]
    fn a_wrong_effort_is_the_usual_one() {
        for (json, expected) in [("99", 4), ("-1", 4), (r#""x""#, 4), ("null", 4), ("6.9", 6), ("0", 0)] {
            let reading = read(&format!(r#"{{"key":"a","effort":{json},"reductionEffort":1}}"#)).unwrap();
            assert_eq!(reading.request.effort, Some(expected), "{json}");
        }
    }
}
