use std::collections::BTreeMap;

use toml::{Table, Value};

use super::super::Mistake;
use super::super::environment::Origins;

/// Pixels of the longer side of what an unsigned request can ask for.
const UNSIGNED_SIDE: i64 = 8192;

/// Configuration that is being made of another server's variables.
pub struct Draft<'a> {
    variables: &'a BTreeMap<String, String>,
    /// `[[mounts]]`, of which there is one.
    pub mount: Table,
    sources: Table,
    others: Table,
    origins: Origins,
    mistakes: Vec<Mistake>,
    notes: Vec<String>,
}

impl<'a> Draft<'a> {
    pub fn new(variables: &'a BTreeMap<String, String>) -> Self {
        Self {
            variables,
            mount: Table::new(),
            sources: Table::new(),
            others: Table::new(),
            origins: Origins::new(),
            mistakes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The value of a variable; one that is empty counts as not set.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// What whoever starts the service should know.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Records that a variable cannot be used. Its value is not shown: it may be a secret.
    pub fn mistake(&mut self, name: &str, problem: impl Into<String>) {
        self.mistakes.push(Mistake { key: name.to_owned(), value: None, problem: problem.into() });
    }

    /// The value of a variable as `read` understands it; `expected` completes "is …" where it does not.
    pub fn parsed<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>, expected: &str) -> Option<T> {
        let text = self.get(name)?;
        let value = read(text);
        if value.is_none() {
            self.mistake(name, format!("is {expected}"));
        }
        value
    }

    /// Sets a key of the mount, which `name` is told for if it cannot be used.
    pub fn mount(&mut self, key: &str, value: impl Into<Value>, name: &str) {
        self.mount.insert(key.to_owned(), value.into());
        self.origins.insert(format!("mounts.0.{key}"), name.to_owned());
    }

    /// Sets a key of a section at the top.
    pub fn set(&mut self, section: &str, key: &str, value: impl Into<Value>, name: &str) {
        if let Value::Table(table) = self.others.entry(section).or_insert_with(|| Value::Table(Table::new())) {
            table.insert(key.to_owned(), value.into());
        }
        self.origins.insert(format!("{section}.{key}"), name.to_owned());
    }

    /// Where the service listens.
    pub fn listen(&mut self, address: impl Into<String>, name: &str) {
        self.set("server", "listen", address.into(), name);
    }

    /// Allows unsigned requests, as that server does, with bounds on what one of them can cost.
    pub fn open(&mut self) {
        self.mount.insert("unsafe".to_owned(), true.into());
        let side = Table::from_iter([("result_side".to_owned(), UNSIGNED_SIDE.into())]);
        self.mount.insert("limits".to_owned(), side.into());
        self.note(format!(
            "unsigned requests are allowed on every address, for results of up to {UNSIGNED_SIDE} pixels a side; \
             a mount with `keys` needs none"
        ));
    }

    /// Adds a source that the mount reads; the first is the default. One that is there already stays.
    pub fn source(&mut self, source: &str, url: String, name: &str) {
        self.unlisted_source(source, url, name);
        let names = self.mount.entry("sources").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(names) = names
            && !names.iter().any(|other| other.as_str() == Some(source))
        {
            names.push(Value::String(source.to_owned()));
        }
    }

    /// Adds a source that no request can choose.
    pub fn unlisted_source(&mut self, source: &str, url: String, name: &str) {
        if !self.sources.contains_key(source) {
            self.sources.insert(source.to_owned(), Value::Table(Table::from_iter([("url".to_owned(), url.into())])));
            self.origins.insert(format!("sources.{source}.url"), name.to_owned());
        }
    }

    /// Whether there is a source yet.
    pub fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Puts it all into `document`; what that has is left as it is. The notes, under one that says where they are from.
    pub fn lay(
        mut self,
        document: &mut Table,
        origins: &mut Origins,
        mistakes: &mut Vec<Mistake>,
        heading: String,
    ) -> Vec<String> {
        let mount = std::mem::take(&mut self.mount);
        document.insert("mounts".to_owned(), Value::Array(vec![Value::Table(mount)]));
        self.lay_beside(document, origins, mistakes, heading)
    }

    /// The same without the mount.
    pub fn lay_beside(
        self,
        document: &mut Table,
        origins: &mut Origins,
        mistakes: &mut Vec<Mistake>,
        heading: String,
    ) -> Vec<String> {
        mistakes.extend(self.mistakes);
        merge(document, "sources".to_owned(), Value::Table(self.sources));
        for (section, keys) in self.others {
            merge(document, section, keys);
        }
        for (key, name) in self.origins {
            origins.entry(key).or_insert(name);
        }
        std::iter::once(heading).chain(self.notes).collect()
    }
}

/// Adds the keys of a section that are not there.
fn merge(document: &mut Table, section: String, keys: Value) {
    let there = document.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let (Value::Table(there), Value::Table(keys)) = (there, keys) {
        for (key, value) in keys {
            there.entry(key).or_insert(value);
        }
    }
}
