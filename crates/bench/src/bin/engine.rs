//! A worker for `bench/engine.py`: reads its files once, and does its work as often as it is told.
//!
//!   engine RECIPE SOURCE [FEATURE ...]
//!
//! A line on stdin is a command, a line on stdout its answer as JSON: `run N` does the work N times and tells the time
//! of one, `save FILE` writes what the last run made. The first line says that the worker is ready, or what this build
//! has not.

use std::{
    env, fs,
    io::{self, BufRead, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use lightmill_bench::{Job, Meter, Refused};
use lightmill_image::Made;
use serde_json::{Value, json};

/// As in the real binary, whose memory is what counts.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [recipe, source, features @ ..] = arguments.as_slice() else {
        bail!("usage: engine RECIPE SOURCE [FEATURE ...]")
    };
    let job = match Job::open(recipe, features, Path::new(source)) {
        Ok(job) => job,
        Err(error) if error.is::<Refused>() => return answer(&json!({ "unavailable": error.to_string() })),
        Err(error) => return Err(error),
    };
    answer(&json!({ "ready": env!("CARGO_PKG_VERSION") }))?;
    let mut last = None;
    for line in io::stdin().lock().lines() {
        match line?.split_once(' ') {
            Some(("run", count)) => answer(&run(&job, count.parse()?, &mut last)?)?,
            Some(("save", path)) => {
                fs::write(path, &last.as_ref().context("nothing was made yet")?.bytes)?;
                answer(&json!({ "saved": path }))?;
            }
            other => bail!("no such command: {other:?}"),
        }
    }
    Ok(())
}

fn run(job: &Job, count: u32, last: &mut Option<Made>) -> Result<Value> {
    let meter = Meter::start();
    for _ in 0..count {
        match job.run() {
            Ok(made) => *last = Some(made),
            Err(error @ lightmill_image::Error::Unsupported { .. }) => {
                return Ok(json!({ "unavailable": error.to_string() }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let spent = meter.spent();
    let each = |time: std::time::Duration| time.as_secs_f64() * 1000.0 / f64::from(count.max(1));
    Ok(json!({
        "cpu_ms": each(spent.processor),
        "wall_ms": each(spent.wall),
        "bytes": last.as_ref().map(|made| made.bytes.len()),
        "frames": last.as_ref().map(|made| made.frames),
    }))
}

fn answer(value: &Value) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
