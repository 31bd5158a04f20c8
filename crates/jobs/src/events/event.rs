use std::time::SystemTime;

use super::Sequencer;

/// What happened to one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub what: What,
    /// The bucket's name.
    pub bucket: String,
    /// The object's key, decoded: 1 to 1024 bytes.
    pub key: String,
    /// Which object of that key.
    pub version: Version,
    /// Its bytes, where that was told.
    pub size: Option<u64>,
    /// Its place among the events of this key.
    pub sequencer: Option<Sequencer>,
    /// When it happened, by the store's clock.
    pub at: Option<SystemTime>,
}

/// What may happen to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// There is a new one, or another one than before.
    Created,
    /// One is gone: deleted, hidden by a delete marker, or expired. In a bucket with versions it may be an old one, and
    /// the key may have an object all the same: the store knows.
    Removed,
}

/// Which of the objects that had a key. Both are empty where the store did not tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Version {
    /// The version's id, in buckets that keep versions.
    pub id: Option<String>,
    /// The entity tag, without quotes.
    pub etag: Option<String>,
}

impl Event {
    /// Whether this happened after `other`, an event of the same key. `None` if one of the two does not tell, or they are
    /// the same.
    pub fn is_after(&self, other: &Self) -> Option<bool> {
        let (mine, other) = (self.sequencer.as_ref()?, other.sequencer.as_ref()?);
        (mine != other).then_some(mine > other)
    }
}
