use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::watch;

/// How far a child is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// How much of the result is written, on its own clock.
    pub time: Duration,
    /// That, as a part of what is expected: from 0 to 1; nothing where nothing is expected.
    pub part: Option<f32>,
    /// Pictures written.
    pub frames: u64,
    /// Seconds of the result for each second of work.
    pub speed: Option<f32>,
}

/// Reads `-progress`: lines of `key=value`, with `progress=` at the end of each report. Ends with the pipe.
pub(super) async fn follow(
    pipe: impl AsyncRead + Unpin,
    expected: Option<Duration>,
    progress: watch::Sender<Progress>,
) {
    let mut lines = BufReader::new(pipe).lines();
    let mut next = Progress::default();
    // A line that is not text, or a pipe that breaks, ends the reports and nothing else.
    while let Ok(Some(line)) = lines.next_line().await {
        if read(&line, &mut next) {
            next.part =
                expected.filter(|whole| !whole.is_zero()).map(|whole| next.time.div_duration_f32(whole).min(1.0));
            progress.send_replace(next);
        }
    }
}

/// Takes a line in; whether it ends a report.
fn read(line: &str, next: &mut Progress) -> bool {
    let Some((key, value)) = line.split_once('=') else { return false };
    let value = value.trim();
    match key.trim() {
        "frame" => next.frames = value.parse().unwrap_or(next.frames),
        // `N/A` before the first packet, and below zero where streams begin before.
        "out_time_us" => next.time = value.parse().map_or(next.time, Duration::from_micros),
        "speed" => {
            next.speed =
                value.strip_suffix('x').and_then(|speed| speed.trim().parse().ok()).filter(|x: &f32| x.is_finite());
        }
        "progress" => return true,
        _ => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reports_are_read() {
        let text = "frame=12\nfps=0.00\nout_time_us=N/A\nspeed=N/A\nprogress=continue\nframe=50\nout_time_us=1500000\nspeed= 3.5x\nprogress=end\n";
        let (sender, receiver) = watch::channel(Progress::default());
        follow(text.as_bytes(), Some(Duration::from_secs(2)), sender).await;
        let expected = Progress { time: Duration::from_millis(1500), part: Some(0.75), frames: 50, speed: Some(3.5) };
        assert_eq!(*receiver.borrow(), expected);
    }

    #[tokio::test]
    async fn a_half_report_is_no_report() {
        let (sender, receiver) = watch::channel(Progress::default());
        follow(&b"frame=12\nout_time_us=5\nbogus\n\xff\xff\n"[..], None, sender).await;
        assert_eq!(*receiver.borrow(), Progress::default());
    }

    #[tokio::test]
    async fn it_is_never_over_the_whole() {
        let (sender, receiver) = watch::channel(Progress::default());
        follow(&b"out_time_us=9000000\nprogress=end\n"[..], Some(Duration::from_secs(2)), sender).await;
        assert_eq!(receiver.borrow().part, Some(1.0));
    }
}
