use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use lightmill_server::worker::{Counts, Phase, Shown};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval_at};

/// How often a line is drawn on a terminal, and how often one is written elsewhere.
const DRAW: Duration = Duration::from_millis(200);
const WRITE: Duration = Duration::from_secs(10);

/// Columns of the bar.
const BAR: usize = 16;

/// How progress is told, on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Not at all.
    Quiet,
    /// In one line of a terminal, drawn again and again.
    Bar,
    /// In a line at times.
    Lines,
}

impl Style {
    /// What fits where stderr goes.
    pub fn of(quiet: bool) -> Self {
        match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Bar,
            (false, false) => Self::Lines,
        }
    }
}

/// Tells what is seen, until nothing more will be.
pub async fn follow(mut seen: watch::Receiver<Shown>, style: Style) {
    if style == Style::Quiet {
        return;
    }
    let (start, every) = (Instant::now(), if style == Style::Bar { DRAW } else { WRITE });
    let mut ticks = interval_at(tokio::time::Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rest = seen.clone();
    let mut end = std::pin::pin!(rest.wait_for(|_| false));
    let mut is_new = true;
    loop {
        tokio::select! {
            biased;
            // What is told first is what was done before.
            Ok(()) = seen.changed(), if is_new => {
                is_new = false;
                let before = seen.borrow().before;
                if before > 0 {
                    tell(Style::Lines, &format!("going on after {before} objects that were looked at before"));
                }
            }
            _ = &mut end => break,
            _ = ticks.tick() => tell(style, &line(&seen.borrow(), start.elapsed())),
        }
    }
    if style == Style::Bar {
        tell(style, "");
    }
}

/// Where nobody can be told, the work is done all the same.
fn tell(style: Style, line: &str) {
    let mut out = std::io::stderr().lock();
    let _ = match style {
        // The cursor goes back, so that whatever is logged takes the line's place.
        Style::Bar => write!(out, "\x1b[2K{line}\r").and_then(|()| out.flush()),
        Style::Lines | Style::Quiet => writeln!(out, "{line}"),
    };
}

/// What a line says after `took`; narrower than a terminal.
fn line(shown: &Shown, took: Duration) -> String {
    let Shown { counts, before, total, is_total, phase } = shown;
    let Counts { objects, up_to_date, made, failed, .. } = counts;
    if *phase == Phase::Orphans {
        let (orphans, doubtful) = (counts.orphans, counts.doubtful);
        return format!("{objects} objects; of what is gone {orphans} variants removed, {doubtful} left");
    }
    let total = (*total).max(*objects);
    let rate = (objects - before) as f64 / took.as_secs_f64().max(0.001);
    let bar = match (is_total, total) {
        (true, 1..) => {
            let full = (*objects as f64 / total as f64 * BAR as f64) as usize;
            format!("[{}{}] ", "#".repeat(full), ".".repeat(BAR - full.min(BAR)))
        }
        _ => String::new(),
    };
    let least = if *is_total { "" } else { "at least " };
    let left = if *is_total && rate > 0.0 {
        format!(" {} left", duration(Duration::from_secs_f64(((total - objects) as f64 / rate).min(1e9))))
    } else {
        String::new()
    };
    format!("{bar}{objects}/{least}{total} {rate:.0}/s{left}; {made} made, {up_to_date} up to date, {failed} failed")
}

/// A time in at most two units.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{:.1}s", time.as_secs_f64()),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..172_800 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86400, seconds / 3600 % 24),
    }
}

/// Bytes in a unit that suits them.
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let place = (1..units.len()).take_while(|power| bytes >= 1000_u64.pow(*power as u32 + 1)).count();
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        _ => format!("{:.1} {}", bytes as f64 / 1000_f64.powi(place as i32 + 1), units[place]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let counts = Counts { objects: 500, up_to_date: 300, made: 190, failed: 10, ..Counts::default() };
        let shown = Shown { counts, before: 100, total: 1000, is_total: true, phase: Phase::Objects };
        let took = Duration::from_secs(4);
        let text = line(&shown, took);
        assert_eq!(text, "[########........] 500/1000 100/s 5.0s left; 190 made, 300 up to date, 10 failed");
        let text = line(&Shown { is_total: false, total: 400, ..shown }, took);
        assert_eq!(text, "500/at least 500 100/s; 190 made, 300 up to date, 10 failed");
        let text = line(&Shown { phase: Phase::Orphans, ..shown }, took);
        assert_eq!(text, "500 objects; of what is gone 0 variants removed, 0 left");
        assert_eq!(line(&Shown::default(), Duration::ZERO), "0/at least 0 0/s; 0 made, 0 up to date, 0 failed");
        assert!(line(&Shown { is_total: true, ..Shown::default() }, Duration::ZERO).starts_with("0/0"));
    }

    #[test]
    fn times_and_sizes_are_short() {
        let times = [0.25, 75.0, 3725.0, 200_000.0].map(|seconds| duration(Duration::from_secs_f64(seconds)));
        assert_eq!(times, ["0.2s", "1m15s", "1h02m", "2d07h"]);
        let sizes = [0, 999, 1000, 1_500_000, 2_000_000_000, 3_000_000_000_000, u64::MAX].map(size);
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1.0 kB", "1.5 MB", "2.0 GB", "3.0 TB", "18446744.1 TB"]);
    }
}
