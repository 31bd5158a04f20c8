use std::collections::BTreeMap;

use lightmill_recipe::Locator;
use serde::Deserialize;

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What mappings call it.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Its host, without scheme and port; HTTPS is spoken with it. Watermarks and the header that names an origin are
    /// compared with it. May be empty where a source is named.
    #[serde(default)]
    pub domain: String,
    /// The name of the source that holds its pictures; its id if there is none.
    #[serde(default)]
    pub source: Option<String>,
    /// What stands before every path: `/folder/folder`.
    #[serde(default)]
    pub path: Option<String>,
    /// What is sent with every request to it.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl Origin {
    /// A picture of this origin.
    pub(in crate::dit_ecs) fn locator(&self, key: String) -> Locator {
        Locator { source: Some(self.source.as_ref().unwrap_or(&self.id).clone()), key }
    }

    /// What is wrong with it.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        if self.domain.is_empty() {
            return self.source.is_none().then_some("it has neither a domain nor a source");
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let is_host = self.domain.len() <= 253 && self.domain.split('.').all(is_label);
        (!is_host).then_some("its domain must be the name of a host, without scheme, port and path")
    }

    /// The path of a picture at this origin. The reference server puts the origin's path before the file name instead.
    pub(in crate::dit_ecs) fn path_of(&self, path: &str, compat: bool) -> String {
        let Some(prefix) =
            self.path.as_deref().map(|prefix| prefix.trim_matches('/')).filter(|prefix| !prefix.is_empty())
        else {
            return path.to_owned();
        };
        let (folder, file) = if compat { path.rsplit_once('/').unwrap_or(("", path)) } else { ("", path) };
        format!("{folder}/{prefix}/{}", file.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origins_path_is_a_prefix() {
        let origin = |path: Option<&str>| Origin {
            id: "o".to_owned(),
            name: String::new(),
            domain: "o.example".to_owned(),
            source: None,
            path: path.map(str::to_owned),
            headers: BTreeMap::new(),
        };
        for prefix in ["origin", "/origin", "origin/", "/origin/"] {
            assert_eq!(origin(Some(prefix)).path_of("/path/image.png", false), "/origin/path/image.png");
            assert_eq!(origin(Some(prefix)).path_of("/path/image.png", true), "/path/origin/image.png");
            assert_eq!(origin(Some(prefix)).path_of("/image.png", true), "/origin/image.png");
        }
        assert_eq!(origin(None).path_of("/path/image.png", true), "/path/image.png");
        assert_eq!(origin(Some("/")).path_of("/path/image.png", false), "/path/image.png");
    }
}
