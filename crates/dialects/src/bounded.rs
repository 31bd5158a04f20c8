//! What no text may cost.

use std::time::Duration;

/// Processor time for each byte: a hundred times what reading takes, as tests are not optimised.
const MOST: Duration = Duration::from_micros(4);

/// That reading `bytes` bytes, which `read` does, takes a time in proportion to them: of the processor, as the machine may be
/// busy with other things. `text` says what is read.
pub fn assert_bounded(text: &str, bytes: usize, mut read: impl FnMut()) {
    let fastest = (0..3).map(|_| {
        let start = processor_time();
        read();
        processor_time().saturating_sub(start)
    });
    let (fastest, bound) = (fastest.min().unwrap(), MOST * u32::try_from(bytes).unwrap());
    assert!(fastest < bound, "{fastest:?} for {bytes} bytes: {text}…");
}

/// What this thread has had of a processor (proc(5), `schedstat`); exact to a few milliseconds.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[test]
#[should_panic(expected = "for 100 bytes: slow")]
fn what_is_slow_is_found() {
    assert_bounded("slow", 100, || {
        let start = processor_time();
        while processor_time().saturating_sub(start) < Duration::from_millis(10) {
            std::hint::black_box((0..10_000_u64).sum::<u64>());
        }
    });
}
