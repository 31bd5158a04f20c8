use lightmill_jobs::events::Message;
use lightmill_jobs::events::document::{self, Document};
use lightmill_jobs::{Error, Problem};

use super::queue::Taking;

impl Taking {
    /// Has it be told that nothing will be made of the objects of a message that is given up, but for those that have all.
    pub(super) async fn tell_failed(&self, message: &Message, problem: &Problem) -> Result<(), Error> {
        let Ok(Document::Events { events, .. }) = document::read(message.body.as_bytes()) else { return Ok(()) };
        let of_this = events.iter().filter(|event| event.bucket == self.bucket);
        for key in of_this.filter_map(|event| event.key.strip_prefix(&self.prefix)) {
            // A store that cannot say so is one more reason to tell.
            if !self.variants.is_settled(key).await.unwrap_or(false) {
                self.variants.tell_failed(key, problem).await?;
            }
        }
        Ok(())
    }
}
