use std::net::SocketAddr;

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

/// A free port of the loopback interface, answered until this is dropped: by the caller's runtime, or by one of its own
/// where the caller has none.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) address: SocketAddr,
    accepting: JoinHandle<()>,
    runtime: Option<Runtime>,
}

impl Listening {
    /// Gives each connection to `answer`.
    pub(super) fn start<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let (handle, runtime) = if let Ok(handle) = Handle::try_current() {
            (handle, None)
        } else {
            let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            (runtime.handle().clone(), Some(runtime))
        };
        let listener = {
            let _entered = handle.enter();
            TcpListener::from_std(socket)?
        };
        let accepting = handle.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Ok(Self { address, accepting, runtime })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.accepting.abort();
        // Waiting is not allowed within another runtime, where this may be.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
