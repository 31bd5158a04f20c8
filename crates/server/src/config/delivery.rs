use std::time::Duration;

use http::{HeaderValue, StatusCode};
use lightmill_dialects::oss::Flavour;
use lightmill_mill::Place;

use super::language::Language;
use super::listeners::seconds;
use super::section::Section;
use crate::delivery::{Cors, Disposition};

/// What answers of a mount say about themselves, and what takes their place.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `Cache-Control` of results whose source has none of its own.
    pub cache_control: HeaderValue,
    /// Pages of other origins that may read answers.
    pub cors: Cors,
    /// Whether a browser shows results or saves them.
    pub disposition: Option<Disposition>,
    /// What is shown where a picture cannot be.
    pub fallback: Option<Fallback>,
}

/// What is shown where a picture cannot be.
#[derive(Debug, Clone)]
pub struct Fallback {
    /// Another picture, to which is done what should have been done to the first.
    pub place: Place,
    /// The status; that of the error if there is none.
    pub status: Option<StatusCode>,
    /// How long caches may keep it.
    pub time: Duration,
}

impl Delivery {
    /// `known`: the configured sources.
    pub(super) fn read(section: &mut Section<'_>, language: &Language, known: &[String]) -> Self {
        // As these servers answer.
        let is_open = language.oss() == Flavour::Keithyt06;
        Self {
            cache_control: cache_control(section),
            cors: cors(section, is_open || matches!(language, Language::DitEcs(_))),
            disposition: disposition(section, is_open),
            fallback: fallback(section.section("fallback"), known),
        }
    }
}

fn cache_control(section: &mut Section<'_>) -> HeaderValue {
    let default = HeaderValue::from_static("public, max-age=86400");
    let Some(text) = section.optional::<String>("cache_control") else { return default };
    HeaderValue::from_str(&text).unwrap_or_else(|_| {
        section.mistake("cache_control", &text, "is not the value of a header");
        default
    })
}

fn cors(section: &mut Section<'_>, is_open: bool) -> Cors {
    let Some(origins) = section.optional::<Vec<String>>("cors") else {
        return if is_open { Cors::Everyone } else { Cors::Nobody };
    };
    Cors::new(&origins).unwrap_or_else(|| {
        section.mistake("cors", &origins, "is [\"*\"], or a list of origins such as https://shop.example.com");
        Cors::Nobody
    })
}

fn disposition(section: &mut Section<'_>, is_open: bool) -> Option<Disposition> {
    let Some(word) = section.optional::<String>("disposition") else { return is_open.then_some(Disposition::Inline) };
    match word.as_str() {
        "inline" => return Some(Disposition::Inline),
        "attachment" => return Some(Disposition::Attachment),
        _ => section.mistake("disposition", &word, "is `inline` or `attachment`"),
    }
    None
}

fn fallback(mut section: Section<'_>, known: &[String]) -> Option<Fallback> {
    if section.is_empty() {
        return None;
    }
    let source: Option<String> = section.optional("source");
    let key: Option<String> = section.optional("key");
    match &source {
        Some(name) if !known.contains(name) => section.mistake("source", name, "is no configured source"),
        None => section.silent_mistake("source", "is missing: the source of the fallback picture"),
        Some(_) => {}
    }
    if key.as_ref().is_none_or(String::is_empty) {
        section.silent_mistake("key", "is missing: the key of the fallback picture");
    }
    let status = section.optional::<u16>("status");
    let code = status.and_then(|status| StatusCode::from_u16(status).ok());
    let code = code.filter(|code| code.is_success() || code.is_client_error() || code.is_server_error());
    if let (Some(status), None) = (status, code) {
        section.mistake("status", status, "is 200 to 299, or 400 to 599");
    }
    let time = seconds(&mut section, "time", 10.0);
    section.finish();
    Some(Fallback { place: Place { source: source?, key: key? }, status: code, time })
}
