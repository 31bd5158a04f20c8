use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lightmill_recipe::video::{HlsPart, SegmentLength};
use serde::{Deserialize, Serialize};

use super::playlist;

/// How often a maker says that it is at work, and how long it is believed: clocks of instances may differ by the rest.
pub(super) const BEAT: Duration = Duration::from_secs(3);
pub(super) const LEASE: Duration = Duration::from_secs(15);

/// How a variant's line begins; the name of its playlist follows in the next one.
const VARIANT: &str = "#EXT-X-STREAM-INF:";

/// What there is of an HLS video, for whoever serves it, and the lease of whoever makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// Who makes it: a name that no other has.
    pub(super) maker: String,
    /// When it said so last, in milliseconds since 1970.
    beat: u64,
    /// Whether nothing is added any more.
    pub(crate) done: bool,
    /// How much is made, from 0 to 1, where that is known.
    pub(super) part: Option<f32>,
    /// Seconds of video for each second of work.
    pub(super) speed: Option<f32>,
    /// The first playlist, as ffmpeg wrote it; empty before.
    pub(super) master: String,
    /// By the numbers of their playlists.
    pub(super) renditions: Vec<Rendition>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rendition {
    /// In their order, from number 0.
    pub(super) segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub(super) microseconds: u64,
    pub(super) bytes: u64,
}

/// How far an HLS video is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HlsStatus {
    /// Whether it is whole.
    pub done: bool,
    /// How much is made, from 0 to 100, where that is known.
    pub percent: Option<f32>,
    /// Seconds of video for each second of work.
    pub speed: Option<f32>,
    /// Segments of all renditions that can be fetched.
    pub segments: usize,
    /// Seconds that can be played.
    pub seconds: f64,
}

impl Index {
    /// Of a video that begins to be made.
    pub(super) fn new(maker: String) -> Self {
        let (master, renditions) = (String::new(), Vec::new());
        Self { maker, beat: now(), done: false, part: None, speed: None, master, renditions }
    }

    /// One that nobody can read, and anybody may replace.
    pub(super) fn damaged() -> Self {
        let mut index = Self::new(String::new());
        index.give_up();
        index
    }

    /// It is not whole, and nobody makes it.
    pub(super) fn give_up(&mut self) {
        (self.done, self.beat) = (false, 0);
    }

    pub(super) fn beat(&mut self) {
        self.beat = now();
    }

    /// Whether somebody else may take the work over.
    pub(super) fn is_abandoned(&self) -> bool {
        !self.done && now().saturating_sub(self.beat) > LEASE.as_millis() as u64
    }

    /// Whether a player can begin with it: every rendition has something.
    pub(super) fn is_playable(&self) -> bool {
        let numbers = playlist::renditions(&self.master);
        let has_some = |number: &u8| self.rendition(*number).is_some_and(|rendition| !rendition.segments.is_empty());
        !numbers.is_empty() && numbers.iter().all(has_some)
    }

    /// Whether that part can be fetched.
    pub(super) fn has(&self, part: HlsPart) -> bool {
        let segments = |number: u8| self.rendition(number).map_or(0, |rendition| rendition.segments.len());
        match part {
            HlsPart::Status => true,
            HlsPart::Playlist(number) | HlsPart::Init(number) => segments(number) > 0,
            HlsPart::Segment { rendition, number } => (number as usize) < segments(rendition),
        }
    }

    fn rendition(&self, number: u8) -> Option<&Rendition> {
        self.renditions.get(usize::from(number))
    }

    /// Bytes of all segments.
    pub(super) fn bytes(&self) -> u64 {
        self.renditions.iter().flat_map(|one| &one.segments).map(|segment| segment.bytes).sum()
    }

    pub(super) fn status(&self) -> HlsStatus {
        let length = |one: &Rendition| total(one.segments.iter().map(|segment| segment.microseconds));
        HlsStatus {
            done: self.done,
            percent: if self.done { Some(100.0) } else { self.part.map(|part| part * 100.0) },
            speed: self.speed,
            segments: self.renditions.iter().map(|one| one.segments.len()).sum(),
            seconds: self.renditions.iter().map(length).min().unwrap_or(0) as f64 / 1e6,
        }
    }

    /// The first playlist; `uri` says where a part is fetched.
    pub(super) fn master(&self, uri: &dyn Fn(HlsPart) -> String) -> String {
        let mut text = String::new();
        let mut lines = self.master.lines().filter(|line| !line.is_empty()).peekable();
        let place = |name: &str| name.parse().map(uri).unwrap_or_default();
        while let Some(line) = lines.next() {
            let line = match line.strip_prefix(VARIANT) {
                Some(attributes) => {
                    let of = lines.peek().and_then(|name| number(name));
                    format!("{VARIANT}{}", self.with_bandwidth(attributes, of))
                }
                None if !line.starts_with('#') => place(line),
                None => match playlist::uri(line) {
                    Some(name) => line.replace(&format!("\"{name}\""), &format!("\"{}\"", place(name))),
                    None => line.to_owned(),
                },
            };
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// The attributes of the variant whose playlist has that number, with no less bandwidth than the peak of its segments (RFC
    /// 8216, section 4.3.4.2): what ffmpeg states is the encoder's cap, if there is one.
    fn with_bandwidth(&self, attributes: &str, number: Option<u8>) -> String {
        let Some((before, rest)) = attributes.split_once("BANDWIDTH=") else { return attributes.to_owned() };
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let stated: u64 = rest[..digits].parse().unwrap_or(0);
        let sound = if attributes.contains("AUDIO=") { self.sound() } else { None };
        let peak = total([number, sound].into_iter().flatten().map(|number| self.peak(number)));
        format!("{before}BANDWIDTH={}{}", stated.max(peak), &rest[digits..])
    }

    /// The number of the rendition that the variants share.
    fn sound(&self) -> Option<u8> {
        let line = self.master.lines().find(|line| line.starts_with("#EXT-X-MEDIA:TYPE=AUDIO"))?;
        number(playlist::uri(line)?)
    }

    /// Bits per second of the segment that has most.
    fn peak(&self, number: u8) -> u64 {
        let rate = |segment: &Segment| segment.bytes.saturating_mul(8_000_000) / segment.microseconds.max(1);
        self.rendition(number).and_then(|one| one.segments.iter().map(rate).max()).unwrap_or(0)
    }

    /// A media playlist: one that grows (`EVENT`), or that of the whole video.
    pub(super) fn playlist(&self, number: u8, segment: SegmentLength, uri: &dyn Fn(HlsPart) -> String) -> String {
        let segments = self.rendition(number).map_or(&[][..], |rendition| &rendition.segments);
        let longest = segments.iter().map(|segment| segment.microseconds).max().unwrap_or(0);
        // Rounded, no segment may be longer (RFC 8216, section 4.3.3.1), and it must not change while the playlist grows.
        let target = longest.saturating_add(500_000).div_euclid(1_000_000).max(segment.duration().as_secs());
        let kind = if self.done { "VOD" } else { "EVENT" };
        let mut text = format!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:{kind}\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        );
        if !self.done {
            // Players take what grows for a broadcast, and begin at its end.
            text.push_str("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n");
        }
        // Writing to a text cannot fail.
        let _ = writeln!(text, "#EXT-X-MAP:URI=\"{}\"", uri(HlsPart::Init(number)));
        for (i, segment) in segments.iter().enumerate() {
            let part = HlsPart::Segment { rendition: number, number: i as u32 };
            let _ = writeln!(text, "#EXTINF:{:.6},\n{}", segment.microseconds as f64 / 1e6, uri(part));
        }
        if self.done {
            text.push_str("#EXT-X-ENDLIST\n");
        }
        text
    }
}

/// A sum of what another instance has written, and which may be anything.
fn total(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

/// The number of a playlist's name.
fn number(name: &str) -> Option<u8> {
    match name.parse() {
        Ok(HlsPart::Playlist(number)) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"s\",URI=\"playlist_2.m3u8\"\n\
                          #EXT-X-STREAM-INF:BANDWIDTH=500,RESOLUTION=320x180,AUDIO=\"s\"\nplaylist_0.m3u8\n\n\
                          #EXT-X-STREAM-INF:BANDWIDTH=99000,AUDIO=\"s\"\nplaylist_1.m3u8\n";

    fn index() -> Index {
        let segment = |seconds: f64, bytes| Segment { microseconds: (seconds * 1e6) as u64, bytes };
        let rendition = |segments: &[Segment]| Rendition { segments: segments.to_vec() };
        Index {
            master: MASTER.to_owned(),
            renditions: vec![
                rendition(&[segment(4.0, 5_000), segment(4.4, 1_100)]),
                rendition(&[segment(4.0, 1_000)]),
                rendition(&[segment(4.0, 500), segment(4.0, 500)]),
            ],
            part: Some(0.25),
            ..Index::new("me".to_owned())
        }
    }

    fn uri(part: HlsPart) -> String {
        format!("?q&lm-part={part}")
    }

    #[test]
    fn the_first_playlist_names_the_others_and_what_they_need() {
        assert_eq!(
            index().master(&uri),
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"s\",URI=\"?q&lm-part=playlist_2.m3u8\"\n\
             #EXT-X-STREAM-INF:BANDWIDTH=11000,RESOLUTION=320x180,AUDIO=\"s\"\n?q&lm-part=playlist_0.m3u8\n\
             #EXT-X-STREAM-INF:BANDWIDTH=99000,AUDIO=\"s\"\n?q&lm-part=playlist_1.m3u8\n"
        );
    }

    #[test]
    fn a_playlist_grows_until_it_ends() {
        let mut index = index();
        let growing = index.playlist(0, SegmentLength::USUAL, &uri);
        assert_eq!(
            growing,
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n\
             #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n\
             #EXT-X-MAP:URI=\"?q&lm-part=init_0.mp4\"\n#EXTINF:4.000000,\n?q&lm-part=segment_0_00000.m4s\n\
             #EXTINF:4.400000,\n?q&lm-part=segment_0_00001.m4s\n"
        );
        index.done = true;
        let whole = index.playlist(0, SegmentLength::USUAL, &uri);
        assert!(whole.contains("TYPE:VOD\n") && whole.ends_with("#EXT-X-ENDLIST\n") && !whole.contains("X-START"));
    }

    #[test]
    fn parts_are_there_or_not() {
        let mut index = index();
        assert!(index.is_playable());
        assert!(index.has(HlsPart::Segment { rendition: 0, number: 1 }) && index.has(HlsPart::Init(2)));
        assert!(!index.has(HlsPart::Segment { rendition: 1, number: 1 }) && !index.has(HlsPart::Playlist(3)));
        let status = index.status();
        assert_eq!((status.percent, status.segments, status.seconds), (Some(25.0), 5, 4.0));
        index.renditions[1].segments.clear();
        assert!(!index.is_playable());
        assert!(!Index::new(String::new()).is_playable());
    }

    #[test]
    fn whatever_was_written_can_be_shown() {
        let most = Segment { microseconds: u64::MAX, bytes: u64::MAX };
        let none = Segment { microseconds: 0, bytes: u64::MAX };
        let rendition = Rendition { segments: vec![most, none, most] };
        for master in [MASTER, "", "URI=\"\"\n../x\n", "#EXT-X-STREAM-INF:BANDWIDTH=99999999999999999999999\n\u{e9}"] {
            let index =
                Index { master: master.to_owned(), renditions: vec![rendition.clone(); 3], beat: u64::MAX, ..index() };
            let read: Index = serde_json::from_slice(&serde_json::to_vec(&index).unwrap()).unwrap();
            assert_eq!(read, index);
            assert!(!index.is_abandoned() && index.status().seconds > 1e12);
            assert!(!index.master(&uri).contains("../x"));
            for number in 0..4 {
                assert!(index.playlist(number, SegmentLength::USUAL, &uri).starts_with("#EXTM3U\n"));
            }
        }
    }

    #[test]
    fn a_maker_that_is_silent_is_gone() {
        let mut index = index();
        assert!(!index.is_abandoned());
        index.beat -= LEASE.as_millis() as u64 + 1;
        assert!(index.is_abandoned());
        index.beat();
        assert!(!index.is_abandoned());
        (index.done, index.beat) = (true, 0);
        assert!(!index.is_abandoned());
    }
}
