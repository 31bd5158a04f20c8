use lightmill_testkit::Scratch;

use super::Store;

/// A folder of this machine.
pub struct Folder(Scratch);

impl Folder {
    pub fn new() -> Self {
        Self(Scratch::new().unwrap())
    }
}

impl Store for Folder {
    fn column(&self) -> &'static str {
        "local"
    }

    fn bucket(&self, name: &str, prefix: &str) -> String {
        let folder = self.0.path().join(name).join(prefix);
        std::fs::create_dir_all(&folder).unwrap();
        format!("url = \"{}\"", folder.display())
    }

    fn put(&self, bucket: &str, key: &str, _content_type: &str, bytes: &[u8]) {
        self.0.write(format!("{bucket}/{key}"), bytes).unwrap();
    }
}
