use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lightmill_image::Made;
use metrics::Counter;

use crate::{Degraded, Validators};

/// A result, and how it came about.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The file.
    pub made: Arc<Made>,
    /// What belongs to these bytes: other than asked for, if a source changed since.
    pub validators: Arc<Validators>,
    /// How it came about.
    pub from: Origin,
    /// What it lacks; the validators are those of a result that lacks nothing.
    pub degraded: Degraded,
    /// What its making took, whoever it was made for; zero if it was made before.
    pub timings: Timings,
}

impl Delivered {
    /// What was made before.
    pub(crate) fn found(made: Arc<Made>, validators: Arc<Validators>, from: Origin) -> Self {
        Self { made, validators, from, degraded: Degraded::default(), timings: Timings::default() }
    }
}

/// How a result came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It was in memory.
    Memory,
    /// It was on this machine's disk.
    Disk,
    /// It was in the result store.
    Stored,
    /// Another request was having it made.
    Joined,
    /// It was made for this request.
    Fresh,
}

impl Origin {
    /// The word in headers and metrics: `hit`, `disk`, `stored`, `joined` or `miss`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "hit",
            Self::Disk => "disk",
            Self::Stored => "stored",
            Self::Joined => "joined",
            Self::Fresh => "miss",
        }
    }

    /// Counts an answer. Finding a counter by its labels takes longer than counting: each is looked up once.
    pub(crate) fn count(self) {
        static COUNTERS: [OnceLock<Counter>; 5] = [const { OnceLock::new() }; 5];
        let look_up = || metrics::counter!("lightmill_cache_total", "result" => self.name());
        COUNTERS[self as usize].get_or_init(look_up).increment(1);
    }
}

/// Time that a result took, by stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timings {
    /// Reading the inputs, with waiting for a permit to read.
    pub fetch: Duration,
    /// Finding out what is in them, with waiting for a thread where that is done here.
    pub look: Duration,
    /// Waiting for a thread and for memory.
    pub queue: Duration,
    /// From bytes to pictures.
    pub decode: Duration,
    /// Operations on pictures.
    pub operate: Duration,
    /// From pictures to bytes.
    pub encode: Duration,
}

impl Timings {
    /// Each stage's name and time, in order.
    pub fn stages(&self) -> [(&'static str, Duration); 6] {
        [
            ("fetch", self.fetch),
            ("look", self.look),
            ("queue", self.queue),
            ("decode", self.decode),
            ("operate", self.operate),
            ("encode", self.encode),
        ]
    }

    pub(crate) fn record(&self) {
        for (stage, time) in self.stages() {
            metrics::histogram!("lightmill_stage_seconds", "stage" => stage).record(time);
        }
    }
}
