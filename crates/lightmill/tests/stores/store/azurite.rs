use std::sync::LazyLock;

use lightmill_testkit::servers;

use super::{Store, encoded};

/// One for all tests of this file; it ends with their process.
static SERVER: LazyLock<servers::Azurite> = LazyLock::new(|| servers::Azurite::start().unwrap());

/// Azure as Azurite has it, which checks keys.
pub struct Azurite;

impl Azurite {
    fn lines(container: &str, prefix: &str, credentials: &str) -> String {
        let (account, endpoint) = (servers::Azurite::ACCOUNT, SERVER.endpoint());
        format!("url = \"az://{container}/{prefix}?account={account}&endpoint={endpoint}\"\n{credentials}")
    }
}

impl Store for Azurite {
    fn column(&self) -> &'static str {
        "azure"
    }

    fn bucket(&self, name: &str, prefix: &str) -> String {
        SERVER.create_container(name, false).unwrap();
        // Both ways to be asked are used: which one is of no importance to the suite.
        let credentials = match prefix {
            "" => format!("account_key = \"{}\"", servers::Azurite::KEY),
            _ => format!("sas = \"{}\"", SERVER.signature()),
        };
        Self::lines(name, prefix, &credentials)
    }

    fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]) {
        SERVER.put_blob(&format!("{bucket}/{}", encoded(key)), content_type, bytes).unwrap();
    }

    fn locked(&self, bucket: &str) -> (String, Vec<String>) {
        let wrong = "dGhlIHdyb25nIGtleQ==";
        let words = [wrong, servers::Azurite::ACCOUNT, bucket, &SERVER.endpoint(), "Authentic"];
        (Self::lines(bucket, "", &format!("account_key = \"{wrong}\"")), words.map(str::to_owned).into())
    }
}
