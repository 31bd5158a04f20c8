use lightmill_dialects::{Error, Request, original, oss};

use super::Mount;
use crate::config::Dialect;

/// What a URL asks for in the dialect of its mount. `within` is the path below the mount, as on the wire.
pub fn read(mount: &Mount, within: &str, query: Option<&str>, accept: Option<&str>) -> Result<Request, Error> {
    match mount.dialect {
        Dialect::Oss => oss::parse(within, query, accept, &mount.rules.oss),
        Dialect::Original => original::parse(within, query),
    }
}
