use std::time::Duration;

use lightmill_mill::OnFailure;
use lightmill_vision::rekognition::Rekognition;
use lightmill_vision::{Confidence, RememberedLimits};

use super::listeners::seconds;
use super::resources::seconds_or_never;
use super::section::Section;

/// `[analysers]`: who says what is in a picture, and what a failure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysers {
    /// Who finds faces.
    pub faces: Option<FaceFinder>,
    /// Whether what draws the eye is looked for where there are no faces.
    pub attention: bool,
    /// Whether Amazon Rekognition is asked what a page may not want to show; nobody else can say that.
    pub moderation: bool,
    /// How sure one has to be of a face.
    pub min_confidence: Confidence,
    /// What a failure means for crops.
    pub on_failure: OnFailure,
    /// What a failure means for moderation.
    pub moderation_on_failure: OnFailure,
    /// Time for all questions about a picture to a service.
    pub timeout: Duration,
    /// Pictures about which a service is asked at the same time.
    pub places: usize,
    /// How long findings are remembered, and how much of them; of each analyser.
    pub remembered: RememberedLimits,
}

/// Who finds faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaceFinder {
    /// This machine.
    Local,
    /// Amazon, which pictures are sent to.
    Rekognition,
}

impl Analysers {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let finders =
            [("local", Some(FaceFinder::Local)), ("rekognition", Some(FaceFinder::Rekognition)), ("off", None)];
        let failures = [("degrade", OnFailure::Degrade), ("fail", OnFailure::Fail)];
        let of_moderation = [("fail", OnFailure::Fail), ("open", OnFailure::Degrade)];
        let analysers = Self {
            faces: word(&mut section, "faces", finders),
            attention: word(&mut section, "saliency", [("attention", true), ("off", false)]),
            moderation: word(&mut section, "moderation", [("off", false), ("rekognition", true)]),
            min_confidence: confidence(&mut section),
            on_failure: word(&mut section, "on_failure", failures),
            moderation_on_failure: word(&mut section, "moderation_on_failure", of_moderation),
            timeout: seconds(&mut section, "timeout", Rekognition::TIMEOUT.as_secs_f64()),
            places: section.checked(
                "places",
                Rekognition::PLACES,
                |places| (1..=1000).contains(places),
                "is 1 to 1000",
            ),
            remembered: remembered(&mut section),
        };
        section.finish();
        analysers
    }
}

/// One of `words`; the first is the default.
fn word<T: Copy, const N: usize>(section: &mut Section<'_>, key: &str, words: [(&str, T); N]) -> T {
    let (default, value) = words[0];
    let said: String = section.take(key, default.to_owned());
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == said) {
        return *value;
    }
    let words = words.map(|(word, _)| format!("`{word}`"));
    section.mistake(key, &said, format!("is one of {}", words.join(", ")));
    value
}

fn confidence(section: &mut Section<'_>) -> Confidence {
    let fits = |percent: &f64| Confidence::percent(*percent).is_some();
    let percent = section.checked("min_confidence", 0.0, fits, "is a number of percent, 0 to 100");
    Confidence::percent(percent).unwrap_or(Confidence::ANY)
}

fn remembered(section: &mut Section<'_>) -> RememberedLimits {
    let default = RememberedLimits::default();
    RememberedLimits {
        memory_bytes: section.take("memory_bytes", default.memory_bytes),
        time: seconds(section, "keep_time", default.time.as_secs_f64()),
        error_time: seconds_or_never(section, "error_time", default.error_time),
    }
}
