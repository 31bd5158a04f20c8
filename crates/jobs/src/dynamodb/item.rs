use std::collections::BTreeMap;
use std::str::FromStr;

use lightmill_store as store;
use lightmill_store::dynamodb::{Item, number, text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::schema::{LISTED, SEQ, TURN, WAITS};
use crate::clock::time;
use crate::{Error, Follow, Job, NewJob, Progress, State};

/// Bytes of an item that DynamoDB takes.
pub(super) const ITEM_BYTES: usize = 400 << 10;
/// What a job leaves of them to what comes of it.
const REST_BYTES: usize = 16 << 10;
/// Bytes of a partition key.
const KEY_BYTES: usize = 2048;

/// A job, and what the queue alone knows of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) job: Job,
    pub(super) fence: u64,
    pub(super) follow: Option<Follow>,
    pub(super) seq: u64,
    /// When it may be taken, or its lease ends, in milliseconds.
    pub(super) until: i64,
    /// The last step that wrote more than a lease or a progress: a word that nobody else has.
    pub(super) step: String,
    /// Bytes of its item.
    pub(super) bytes: usize,
}

impl Row {
    /// Whether it is in the hands of who has this fence.
    pub(super) fn is_held(&self, fence: u64) -> bool {
        self.job.state == State::Running && self.fence == fence
    }

    /// Reads an item.
    pub(super) fn of(item: &Item) -> Result<Self, Error> {
        let fields = Fields(item);
        let id = fields.text("id")?;
        let state = fields.text("state")?;
        let until = fields.number("until")?;
        let job = Job {
            id: id.strip_prefix(JOB).unwrap_or(id).to_owned(),
            lane: fields.text("lane")?.to_owned(),
            key: fields.optional_text("key").map(str::to_owned),
            payload: fields.json("payload")?.unwrap_or_default(),
            state: State::named(state).ok_or_else(|| fields.wrong("state"))?,
            attempts: fields.number("attempts")?,
            progress: Progress { part: fields.optional_number("part")?, speed: fields.optional_number("speed")? },
            cancel_wanted: item.contains_key("cancel_wanted"),
            created: time(fields.number("created")?),
            started: fields.optional_number("started")?.map(time),
            ended: fields.optional_number("ended")?.map(time),
            due: time(until),
            result: fields.json("result")?,
            problem: fields.json("problem")?,
        };
        Ok(Self {
            job,
            fence: fields.number("fence")?,
            follow: fields.json("follow")?,
            seq: fields.number(SEQ)?,
            until,
            step: fields.optional_text("step").unwrap_or_default().to_owned(),
            bytes: store::dynamodb::bytes(item),
        })
    }
}

/// What stands before a job's id in its item's.
const JOB: &str = "job:";

/// The item of a job.
pub(super) fn job_id(id: &str) -> String {
    format!("{JOB}{id}")
}

/// The item that stands for a key as long as its job has not ended; `job` is that job's id.
pub(super) fn key_id(lane: &str, key: &str) -> String {
    format!("key:{lane}:{key}")
}

/// The part of the index of jobs that may be taken.
pub(super) fn waits(lane: &str) -> String {
    format!("lane:{lane}")
}

/// A part of the index of all jobs.
pub(super) fn listed(lane: &str, state: State) -> String {
    format!("{lane}:{}", state.name())
}

/// Lane and state of a part of the index of all jobs.
pub(super) fn lane_and_state(listed: &str) -> Option<(&str, State)> {
    let (lane, state) = listed.rsplit_once(':')?;
    Some((lane, State::named(state)?))
}

/// Where something of this time stands among others, in milliseconds; of the same time, the one that was put first.
pub(super) fn turn(time: i64, seq: u64) -> String {
    format!("{}{seq:020}", before(time))
}

/// Below every turn of this time, and above those of the times before.
pub(super) fn before(time: i64) -> String {
    format!("{:015}:", time.max(0))
}

/// The item of a job that waits from `now` on.
///
/// # Errors
/// [`Error::TooLarge`] if DynamoDB would not take it.
pub(super) fn new_item(new: &NewJob, now: i64, seq: u64, step: &str) -> Result<Item, Error> {
    let mut item: Item = BTreeMap::from([
        ("id", text(job_id(&new.id))),
        ("lane", text(&new.lane)),
        ("payload", json_text(&new.payload)?),
        ("state", text(State::Queued.name())),
        ("attempts", number(0)),
        ("fence", number(0)),
        ("created", number(now)),
        ("until", number(now)),
        ("step", text(step)),
        (SEQ, number(seq)),
        (WAITS, text(waits(&new.lane))),
        (TURN, text(turn(now, seq))),
        (LISTED, text(listed(&new.lane, State::Queued))),
    ])
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    if let Some(key) = &new.key {
        item.insert("key".to_owned(), text(key));
    }
    if let Some(follow) = &new.follow {
        item.insert("follow".to_owned(), json_text(follow)?);
    }
    let lock = new.key.as_ref().map_or(0, |key| key_id(&new.lane, key).len());
    let longest = lock.max(job_id(&new.id).len());
    if longest > KEY_BYTES {
        return Err(Error::TooLarge { what: "its id or key", bytes: longest, most: KEY_BYTES });
    }
    fits(store::dynamodb::bytes(&item), ITEM_BYTES - REST_BYTES)?;
    Ok(item)
}

/// # Errors
/// [`Error::TooLarge`] if these are more than `most`.
pub(super) fn fits(bytes: usize, most: usize) -> Result<(), Error> {
    if bytes > most { Err(Error::TooLarge { what: "the job", bytes, most }) } else { Ok(()) }
}

/// An attribute that holds JSON.
pub(super) fn json_text(value: &impl Serialize) -> Result<Value, Error> {
    let json = serde_json::to_string(value).map_err(|error| Error::Unusable(error.to_string()))?;
    Ok(text(json))
}

/// What a failure of the table means.
pub(super) fn failed(error: store::Error) -> Error {
    match error {
        store::Error::Unavailable { detail, .. } => Error::Unavailable(detail),
        store::Error::Unusable { detail } => Error::Unusable(detail),
        other => Error::Unavailable(other.to_string()),
    }
}

/// The text that an attribute is.
pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.get("S")?.as_str()
}

/// The number that an attribute is.
pub(super) fn number_of<T: FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.get("N")?.as_str()?.parse().ok()
}

/// Attributes by their types, with words for those that are not.
struct Fields<'a>(&'a Item);

impl Fields<'_> {
    fn optional_text(&self, name: &str) -> Option<&str> {
        text_of(self.0, name)
    }

    fn text(&self, name: &str) -> Result<&str, Error> {
        self.optional_text(name).ok_or_else(|| self.wrong(name))
    }

    fn optional_number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        if !self.0.contains_key(name) {
            return Ok(None);
        }
        number_of(self.0, name).map(Some).ok_or_else(|| self.wrong(name))
    }

    fn number<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        self.optional_number(name)?.ok_or_else(|| self.wrong(name))
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        self.optional_text(name).map(serde_json::from_str).transpose().map_err(|_| self.wrong(name))
    }

    fn wrong(&self, name: &str) -> Error {
        let id = self.optional_text("id").unwrap_or_default();
        Error::Unusable(format!("the item {id:?} has no `{name}` that this program could read"))
    }
}

/// The time that is stored as `ended`, and when the table may forget the job by itself.
pub(super) fn end_times(now: i64, keep: std::time::Duration) -> (i64, i64) {
    /// The queue itself forgets first, and counts what it forgets; this is for a table that nobody works on.
    const SLACK: i64 = 86_400;
    let keep = i64::try_from(keep.as_secs()).unwrap_or(i64::MAX);
    (now, (now / 1000).saturating_add(keep).saturating_add(SLACK))
}
