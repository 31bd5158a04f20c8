use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::intake::Intake;

/// Signs that wait to be looked at; if there are more, the folder is looked through instead.
const SIGNS: usize = 10_000;

/// What the system has told about a path.
enum Sign {
    /// Look at this one, a file or a folder.
    Path(PathBuf),
    /// Something was not told.
    Lost,
}

/// Tells `intake` of every file below `folder` that is there, comes, changes or goes, until `stop`. Every `rescan` the
/// folder is looked through in case that something was not told, as on file systems of other machines.
pub(super) async fn follow(folder: PathBuf, intake: Intake, rescan: Duration, stop: CancellationToken) {
    let (sender, mut signs) = mpsc::channel(SIGNS);
    // What changes while it is looked through for the first time is told, too.
    let watcher = watcher(&folder, sender);
    if let Err(error) = &watcher {
        tracing::error!(%error, "the folder cannot be watched: it is only looked through from time to time");
    }
    let following = async {
        intake.look_through().await;
        tracing::info!("the folder was looked through, and is watched");
        let mut scans = tokio::time::interval(if rescan.is_zero() { Duration::MAX / 4 } else { rescan });
        scans.reset();
        loop {
            tokio::select! {
                sign = signs.recv() => match sign {
                    Some(Sign::Path(path)) => look(&folder, &path, &intake).await,
                    Some(Sign::Lost) => intake.look_through().await,
                    // Without a watcher there are only scans.
                    None => { scans.tick().await; intake.look_through().await; }
                },
                _ = scans.tick() => intake.look_through().await,
            }
        }
    };
    stop.run_until_cancelled(following).await;
}

fn watcher(folder: &Path, signs: mpsc::Sender<Sign>) -> notify::Result<RecommendedWatcher> {
    let tell = move |event: notify::Result<Event>| {
        let lost = || signs.try_send(Sign::Lost);
        match event {
            Ok(event) if event.need_rescan() => drop(lost()),
            Ok(event) if is_end(event.kind) => {
                for path in event.paths {
                    // Full: the last place is for the sign that some are missing.
                    if signs.capacity() <= 1 || signs.try_send(Sign::Path(path)).is_err() {
                        let _ = lost();
                        return;
                    }
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the system cannot tell all that changes");
                let _ = lost();
            }
        }
    };
    let mut watcher = notify::recommended_watcher(tell)?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Whether whoever changes something has finished: a file that is still being written is told of when it is closed.
fn is_end(kind: EventKind) -> bool {
    // Told of each of the two names before.
    let is_repeated = kind == EventKind::Modify(ModifyKind::Name(RenameMode::Both));
    !is_repeated
        && matches!(
            kind,
            EventKind::Access(AccessKind::Close(AccessMode::Write))
                | EventKind::Create(CreateKind::Folder)
                | EventKind::Modify(ModifyKind::Name(_))
                | EventKind::Remove(_)
        )
}

async fn look(folder: &Path, path: &Path, intake: &Intake) {
    let Some(key) = path.strip_prefix(folder).ok().and_then(Path::to_str) else { return };
    // Programs that write in pieces do so under such names.
    if key.split('/').any(|segment| segment.is_empty() || segment.starts_with('.')) {
        return;
    }
    if tokio::fs::metadata(path).await.is_ok_and(|metadata| metadata.is_dir()) {
        // What was put into it before it was watched was not told.
        intake.scan(&format!("{key}/")).await;
    } else {
        intake.tell_until_taken(key).await;
    }
}
