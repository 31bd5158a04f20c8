//! Recorded requests to other servers, and what these answered.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// One line of a `manifest.jsonl`.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Unique in its manifest.
    pub name: String,
    /// The request's method.
    pub method: String,
    /// Path and query, to be sent verbatim.
    pub target: String,
    /// The request's headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body of the request.
    pub request_body: Option<Value>,
    /// The file of another body of the request, relative to the manifest.
    pub request_body_file: Option<String>,
    /// How the reference server was configured.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
    /// What the analyser of the reference server found.
    pub rekognition_stub: Option<Value>,
    /// What is known of the answer.
    pub expect: Expect,
    /// Which server answered, where a folder holds answers of several.
    pub server: Option<String>,
    /// Why the recorded answer is plainly wrong, where it is.
    pub reference_bug: Option<String>,
    /// To be read before asserting anything.
    pub note: Option<String>,
    /// The file of the recorded body, relative to the manifest.
    pub body: Option<String>,
}

/// What is known of a recorded answer.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Expect {
    /// The status code.
    pub status: u16,
    /// The media type, without parameters.
    pub content_type: Option<String>,
    /// Columns of a picture.
    pub width: Option<u32>,
    /// Rows of a picture.
    pub height: Option<u32>,
    /// Frames of a picture.
    pub frames: Option<usize>,
    /// Whether a picture can be transparent.
    pub has_alpha: Option<bool>,
    /// Whether a JPEG is progressive.
    pub progressive: Option<bool>,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// The body, if it is text.
    pub text: Option<String>,
    /// The body of whatever can be read as text; of JSON in the reference server's own order.
    pub body_text: Option<String>,
    /// Headers that tell what has happened.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// A folder of recorded cases.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Where its manifest, bodies and sources are.
    pub folder: PathBuf,
    /// In the order of the manifest.
    pub cases: Vec<Case>,
}

impl Suite {
    /// The suite of a dialect: in the folder that `LIGHTMILL_CONFORMANCE` names, else in `../shared/conformance` beside
    /// the project. `None` if there is no such folder.
    pub fn find(dialect: &str) -> Result<Option<Self>> {
        let root = env::var_os("LIGHTMILL_CONFORMANCE")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"), PathBuf::from);
        let folder = root.join(dialect);
        if !folder.join("manifest.jsonl").exists() {
            return Ok(None);
        }
        Self::read(&folder.canonicalize()?).map(Some)
    }

    fn read(folder: &Path) -> Result<Self> {
        let manifest = fs::read_to_string(folder.join("manifest.jsonl"))?;
        let cases = manifest.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("manifest.jsonl, line {}", number + 1))
        });
        Ok(Self { folder: folder.to_owned(), cases: cases.collect::<Result<_>>()? })
    }

    /// The bytes that a case sends.
    pub fn request_body(&self, case: &Case) -> Result<Vec<u8>> {
        match (&case.request_body, &case.request_body_file) {
            (Some(json), _) => Ok(json.to_string().into_bytes()),
            (None, Some(file)) => {
                let path = self.folder.join(file);
                fs::read(&path).with_context(|| path.display().to_string())
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    /// The recorded body of a case.
    pub fn body(&self, case: &Case) -> Result<Vec<u8>> {
        let path = self.folder.join(case.body.as_ref().context("no recorded body")?);
        fs::read(&path).with_context(|| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_line_by_line() {
        let scratch = crate::Scratch::new().unwrap();
        let line =
            r#"{"name":"a","method":"GET","target":"/a b","expect":{"status":200,"bytes":3,"width":4},"extra":1}"#;
        scratch.write("manifest.jsonl", format!("{line}\n\n{line}\n")).unwrap();
        let suite = Suite::read(scratch.path()).unwrap();
        assert_eq!(suite.cases.len(), 2);
        assert_eq!((suite.cases[0].target.as_str(), suite.cases[0].expect.width), ("/a b", Some(4)));
        scratch.write("a.bin", [1, 2]).unwrap();
        let line = line.replace(r#","expect""#, r#","request_body_file":"a.bin","expect""#);
        scratch.write("manifest.jsonl", line).unwrap();
        let sends = Suite::read(scratch.path()).unwrap();
        assert_eq!(sends.request_body(&sends.cases[0]).unwrap(), [1, 2]);
        assert!(suite.request_body(&suite.cases[0]).unwrap().is_empty());
        scratch.write("manifest.jsonl", "{}").unwrap();
        assert!(format!("{:#}", Suite::read(scratch.path()).unwrap_err()).contains("line 1"));
    }
}
