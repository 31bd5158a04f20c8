use std::collections::BTreeMap;

use serde::Deserialize;

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What mappings call it; the name of the source that holds its pictures.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Its host, without a scheme; HTTPS is spoken with it.
    pub domain: String,
    /// What stands before every path: `/folder/folder`.
    #[serde(default)]
    pub path: Option<String>,
    /// What is sent with every request to it.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl Origin {
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
