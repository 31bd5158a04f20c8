use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{Error, Measured};

/// How much of what a child says is kept: the end tells what it stopped at.
const KEPT: usize = 8 << 10;

/// Reads all that a child says about its troubles, and keeps the end.
pub(super) async fn listen(mut pipe: impl AsyncRead + Unpin) -> String {
    let mut end = VecDeque::with_capacity(KEPT);
    let mut piece = vec![0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut piece).await {
        end.extend(&piece[..count]);
        end.drain(..end.len().saturating_sub(KEPT));
    }
    String::from_utf8_lossy(end.make_contiguous()).into_owned()
}

/// The error of a child that ended by itself and said `complaint`; `memory` is its limit.
pub(super) fn error(complaint: &str, memory: u64) -> Error {
    let says = |texts: &[&str]| texts.iter().any(|text| complaint.contains(text));
    let detail = scrubbed(complaint);
    if says(&["Cannot allocate memory", "error while loading shared libraries", "std::bad_alloc", "Out of memory"]) {
        // A loader that finds no memory for its libraries says no more than that.
        if says(&["No such file", "cannot open shared object file: Permission denied"]) {
            return Error::Failed { detail };
        }
        return Error::TooLarge { what: Measured::Memory, limit: memory };
    }
    // The order matters: an unknown codec is reported before the error that follows from it.
    if says(&[
        "Decoder not found",
        "Decoder (codec",
        "not on whitelist",
        "Unsupported codec",
        "Error while opening decoder",
    ]) && !says(&["Format not on whitelist"])
    {
        return Error::UnsupportedCodec { detail };
    }
    // Said of what is written, it is no word on what was read.
    if says(&["av_interleaved_write_frame", "Could not write header", "Error writing"]) {
        return Error::Failed { detail };
    }
    if says(&[
        "Invalid data found when processing input",
        "Format not on whitelist",
        "moov atom not found",
        "does not contain any stream",
        "matches no streams",
        "Cannot determine format of input stream",
        "End of file",
        "could not find codec parameters",
        "Could not find codec parameters",
    ]) {
        return Error::NotAVideo { detail };
    }
    Error::Failed { detail }
}

/// The last lines, without URLs, paths and addresses in memory.
pub(super) fn scrubbed(complaint: &str) -> String {
    const LINES: usize = 5;
    let lines: Vec<&str> = complaint.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    let clean = |line: &&str| {
        let words = line.split_whitespace().map(|word| if says_where(word) { "…" } else { word });
        let printable = words.collect::<Vec<_>>().join(" ");
        printable.chars().filter(|letter| !letter.is_control()).take(300).collect::<String>()
    };
    last.iter().map(clean).collect::<Vec<_>>().join("; ")
}

fn says_where(word: &str) -> bool {
    word.contains(['/', '\\']) || word.contains("0x")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn only_the_end_is_kept() {
        let text = "x".repeat(KEPT * 3) + "the end";
        let heard = listen(text.as_bytes()).await;
        assert_eq!(heard.len(), KEPT);
        assert!(heard.ends_with("xthe end"));
    }

    #[test]
    fn nothing_tells_where() {
        let complaint = "[http @ 0x55d0c0] Stream ends prematurely\nhttp://127.0.0.1:3456/abc: Invalid data\n/tmp/x/y.mp4: Permission denied\n";
        let said = scrubbed(complaint);
        assert_eq!(said, "[http @ … Stream ends prematurely; … Invalid data; … Permission denied");
    }

    #[test]
    fn complaints_are_understood() {
        for (complaint, kind) in [
            ("http://x/y: Invalid data found when processing input", ErrorKind::NotAVideo),
            ("[mov,mp4 @ 0x1] moov atom not found\nInvalid data found when processing input", ErrorKind::NotAVideo),
            ("[hls @ 0x1] Format not on whitelist 'mov'", ErrorKind::NotAVideo),
            ("Decoder (codec atrac3) not found for input stream #0:0", ErrorKind::UnsupportedCodec),
            ("[x @ 0x1] Codec (hevc) not on whitelist 'h264'", ErrorKind::UnsupportedCodec),
            ("Error: Cannot allocate memory", ErrorKind::TooLarge),
            ("x: error while loading shared libraries: libx.so: failed to map segment", ErrorKind::TooLarge),
            (
                "x: error while loading shared libraries: libx.so: cannot open shared object file: No such file or directory",
                ErrorKind::Failed,
            ),
            ("av_interleaved_write_frame(): Invalid data found when processing input", ErrorKind::Failed),
            ("Unrecognized option 'bogus'.", ErrorKind::Failed),
            ("", ErrorKind::Failed),
        ] {
            assert_eq!(error(complaint, 1 << 20).kind(), kind, "{complaint}");
        }
    }
}
