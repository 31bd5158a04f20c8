use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use lightmill_server::config::{Config, Mistakes, Overrides};
use lightmill_server::listen::Listener;
use lightmill_server::reload::{Reloader, Watch};

use super::configuration::ConfigurationArguments;
use crate::exit::Failure;
use crate::signal::ReloadSignal;

/// `lightmill serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    /// Where to listen, instead of the configured address; port 0 chooses a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The folder to serve, where no source is configured.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl ServeArguments {
    /// The configuration with what the command line says.
    pub fn config(&self) -> Result<Config, Mistakes> {
        self.configuration.load(&Overrides { listen: self.listen, root: self.root.clone(), ..Overrides::default() })
    }

    /// Its file, if there is one.
    pub fn file(&self) -> Option<PathBuf> {
        self.configuration.config.clone()
    }
}

/// Tells on stdout where the service listens: with port 0 nobody else knows.
pub fn announce(traffic: &Listener, admin: &Listener) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let lines = format!("listening on http://{}\nadmin on http://{}\n", traffic.address(), admin.address());
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(Failure::internal)
}

/// Has the service follow its configuration, for as long as this is polled: at SIGHUP, and when the file changes.
pub async fn follow(arguments: ServeArguments, mut watch: Watch, mut signal: ReloadSignal, reloader: Arc<Reloader>) {
    loop {
        tokio::select! {
            () = signal.next() => watch.catch_up(),
            () = watch.changed() => {}
        }
        reloader.reload(|| arguments.config()).await;
    }
}
