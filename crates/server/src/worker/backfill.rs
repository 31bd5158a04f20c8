use std::path::{Path, PathBuf};
use std::sync::Arc;

use lightmill_jobs::Failure;
use lightmill_jobs::async_trait;
use lightmill_jobs::backfill::{Belongs, Error, Settle, Walk};
use lightmill_jobs::variants::{Settled, Variants};
use lightmill_recipe::Fingerprint;

use super::SETTLE_TIME;
use super::opening::{self, database, location, notices, one, variants, worker, wrong};
use super::settling::settle;
use crate::build;
use crate::config::{self, Config, Database, Location, Mistake, Mistakes};
use crate::reload::Live;

pub use lightmill_jobs::backfill::{Backfill, Counts, Ended, Estimate, Phase, Sample, Shown};

/// The errors of a backfill.
pub type BackfillError = Error;

/// What is wished of a backfill, beside its configuration.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line, each of which stands alone")]
pub struct BackfillWish {
    /// The source that is named; `None` where folders are.
    pub source: Option<String>,
    /// How the keys of the objects begin.
    pub prefix: String,
    /// Whether what is up to date is made again.
    pub again: bool,
    /// Whether variants stay whose object is gone, and those of other states.
    pub keep_orphans: bool,
    /// The file that says how far it is; `None`: beside `worker.database`.
    pub state: Option<PathBuf>,
    /// The file of what failed; `None`: beside the state.
    pub report: Option<PathBuf>,
    /// Whether it begins anew.
    pub restart: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// A backfill, ready to begin.
pub struct Backfilling {
    /// What is to be done.
    pub backfill: Backfill,
    live: Arc<Live>,
}

impl Backfilling {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// Everything that is missing, or cannot be opened.
    pub async fn open(config: &Config, wish: &BackfillWish) -> Result<Self, Mistakes> {
        let mut config = config.clone();
        // It is another process's that works beside this one.
        config.cache.disk = None;
        if wish.dry_run {
            config.results = None;
        }
        let worker = worker(&config)?.clone();
        let source = opening::source(&config, &worker)?;
        if let Some(name) = wish.source.as_ref().filter(|name| **name != source.name) {
            let problem = format!("is not the source of [worker], which is {}", source.name);
            return Err(one(Mistake { key: "SOURCE".to_owned(), value: Some(format!("\"{name}\"")), problem }));
        }
        // What is made is told by the worker that shares the database.
        let tells = !wish.dry_run && !worker.webhooks.is_empty();
        let queue = if tells { Some(database(&config, &worker).await.map_err(one)?) } else { None };
        let notices = notices(&config, &worker, queue.as_ref()).await?;
        let (variants, live) = variants(&config, &worker, source, notices).await?;
        let target = location(&config, "target", &worker.target)?;
        let (_, list) = build::written(source).map_err(one)?.ok_or_else(|| wrong("source", "cannot be listed"))?;
        let state = match (&wish.state, &worker.database) {
            (Some(state), _) => state.clone(),
            (None, Database::File(file)) => file.with_file_name(".lightmill-backfill.json"),
            (None, Database::Table(_)) => {
                let problem =
                    "is missing: `worker.database` is a table, and no file beside which it could be".to_owned();
                return Err(one(Mistake { key: "--state".to_owned(), value: None, problem }));
            }
        };
        let report = wish.report.clone().unwrap_or_else(|| state.with_extension("failures.jsonl"));
        if !wish.dry_run {
            for file in [&state, &report] {
                made_above(file)?;
            }
        }
        let skips_hidden = matches!(source.location, Location::Folder(_));
        let backfill = Backfill {
            walk: Walk::new(Arc::clone(&variants), list, skips_hidden, worker.attempts),
            settle: Arc::new(Settler(variants)),
            belongs: Belongs {
                source: place(source),
                target: format!("{} below \"{}\"", place(target), worker.prefix),
                prefix: wish.prefix.clone(),
                variants: fingerprint(&worker),
                again: wish.again,
            },
            removes: worker.removes && !wish.keep_orphans,
            at_a_time: worker.at_a_time.get(),
            attempts: worker.attempts,
            time: worker.time,
            state,
            report,
            restart: wish.restart,
        };
        Ok(Self { backfill, live })
    }

    /// Waits until all is written.
    pub async fn close(self) {
        self.live.service().settle(SETTLE_TIME).await;
    }
}

/// Does as a worker does.
struct Settler(Arc<Variants>);

#[async_trait]
impl Settle for Settler {
    async fn settle(&self, key: &str) -> Result<Settled, Failure> {
        settle(&self.0, key).await
    }
}

/// Makes the folder of a file that is to be written.
fn made_above(file: &Path) -> Result<(), Mistakes> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| {
        one(Mistake {
            key: "--state".to_owned(),
            value: Some(format!("\"{}\"", file.display())),
            problem: format!("its folder cannot be made: {error}"),
        })
    })
}

/// What is made, in a few digits.
fn fingerprint(worker: &config::Worker) -> String {
    let words = worker.variants.iter().map(|variant| {
        let config::Preset { name, words, recipe, source: _, prefix: _ } = variant;
        format!("{name} {words:?} {recipe}")
    });
    let words: Vec<String> = words.chain([format!("manifest {}", worker.manifest)]).collect();
    Fingerprint::of(words.iter().map(String::as_str)).as_str().to_owned()
}

/// Where a source is, without what opens it.
fn place(source: &config::Source) -> String {
    let at =
        |endpoint: &Option<String>| endpoint.as_ref().map(|endpoint| format!(" at {endpoint}")).unwrap_or_default();
    match &source.location {
        Location::Folder(folder) => folder.canonicalize().unwrap_or_else(|_| folder.clone()).display().to_string(),
        Location::S3(bucket, _) => format!("s3://{}/{}{}", bucket.bucket, bucket.prefix, at(&bucket.endpoint)),
        Location::Gcs(bucket, _) => format!("gs://{}/{}{}", bucket.bucket, bucket.prefix, at(&bucket.endpoint)),
        Location::Azure(settings, _) => {
            let azure = (&settings.account, &settings.container, &settings.prefix);
            format!("az://{}/{}/{}{}", azure.0, azure.1, azure.2, at(&settings.endpoint))
        }
        Location::Http(..) => source.name.clone(),
    }
}
