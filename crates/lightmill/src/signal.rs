use std::io;

use lightmill_server::admin::Readiness;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The signals that ask the service to stop: SIGTERM from a supervisor, SIGINT from a terminal.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Takes the signals over: from here on they do not end the process by themselves.
    pub fn take_over() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the first signal, and starts the draining. A second one ends the process at once.
    pub async fn wait_then_stop(mut self, readiness: Readiness, stop: CancellationToken) {
        let name = self.next().await;
        tracing::info!(signal = name, "draining: requests in flight are finished, no more are accepted");
        readiness.set(false);
        self.end(stop).await;
    }

    /// Waits for the first signal, and has what is under way end. A second one ends the process at once.
    pub async fn wait_then_cancel(mut self, stop: CancellationToken) {
        let name = self.next().await;
        tracing::info!(signal = name, "stopping");
        self.end(stop).await;
    }

    async fn end(mut self, stop: CancellationToken) {
        stop.cancel();
        let name = self.next().await;
        tracing::warn!(signal = name, "stopped at once by a second signal");
        std::process::exit(128 + if name == "SIGTERM" { 15 } else { 2 });
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// The signal that asks for the configuration to be read again: SIGHUP, as a supervisor's `reload` sends it.
#[derive(Debug)]
pub struct ReloadSignal(Signal);

impl ReloadSignal {
    /// Takes the signal over: from here on it does not end the process.
    pub fn take_over() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
