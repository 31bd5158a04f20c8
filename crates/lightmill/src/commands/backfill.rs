use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use lightmill_server::config::{Config, Mistakes, Overrides};
use lightmill_server::telemetry;
use lightmill_server::worker::{BackfillError, BackfillWish, Backfilling, Counts, Ended, Estimate, Shown};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::configuration::{ConfigurationArguments, folders};
use super::progress::{self, Style, duration, size};
use crate::exit::{Exit, Failure};
use crate::signal::StopSignals;

/// `lightmill backfill`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line, each of which stands alone")]
pub struct BackfillArguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    /// The source of `[worker]`, by its name; with `--to` a folder.
    #[arg(value_name = "SOURCE")]
    source: String,
    /// The folder in which variants are written; made if it is missing.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Only objects whose keys begin so.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Make again what is up to date, as after a change of recipes.
    #[arg(long)]
    again: bool,
    /// Leave variants of objects that are gone, and of states that they have no more.
    #[arg(long)]
    keep_orphans: bool,
    /// Write nothing: say what would be done, and estimate what that takes.
    #[arg(long)]
    dry_run: bool,
    /// Of how many objects variants are made for the estimate; of none with 0.
    #[arg(long, value_name = "N", default_value_t = 20, requires = "dry_run", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    sample: u16,
    /// The file that says how far it is [default: .lightmill-backfill.json beside `worker.database`, with --to in that folder].
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    state: Option<PathBuf>,
    /// The file that tells what failed, in lines of JSON [default: beside the state].
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    report: Option<PathBuf>,
    /// Begin anew, whatever was done before.
    #[arg(long, conflicts_with = "dry_run")]
    restart: bool,
    /// Tell no progress.
    #[arg(long)]
    quiet: bool,
}

impl BackfillArguments {
    /// The configuration with what the command line says.
    fn config(&self) -> Result<Config, Mistakes> {
        let folders = self.to.clone().map(|to| folders(PathBuf::from(&self.source), to));
        self.configuration.load(&Overrides { folders, ..Overrides::default() })
    }

    fn wish(&self) -> BackfillWish {
        BackfillWish {
            source: self.to.is_none().then(|| self.source.clone()),
            prefix: self.prefix.clone(),
            again: self.again,
            keep_orphans: self.keep_orphans,
            state: self.state.clone(),
            report: self.report.clone(),
            restart: self.restart,
            dry_run: self.dry_run,
        }
    }
}

/// Makes the variants of what is already there, or says what that would be.
pub fn backfill(arguments: &BackfillArguments) -> Result<(), Failure> {
    // A folder that is only there for this look.
    let missing = arguments.to.as_ref().filter(|to| arguments.dry_run && !to.exists());
    let done = open_and_run(arguments);
    if let Some(to) = missing {
        // If something else was written into it meanwhile, it stays.
        let _ = std::fs::remove_dir(to);
    }
    done
}

fn open_and_run(arguments: &BackfillArguments) -> Result<(), Failure> {
    let config = arguments.config()?;
    telemetry::install_log(&config.log).map_err(Failure::internal)?;
    telemetry::tell(&config.notes);
    Runtime::new().map_err(Failure::internal)?.block_on(async {
        let signals = StopSignals::take_over().map_err(Failure::internal)?;
        let stop = CancellationToken::new();
        tokio::spawn(signals.wait_then_cancel(stop.clone()));
        let backfilling = Backfilling::open(&config, &arguments.wish()).await?;
        let done = if arguments.dry_run {
            estimate(arguments, &backfilling, &stop).await
        } else {
            run(arguments, &backfilling, &stop).await
        };
        backfilling.close().await;
        done
    })
}

async fn run(
    arguments: &BackfillArguments,
    backfilling: &Backfilling,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let backfill = &backfilling.backfill;
    let start = Instant::now();
    let (shown, seen) = watch::channel(Shown::default());
    let telling = tokio::spawn(progress::follow(seen, Style::of(arguments.quiet)));
    let ended = backfill.run(&shown, stop).await;
    let Shown { counts, before, .. } = *shown.borrow();
    drop(shown);
    telling.await.map_err(Failure::internal)?;
    let ended = ended?;
    print(&summary(&counts, before, start.elapsed()))?;
    match ended {
        Ended::Stopped => Err(Failure::text(
            Exit::Temporary,
            format_args!(
                "stopped after {} objects: the same command goes on from there ({})",
                counts.objects,
                backfill.state.display()
            ),
        )),
        Ended::Done if counts.failed > 0 => Err(Failure::text(
            Exit::Data,
            format_args!("{} objects failed: {} says why", counts.failed, backfill.report.display()),
        )),
        Ended::Done => Ok(()),
    }
}

async fn estimate(
    arguments: &BackfillArguments,
    backfilling: &Backfilling,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let backfill = &backfilling.backfill;
    let (prefix, again) = (&arguments.prefix, arguments.again);
    let (removes, sample) = (backfill.removes, usize::from(arguments.sample));
    let looking = Estimate::of(&backfill.walk, prefix, again, removes, sample, backfill.at_a_time);
    match stop.run_until_cancelled(looking).await {
        Some(estimate) => print(&forecast(&estimate?)),
        None => Err(Failure::text(Exit::Temporary, "stopped")),
    }
}

/// What was done, a line for each kind.
fn summary(counts: &Counts, before: u64, took: Duration) -> String {
    let Counts { objects, up_to_date, made, gone, failed, bytes, outdated, orphans, doubtful } = counts;
    let mut text = format!("objects      {objects} in {}", duration(took));
    if before > 0 {
        let _ = write!(text, ", {before} of them by runs before");
    }
    let _ = writeln!(text, "\nup to date   {up_to_date}\nmade         {made}, of {}", size(*bytes));
    let _ = writeln!(text, "gone         {gone}\nfailed       {failed}");
    let _ = writeln!(text, "removed      {orphans} variants of what is gone, {outdated} of other states");
    if *doubtful > 0 {
        let _ = writeln!(text, "left         {doubtful} variants whose object may be gone");
    }
    text
}

/// What would be done, a line for each kind.
fn forecast(estimate: &Estimate) -> String {
    let Estimate { objects, up_to_date, cluttered, to_make, bytes, orphans, doubtful, sample } = estimate;
    let mut text = format!("objects      {objects}\nup to date   {up_to_date}\nto make      {to_make}\n");
    let _ = writeln!(text, "to read      {}", size(*bytes));
    let _ = writeln!(
        text,
        "to remove    {orphans} variants of what is gone, and those of other states of {cluttered} objects"
    );
    if *doubtful > 0 {
        let _ = writeln!(text, "to leave     {doubtful} variants whose object may be gone");
    }
    if let (Some(sample), Some(written), Some(time)) = (sample, estimate.written(), estimate.time()) {
        let _ = writeln!(text, "to write     about {}, in about {}", size(written), duration(time));
        let _ = writeln!(text, "             by {} objects of which {} failed", sample.objects, sample.failed);
    }
    text
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::internal)
}

impl From<BackfillError> for Failure {
    fn from(error: BackfillError) -> Self {
        let exit = match &error {
            BackfillError::Listing(_) | BackfillError::AtWork(_) => Exit::Temporary,
            BackfillError::File { .. } => Exit::CannotCreate,
            BackfillError::Another { .. } => Exit::Usage,
        };
        // Whoever runs the command may read the details.
        Self::new(exit, error)
    }
}

#[cfg(test)]
mod tests {
    use lightmill_server::worker::Sample;

    use super::*;

    #[test]
    fn what_was_done_is_said_in_lines() {
        let counts = Counts {
            objects: 12,
            up_to_date: 4,
            made: 6,
            failed: 2,
            bytes: 5_000_000,
            doubtful: 3,
            ..Counts::default()
        };
        let text = summary(&counts, 4, Duration::from_secs(75));
        let expected = "objects      12 in 1m15s, 4 of them by runs before\nup to date   4\nmade         6, of 5.0 MB\n\
                        gone         0\nfailed       2\n\
                        removed      0 variants of what is gone, 0 of other states\n\
                        left         3 variants whose object may be gone\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn an_estimate_grows_with_what_is_to_be_made() {
        let sample = Sample { objects: 10, failed: 1, bytes: 2_000_000, took: Duration::from_secs(3) };
        let estimate =
            Estimate { objects: 1500, up_to_date: 500, to_make: 1000, sample: Some(sample), ..Estimate::default() };
        let text = forecast(&estimate);
        assert!(text.contains("to write     about 200.0 MB, in about 5m00s\n"), "{text}");
        assert!(text.contains("by 10 objects of which 1 failed"), "{text}");
        assert!(!forecast(&Estimate { sample: None, ..estimate }).contains("to write"));
    }
}
