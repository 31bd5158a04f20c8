//! Documents of events are read or refused, and what is read keeps its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_jobs::events::document::{Document, MAX_KEY, MAX_RECORDS, read};
use lightmill_jobs::events::letters;
use lightmill_jobs::events::sns::SnsMessage;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = SnsMessage::read(bytes) {
        let _ = message.document();
    }
    if let Ok(invocation) = serde_json::from_slice(bytes) {
        for letter in letters(&invocation).unwrap_or_default() {
            let _ = read(letter.body.as_bytes());
        }
    }
    let Ok(Document::Events { events, ignored }) = read(bytes) else { return };
    assert!(events.len() + ignored.len() <= MAX_RECORDS);
    assert!(ignored.iter().all(|name| name.chars().count() <= 100));
    for event in &events {
        assert!((1..=MAX_KEY).contains(&event.key.len()) && !event.bucket.is_empty());
        for other in &events {
            // An order has two directions.
            assert_eq!(event.is_after(other), other.is_after(event).map(|after| !after));
        }
    }
});
