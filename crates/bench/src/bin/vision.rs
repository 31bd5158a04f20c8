//! What analysers of this machine cost, and what they find.
//!
//!   vision COUNT FILE ...
//!
//! For each file a line of JSON: processor milliseconds of one analysis (the mean of COUNT, one thread) with the decoding
//! of the copy, and what was found.

use std::{env, fs, num::NonZeroUsize, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use lightmill_bench::Meter;
use lightmill_image::Context;
use lightmill_recipe::Fingerprint;
use lightmill_vision::attention::Attention;
use lightmill_vision::faces::Faces;
use lightmill_vision::{Analyser, BlockingThreads, Chain, Confidence, Kind, Subject, Wanted, Workers};
use serde_json::json;

/// As in the real binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[expect(clippy::print_stdout, reason = "what it is for")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [count, files @ ..] = arguments.as_slice() else { bail!("usage: vision COUNT FILE ...") };
    let count: u32 = count.parse().ok().filter(|count| *count > 0).context("COUNT is a number, 1 or more")?;
    let workers: Arc<dyn Workers> = Arc::new(BlockingThreads::new(NonZeroUsize::MIN));
    let meter = Meter::start();
    let faces = Faces::new(Arc::clone(&workers))?;
    println!("{}", json!({ "model_ms": milliseconds(meter.spent().processor) }));
    let attention = Attention::new(Arc::clone(&workers));
    let smart = Chain::smart(&workers)?;
    for path in files {
        let source = fs::read(path).with_context(|| format!("reading {path}"))?.into();
        let subject = || Subject::new(Fingerprint::of([path]), bytes::Bytes::clone(&source), Context::default());
        for (analyser, kinds) in [
            (&faces as &dyn Analyser, &[Kind::Faces][..]),
            (&attention, &[Kind::Salient]),
            (&smart, &[Kind::Faces, Kind::Salient]),
        ] {
            let wanted = kinds.iter().fold(Wanted::default(), |wanted, kind| wanted.and(*kind, Confidence::ANY));
            let first = subject();
            let found = analyser.analyse(&first, &wanted).await?;
            // The copy is made already.
            let meter = Meter::start();
            for _ in 0..count {
                analyser.analyse(&first, &wanted).await?;
            }
            let search = meter.spent().processor / count;
            let meter = Meter::start();
            for _ in 0..count {
                analyser.analyse(&subject(), &wanted).await?;
            }
            let all = meter.spent().processor / count;
            println!(
                "{}",
                json!({
                    "file": path, "analyser": analyser.name(), "cpu_ms": milliseconds(all),
                    "without_copy_ms": milliseconds(search), "found": found.regions,
                })
            );
        }
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}
