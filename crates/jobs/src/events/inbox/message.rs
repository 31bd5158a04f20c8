use std::time::SystemTime;

/// A message in the hands of one taker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its name, the same each time that it is handed out.
    pub id: String,
    /// What it says.
    pub body: String,
    /// How often it was handed out, this time included; about.
    pub receives: u32,
    /// When it was sent.
    pub sent: Option<SystemTime>,
    /// By which the inbox knows this handing-out.
    pub receipt: String,
}

/// What became of a message that cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// It is where such messages are kept, with the reason.
    Moved,
    /// Nobody has said where such messages are kept: it is handed out again until the queue itself gives it up.
    Left,
}

/// How much is in an inbox. Queues of several machines estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Messages that wait, also those that may not be handed out yet.
    pub waiting: u64,
    /// Messages in somebody's hands.
    pub held: u64,
}
