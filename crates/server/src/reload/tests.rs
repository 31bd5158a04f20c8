use std::path::Path;
use std::sync::Arc;

use lightmill_store::local::Stamp;

use super::restart::restart;
use super::{Reloader, Watch};
use crate::config::{Config, Mistakes, Overrides};

fn read(text: &str, folder: &Path) -> Result<Config, Mistakes> {
    Config::read(text, folder, [], &Overrides::default())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["photos", "logos", "other"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    folder
}

const PHOTOS: &str = "[sources.photos]\nurl = 'photos'\n[[mounts]]\nsources = ['photos']\n";

#[tokio::test]
async fn mistakes_change_nothing() {
    let folder = folder();
    let reloader = Reloader::start(read(PHOTOS, folder.path()).unwrap(), None).await.unwrap();
    let before = reloader.live().service();
    for broken in ["[sources.photos]\nurl = 'missing'", "[[mounts]", "[server]\nlisten = 'x'"] {
        assert!(!reloader.reload(|| read(broken, folder.path())).await, "{broken}");
        assert!(Arc::ptr_eq(&before, &reloader.live().service()));
    }
    assert!(reloader.reload(|| read(PHOTOS, folder.path())).await);
    assert!(!Arc::ptr_eq(&before, &reloader.live().service()));
}

#[tokio::test]
async fn what_stays_the_same_is_taken_over() {
    let folder = folder();
    std::fs::write(folder.path().join("key"), "hunter2").unwrap();
    let keyed = format!("{PHOTOS}keys = ['file:key']\n");
    let reloader = Reloader::start(read(&keyed, folder.path()).unwrap(), None).await.unwrap();
    let guard = |parts: &crate::build::Parts| parts.keyrings().remove(0).1;
    let before = guard(&reloader.state.lock().await.parts);
    let more = format!("{keyed}originals = 'forbid'\n[sources.logos]\nurl = 'logos'");
    assert!(reloader.reload(|| read(&more, folder.path())).await);
    assert!(Arc::ptr_eq(&before, &guard(&reloader.state.lock().await.parts)));
    std::fs::remove_file(folder.path().join("key")).unwrap();
    let other = more.replace("file:key", "file:logos/key");
    std::fs::write(folder.path().join("logos/key"), "").unwrap();
    assert!(!reloader.reload(|| read(&other, folder.path())).await, "the file holds no key");
    assert!(Arc::ptr_eq(&before, &guard(&reloader.state.lock().await.parts)));
}

#[test]
fn keys_that_need_a_restart() {
    let folder = folder();
    let old = read(PHOTOS, folder.path()).unwrap();
    let new = "[server]\nlisten = '127.0.0.1:9'\ntiming = true\n[permits]\nthreads = 77\n[cache]\nmemory_bytes = 1\n";
    let new = read(&format!("{new}{PHOTOS}"), folder.path()).unwrap();
    assert_eq!(restart(&old, &new).collect::<Vec<_>>(), ["server.listen", "permits.threads"]);
    assert_eq!(restart(&old, &old).count(), 0);
}

#[tokio::test]
async fn a_file_that_is_being_written_is_not_read() {
    let folder = folder();
    let path = folder.path().join("lightmill.toml");
    std::fs::write(&path, "a").unwrap();
    let mut watch = Watch::new(Some(path.clone()));
    let writer = async {
        for length in 2..6 {
            std::fs::write(&path, "a".repeat(length)).unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        }
    };
    let ((), ()) = tokio::join!(watch.changed(), writer);
    assert_eq!(watch.read, Stamp::of_now(&path).ok(), "the last state, not one on the way");
    watch.catch_up();
    let second = std::time::Duration::from_millis(2500);
    assert!(tokio::time::timeout(second, watch.changed()).await.is_err(), "nothing has changed");
}
