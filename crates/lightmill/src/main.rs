//! lightmill turns stored photos into exactly the picture that a page asks for.

mod arguments;
mod commands;
mod exit;
mod signal;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;

use lightmill_server::admin::{self, Admin, Readiness};
use lightmill_server::listen::{ConnectionLimits, Listener, Workers, routed, serve};
use lightmill_server::reload::{Reloader, Watch};
use lightmill_server::worker::{Lambda, Worker};
use lightmill_server::{Front, telemetry};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use arguments::{Arguments, Command};
use commands::{ServeArguments, WorkerArguments};
use exit::{Exit, Failure};
use signal::{ReloadSignal, StopSignals};

/// Pictures are large, short-lived and made on many threads: jemalloc gives their memory back to the system.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    exit::report(match Arguments::read().command {
        Command::Serve(arguments) => run_service(arguments),
        Command::Worker(arguments) if Lambda::is_here() => run_lambda(&arguments),
        Command::Worker(arguments) => run_worker(&arguments),
        Command::Backfill(arguments) => commands::backfill(&arguments),
        Command::Webhooks(arguments) => commands::webhooks(&arguments),
        Command::Process(arguments) => commands::process(&arguments),
        Command::Explain(arguments) => commands::explain(&arguments),
        Command::Convert(arguments) => commands::convert(&arguments),
        Command::Check(arguments) => commands::check(&arguments),
        Command::Sign(arguments) => commands::sign(&arguments),
    })
}

/// The life of the service, from its configuration to the last answer.
fn run_service(arguments: ServeArguments) -> Result<(), Failure> {
    let watch = Watch::new(arguments.file());
    let config = arguments.config()?;
    let level = telemetry::install_log(&config.log).map_err(Failure::internal)?;
    telemetry::tell(&config.notes);
    let metrics = telemetry::metrics::install().map_err(Failure::internal)?;

    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    // They end last: what they made is written to where it is kept.
    let workers = Workers::start(threads).map_err(Failure::internal)?;

    Runtime::new().map_err(Failure::internal)?.block_on(async {
        let signals = StopSignals::take_over().map_err(Failure::internal)?;
        let reload = ReloadSignal::take_over().map_err(Failure::internal)?;
        let reloader = Arc::new(Reloader::start(config.clone(), Some(level.clone())).await?);
        let live = reloader.live();
        let traffic = bind("server.listen", config.server.listen).await?;
        let admin = bind("server.admin", config.server.admin).await?;
        commands::announce(&traffic, &admin)?;

        let limits = ConnectionLimits::from(&config.server);
        let readiness = Readiness::default();
        let (stop, finished) = (CancellationToken::new(), CancellationToken::new());
        let routes = admin::router(Admin {
            readiness: readiness.clone(),
            metrics: metrics.clone(),
            level,
            live: Arc::clone(&live),
        });
        let until = finished.clone();
        let admin = tokio::spawn(async move {
            serve(admin, routed(routes), &Workers::default(), limits, until, admin::DRAIN_TIME).await
        });
        tokio::spawn(telemetry::metrics::keep_up(metrics));
        tokio::spawn(signals.wait_then_stop(readiness.clone(), stop.clone()));

        let keys = Arc::clone(&reloader);
        tokio::spawn(async move { keys.keep_keys().await });
        let tables = Arc::clone(&reloader);
        tokio::spawn(async move { tables.keep_tables().await });
        tokio::spawn(commands::follow(arguments, watch, reload, Arc::clone(&reloader)));

        let working = Arc::clone(&reloader);
        let until = stop.clone();
        let jobs = tokio::spawn(async move { working.work(until).await });

        readiness.set(true);
        serve(traffic, Front::new(Arc::clone(&live)), &workers, limits, stop, config.server.drain_time).await;
        jobs.await.map_err(Failure::internal)?;
        live.service().settle(config.server.drain_time).await;
        // Readiness and metrics are answered for as long as there are requests.
        finished.cancel();
        admin.await.map_err(Failure::internal)?;
        Ok(())
    })
}

/// The life of a worker: it ends with what it has begun, or gives it back.
fn run_worker(arguments: &WorkerArguments) -> Result<(), Failure> {
    let config = arguments.config()?;
    let level = telemetry::install_log(&config.log).map_err(Failure::internal)?;
    telemetry::tell(&config.notes);
    let metrics = telemetry::metrics::install().map_err(Failure::internal)?;

    Runtime::new().map_err(Failure::internal)?.block_on(async {
        let signals = StopSignals::take_over().map_err(Failure::internal)?;
        let worker = Worker::open(&config).await?;
        let admin = bind("server.admin", config.server.admin).await?;
        commands::announce_worker(&admin, worker.events().as_deref())?;
        let readiness = Readiness::default();
        let (stop, finished) = (CancellationToken::new(), CancellationToken::new());
        let routes =
            admin::router(Admin { readiness: readiness.clone(), metrics: metrics.clone(), level, live: worker.live() });
        let (until, limits) = (finished.clone(), ConnectionLimits::from(&config.server));
        let admin = tokio::spawn(async move {
            serve(admin, routed(routes), &Workers::default(), limits, until, admin::DRAIN_TIME).await
        });
        tokio::spawn(telemetry::metrics::keep_up(metrics));
        tokio::spawn(signals.wait_then_stop(readiness.clone(), stop.clone()));
        readiness.set(true);
        worker.run(stop).await;
        finished.cancel();
        admin.await.map_err(Failure::internal)?;
        Ok(())
    })
}

/// The life of a worker that Lambda has started, and ends.
fn run_lambda(arguments: &WorkerArguments) -> Result<(), Failure> {
    let config = arguments.config()?;
    telemetry::install_log(&config.log).map_err(Failure::internal)?;
    telemetry::tell(&config.notes);
    Runtime::new().map_err(Failure::internal)?.block_on(async {
        Lambda::open(&config).await?.run().await.map_err(|error| Failure::text(Exit::Internal, error))
    })
}

async fn bind(key: &str, address: SocketAddr) -> Result<Listener, Failure> {
    let usage = |error| Failure::text(Exit::Usage, format_args!("{key} = \"{address}\": {error}"));
    Listener::bind(address).await.map_err(usage)
}
