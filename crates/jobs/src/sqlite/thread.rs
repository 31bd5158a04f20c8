use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::Error;

/// Steps that wait for the thread; whoever comes with one more waits as well.
const WAITING: usize = 256;

type Step = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread that owns the connection. It ends when the last who knows it is gone; steps that were asked for are done.
#[derive(Debug, Clone)]
pub(super) struct Thread(mpsc::Sender<Step>);

impl Thread {
    pub(super) fn start(mut connection: Connection) -> std::io::Result<Self> {
        let (sender, mut steps) = mpsc::channel::<Step>(WAITING);
        std::thread::Builder::new().name("jobs".to_owned()).spawn(move || {
            while let Some(step) = steps.blocking_recv() {
                step(&mut connection);
            }
        })?;
        Ok(Self(sender))
    }

    /// Has the thread do `step`, which is done even if nobody waits for it any more.
    pub(super) async fn call<T, F>(&self, step: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let step: Step = Box::new(move |connection| {
            // Nobody may wait any more.
            let _ = tell.send(step(connection));
        });
        let gone = || Error::Unavailable("its thread has ended".to_owned());
        self.0.send(step).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?.map_err(|error| Error::Unavailable(error.to_string()))
    }
}
