//! What ffmpeg writes while it makes HLS (RFC 8216), read.

use std::time::Duration;

use lightmill_recipe::video::HlsPart;

/// A segment in a media playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its name.
    pub(super) part: HlsPart,
    /// How long it is.
    pub(super) length: Duration,
}

/// The segments of a media playlist that are whole: each stands below its `#EXTINF`. A line that makes no sense ends the
/// list: it is being written.
pub(super) fn segments(text: &str) -> Vec<Listed> {
    let mut length = None;
    let mut listed = Vec::new();
    for line in text.lines() {
        if let Some(stated) = line.strip_prefix("#EXTINF:") {
            let seconds = stated.split(',').next().and_then(|seconds| seconds.parse().ok());
            length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        } else if !line.starts_with('#') && !line.is_empty() {
            let (Some(length), Ok(part @ HlsPart::Segment { .. })) = (length.take(), line.parse()) else { break };
            listed.push(Listed { part, length });
        }
    }
    listed
}

/// The playlists that a first playlist names, in their order.
pub(super) fn renditions(master: &str) -> Vec<u8> {
    let names = master.lines().filter_map(|line| if line.starts_with('#') { uri(line) } else { Some(line) });
    let mut numbers: Vec<u8> = names
        .filter_map(|name| match name.parse() {
            Ok(HlsPart::Playlist(number)) => Some(number),
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The value of a line's attribute `URI`.
pub(super) fn uri(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("URI=\"")?;
    rest.split_once('"').map(|(uri, _)| uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_listed_with_their_lengths() {
        let text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init_0.mp4\"\n#EXTINF:4.000000,\nsegment_0_00000.m4s\n\
                    #EXTINF:1.5,\nsegment_0_00001.m4s\n#EXT-X-ENDLIST\n";
        let found = segments(text);
        assert_eq!(
            found.iter().map(|one| one.part.to_string()).collect::<Vec<_>>(),
            ["segment_0_00000.m4s", "segment_0_00001.m4s"]
        );
        assert_eq!(found[1].length, Duration::from_millis(1500));
        for broken in ["#EXTINF:4,\n../x\n", "segment_0_00000.m4s\n", "#EXTINF:-1,\nsegment_0_00000.m4s\n", "#EXTINF:4"]
        {
            assert_eq!(segments(broken), [], "{broken}");
        }
    }

    #[test]
    fn renditions_are_those_of_pictures_and_sound() {
        let text = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"s\",URI=\"playlist_2.m3u8\"\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"s\"\nplaylist_0.m3u8\n\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"s\"\nplaylist_1.m3u8\n";
        assert_eq!(renditions(text), [0, 1, 2]);
        assert_eq!(renditions("#EXTM3U\n../etc\n"), [] as [u8; 0]);
    }
}
