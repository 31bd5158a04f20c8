use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;

use super::{MOTO, NOW, address, message, queue, queue_with, settings};
use crate::Error;
use crate::sqs::{NewMessage, Queue, Receive, Redrive};

#[tokio::test]
async fn messages_come_with_what_is_known_of_them() {
    let queue = queue("whole").await;
    let attributes = BTreeMap::from([("lightmill-reason".to_owned(), "grüße \"世界\"".to_owned())]);
    let sent = NewMessage { body: "{\"a\": \"<&>\\n\"}".to_owned(), attributes };
    queue.send(&sent).await.unwrap();
    let [received] = &queue.receive(NOW).await.unwrap()[..] else { panic!() };
    assert_eq!((&received.body, &received.attributes), (&sent.body, &sent.attributes));
    assert_eq!(received.receives, 1);
    let age = SystemTime::now().duration_since(received.sent.unwrap()).unwrap();
    assert!(age < Duration::from_mins(1), "{age:?}");
    assert_eq!(queue.receive(NOW).await.unwrap(), [], "it is hidden");
    assert_eq!(queue.change_visibility(&received.receipt, Duration::ZERO).await, Ok(true));
    let [again] = &queue.receive(NOW).await.unwrap()[..] else { panic!() };
    assert_eq!((&again.id, again.receives), (&received.id, 2));
    queue.delete(&again.receipt).await.unwrap();
    queue.delete(&again.receipt).await.unwrap();
    assert_eq!(queue.attributes().await.unwrap().in_flight, 0);
}

#[tokio::test]
async fn a_hidden_message_comes_again_unless_it_is_kept() {
    let queue = queue("kept").await;
    queue.send_all(&[message("kept"), message("left")]).await.unwrap();
    let second = Receive { visibility: Some(Duration::from_secs(1)), ..NOW };
    let received = queue.receive(second).await.unwrap();
    assert_eq!(received.len(), 2);
    let kept = received.iter().find(|message| message.body == "kept").unwrap();
    assert_eq!(queue.change_visibility(&kept.receipt, Duration::from_mins(5)).await, Ok(true));
    let again = queue.receive(Receive { wait: Duration::from_secs(20), ..NOW }).await.unwrap();
    assert_eq!(again.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["left"]);
}

#[tokio::test]
async fn a_long_poll_ends_when_a_message_comes() {
    let queue = queue("poll").await;
    // Warm: region, credentials and URL are known.
    assert_eq!(queue.receive(NOW).await.unwrap(), []);
    let began = Instant::now();
    let poll = queue.receive(Receive { wait: Duration::from_secs(20), ..NOW });
    let other = Queue::new(address("poll"), settings(&MOTO.endpoint()));
    let send = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.send(&message("late")).await.unwrap();
    };
    let (received, ()) = tokio::join!(poll, send);
    assert_eq!(received.unwrap()[0].body, "late");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn batches_are_sent_received_and_deleted() {
    let queue = queue("batch").await;
    let messages: Vec<_> = (0..10).map(|number| message(&number.to_string())).collect();
    assert_eq!(queue.send_all(&messages).await.unwrap(), []);
    let received = queue.receive(NOW).await.unwrap();
    let mut bodies: Vec<_> = received.iter().map(|message| message.body.as_str()).collect();
    bodies.sort_unstable();
    assert_eq!(bodies, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let attributes = queue.attributes().await.unwrap();
    assert_eq!((attributes.waiting, attributes.in_flight), (0, 10));
    let receipts: Vec<_> = received.iter().map(|message| message.receipt.as_str()).collect();
    assert_eq!(queue.delete_all(&receipts).await.unwrap(), []);
    assert_eq!(queue.attributes().await.unwrap().in_flight, 0);
    for count in [0, 11] {
        let messages = vec![message("many"); count];
        assert!(matches!(queue.send_all(&messages).await, Err(Error::Unusable { .. })), "{count}");
        assert!(matches!(queue.delete_all(&vec!["many"; count]).await, Err(Error::Unusable { .. })), "{count}");
    }
}

#[tokio::test]
async fn a_part_of_a_batch_may_fail() {
    let queue = queue("part").await;
    queue.send(&message("one")).await.unwrap();
    let received = queue.receive(NOW).await.unwrap();
    let failed = queue.delete_all(&["no receipt", &received[0].receipt]).await.unwrap();
    let [failed] = &failed[..] else { panic!("{failed:?}") };
    assert_eq!((failed.index, failed.passing), (0, false));
    assert!(failed.detail.contains("part") && failed.detail.contains("ReceiptHandle"), "{}", failed.detail);
    assert_eq!(queue.attributes().await.unwrap().in_flight, 0, "the other one is gone");
}

#[tokio::test]
async fn a_queue_tells_of_itself() {
    queue("dead").await;
    let target = "arn:aws:sqs:eu-central-1:123456789012:dead";
    let policy = json!({"deadLetterTargetArn": target, "maxReceiveCount": "5"}).to_string();
    let queue = queue_with("told", json!({"VisibilityTimeout": "90", "RedrivePolicy": policy})).await;
    queue.send(&message("one")).await.unwrap();
    let attributes = queue.attributes().await.unwrap();
    assert_eq!((attributes.waiting, attributes.in_flight, attributes.delayed), (1, 0, 0));
    assert_eq!(attributes.visibility, Duration::from_secs(90));
    assert_eq!(attributes.redrive, Some(Redrive { target: target.to_owned(), max_receive_count: 5 }));
}

#[tokio::test]
async fn a_url_names_a_queue_too() {
    queue("by-url").await.send(&message("one")).await.unwrap();
    let url = format!("{}/123456789012/by-url", MOTO.endpoint());
    let here = crate::aws::Settings { endpoint: None, ..settings("") };
    let queue = Queue::new(url.parse().unwrap(), here);
    assert_eq!(queue.receive(NOW).await.unwrap()[0].body, "one");
}

#[tokio::test]
async fn what_is_elsewhere_does_not_exist() {
    queue("here").await;
    let there = "arn:aws:sqs:us-west-2:123456789012:here".parse().unwrap();
    for address in [address("nobody-made-this"), there] {
        let queue = Queue::new(address, settings(&MOTO.endpoint()));
        assert_eq!(queue.receive(NOW).await, Err(Error::NotFound));
        assert_eq!(queue.send(&message("one")).await, Err(Error::NotFound));
        assert_eq!(queue.attributes().await, Err(Error::NotFound));
        assert_eq!(queue.delete("receipt").await, Err(Error::NotFound));
    }
}

#[tokio::test]
async fn a_message_that_was_deleted_is_in_nobodys_hands() {
    let queue = queue("gone").await;
    queue.send(&message("one")).await.unwrap();
    let received = queue.receive(NOW).await.unwrap();
    queue.delete(&received[0].receipt).await.unwrap();
    assert_eq!(queue.change_visibility(&received[0].receipt, Duration::from_secs(5)).await, Ok(false));
}
