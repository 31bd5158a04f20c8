use std::time::Duration;

use async_trait::async_trait;

use super::{Depth, Message, Rejected};
use crate::Error;

/// Where documents wait. Many processes may share one.
///
/// A message is handed to one taker at a time, for a time that the inbox has and the taker extends. Who says nothing in
/// that time has it no more, and it is handed out again. A message may be handed out twice all the same, and in any
/// order.
///
/// No method has a default: an inbox around another one that forgets to pass something on does not compile.
#[async_trait]
pub trait Inbox: Send + Sync + std::fmt::Debug {
    /// Messages, as soon as there is one; none where none came for some time, which is no error. May be given up at any
    /// time: what was on its way is handed out again later.
    async fn receive(&self) -> Result<Vec<Message>, Error>;

    /// Keeps the message for `time` from this moment on. Whether it was still this taker's, as far as the inbox knows.
    async fn keep(&self, message: &Message, time: Duration) -> Result<bool, Error>;

    /// Removes the message: everything that it asks for is done, and stored. One that is gone is no error.
    async fn done(&self, message: &Message) -> Result<(), Error>;

    /// Has the message handed out again, `after` that time. It counts as received.
    async fn give_back(&self, message: &Message, after: Duration) -> Result<(), Error>;

    /// Puts the message aside for people to look at, with the reason, because it cannot ever be done.
    async fn reject(&self, message: &Message, reason: &str) -> Result<Rejected, Error>;

    /// How much there is, about.
    async fn depth(&self) -> Result<Depth, Error>;
}
