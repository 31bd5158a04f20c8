//! lightmill turns stored photos into exactly the picture that a page asks for.

mod arguments;
mod commands;
mod exit;
mod signal;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use lightmill_server::admin::{self, Readiness};
use lightmill_server::config::Config;
use lightmill_server::listen::{ConnectionLimits, Listener, serve};
use lightmill_server::mounts::Table;
use lightmill_server::{router, service, telemetry};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use arguments::{Arguments, Command};
use exit::{Exit, Failure};
use signal::StopSignals;

/// Pictures are large, short-lived and made on many threads: jemalloc gives their memory back to the system.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    exit::report(match Arguments::read().command {
        Command::Serve(arguments) => arguments.config().and_then(|config| run_service(&config)),
        Command::Process(arguments) => commands::process(&arguments),
        Command::Explain(arguments) => commands::explain(&arguments),
        Command::Check(arguments) => commands::check(&arguments),
        Command::Sign(arguments) => commands::sign(&arguments),
    })
}

/// The life of the service, from its configuration to the last answer.
fn run_service(config: &Config) -> Result<(), Failure> {
    let level = telemetry::install_log(&config.log).map_err(Failure::internal)?;
    let metrics = telemetry::metrics::install().map_err(Failure::internal)?;
    let service = service(config)?;

    Runtime::new().map_err(Failure::internal)?.block_on(async {
        service.mounts().read_keys().await?;
        let signals = StopSignals::take_over().map_err(Failure::internal)?;
        let traffic = bind("server.listen", config.server.listen).await?;
        let admin = bind("server.admin", config.server.admin).await?;
        commands::announce(&traffic, &admin)?;

        let limits = ConnectionLimits::from(&config.server);
        let readiness = Readiness::default();
        let (stop, finished) = (CancellationToken::new(), CancellationToken::new());
        let routes = admin::router(readiness.clone(), metrics.clone(), Some(level));
        let admin = tokio::spawn(serve(admin, routes, limits, finished.clone(), admin::DRAIN_TIME));
        tokio::spawn(telemetry::metrics::keep_up(metrics));
        tokio::spawn(signals.wait_then_stop(readiness.clone(), stop.clone()));

        tokio::spawn(keep_keys(service.mounts().clone(), config.secrets.refresh_time));

        readiness.set(true);
        serve(traffic, router(service), limits, stop, config.server.drain_time).await;
        // Readiness and metrics are answered for as long as there are requests.
        finished.cancel();
        admin.await.map_err(Failure::internal)?;
        Ok(())
    })
}

/// Looks once a second whether keys have to be read again.
async fn keep_keys(mounts: Table, every: Duration) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        mounts.refresh_keys(every).await;
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<Listener, Failure> {
    let usage = |error| Failure::text(Exit::Usage, format_args!("{key} = \"{address}\": {error}"));
    Listener::bind(address).await.map_err(usage)
}
