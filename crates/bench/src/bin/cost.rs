//! What one piece of work costs, and what the plan thought: for `bench/cost.py`.
//!
//!   cost RECIPE SOURCE [FEATURE ...]
//!
//! Prints one line of JSON. Memory is counted by the kernel, so that what C libraries allocate counts too; started with
//! `MALLOC_MMAP_THRESHOLD_` and `MALLOC_TRIM_THRESHOLD_`, the C library's allocator (which this program keeps, unlike the
//! real binary) gives every larger block back at once, so that the peak is that of what is really held.

use std::{env, fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use lightmill_bench::{Job, Meter};
use lightmill_image::plan::stages;
use serde_json::json;

/// Runs that are timed: at least so many, and for at least so long.
const RUNS: u32 = 3;
const TIME: Duration = Duration::from_millis(100);

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [recipe, source, features @ ..] = arguments.as_slice() else {
        bail!("usage: cost RECIPE SOURCE [FEATURE ...]")
    };
    let job = Job::open(recipe, features, Path::new(source))?;
    let (plan, probes) = job.plan()?;
    // The first run brings in code and fonts, which are not the work's.
    let made = job.run()?;
    // Resets the peak to what is held (Linux, proc_pid_clear_refs(5)).
    fs::write("/proc/self/clear_refs", "5")?;
    let base = status("VmRSS")?;
    job.run()?;
    let peak = status("VmHWM")?.saturating_sub(base);
    let stages: Vec<_> = stages(&plan.outputs, &probes)
        .iter()
        .map(|stage| json!([format!("{:?}", stage.kind), stage.units, stage.times, stage.held]))
        .collect();
    let sources: u64 = probes.iter().map(|probe| probe.bytes).sum();
    let report = json!({
        "milliseconds": least(&job)?.as_secs_f64() * 1000.0,
        "peak_bytes": peak,
        "estimate": {
            "milliseconds": plan.cost.time.as_secs_f64() * 1000.0,
            "bytes": plan.cost.bytes - sources,
        },
        "stages": stages,
        "result_bytes": made.bytes.len(),
    });
    #[expect(clippy::print_stdout, reason = "the report is what this program is for")]
    {
        println!("{report}");
    }
    Ok(())
}

/// Processor time of the run that was disturbed least.
fn least(job: &Job) -> Result<Duration> {
    let (mut least, mut total, mut runs) = (Duration::MAX, Duration::ZERO, 0);
    while runs < RUNS || total < TIME {
        let meter = Meter::start();
        job.run()?;
        let spent = meter.spent().processor;
        least = least.min(spent);
        total += spent;
        runs += 1;
    }
    Ok(least)
}

/// Bytes of a field of `/proc/self/status`.
fn status(field: &str) -> Result<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).context(field.to_owned())?;
    let kibibytes: u64 = line.split_whitespace().next().context("a number")?.parse()?;
    Ok(kibibytes * 1024)
}
