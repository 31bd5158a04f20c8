use std::time::Duration;

use super::{NOW, message, settings};
use crate::aws::Settings;
use crate::canned::{Server, answer};
use crate::sqs::{Queue, Receive};

/// A queue whose URL needs no question.
fn queue(server: &Server) -> Queue {
    let address = format!("{}/123456789012/canned", server.endpoint).parse().unwrap();
    Queue::new(address, Settings { endpoint: None, ..settings("") })
}

fn refused(status: &str, code: &str) -> String {
    answer(status, "", &format!(r#"{{"__type":"com.amazonaws.sqs#{code}","message":"words"}}"#))
}

#[tokio::test]
async fn requests_are_of_the_json_protocol_and_signed() {
    let server = Server::start(vec![answer("200 OK", "", "{}")]).await;
    let receive = Receive { max: 3, wait: Duration::from_millis(1500), visibility: Some(Duration::from_hours(24)) };
    assert_eq!(queue(&server).receive(receive).await, Ok(Vec::new()));
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.contains("x-amz-target: amazonsqs.receivemessage\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-amz-json-1.0\r\n"), "{head}");
    assert!(head.contains("/eu-central-1/sqs/aws4_request"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["QueueUrl"], format!("{}/123456789012/canned", server.endpoint));
    let times = (&body["MaxNumberOfMessages"], &body["WaitTimeSeconds"], &body["VisibilityTimeout"]);
    assert_eq!(times, (&3.into(), &2.into(), &43200.into()));
}

#[tokio::test]
async fn the_region_of_an_arn_counts() {
    let url = r#"{"QueueUrl":"https://elsewhere.test/1/q"}"#;
    let server = Server::start(vec![answer("200 OK", "", url), answer("200 OK", "", "")]).await;
    let address = "arn:aws:sqs:us-west-2:123456789012:q".parse().unwrap();
    let settings = Settings { region: Some("eu-central-1".to_owned()), ..settings(&server.endpoint) };
    let queue = Queue::new(address, settings);
    let gone = queue.delete("receipt").await;
    let requests = server.requests();
    assert!(requests[0].contains("/us-west-2/sqs/aws4_request"), "{}", requests[0]);
    assert!(requests[0].contains(r#""QueueName":"q""#) && requests[0].contains("123456789012"), "{}", requests[0]);
    // What the answer names is said in the body; requests go to the configured server.
    assert!(requests[1].contains("https://elsewhere.test/1/q"), "{}", requests[1]);
    assert_eq!((gone, requests.len()), (Ok(()), 2), "an empty answer is a good one");
}

#[tokio::test]
async fn refusals_are_decisions() {
    for (status, code, name, times) in [
        ("403 Forbidden", "AccessDeniedException", "forbidden", 1),
        ("403 Forbidden", "SignatureDoesNotMatch", "forbidden", 1),
        ("403 Forbidden", "InvalidClientTokenId", "forbidden", 3),
        ("400 Bad Request", "QueueDoesNotExist", "not_found", 1),
        ("400 Bad Request", "InvalidParameterValue", "unusable", 1),
        ("400 Bad Request", "RequestThrottled", "unavailable", 3),
        ("503 Unavailable", "ServiceUnavailable", "unavailable", 3),
    ] {
        let server = Server::start(vec![refused(status, code)]).await;
        let error = queue(&server).receive(NOW).await.unwrap_err();
        assert_eq!((error.name(), server.lines().len()), (name, times), "{code}");
    }
}

#[tokio::test]
async fn nothing_is_sent_twice_that_may_have_been_taken() {
    for (first, times) in [
        (refused("503 Unavailable", "ServiceUnavailable"), 1),
        (refused("500 Error", "InternalError"), 1),
        (refused("400 Bad Request", "RequestThrottled"), 2),
        (refused("403 Forbidden", "ExpiredTokenException"), 2),
    ] {
        let server = Server::start(vec![first.clone(), answer("200 OK", "", r#"{"MessageId":"1"}"#)]).await;
        let sent = queue(&server).send(&message("one")).await;
        assert_eq!((sent.is_ok(), server.lines().len()), (times == 2, times), "{first}");
    }
}

#[tokio::test]
async fn batches_whose_answers_leave_something_open_are_failures() {
    for (body, good) in [
        (r#"{"Successful":[{"Id":"0"},{"Id":"1"}]}"#, true),
        (r#"{"Successful":[{"Id":"1"}],"Failed":[{"Id":"0","Code":"InternalError","SenderFault":false}]}"#, true),
        (r#"{"Successful":[{"Id":"0"}]}"#, false),
        (r#"{"Successful":[{"Id":"0"},{"Id":"1"},{"Id":"2"}]}"#, false),
        (r#"{"Successful":[{"Id":"0"},{"Id":"-1"}]}"#, false),
        ("{}", false),
        ("[]", false),
    ] {
        let server = Server::start(vec![answer("200 OK", "", body)]).await;
        let failed = queue(&server).delete_all(&["a", "b"]).await;
        assert_eq!(failed.is_ok(), good, "{body}");
        assert!(failed.unwrap_or_default().iter().all(|failed| failed.index == 0 && failed.passing), "{body}");
    }
}

#[tokio::test]
async fn a_poll_is_waited_for_as_long_as_it_may_take() {
    // Nothing answers: the wait of a long poll and its margin have to pass, not those of an ordinary question.
    let server = Server::start(vec![String::new()]).await;
    let queue = queue(&server);
    let receive = Receive { wait: Duration::from_secs(20), ..NOW };
    let early = tokio::time::timeout(Duration::from_secs(6), queue.receive(receive)).await;
    assert!(early.is_err(), "{early:?}");
    assert_eq!(server.lines().len(), 1);
}
