use std::collections::{BTreeMap, BTreeSet};

use lightmill_testkit::conformance::Suite;
use serde::Deserialize;
use serde_json::Value;

/// The cases whose recorded answer is not what lightmill says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    #[serde(rename = "case")]
    pub cases: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The case.
    pub name: String,
    /// Why the answer is another one, for the reader of the docs.
    pub reason: String,
    /// The feature that is missing. The test fails as soon as the case passes, so that this entry goes away.
    pub waiting: Option<String>,
    /// The right answer, where it is not the recorded one.
    #[serde(default)]
    pub expect: Own,
}

/// Our own right answer; what is absent is as recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    pub status: Option<u16>,
    pub content_type: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub frames: Option<usize>,
    pub has_alpha: Option<bool>,
    pub progressive: Option<bool>,
    pub json: Option<Value>,
    pub text: Option<String>,
    /// The whole message of an error.
    pub message: Option<String>,
    /// Parts of the message of an error.
    pub message_contains: Option<Vec<String>>,
    /// `false` where the recorded pixels are wrong; then something below says which ones are right.
    pub recorded_pixels: Option<bool>,
    /// The least PSNR in dB from the recorded pixels, where the rule's does not fit.
    pub psnr: Option<f64>,
    /// Another target whose answer must show the same picture.
    pub same_as: Option<String>,
    /// The file of a source whose bytes must come back unchanged.
    pub source: Option<String>,
    /// Pixels of the first frame, by `"x,y"`: each channel within 6, transparent ones by alpha only.
    pub pixels: Option<BTreeMap<String, [u8; 4]>>,
    /// The mean of each channel of the first frame, each within 3.
    pub mean: Option<[f64; 4]>,
    /// Where the picture differs from an answer without the mark.
    pub mark: Option<Mark>,
}

/// A mark whose glyphs depend on the installed fonts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The same request without it.
    pub without: String,
    /// Left, top, width and height of the box in which the mark lies.
    pub within: [u32; 4],
    /// The least part of the box that differs visibly, in percent.
    pub covers: f64,
}

impl Exceptions {
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub fn of(&self, name: &str) -> Option<&Exception> {
        self.cases.iter().find(|exception| exception.name == name)
    }

    /// Every exception names a case, none twice, and every recorded mistake is answered by one.
    pub fn check_against(&self, suite: &Suite) -> Result<(), String> {
        let names: BTreeSet<&str> = suite.cases.iter().map(|case| case.name.as_str()).collect();
        let mut seen = BTreeSet::new();
        let mut problems = Vec::new();
        for exception in &self.cases {
            if !names.contains(exception.name.as_str()) {
                problems.push(format!("{} is no case", exception.name));
            }
            if !seen.insert(exception.name.as_str()) {
                problems.push(format!("{} is listed twice", exception.name));
            }
        }
        for case in &suite.cases {
            if case.reference_bug.is_some() && !seen.contains(case.name.as_str()) {
                problems.push(format!("{} is a mistake of the reference server and needs a right answer", case.name));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }
}
