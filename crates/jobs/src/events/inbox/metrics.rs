//! What metrics tell of an inbox. All of them are gauges with the label `inbox`, its name.
//!
//! * `lightmill_inbox_messages`: how many messages there are; the label `state` is `waiting` or `held`.
//! * `lightmill_inbox_oldest_seconds`: age of the oldest of the messages that were received last, 0 if there were none. SQS
//!   does not tell more to who receives; CloudWatch does (`ApproximateAgeOfOldestMessage`).

use std::time::SystemTime;

use super::{Depth, Message};

/// Messages in an inbox.
pub const MESSAGES: &str = "lightmill_inbox_messages";

/// Age of the oldest of the messages that were received last.
pub const OLDEST: &str = "lightmill_inbox_oldest_seconds";

/// Tells how much there is.
pub fn depth(inbox: &str, depth: Depth) {
    for (state, count) in [("waiting", depth.waiting), ("held", depth.held)] {
        metrics::gauge!(MESSAGES, "inbox" => inbox.to_owned(), "state" => state).set(count as f64);
    }
}

/// Tells how old the messages are that were received.
pub fn received(inbox: &str, messages: &[Message], now: SystemTime) {
    metrics::gauge!(OLDEST, "inbox" => inbox.to_owned()).set(oldest(messages, now));
}

/// Seconds since the first was sent.
fn oldest(messages: &[Message], now: SystemTime) -> f64 {
    let first = messages.iter().filter_map(|message| message.sent).min();
    first.and_then(|sent| now.duration_since(sent).ok()).map_or(0.0, |age| age.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_oldest_message_counts() {
        let sent = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let message =
            |sent| Message { id: String::new(), body: String::new(), receives: 1, sent, receipt: String::new() };
        let messages = [message(Some(sent(90))), message(None), message(Some(sent(70)))];
        assert!((oldest(&messages, sent(100)) - 30.0).abs() < 1e-9);
        for none in [&messages[1..2], &[]] {
            assert!(oldest(none, sent(100)).abs() < 1e-9);
        }
        // Clocks of two machines.
        assert!(oldest(&messages[..1], sent(80)).abs() < 1e-9);
    }
}
