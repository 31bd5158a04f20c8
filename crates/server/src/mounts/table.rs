use std::sync::Arc;

use super::Mount;

/// The mounts of a service, in the order in which they are tried: those of a host before those of every host, and
/// longer paths before shorter ones.
#[derive(Debug, Clone)]
pub struct Table(Vec<Arc<Mount>>);

impl Table {
    /// A table of `mounts`, given in any order.
    pub fn new(mut mounts: Vec<Arc<Mount>>) -> Self {
        mounts.sort_by_key(|mount| (mount.host.is_none(), std::cmp::Reverse(mount.path.len())));
        Self(mounts)
    }

    /// All mounts.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Mount>> {
        self.0.iter()
    }

    /// The mount that answers for `host` (as in the request, with or without a port) and `path`, and the path within it,
    /// which starts with `/`.
    pub fn find<'a>(&self, host: Option<&str>, path: &'a str) -> Option<(&Arc<Mount>, &'a str)> {
        let host = host.map(without_port);
        self.0.iter().find_map(|mount| {
            let here = mount.host.as_deref().is_none_or(|own| host.is_some_and(|host| host.eq_ignore_ascii_case(own)));
            let within = within(&mount.path, path)?;
            here.then_some((mount, within))
        })
    }
}

/// What of `path` follows `prefix`, which ends at a segment's end.
fn within<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    match path.strip_prefix(prefix.trim_end_matches('/'))? {
        "" => Some("/"),
        rest if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mounts::tests::mount;

    fn table() -> Table {
        Table::new(vec![
            mount(None, "/"),
            mount(None, "/img"),
            mount(None, "/img/small"),
            mount(Some("cdn.example.com"), "/"),
        ])
    }

    #[test]
    fn hosts_and_longest_paths_win() {
        let table = table();
        for (host, path, name, within) in [
            (None, "/a.jpg", "/", "/a.jpg"),
            (None, "/img/a.jpg", "/img", "/a.jpg"),
            (None, "/img", "/img", "/"),
            (None, "/img/", "/img", "/"),
            (None, "/image/a.jpg", "/", "/image/a.jpg"),
            (None, "/img/small/a.jpg", "/img/small", "/a.jpg"),
            (None, "/img/smaller/a.jpg", "/img", "/smaller/a.jpg"),
            (Some("CDN.example.com:8080"), "/img/a.jpg", "cdn.example.com/", "/img/a.jpg"),
            (Some("other.example.com"), "/img/a.jpg", "/img", "/a.jpg"),
            (Some("[::1]:80"), "//a.jpg", "/", "//a.jpg"),
        ] {
            let (mount, rest) = table.find(host, path).unwrap();
            assert_eq!((&*mount.name, rest), (name, within), "{host:?} {path}");
        }
    }

    #[test]
    fn a_service_without_a_mount_at_the_root_knows_nothing_there() {
        let table = Table::new(vec![mount(None, "/img")]);
        assert!(table.find(None, "/a.jpg").is_none());
        assert!(table.find(None, "*").is_none());
    }
}
