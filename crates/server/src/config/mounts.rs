use std::path::Path;

use lightmill_dialects::client_hints::Heeded;
use lightmill_dialects::{oss, thumbor::Flavour};
use lightmill_image::codecs;
use lightmill_mill::{Allow, BucketFrom, Originals};
use lightmill_recipe::{Format, Limits, OutputDefaults};
use lightmill_store::aws;
use lightmill_store::secrets::Reference;

use super::allow::allow;
use super::blacklist::Blacklist;
use super::delivery::Delivery;
use super::dit_ecs;
use super::language::Language;
use super::output::output;
use super::presets::Preset;
use super::resources::limits;
use super::save::Save;
use super::secrets::references;
use super::section::Section;
use super::sources::Source;
use super::uploads::Uploads;

/// `[[mounts]]`: a host and path under which one dialect is served.
#[derive(Debug, Clone)]
pub struct Mount {
    /// `/`, or a prefix such as `/img`, without a `/` at its end.
    pub path: String,
    /// The host it answers for, in lower case, without a port; `None` for every host.
    pub host: Option<String>,
    /// Its URL language (`dialect`, `flavour`, and what belongs to them).
    pub language: Language,
    /// Names of the sources it reads; the first is the default.
    pub sources: Vec<String>,
    /// How requests choose another one.
    pub bucket_from: BucketFrom,
    /// What happens to requests for stored bytes.
    pub originals: Originals,
    /// Formats that `Accept` can choose, best first; an empty list does not look at `Accept`.
    pub formats: Vec<Format>,
    /// What is heeded of what clients say about their screens.
    pub client_hints: Heeded,
    /// What its answers say about themselves.
    pub delivery: Delivery,
    /// What of its results may be saved.
    pub save: Save,
    /// Pictures that clients send.
    pub uploads: Option<Uploads>,
    /// Pictures that are not shown.
    pub blacklist: Option<Blacklist>,
    /// `[output]` with that of the mount over it.
    pub output: OutputDefaults,
    /// Words by which its results can be found to be purged.
    pub tags: Vec<String>,
    /// Where the keys are; with any, every request must be signed.
    pub keys: Vec<Reference>,
    /// Whether unsigned requests are allowed on an address that is not loopback.
    pub allow_unsigned: bool,
    /// What requests may ask for.
    pub allow: Allow,
    /// `[limits]` with those of the mount over them.
    pub limits: Limits,
}

/// What a mount's keys refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// The configured sources.
    pub sources: &'a [String],
    /// The configured presets.
    pub presets: &'a [Preset],
    /// Where Amazon's services are.
    pub aws: &'a aws::Settings,
    /// Those that cannot be written to.
    pub read_only: &'a [String],
    /// Limits where the mount has none of its own.
    pub limits: &'a Limits,
    /// What holds for results where it says nothing.
    pub output: &'a OutputDefaults,
    /// The folder from which relative paths count.
    pub folder: &'a Path,
}

impl Around<'_> {
    /// Tells if there is no source of this name.
    pub fn check_source(&self, section: &Section<'_>, key: &str, name: &String) {
        if !self.sources.contains(name) {
            section.mistake(key, name, format!("`{name}` is no configured source"));
        }
    }

    /// Tells if no source of this name can be written to.
    pub fn check_target(&self, section: &Section<'_>, key: &str, name: &String) {
        self.check_source(section, key, name);
        if self.read_only.contains(name) {
            section.mistake(key, name, format!("nothing can be written to `{name}`, an HTTP origin"));
        }
    }
}

impl Mount {
    /// The mount, and the sources that its own origins need.
    pub(super) fn read(mut section: Section<'_>, around: &Around<'_>) -> (Self, Vec<Source>) {
        let language = Language::read(&mut section, around);
        let limits = limits(section.section("limits"), around.limits);
        let mut mount = Self {
            path: path(&mut section),
            host: host(&mut section),
            sources: sources(&mut section, around.sources, &language),
            bucket_from: bucket_from(&mut section),
            originals: originals(&mut section),
            formats: formats(&mut section, &language),
            client_hints: client_hints(&mut section, &language),
            delivery: Delivery::read(&mut section, &language, around.sources),
            save: Save::read(section.section("save"), around),
            output: output(section.section("output"), around.output),
            tags: section.take("tags", Vec::new()),
            keys: references(&mut section, "keys", around.folder),
            allow_unsigned: section.take("unsafe", false),
            allow: allow(section.section("allow")),
            uploads: Uploads::read(section.section("uploads"), around, &limits),
            blacklist: Blacklist::read(section.section("blacklist"), around),
            limits,
            language,
        };
        mount.check_uploads(&section);
        let name = mount.name();
        let around = dit_ecs::Around { mount: &name, sources: around.sources, longest: around.limits.time };
        let opened = mount.settle(&section, &around);
        section.finish();
        (mount, opened)
    }

    /// Its host and path, as logs and metrics call it.
    pub fn name(&self) -> String {
        format!("{}{}", self.host.as_deref().unwrap_or_default(), self.path)
    }

    /// The sources in which something is written for its clients.
    pub fn written(&self) -> impl Iterator<Item = &String> {
        let uploads = self.uploads.as_ref().map(|uploads| &uploads.to.source);
        let blacklist = self.blacklist.as_ref().filter(|list| list.access.is_some()).map(|list| &list.place.source);
        self.save.to.iter().chain(uploads).chain(blacklist)
    }

    /// Uploads and blacklists are Thumbor's.
    fn check_uploads(&self, section: &Section<'_>) {
        let is_thumbor = matches!(&self.language, Language::Thumbor(thumbor) if thumbor.flavour == Flavour::Thumbor);
        for (key, is_set) in [("uploads", self.uploads.is_some()), ("blacklist", self.blacklist.is_some())] {
            if is_set && !is_thumbor {
                section.silent_mistake(key, "belongs to `dialect = \"thumbor\"` with that flavour");
            }
        }
        if self.uploads.is_some() && self.bucket_from == BucketFrom::Path {
            section
                .silent_mistake("uploads", "does not go together with `bucket_from = \"path\"`: an id names no source");
        }
    }
}

fn path(section: &mut Section<'_>) -> String {
    let path: String = section.take("path", "/".to_owned());
    let segments_fit = path[1.min(path.len())..].split('/').all(|segment| !matches!(segment, "" | "." | ".."));
    let clean = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'%'));
    if path == "/" || (path.starts_with('/') && segments_fit && clean) {
        return path;
    }
    section.mistake("path", &path, "is `/`, or segments of visible ASCII such as `/img`, without a `/` at the end");
    "/".to_owned()
}

fn host(section: &mut Section<'_>) -> Option<String> {
    let host: String = section.optional("host")?;
    if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return Some(host.to_ascii_lowercase());
    }
    section.mistake("host", &host, "is a host name without a port, such as `img.example.com`");
    None
}

fn sources(section: &mut Section<'_>, known: &[String], language: &Language) -> Vec<String> {
    let names: Option<Vec<String>> = section.optional("sources");
    let Some(names) = names else {
        if let Some(own) = language.own_sources() {
            return own;
        }
        if known.len() > 1 {
            section.silent_mistake("sources", "is missing, and several sources are configured");
        }
        return known.to_vec();
    };
    if names.is_empty() {
        section.mistake("sources", &names, "names at least one source");
    }
    for (who, source) in language.astray(&names) {
        section.mistake("sources", &names, format!("lacks `{source}`, which {who} reads"));
    }
    for name in names.iter().filter(|name| !known.contains(name)) {
        section.mistake("sources", &names, format!("`{name}` is not configured; there are: {}", known.join(", ")));
    }
    names
}

fn bucket_from(section: &mut Section<'_>) -> BucketFrom {
    let word: String = section.take("bucket_from", "header".to_owned());
    match word.as_str() {
        "header" => return BucketFrom::Header,
        "path" => return BucketFrom::Path,
        _ => section.mistake("bucket_from", &word, "is `header` or `path`"),
    }
    BucketFrom::Header
}

fn originals(section: &mut Section<'_>) -> Originals {
    let word: String = section.take("originals", "stream".to_owned());
    match word.as_str() {
        "stream" => return Originals::Stream,
        "forbid" => return Originals::Forbid,
        _ => section.mistake("originals", &word, "is `stream` or `forbid`"),
    }
    Originals::Stream
}

fn client_hints(section: &mut Section<'_>, language: &Language) -> Heeded {
    let Some(names) = section.optional::<Vec<String>>("client_hints") else { return Heeded::default() };
    if matches!(language, Language::DitEcs(_) | Language::Original) && !names.is_empty() {
        section.mistake("client_hints", &names, "does not go together with this dialect");
    }
    let mut heeded = Heeded::default();
    for name in &names {
        match name.as_str() {
            "dpr" => heeded.pixel_ratio = true,
            "width" => heeded.width = true,
            "viewport-width" => heeded.viewport_width = true,
            _ => section.mistake("client_hints", &names, "has `dpr`, `width` and `viewport-width` at most"),
        }
    }
    heeded
}

fn formats(section: &mut Section<'_>, language: &Language) -> Vec<Format> {
    let negotiates = language.oss() == oss::Flavour::Keithyt06 || matches!(language, Language::DitEcs(_));
    let default = if negotiates { vec![Format::Avif, Format::WebP] } else { Vec::new() };
    let Some(names) = section.optional::<Vec<String>>("formats") else { return default };
    let mut formats = Vec::new();
    for name in &names {
        match Format::from_name(name) {
            Some(format) if codecs::can_encode(format) => formats.push(format),
            Some(_) => section.mistake("formats", &names, format!("this build does not write `{name}`")),
            None => section.mistake("formats", &names, format!("`{name}` is no format")),
        }
    }
    formats
}
