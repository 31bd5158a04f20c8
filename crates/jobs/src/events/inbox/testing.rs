//! The behaviour that every [`Inbox`] shows.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;

use super::{Depth, Inbox, Message, Rejected};

/// What a test does to an inbox from outside.
#[async_trait]
pub trait World: Sync {
    /// Somebody sends a message.
    async fn put(&self, body: &str);

    /// Lets so much time pass, by the inbox's clock.
    async fn pass(&self, time: Duration);

    /// Bodies and reasons of what was rejected until now.
    async fn rejected(&self) -> Vec<(String, String)>;
}

/// How often is asked for what must come.
const TRIES: usize = 30;

/// How long a message of the suite is hidden where that is to end in the suite.
const SHORT: Duration = Duration::from_secs(1);

/// Long enough not to end in the suite.
const LONG: Duration = Duration::from_mins(10);

/// Asserts what callers rely on. `inbox` is empty at first, keeps messages in hands for ten minutes or longer, and waits
/// for some seconds at most.
///
/// # Panics
/// Where it behaves otherwise.
pub async fn behaves_as_an_inbox(inbox: &dyn Inbox, world: &dyn World) {
    assert_eq!(received(inbox).await, [], "nothing came, and that is no error");
    handed_out_once(inbox, world).await;
    comes_again(inbox, world).await;
    kept(inbox, world).await;
    rejected(inbox, world).await;
    assert_eq!(inbox.depth().await.unwrap_or_else(|error| panic!("{error}")), Depth::default());
}

/// A message has one taker at a time, and is gone when it is done.
async fn handed_out_once(inbox: &dyn Inbox, world: &dyn World) {
    let bodies: BTreeSet<_> = (0..25).map(|number| format!("{{\"n\": {number}, \"t\": \"<&\\n世界\"}}")).collect();
    for body in &bodies {
        world.put(body).await;
    }
    let mut messages = Vec::new();
    for _ in 0..TRIES {
        messages.extend(received(inbox).await);
        if messages.len() >= bodies.len() {
            break;
        }
    }
    assert_eq!(messages.iter().map(|message| message.body.clone()).collect::<BTreeSet<_>>(), bodies);
    assert_eq!(messages.len(), bodies.len());
    assert!(messages.iter().all(|message| message.receives == 1 && message.sent.is_some()));
    let depth = inbox.depth().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(depth, Depth { waiting: 0, held: 25 });
    for message in &messages {
        done(inbox, message).await;
        // A second time does no harm.
        done(inbox, message).await;
    }
}

/// What is given back is handed out again: at once, or not before its time.
async fn comes_again(inbox: &dyn Inbox, world: &dyn World) {
    world.put("given back").await;
    let first = next(inbox).await;
    give_back(inbox, &first, Duration::ZERO).await;
    let second = next(inbox).await;
    assert_eq!((&second.id, &second.body, second.receives), (&first.id, &first.body, 2));
    give_back(inbox, &second, SHORT).await;
    world.pass(SHORT).await;
    let third = next(inbox).await;
    assert_eq!((&third.id, third.receives), (&first.id, 3));
    give_back(inbox, &third, LONG).await;
    assert_eq!(received(inbox).await, [], "its time has not come");
    done(inbox, &third).await;
}

/// A message stays in the hands of who keeps it, and leaves those of who does not.
async fn kept(inbox: &dyn Inbox, world: &dyn World) {
    world.put("kept").await;
    let message = next(inbox).await;
    assert!(keep(inbox, &message, SHORT).await);
    assert!(keep(inbox, &message, LONG).await);
    world.pass(SHORT).await;
    assert_eq!(received(inbox).await, [], "it was kept for longer");
    assert!(keep(inbox, &message, SHORT).await);
    world.pass(SHORT).await;
    let again = next(inbox).await;
    assert_eq!((&again.id, again.receives), (&message.id, 2));
    done(inbox, &again).await;
    assert!(!keep(inbox, &again, SHORT).await, "what is gone cannot be kept");
}

/// What is rejected is put aside whole, with the reason, and is not handed out again.
async fn rejected(inbox: &dyn Inbox, world: &dyn World) {
    let body = "poison {\"%\": \"世界\"}";
    world.put(body).await;
    let message = next(inbox).await;
    let became = inbox.reject(&message, "a key is not UTF-8").await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(became, Rejected::Moved);
    assert_eq!(world.rejected().await, [(body.to_owned(), "a key is not UTF-8".to_owned())]);
    assert_eq!(received(inbox).await, []);
}

async fn received(inbox: &dyn Inbox) -> Vec<Message> {
    inbox.receive().await.unwrap_or_else(|error| panic!("{error}"))
}

/// The one message that there is.
async fn next(inbox: &dyn Inbox) -> Message {
    for _ in 0..TRIES {
        let mut messages = received(inbox).await;
        assert!(messages.len() < 2, "{messages:?}");
        if let Some(message) = messages.pop() {
            return message;
        }
    }
    panic!("no message came");
}

async fn keep(inbox: &dyn Inbox, message: &Message, time: Duration) -> bool {
    inbox.keep(message, time).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn give_back(inbox: &dyn Inbox, message: &Message, after: Duration) {
    inbox.give_back(message, after).await.unwrap_or_else(|error| panic!("{error}"));
}

async fn done(inbox: &dyn Inbox, message: &Message) {
    inbox.done(message).await.unwrap_or_else(|error| panic!("{error}"));
}
