//! Queues of a stand-in for Amazon's, and of a server that says what a test wants.

mod moto;
mod refusals;

use std::time::Duration;

use serde_json::json;

use super::{Address, NewMessage, Queue, Receive};
use crate::aws::Service;
use crate::aws::tests::{MOTO, done, settings};

/// Everything at once, without waiting.
const NOW: Receive = Receive { max: 10, wait: Duration::ZERO, visibility: None };

fn address(name: &str) -> Address {
    format!("arn:aws:sqs:eu-central-1:123456789012:{name}").parse().unwrap()
}

/// A new queue with these attributes.
async fn queue_with(name: &str, attributes: serde_json::Value) -> Queue {
    let question = json!({"QueueName": name, "Attributes": attributes});
    done(&MOTO.endpoint(), Service::SQS, "CreateQueue", question).await;
    Queue::new(address(name), settings(&MOTO.endpoint()))
}

async fn queue(name: &str) -> Queue {
    queue_with(name, json!({})).await
}

fn message(body: &str) -> NewMessage {
    NewMessage { body: body.to_owned(), ..NewMessage::default() }
}
