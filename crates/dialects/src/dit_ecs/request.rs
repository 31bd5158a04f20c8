use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::transformations::{Definition, find};
use super::{Error, Options, query};
use crate::base64url;
use crate::sharp::{Json, Reader, Value};

/// Characters of the path of a picture.
const MAX_PATH: usize = 2048;
/// Bytes of the path of a request: what CloudFront lets through.
pub const MAX_LENGTH: usize = 8192;
/// The parameter that names a policy.
pub(super) const POLICY: &str = "policyId";

/// What a URL says.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRequest {
    /// The path of the picture, percent-encoded, with its first slash.
    pub path: String,
    /// The policy that it names.
    pub policy_id: Option<String>,
    /// What is done, in the order written, each transformation once.
    pub transformations: Vec<Transformation>,
}

/// One transformation with its value.
#[derive(Debug, Clone)]
pub struct Transformation {
    /// Which one.
    pub definition: &'static Definition,
    /// What it takes.
    pub value: Value,
}

impl PartialEq for Transformation {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name && self.value == other.value
    }
}

/// A request, and what of it has no meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The request.
    pub request: ImageRequest,
    /// Names of parameters without meaning or with wrong values; at most 16.
    pub ignored: Vec<String>,
}

impl ImageRequest {
    /// Reads a request of either form. `path` and `query` are as on the wire, `path` starts with `/`. The query of a path in
    /// base64 means nothing.
    pub fn read(path: &str, query: Option<&str>, options: &Options) -> Result<Reading, Error> {
        if path.len() > MAX_LENGTH {
            return Err(Error::Validation(format!("the path has more than {MAX_LENGTH} bytes")));
        }
        let mut reader = Reader::default();
        let (path, policy_id, values) = if let Some(json) = encoded(path) {
            for (name, _) in query::read(query, true) {
                reader.ignore(&name);
            }
            decoded(&json, &mut reader)?
        } else {
            let mut values = query::read(query, options.compat);
            values.retain(|(name, _)| !name.starts_with("lm-"));
            (path.to_owned(), policy(&mut values)?, values)
        };
        checked(&path)?;
        let mut transformations: Vec<Transformation> = Vec::new();
        for (name, json) in &values {
            match Transformation::read(name, json, &mut reader, options) {
                Ok(Some(transformation)) => lay(&mut transformations, transformation),
                Err(mistake) if options.strict => return Err(Error::Transformation(crate::Error::mistake(&mistake))),
                Ok(None) | Err(_) => reader.ignore(name),
            }
        }
        Ok(Reading { request: Self { path, policy_id, transformations }, ignored: reader.ignored })
    }

    /// The path of the same request, as JSON in base64url without padding.
    pub fn to_path(&self) -> String {
        let mut members = vec![("path".to_owned(), Json::text(&self.path))];
        if let Some(policy) = &self.policy_id {
            members.push((POLICY.to_owned(), Json::text(policy)));
        }
        if !self.transformations.is_empty() {
            let edit = |one: &Transformation| (one.definition.name.to_owned(), one.value.json());
            members.push(("edits".to_owned(), Json::Object(self.transformations.iter().map(edit).collect())));
        }
        format!("/{}", URL_SAFE_NO_PAD.encode(Json::Object(members).to_string()))
    }
}

impl Transformation {
    /// Reads a value by the transformation's name; `None` if there is none of that name.
    pub(super) fn read(
        name: &str,
        json: &Json,
        reader: &mut Reader,
        options: &Options,
    ) -> Result<Option<Self>, String> {
        let Some(definition) = find(name) else { return Ok(None) };
        let value = reader.read(name, definition.takes, &(definition.shape)(json, options))?;
        (definition.check)(&value).map_err(|mistake| format!("{name} {mistake}"))?;
        Ok(Some(Self { definition, value }))
    }
}

/// A transformation takes the place of the last one of its name, or comes last.
pub(super) fn lay(transformations: &mut Vec<Transformation>, transformation: Transformation) {
    let same = |other: &&mut Transformation| other.definition.name == transformation.definition.name;
    match transformations.iter_mut().rev().find(same) {
        Some(slot) => *slot = transformation,
        None => transformations.push(transformation),
    }
}

/// The JSON object with a path that the path encodes, in either alphabet, padded or not.
pub(super) fn encoded(path: &str) -> Option<Json> {
    let text = path.strip_prefix('/')?;
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-_+=".contains(&b);
    if text.is_empty() || !text.bytes().all(is_letter) {
        return None;
    }
    let json = serde_json::from_str(&base64url::decode(text)?).ok()?;
    matches!(json, Json::Object(_) | Json::List(_)).then_some(json)
}

/// Takes the policy out of the query's values.
fn policy(values: &mut Vec<(String, Json)>) -> Result<Option<String>, Error> {
    let place = values.iter().position(|(name, _)| name == POLICY);
    match place.map(|place| values.remove(place).1) {
        Some(Json::Text(policy)) => Ok(Some(policy)),
        None => Ok(None),
        Some(_) => Err(Error::PolicyNotFound),
    }
}

type Parts = (String, Option<String>, Vec<(String, Json)>);

/// The parts of a request in JSON.
fn decoded(json: &Json, reader: &mut Reader) -> Result<Parts, Error> {
    let wrong = |what: &str| Error::Validation(format!("the encoded request {what}"));
    let Json::Object(members) = json else { return Err(wrong("must be an object")) };
    let (mut path, mut policy_id, mut values) = (None, None, Vec::new());
    for (name, value) in members {
        match (name.as_str(), value) {
            ("path", Json::Text(text)) => path = Some(text.clone()),
            (POLICY, Json::Text(text)) => policy_id = Some(text.clone()),
            ("edits", Json::Object(edits)) => values.clone_from(edits),
            (POLICY | "edits", Json::Null) => {}
            ("path" | POLICY | "edits", _) => return Err(wrong(&format!("has a wrong {name}"))),
            (other, _) => reader.ignore(other),
        }
    }
    let path = path.ok_or_else(|| wrong("must have a path"))?;
    if path.contains(['?', '#']) {
        return Err(wrong("has a path with a question mark or a number sign"));
    }
    Ok((path, policy_id, values))
}

/// The path of a picture.
fn checked(path: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::Validation(format!("the path {what}")));
    if !path.starts_with('/') {
        return wrong("must start with a slash");
    }
    if path.chars().count() > MAX_PATH {
        return wrong("must have at most 2048 characters");
    }
    if path.contains(|c: char| c.is_ascii_control()) {
        return wrong("has control characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, query: &str, options: &Options) -> Result<Reading, Error> {
        ImageRequest::read(path, Some(query), options)
    }

    fn said(query: &str) -> String {
        let request = read("/a.jpg", query, &Options::default()).unwrap().request;
        let said = request.transformations.iter().map(|one| format!("{}={}", one.definition.name, one.value.json()));
        said.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn values_are_typed() {
        for (query, expected) in [
            ("grayscale", "grayscale=true"),
            ("quality=80&resize.width=300&resize.fit=cover", r#"quality=80 resize={"width":300,"fit":"cover"}"#),
            ("flatten=%23ff0000", r##"flatten="#FF0000""##),
            ("tint=255,0,0&flatten=red", r##"tint="#FF0000" flatten="#FF0000""##),
            ("normalise=true&greyscale=1", "normalize=true"),
            ("rotate=450", "rotate=450"),
            ("extract=10,20,110,120", r#"extract={"left":10,"top":20,"width":100,"height":100}"#),
            ("extract=100,100,50,50", r#"extract={"left":100,"top":100,"width":50,"height":50}"#),
            ("resize.width=300&resize.foo=1", r#"resize={"width":300}"#),
        ] {
            assert_eq!(said(query), expected, "{query}");
        }
    }

    #[test]
    fn wrong_values_are_told_or_refused() {
        let query = "quality=150&format=webp&resize.width=5000&foo=1&lm-signature=1";
        let reading = read("/a.jpg", query, &Options::default()).unwrap();
        assert_eq!(reading.request.transformations.len(), 1);
        assert_eq!(reading.ignored, ["quality", "resize", "foo"]);
        let strict = Options { strict: true, ..Options::default() };
        let error = read("/a.jpg", query, &strict).unwrap_err();
        assert_eq!(error.to_string(), "quality must be a whole number from 1 to 100");
    }

    #[test]
    fn both_forms_are_the_same_request() {
        let query = "policyId=p&resize.width=300&watermark=https://o.example/l.png,[10,20,0,0.5,]";
        let request = read("/a%20b.jpg", query, &Options::default()).unwrap().request;
        assert_eq!(request.policy_id.as_deref(), Some("p"));
        let again = read(&request.to_path(), "", &Options::default()).unwrap();
        assert_eq!((again.request, again.ignored), (request, vec![]));
    }

    #[test]
    fn malformed_requests_are_refused() {
        for json in
            ["[]", "{}", r#"{"path":"a"}"#, r#"{"path":"/a?b"}"#, r#"{"path":"/a","edits":[]}"#, r#"{"path":1}"#]
        {
            let path = format!("/{}", URL_SAFE_NO_PAD.encode(json));
            assert!(matches!(read(&path, "", &Options::default()), Err(Error::Validation(_))), "{json}");
        }
        let long = format!("/{}", "a.".repeat(2000));
        for path in ["", "a", "/a\u{7f}.jpg", &long] {
            assert!(matches!(read(path, "", &Options::default()), Err(Error::Validation(_))), "{path}");
        }
    }
}
