use std::cell::RefCell;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::Mistake;
use super::environment::Origins;
use super::suggest::nearest;

/// What all sections share: where values came from, and the mistakes so far.
#[derive(Debug, Default)]
pub struct Reader {
    pub origins: Origins,
    pub mistakes: RefCell<Vec<Mistake>>,
}

impl Reader {
    pub fn mistake(&self, key: impl Into<String>, value: Option<String>, problem: impl Into<String>) {
        self.mistakes.borrow_mut().push(Mistake { key: key.into(), value, problem: problem.into() });
    }
}

/// A table of the configuration that is being read. Each key is taken once; what is left at the end is unknown.
pub struct Section<'a> {
    reader: &'a Reader,
    path: String,
    table: Table,
    known: Vec<String>,
}

impl<'a> Section<'a> {
    pub fn new(reader: &'a Reader, path: impl Into<String>, table: Table) -> Self {
        Self { reader, path: path.into(), table, known: Vec::new() }
    }

    /// The path of a key of this section.
    pub fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Records that `key`, which was taken before, cannot be used.
    pub fn mistake(&self, key: &str, value: impl std::fmt::Debug, problem: impl Into<String>) {
        self.reader.mistake(self.path(key), Some(format!("{value:?}")), problem);
    }

    /// Records that `key` cannot be used, without its value.
    pub fn silent_mistake(&self, key: &str, problem: impl Into<String>) {
        self.reader.mistake(self.path(key), None, problem);
    }

    /// The value of `key`; `None` if it is absent or of the wrong type, which is then a mistake.
    pub fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.remove(key)?;
        self.typed(key, value)
    }

    /// The value of `key`, or `default`.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str, default: T) -> T {
        self.optional(key).unwrap_or(default)
    }

    /// The value of `key`, or `default`; a mistake with `problem` if `fits` refuses it.
    pub fn checked<T>(&mut self, key: &str, default: T, fits: impl Fn(&T) -> bool, problem: &str) -> T
    where
        T: DeserializeOwned + std::fmt::Debug,
    {
        match self.optional(key) {
            Some(value) if fits(&value) => value,
            Some(value) => {
                self.mistake(key, value, problem);
                default
            }
            None => default,
        }
    }

    /// A list of secrets; mistakes never show them.
    pub fn secrets(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.remove(key) else { return Vec::new() };
        self.read(key, value).unwrap_or_else(|_| {
            self.silent_mistake(key, "is a list of strings");
            Vec::new()
        })
    }

    /// A secret; mistakes never show it.
    pub fn secret(&mut self, key: &str) -> Option<String> {
        let value = self.remove(key)?;
        self.read(key, value).map_err(|_| self.silent_mistake(key, "is a string")).ok()
    }

    /// A table inside this one; an absent one is empty.
    pub fn section(&mut self, key: &str) -> Section<'a> {
        let table = match self.remove(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                self.reader.mistake(self.path(key), Some(other.to_string()), "is a table");
                Table::new()
            }
        };
        Section::new(self.reader, self.path(key), table)
    }

    /// Every table of the list `key`, in order.
    pub fn list(&mut self, key: &str) -> Vec<Section<'a>> {
        let items = match self.remove(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.reader.mistake(self.path(key), Some(other.to_string()), "is a list of tables");
                Vec::new()
            }
        };
        let mut sections = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{}.{index}", self.path(key));
            match item {
                Value::Table(table) => sections.push(Section::new(self.reader, path, table)),
                other => self.reader.mistake(path, Some(other.to_string()), "is a table"),
            }
        }
        sections
    }

    /// Every entry of the list `key` that can be read. Mistakes show no values, which may be secrets.
    pub fn entries<T: DeserializeOwned>(&mut self, key: &str) -> Vec<T> {
        let read = |section: Section<'a>| {
            let Section { path, table, reader, .. } = section;
            let read = Value::Table(table).try_into();
            read.map_err(|error: toml::de::Error| reader.mistake(path, None, without_values(error.message()))).ok()
        };
        self.list(key).into_iter().filter_map(read).collect()
    }

    /// Every table of this section, by its name, in order of the names; for sections whose keys the user chooses.
    pub fn named(mut self) -> Vec<(String, Section<'a>)> {
        let names: Vec<String> = self.table.keys().cloned().collect();
        names.into_iter().map(|name| (name.clone(), self.section(&name))).collect()
    }

    /// Whether `key` is set, and not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Ends the section: every key that nobody took is a mistake, with the name that was likely meant.
    pub fn finish(self) {
        for (key, value) in &self.table {
            let path = self.path(key);
            let variable = self.variable(&path);
            let problem = match nearest(key, self.known.iter().map(String::as_str)) {
                Some(name) => format!("no such key; did you mean `{name}`?"),
                None => format!("no such key; known here: {}", self.known.join(", ")),
            };
            let (key, value) = match variable {
                Some(variable) => (variable.to_owned(), None),
                // A misspelt `keys` may hold secrets: lists are not shown.
                None => (path, (!value.is_array() && !value.is_table()).then(|| value.to_string())),
            };
            self.reader.mistake(key, value, problem);
        }
    }

    /// The environment variable that set `path` or something below it.
    fn variable(&self, path: &str) -> Option<&str> {
        self.reader
            .origins
            .iter()
            .find(|(key, _)| key.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
            .map(|(_, variable)| variable.as_str())
    }

    fn remove(&mut self, key: &str) -> Option<Value> {
        self.known.push(key.to_owned());
        #[cfg(test)]
        tests::note(self.path(key));
        self.table.remove(key)
    }

    fn typed<T: DeserializeOwned>(&self, key: &str, value: Value) -> Option<T> {
        let shown = value.to_string();
        match self.read(key, value) {
            Ok(value) => Some(value),
            Err(problem) => {
                let key = self.path(key);
                self.reader.mistake(self.reader.origins.get(&key).unwrap_or(&key), Some(shown), problem);
                None
            }
        }
    }

    /// Values of the environment are text: taken as they are where the key is text, else read as TOML, else (lists) as
    /// words between commas.
    fn read<T: DeserializeOwned>(&self, key: &str, value: Value) -> Result<T, String> {
        let text = match &value {
            Value::String(text) if self.reader.origins.contains_key(&self.path(key)) => Some(text.clone()),
            _ => None,
        };
        let direct = value.try_into().map_err(|error| error.message().trim().to_owned());
        let Some(text) = text else { return direct };
        direct.or_else(|_| {
            let literal = format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
            let words = || {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Value::Array(words.map(|word| Value::String(word.to_owned())).collect())
            };
            match literal {
                Some(literal) => literal.try_into().map_err(|error| error.message().trim().to_owned()),
                None => words().try_into().map_err(|_| "cannot be read as this key's type".to_owned()),
            }
        })
    }
}

/// The message of a failed reading, whose quoted values are left out: names of keys stand in backquotes.
fn without_values(message: &str) -> String {
    let mut parts = message.trim().split('"');
    let first = parts.next().unwrap_or_default();
    match parts.next_back() {
        Some(last) => format!("{first}…{last}"),
        None => first.to_owned(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    thread_local! {
        static KEYS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    pub fn note(key: String) {
        KEYS.with_borrow_mut(|keys| keys.push(key));
    }

    /// Every key that was looked for while `read` ran.
    pub fn known_keys(read: impl FnOnce()) -> Vec<String> {
        KEYS.take();
        read();
        KEYS.take()
    }

    #[test]
    fn values_of_the_environment_are_read_as_the_type_of_their_key() {
        let texts = [("number", "7"), ("text", "7"), ("list", "a, b"), ("array", "['a, b']"), ("yes", "true")];
        let reader = Reader {
            origins: texts.iter().map(|(key, _)| (format!("s.{key}"), key.to_uppercase())).collect(),
            ..Reader::default()
        };
        let table = texts.iter().map(|(key, text)| ((*key).to_owned(), Value::String((*text).to_owned()))).collect();
        let mut section = Section::new(&reader, "s", table);
        assert_eq!(section.optional::<u8>("number"), Some(7));
        assert_eq!(section.optional::<String>("text"), Some("7".to_owned()));
        assert_eq!(section.optional::<Vec<String>>("list"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(section.optional::<Vec<String>>("array"), Some(vec!["a, b".to_owned()]));
        assert_eq!(section.optional::<u8>("yes"), None);
        section.finish();
        let mistakes = reader.mistakes.into_inner();
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].key, "YES");
    }
}
