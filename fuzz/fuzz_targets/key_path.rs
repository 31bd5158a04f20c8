//! No path names a file outside of the served folder.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::{original, oss};
use lightmill_store::Source;
use lightmill_store::local::LocalSource;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Sizes tell the files apart.
const INSIDE: u64 = 3;

/// `outside` beside the folder `root`, in which `inside` and `d/inside` are, and links that lead out.
struct World {
    folder: TempDir,
    source: LocalSource,
    runtime: Runtime,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("root/d")).expect("a folder");
    for name in ["root/inside", "root/d/inside"] {
        fs::write(path(name), [0; INSIDE as usize]).expect("a file");
    }
    fs::write(path("outside"), "outside").expect("a file");
    std::os::unix::fs::symlink(path("outside"), path("root/l")).expect("a link");
    std::os::unix::fs::symlink(folder.path(), path("root/u")).expect("a link");
    let source = LocalSource::open(&path("root")).expect("the folder");
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    World { folder, source, runtime }
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(path) = std::str::from_utf8(bytes) else { return };
    let options = oss::Options::of(oss::Flavour::Aliyun);
    let parsed = [original::parse(path, None), oss::parse(path, None, None, &options)];
    for key in parsed.into_iter().flatten().map(|request| request.locator.key).chain([path.to_owned()]) {
        let found = WORLD.runtime.block_on(WORLD.source.stat(&key));
        if let Ok(stat) = found {
            assert_eq!(stat.size, INSIDE, "{key:?} is not below {}", WORLD.folder.path().display());
        }
    }
});
