use std::fmt::{self, Display};
use std::str::FromStr;

/// Renditions that a playlist can have, the one of sound included; far more than players choose among.
const MOST_RENDITIONS: u8 = 64;

/// Segments of one rendition: their names have five digits.
const MOST_SEGMENTS: u32 = 100_000;

/// One of the files that an HLS video consists of (RFC 8216). The first playlist, which names all others, is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HlsPart {
    /// `playlist_0.m3u8`: the media playlist of that rendition.
    Playlist(u8),
    /// `init_0.mp4`: what all segments of that rendition begin with.
    Init(u8),
    /// `segment_0_00012.m4s`.
    Segment {
        /// Which rendition it is of.
        rendition: u8,
        /// Its number, from 0.
        number: u32,
    },
    /// `status.json`: how far the making is.
    Status,
}

impl HlsPart {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Playlist(_) => "application/vnd.apple.mpegurl",
            Self::Init(_) | Self::Segment { .. } => "video/mp4",
            Self::Status => "application/json",
        }
    }

    /// Whether its bytes never change once they are there.
    pub const fn is_media(self) -> bool {
        matches!(self, Self::Init(_) | Self::Segment { .. })
    }
}

impl Display for HlsPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Playlist(rendition) => write!(f, "playlist_{rendition}.m3u8"),
            Self::Init(rendition) => write!(f, "init_{rendition}.mp4"),
            Self::Segment { rendition, number } => write!(f, "segment_{rendition}_{number:05}.m4s"),
            Self::Status => f.write_str("status.json"),
        }
    }
}

/// The text is no name of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHlsPart;

impl FromStr for HlsPart {
    type Err = NoHlsPart;

    fn from_str(text: &str) -> Result<Self, NoHlsPart> {
        let part = (|| {
            let (name, ending) = text.split_once('.')?;
            let mut words = name.split('_');
            let kind = words.next()?;
            let mut number = || words.next()?.parse::<u32>().ok();
            let rendition = |number: u32| u8::try_from(number).ok().filter(|number| *number < MOST_RENDITIONS);
            match (kind, ending) {
                ("status", "json") => Some(Self::Status),
                ("playlist", "m3u8") => Some(Self::Playlist(rendition(number()?)?)),
                ("init", "mp4") => Some(Self::Init(rendition(number()?)?)),
                ("segment", "m4s") => {
                    let rendition = rendition(number()?)?;
                    Some(Self::Segment { rendition, number: number().filter(|number| *number < MOST_SEGMENTS)? })
                }
                _ => None,
            }
        })();
        // One name for each part: nothing is kept twice.
        part.filter(|part| part.to_string() == text).ok_or(NoHlsPart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for part in [
            HlsPart::Playlist(0),
            HlsPart::Init(63),
            HlsPart::Segment { rendition: 3, number: 0 },
            HlsPart::Segment { rendition: 0, number: 99_999 },
            HlsPart::Status,
        ] {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        for text in [
            "",
            "playlist_.m3u8",
            "playlist_64.m3u8",
            "playlist_0.m3u8/../x",
            "playlist_00.m3u8",
            "playlist_+1.m3u8",
            "segment_0_1.m4s",
            "segment_0_100000.m4s",
            "segment_0.m4s",
            "init_0_1.mp4",
            "status_1.json",
            "master.m3u8",
        ] {
            assert_eq!(text.parse::<HlsPart>(), Err(NoHlsPart), "{text}");
        }
    }
}
