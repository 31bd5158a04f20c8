//! The text of a URL, taken segment by segment.

/// What is still unread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segments<'a> {
    pub rest: &'a str,
    /// Whether the last segment is never taken: something must be left for the image.
    pub needs_rest: bool,
}

impl<'a> Segments<'a> {
    /// Takes the next segment, which ends with `/`, if `read` knows it.
    pub fn take<T>(&mut self, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let (segment, rest) = self.rest.split_once('/')?;
        if rest.is_empty() && self.needs_rest {
            return None;
        }
        let value = read(segment)?;
        self.rest = rest;
        Some(value)
    }

    /// Takes the next segment if it is `word`.
    pub fn take_word(&mut self, word: &str) -> bool {
        self.take(|segment| (segment == word).then_some(())).is_some()
    }
}
