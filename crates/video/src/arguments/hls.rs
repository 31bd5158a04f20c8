use std::fmt::{self, Display};

use lightmill_recipe::video::SegmentLength;

use super::argument::{Arguments, Value};

/// The playlist that names all others, in the working folder.
pub const MASTER_PLAYLIST: &str = "master.m3u8";

/// Names of segments: the number of their playlist (`playlist_0.m3u8`), then their own. Beside them lies `init_0.mp4`.
pub const SEGMENT_FILES: &str = "segment_%v_%05d.m4s";

/// Which streams a playlist holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamMap {
    /// Versions of the pictures.
    pub pictures: usize,
    pub sound: bool,
}

impl Display for StreamMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.pictures, self.sound) {
            (0, _) => f.write_str("a:0"),
            (1, false) => f.write_str("v:0"),
            (1, true) => f.write_str("v:0,a:0"),
            (pictures, sound) => {
                // Sound is made once, and shared.
                for index in 0..pictures {
                    write!(f, "{}v:{index}", if index == 0 { "" } else { " " })?;
                    f.write_str(if sound { ",agroup:sound" } else { "" })?;
                }
                f.write_str(if sound { " a:0,agroup:sound,default:yes" } else { "" })
            }
        }
    }
}

/// Playlists that grow until the video is whole, and segments of fragmented MP4 that each begin with a key frame.
pub(super) fn put(arguments: &mut Arguments, segment: SegmentLength, streams: StreamMap, encodes: bool) {
    let seconds = segment.duration();
    if encodes {
        arguments.set("force_key_frames", Value::KeyFramesEvery(seconds));
    }
    arguments.set("f", "hls").set("hls_time", seconds.as_secs()).set("hls_playlist_type", "event");
    arguments.set("hls_flags", "independent_segments").set("hls_segment_type", "fmp4");
    arguments.set("hls_fmp4_init_filename", if streams.count() > 1 { "init_%v.mp4" } else { "init_0.mp4" });
    arguments.set("hls_segment_filename", SEGMENT_FILES).set("master_pl_name", MASTER_PLAYLIST);
    arguments.set("var_stream_map", Value::Streams(streams));
}

impl StreamMap {
    /// How many playlists there are beside the master.
    const fn count(self) -> usize {
        match (self.pictures, self.sound) {
            (0 | 1, _) => 1,
            (pictures, sound) => pictures + sound as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_shared_by_the_steps_of_a_ladder() {
        let map = |pictures, sound| StreamMap { pictures, sound }.to_string();
        assert_eq!(map(0, true), "a:0");
        assert_eq!(map(1, true), "v:0,a:0");
        assert_eq!(map(2, false), "v:0 v:1");
        assert_eq!(map(2, true), "v:0,agroup:sound v:1,agroup:sound a:0,agroup:sound,default:yes");
    }
}
