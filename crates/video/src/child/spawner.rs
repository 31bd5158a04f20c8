use std::panic::AssertUnwindSafe;
use std::sync::{LazyLock, mpsc};

use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::Error;
use crate::sandbox::Prepared;

type Work = Box<dyn FnOnce() + Send>;

/// The thread that forks. A child is killed when the thread that made it ends (`PR_SET_PDEATHSIG`, prctl(2)): this one
/// ends with the process, whereas a runtime's threads come and go.
static SPAWNER: LazyLock<Option<mpsc::Sender<Work>>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel::<Work>();
    let forever = move || {
        for work in receiver {
            // Whoever waits for that child hears of it, since nobody answers; the others keep their thread.
            let _ = std::panic::catch_unwind(AssertUnwindSafe(work));
        }
    };
    std::thread::Builder::new().name("video-spawner".to_owned()).spawn(forever).ok()?;
    Some(sender)
});

/// Forks what is prepared. If this future is dropped, so is the child.
pub(super) async fn spawn(prepared: Prepared) -> Result<Child, Error> {
    let runtime = Handle::current();
    let (answer, child) = oneshot::channel();
    let work: Work = Box::new(move || {
        let _inside = runtime.enter();
        // A child that nobody waits for is killed where it is dropped.
        let _ = answer.send(prepared.spawn());
    });
    let spawner = SPAWNER.as_ref().ok_or_else(|| Error::failed("no thread could be started"))?;
    spawner.send(work).map_err(|_| Error::failed("the thread that starts children has ended"))?;
    child.await.map_err(|_| Error::failed("a child could not be started"))?
}
