use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use lightmill_image::codecs;
use lightmill_recipe::{Format, Formats, Limits, OutputDefaults};
use lightmill_store::aws;
use toml::{Table, Value};

use super::aws::aws;
use super::drop_in;
use super::environment::{Origins, overlay};
use super::formats::formats;
use super::mounts::Around;
use super::output::output;
use super::resources::limits;
use super::results::results;
use super::section::{Reader, Section};
use super::{
    Admin, Analysers, Cache, Jobs, Log, Mistake, Mistakes, Mount, Permits, Preset, SecretTimes, Server, Source, Styles,
    Video, Worker,
};

/// Name of the source where none is configured, and its folder.
const SAMPLES: &str = "samples";

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Listeners and connections.
    pub server: Server,
    /// What the admin listener lets be changed.
    pub admin: Admin,
    /// Logs.
    pub log: Log,
    /// How much runs and waits at a time.
    pub permits: Permits,
    /// What is remembered.
    pub cache: Cache,
    /// Bounds on every request, where a mount has none of its own.
    pub limits: Limits,
    /// What may be read and written.
    pub formats: Formats,
    /// What holds for results where neither a request nor its mount says anything.
    pub output: OutputDefaults,
    /// Where Amazon's services are, and who asks them.
    pub aws: aws::Settings,
    /// Who says what is in a picture.
    pub analysers: Analysers,
    /// Who works on videos.
    pub video: Video,
    /// Work without a waiting client, if it is taken.
    pub jobs: Option<Jobs>,
    /// What `lightmill worker` does, if it is anything.
    pub worker: Option<Worker>,
    /// How secrets are kept up to date.
    pub secrets: SecretTimes,
    /// Where named styles are.
    pub styles: Option<Styles>,
    /// Folders of fonts; an empty list means the system's.
    pub fonts: Vec<PathBuf>,
    /// Where objects are.
    pub sources: Vec<Source>,
    /// The source in which results are kept for all instances.
    pub results: Option<String>,
    /// What is served, and how.
    pub mounts: Vec<Mount>,
    /// What whoever starts the service should know, although it is no mistake.
    pub notes: Vec<String>,
}

/// What the command line says over file and environment.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--listen`.
    pub listen: Option<SocketAddr>,
    /// `--root`: the folder that is served where no source is configured.
    pub root: Option<PathBuf>,
    /// `--watch` and `--to`: the folders of a worker.
    pub folders: Option<(PathBuf, PathBuf)>,
}

impl Config {
    /// Reads the file, the environment of this process and `overrides`, which win in this order.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, Mistakes> {
        let text = match file.map(|file| (file, std::fs::read_to_string(file))) {
            None => String::new(),
            Some((_, Ok(text))) => text,
            Some((file, Err(error))) => {
                let problem = format!("cannot be read: {error}");
                return Err(Mistakes(vec![Mistake { key: file.display().to_string(), value: None, problem }]));
            }
        };
        let base = file.and_then(Path::parent).unwrap_or(Path::new(""));
        // A variable that is not UTF-8 is none of ours, or reads as one with a mistake in it.
        let variables = std::env::vars_os()
            .map(|(name, text)| (name.to_string_lossy().into_owned(), text.to_string_lossy().into_owned()));
        Self::read(&text, base, variables, overrides)
    }

    /// Reads `text`, whose relative paths count from `base`, with `variables` and `overrides` over it.
    pub fn read(
        text: &str,
        base: &Path,
        variables: impl IntoIterator<Item = (String, String)>,
        overrides: &Overrides,
    ) -> Result<Self, Mistakes> {
        let mut document: Table = text.parse().map_err(|error: toml::de::Error| {
            Mistakes(vec![Mistake { key: "TOML".to_owned(), value: None, problem: error.to_string() }])
        })?;
        let mut mistakes = Vec::new();
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        let mut origins = Origins::new();
        // Whoever names a folder means that.
        let notes = match overrides.root {
            None => drop_in::lay(&mut document, &variables, &mut origins, &mut mistakes),
            Some(_) => Vec::new(),
        };
        let is_served = !notes.is_empty();
        let notes = match (&overrides.root, &overrides.folders) {
            (None, None) => {
                [notes, drop_in::lay_worker(&mut document, &variables, &mut origins, &mut mistakes)].concat()
            }
            _ => notes,
        };
        overlay(&mut document, &variables, &mut origins, &mut mistakes);
        if let Some((watched, to)) = &overrides.folders {
            lay_folders(&mut document, watched, to);
        }
        let reader = Reader { origins, mistakes: mistakes.into() };
        if !is_served {
            add_defaults(&mut document, &reader, overrides);
        }
        let mut root = Section::new(&reader, "", document);
        let config = Self { notes, ..Self::sections(&mut root, base, overrides) };
        root.finish();
        config.cross_check(&reader);
        let mistakes = reader.mistakes.into_inner();
        if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
    }

    fn sections(root: &mut Section<'_>, base: &Path, overrides: &Overrides) -> Self {
        let mut server = Server::read(root.section("server"));
        if let Some(listen) = overrides.listen {
            server.listen = listen;
        }
        let admin = Admin::read(root.section("admin"), base);
        let log = Log::read(root.section("log"));
        let permits = Permits::read(root.section("permits"));
        let cache = Cache::read(root.section("cache"), base);
        let limits = limits(root.section("limits"), &Limits::default());
        let formats = formats(root.section("formats"));
        let output = output(root.section("output"), &OutputDefaults::default());
        let aws = aws(root.section("aws"), base);
        let analysers = Analysers::read(root.section("analysers"));
        let video = Video::read(root.section("video"), base);
        let jobs = Jobs::read(root.section("jobs"), base);
        let styles = Styles::read(root.section("styles"), base);
        let fonts = fonts(root.section("text"), base);
        let named = root.section("sources").named();
        // A source with a mistake in it is configured all the same: mounts that name it are right.
        let names: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
        let base_of_sources = if overrides.root.is_some() { Path::new("") } else { base };
        let read = |(name, section)| Source::read(name, section, base_of_sources, limits.time);
        let sources: Vec<Source> = named.into_iter().filter_map(read).collect();
        let read = |(name, section)| Preset::read(name, section, &names);
        let presets: Vec<Preset> = root.section("presets").named().into_iter().map(read).collect();
        let results = results(root.section("results"), &sources);
        let secrets = SecretTimes::read(root.section("secrets"));
        let read_only: Vec<String> = read_only(&sources).collect();
        let worker = Worker::read(root.section("worker"), base, &names, &read_only);
        let around = Around {
            sources: &names,
            presets: &presets,
            aws: &aws,
            read_only: &read_only,
            limits: &limits,
            output: &output,
            folder: base,
        };
        let mounts = root.list("mounts").into_iter().map(|section| Mount::read(section, &around));
        let (mounts, opened): (Vec<Mount>, Vec<Vec<Source>>) = mounts.unzip();
        let sources = sources.into_iter().chain(opened.into_iter().flatten()).collect();
        Self {
            server,
            admin,
            log,
            permits,
            cache,
            limits,
            formats,
            output,
            aws,
            analysers,
            video,
            jobs,
            worker,
            secrets,
            styles,
            fonts,
            sources,
            results,
            mounts,
            notes: Vec::new(),
        }
    }

    /// What no key can tell by itself.
    fn cross_check(&self, reader: &Reader) {
        if !Format::ALL.iter().any(|format| codecs::can_encode(*format) && self.formats.writes(*format)) {
            reader.mistake("formats", None, "leaves no format to be written");
        }
        let mut seen = BTreeSet::new();
        for (index, mount) in self.mounts.iter().enumerate() {
            if !seen.insert((&mount.host, &mount.path)) {
                let value = Some(format!("{:?}", mount.path));
                reader.mistake(format!("mounts.{index}.path"), value, "another mount has the same host and path");
            }
            for format in mount.formats.iter().filter(|format| !self.formats.writes(**format)) {
                let problem = format!("names {format}, which [formats] does not let be written");
                reader.mistake(format!("mounts.{index}.formats"), None, problem);
            }
            if mount.keys.is_empty() && !mount.allow_unsigned && !self.server.listen.ip().is_loopback() {
                let problem = format!(
                    "is missing: {} is not a loopback address, and unsigned requests there need `unsafe = true`",
                    self.server.listen
                );
                reader.mistake(format!("mounts.{index}.keys"), None, problem);
            }
        }
        let longest = self.mounts.iter().map(|mount| mount.limits.time).max().unwrap_or(self.limits.time);
        if self.server.idle_time <= longest {
            let problem = format!("is above every limits.time ({} s): it would cut work off", longest.as_secs_f64());
            reader.mistake("server.idle_time", Some(self.server.idle_time.as_secs_f64().to_string()), problem);
        }
        let jobs = self.jobs.as_ref().map(|jobs| &jobs.path);
        if let Some(path) = jobs.filter(|path| self.mounts.iter().any(|mount| mount.path == **path)) {
            reader.mistake("jobs.path", Some(format!("{path:?}")), "is the path of a mount");
        }
        if let Some(worker) = &self.worker {
            worker.cross_check(&self.sources, reader);
        }
        if self.server.listen == self.server.admin && self.server.listen.port() != 0 {
            let value = Some(format!("\"{}\"", self.server.admin));
            reader.mistake("server.admin", value, "is the address of server.listen");
        }
    }
}

/// The names of sources that cannot be written to.
fn read_only(sources: &[Source]) -> impl Iterator<Item = String> {
    let read_only = sources.iter().filter(|source| !source.location.is_writable());
    read_only.map(|source| source.name.clone())
}

/// The folders of a worker as sources, and itself among them.
fn lay_folders(document: &mut Table, watched: &Path, to: &Path) {
    let text = |path: &Path| Value::String(path.to_string_lossy().into_owned());
    let mut table = |name: &str, keys: &[(&str, Value)]| {
        let section = document.entry(name).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = section {
            for (key, value) in keys {
                section.entry(*key).or_insert_with(|| value.clone());
            }
        }
    };
    let source = |path: &Path| Value::Table(Table::from_iter([("url".to_owned(), text(path))]));
    table("sources", &[("watched", source(watched)), ("made", source(to))]);
    let names = [("source", "watched"), ("target", "made")].map(|(key, name)| (key, Value::String(name.to_owned())));
    table("worker", &names);
    table("worker", &[("database", text(&to.join(".lightmill-worker.sqlite")))]);
}

/// One source and one mount, where none is configured.
fn add_defaults(document: &mut Table, reader: &Reader, overrides: &Overrides) {
    let unset = |document: &Table, key: &str| match document.get(key) {
        None => true,
        Some(Value::Table(table)) => table.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    };
    if unset(document, "sources") {
        let folder = overrides.root.clone().unwrap_or_else(|| PathBuf::from(SAMPLES));
        let url = Value::String(folder.to_string_lossy().into_owned());
        let source = Value::Table(Table::from_iter([("url".to_owned(), url)]));
        document.insert("sources".to_owned(), Value::Table(Table::from_iter([(SAMPLES.to_owned(), source)])));
    } else if let Some(folder) = &overrides.root {
        reader.mistake(
            "--root",
            Some(format!("\"{}\"", folder.display())),
            "cannot be combined with configured [sources]",
        );
    }
    // Whoever configures a worker need not serve anything.
    if unset(document, "mounts") && unset(document, "worker") {
        document.insert("mounts".to_owned(), Value::Array(vec![Value::Table(Table::new())]));
    }
}

fn fonts(mut section: Section<'_>, base: &Path) -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = section.take("fonts", Vec::new());
    let folders: Vec<PathBuf> = folders.into_iter().map(|folder| base.join(folder)).collect();
    for folder in folders.iter().filter(|folder| !folder.is_dir()) {
        section.mistake("fonts", folder, "there is no such folder");
    }
    section.finish();
    folders
}
