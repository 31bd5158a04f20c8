use std::sync::Arc;

use futures::TryStreamExt;
use futures::stream::BoxStream;
use lightmill_store::{Entry, Error, List, Span};

/// Names that are read to reach a window before it is looked for from its beginning.
const SKIPPED: usize = 1000;

/// A place in a listing that moves forward, and holds the names around it. Where windows follow each other in order, the
/// whole listing is read once.
pub(super) struct Cursor {
    list: Arc<dyn List>,
    prefix: String,
    most: usize,
    open: Option<(Entries, Held)>,
}

type Entries = BoxStream<'static, Result<Entry, Error>>;

/// The names that a cursor holds.
pub(super) struct Held {
    names: Vec<String>,
    /// From here on names are held.
    from: String,
    /// The last one that was read.
    last: Option<String>,
    /// Whether names come in the order of their bytes.
    ordered: bool,
    ended: bool,
}

impl Cursor {
    /// One over the names that begin with `prefix`, which holds `most` of them.
    pub(super) fn new(list: Arc<dyn List>, prefix: String, most: usize) -> Self {
        Self { list, prefix, most, open: None }
    }

    /// Holds the names from `lowest` up to `end`, or as many of them as it may.
    pub(super) async fn window(&mut self, lowest: &str, end: &str) -> Result<&Held, Error> {
        // After an error nothing is held, and the next window begins anew.
        let (mut entries, mut held) = match self.open.take() {
            Some((entries, held)) if held.from.as_str() <= lowest || !self.list.seeks() => (entries, held),
            _ => self.begin(lowest),
        };
        held.forget(lowest);
        let mut skipped = 0;
        while held.is_before(end) && held.names.len() < self.most {
            let Some(entry) = entries.try_next().await? else {
                held.ended = true;
                break;
            };
            if entry.key >= held.from {
                held.names.push(entry.key.clone());
            } else {
                skipped += 1;
            }
            held.last = Some(entry.key);
            if skipped == SKIPPED && self.list.seeks() {
                (entries, held) = self.begin(lowest);
            }
        }
        Ok(&self.open.insert((entries, held)).1)
    }

    fn begin(&self, lowest: &str) -> (Entries, Held) {
        let after = self.list.seeks().then(|| just_before(lowest));
        let span = Span { prefix: self.prefix.clone(), after, details: false };
        let from = if self.list.seeks() { lowest.to_owned() } else { String::new() };
        (
            self.list.entries(&span),
            Held { names: Vec::new(), from, last: None, ordered: self.list.seeks(), ended: false },
        )
    }
}

impl Held {
    /// The names, some of them outside of the window.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether everything is held that is from `lowest` up to `end`. In another order than that of bytes anything may follow.
    pub(super) fn knows(&self, lowest: &str, end: &str) -> bool {
        self.from.as_str() <= lowest && (self.ended || self.ordered && !self.is_before(end))
    }

    fn is_before(&self, end: &str) -> bool {
        !self.ended && self.last.as_ref().is_none_or(|last| last.as_str() < end)
    }

    fn forget(&mut self, below: &str) {
        if self.from.as_str() < below {
            self.names.retain(|name| name.as_str() >= below);
            below.clone_into(&mut self.from);
        }
    }
}

/// A text before `text`, with next to nothing between them.
fn just_before(text: &str) -> String {
    let mut before = text.to_owned();
    let lower = before.pop().and_then(|last| (0..u32::from(last)).rev().find_map(char::from_u32));
    before.extend(lower.into_iter().chain(lower.map(|_| char::MAX)));
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_between() {
        for (text, before) in [("b", "a\u{10ffff}"), ("a\u{e000}", "a\u{d7ff}\u{10ffff}"), ("a\0", "a"), ("", "")] {
            assert_eq!(just_before(text), before);
            assert!(text.is_empty() || *before < *text, "{text}");
        }
    }
}
