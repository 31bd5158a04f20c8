use std::collections::BTreeMap;

use lightmill_store::dynamodb::{Change, Table, Write};

use super::item::{failed, number_of};
use crate::{Error, State};

/// Items among which what a lane counts is shared out, so that those who put and end jobs at the same time seldom meet.
const SHARDS: usize = 8;

/// The attribute that counts jobs that have not ended.
const LIVE: &str = "live";

/// By how much numbers of jobs change with a step, of each lane.
#[derive(Debug, Default)]
pub(super) struct Tally<'a>(BTreeMap<&'a str, BTreeMap<&'static str, i64>>);

impl<'a> Tally<'a> {
    /// A job more that has not ended.
    pub(super) fn put(mut self, lane: &'a str) -> Self {
        self.add(lane, LIVE, 1);
        self
    }

    /// A job that has ended in `state`.
    pub(super) fn end(mut self, lane: &'a str, state: State) -> Self {
        self.add(lane, LIVE, -1);
        self.add(lane, state.name(), 1);
        self
    }

    /// A job that ended in `state` waits again.
    pub(super) fn again(mut self, lane: &'a str, state: State) -> Self {
        self.add(lane, LIVE, 1);
        self.add(lane, state.name(), -1);
        self
    }

    /// A job that ended in `state` is forgotten.
    pub(super) fn forget(mut self, lane: &'a str, state: State) -> Self {
        self.add(lane, state.name(), -1);
        self
    }

    fn add(&mut self, lane: &'a str, what: &'static str, by: i64) {
        *self.0.entry(lane).or_default().entry(what).or_default() += by;
    }

    /// To be written in the step's own transaction: one item for each lane.
    pub(super) fn writes(&self) -> impl Iterator<Item = Write> {
        self.0.iter().map(|(lane, changes)| {
            let change = changes.iter().fold(Change::default(), |change, (what, by)| change.add(what, *by));
            Write::update(id(lane, fastrand::usize(..SHARDS)), change)
        })
    }
}

/// How many jobs a lane has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counted {
    /// That have not ended.
    pub(super) live: u64,
    /// That ended in each state, in the order of [`State::ALL`]; none in the first two.
    pub(super) ended: [u64; 5],
}

/// What is counted of `lane`, exact for the moment of each shard.
pub(super) async fn read(table: &Table, lane: &str) -> Result<Counted, Error> {
    let ids: Vec<String> = (0..SHARDS).map(|shard| id(lane, shard)).collect();
    let items = table.get_many(&ids).await.map_err(failed)?;
    let sum = |what: &str| {
        let sum: i64 = items.iter().filter_map(|item| number_of::<i64>(item, what)).sum();
        // Shards are read one after the other.
        u64::try_from(sum).unwrap_or_default()
    };
    let of_state = |state: State| if state.is_end() { sum(state.name()) } else { 0 };
    Ok(Counted { live: sum(LIVE), ended: State::ALL.map(of_state) })
}

fn id(lane: &str, shard: usize) -> String {
    format!("count:{lane}:{shard}")
}
