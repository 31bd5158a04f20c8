use std::ffi::OsString;

use crate::range_server::RangeServer;

/// The containers that are read, by the names of ffmpeg's demuxers. None of them opens another file or address by itself;
/// playlists, scripts, devices and session descriptions are not here.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,ogg";

/// How long one read from the range server may take, in microseconds: a slow store, and then none.
const READ_TIME: &str = "30000000";

/// Bytes that the kernel keeps for a child that does not read. Each may be one that is read from a store for nothing.
const RECEIVE_BUFFER: &str = "65536";

/// What stands before `-i`, and that, for ffmpeg and ffprobe alike: one input over HTTP on one address, and nothing that
/// is not a container of video.
pub(crate) fn arguments(server: &RangeServer) -> impl Iterator<Item = OsString> + use<> {
    let options = [
        "-protocol_whitelist",
        "http,tcp",
        "-format_whitelist",
        CONTAINERS,
        "-rw_timeout",
        READ_TIME,
        "-recv_buffer_size",
        RECEIVE_BUFFER,
        "-seekable",
        "1",
        "-i",
    ];
    options.into_iter().map(OsString::from).chain([server.url().into()])
}
