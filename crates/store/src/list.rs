use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::{Error, Version};

/// A place whose objects can be listed.
pub trait List: Send + Sync + std::fmt::Debug {
    /// The objects of `span`, page by page, in memory that does not grow with their number, and in the order of the bytes
    /// of their keys; of a place that does not [seek](Self::seeks) in an order of its own, which is the same each time.
    /// Those that are written or removed meanwhile may or may not be among them; the others are, once each. After an error
    /// nothing follows.
    ///
    /// Must be called within a Tokio runtime.
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>>;

    /// Whether a listing can begin after a key at no more cost than at the first one. Elsewhere what is before is read and
    /// left out; where no object has that key, nothing is left out.
    fn seeks(&self) -> bool;

    /// The keys of all objects that begin with `prefix`, as [`Self::entries`] gives them.
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>> {
        self.entries(&Span::of(prefix)).map_ok(|entry| entry.key).boxed()
    }
}

/// Which objects are listed, and what is asked of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// How their keys begin.
    pub prefix: String,
    /// The key after which they begin.
    pub after: Option<String>,
    /// Whether more than their keys is wanted.
    pub details: bool,
}

impl Span {
    /// The keys that begin with `prefix`.
    pub fn of(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..Self::default() }
    }
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its bytes; known wherever [`Span::details`] are wanted.
    pub size: Option<u64>,
    /// The version that [`Source::stat`](crate::Source::stat) states of it, where the listing says the same.
    pub version: Option<Version>,
}

/// Longest page of keys that is read, in bytes.
#[cfg(any(feature = "gcs", feature = "azure"))]
pub(crate) const PAGE_BYTES: usize = 16 << 20;

/// What comes page by page: `read` gives the entries of one, and what the next one is read by.
pub(crate) fn of_pages<P, F>(
    first: P,
    read: impl Fn(P) -> F + Send + 'static,
) -> BoxStream<'static, Result<Entry, Error>>
where
    P: Send + 'static,
    F: Future<Output = Result<(Vec<Entry>, Option<P>), Error>> + Send + 'static,
{
    let pages = stream::try_unfold(Some(first), move |page| {
        let reading = page.map(&read);
        async move {
            match reading {
                None => Ok::<_, Error>(None),
                Some(reading) => reading.await.map(Some),
            }
        }
    });
    pages.map_ok(|entries| stream::iter(entries.into_iter().map(Ok))).try_flatten().boxed()
}

/// Leaves out what is not after `after`, and ends with an error where keys are in another order than that of their bytes:
/// whoever goes on after a key must not miss one.
#[cfg(any(feature = "s3", feature = "gcs"))]
pub(crate) fn in_order(
    entries: BoxStream<'static, Result<Entry, Error>>,
    after: Option<String>,
) -> BoxStream<'static, Result<Entry, Error>> {
    let later = move |entry: &Entry| std::future::ready(after.as_ref().is_none_or(|after| entry.key > *after));
    let mut last: Option<String> = None;
    let ordered = move |entry: Entry| {
        let is_next = last.as_ref().is_none_or(|last| *last < entry.key);
        last = Some(entry.key.clone());
        std::future::ready(if is_next {
            Ok(entry)
        } else {
            Err(Error::unusable("the store lists its objects in another order than that of their keys"))
        })
    };
    entries.try_filter(later).and_then(ordered).boxed()
}

/// Leaves out everything up to the key `after`, in whatever order; nothing if it is not there. `list` begins the listing.
#[cfg(feature = "azure")]
pub(crate) fn behind(
    list: impl Fn() -> BoxStream<'static, Result<Entry, Error>> + Send + 'static,
    after: String,
) -> BoxStream<'static, Result<Entry, Error>> {
    let found = async move {
        let mut entries = list();
        while let Some(entry) = entries.try_next().await? {
            if entry.key == after {
                return Ok::<_, Error>(entries);
            }
        }
        Ok(list())
    };
    stream::once(found).try_flatten().boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(keys: &'static [&'static str]) -> BoxStream<'static, Result<Entry, Error>> {
        let entry = |key: &&str| Ok(Entry { key: (*key).to_owned(), size: None, version: None });
        stream::iter(keys.iter().map(entry)).boxed()
    }

    async fn keys(entries: BoxStream<'static, Result<Entry, Error>>) -> Result<Vec<String>, Error> {
        entries.map_ok(|entry| entry.key).try_collect().await
    }

    #[tokio::test]
    async fn what_is_out_of_order_is_an_error() {
        let after = |key: &str| Some(key.to_owned());
        assert_eq!(keys(in_order(entries(&["a", "b", "ba"]), after("a"))).await.unwrap(), ["b", "ba"]);
        for wrong in [&["b", "a"], &["a", "a"]] {
            assert!(matches!(keys(in_order(entries(wrong), None)).await, Err(Error::Unusable { .. })), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn an_order_of_its_own_is_gone_on_in() {
        let list = || entries(&["\u{1f600}", "\u{ff01}", "z"]);
        assert_eq!(keys(behind(list, "\u{1f600}".to_owned())).await.unwrap(), ["\u{ff01}", "z"]);
        assert_eq!(keys(behind(list, "gone".to_owned())).await.unwrap().len(), 3);
    }
}
