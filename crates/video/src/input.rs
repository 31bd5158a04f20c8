use std::sync::Arc;

use crate::range_server::RangeServer;
use crate::{Error, Source};

/// What stands before `-i`, for ffmpeg and ffprobe alike: one input over HTTP on one address, and nothing that is not a
/// container of video.
///
/// One read may take 30 s (in microseconds): a slow store, and then none. The kernel keeps 64 KiB for a child that does
/// not read: each byte may be one that is read from a store for nothing.
pub(crate) const OPTIONS: [&str; 12] = [
    "-protocol_whitelist",
    "http,tcp",
    "-format_whitelist",
    CONTAINERS,
    "-codec_whitelist",
    DECODERS,
    "-rw_timeout",
    "30000000",
    "-recv_buffer_size",
    "65536",
    "-seekable",
    "1",
];

/// The containers that are read, by the names of ffmpeg's demuxers: those that open no other file or address by
/// themselves. Playlists, scripts, devices and session descriptions are not among them.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,ogg";

/// What is decoded, by the names of ffmpeg's decoders: what cameras, phones, editors and web sites write. ffmpeg has
/// some five hundred; most of them are for a game or a device of long ago, and a file chooses which one reads it.
/// Subtitles are here because ffprobe gives up at the first stream that it may not decode.
const DECODERS: &str = "\
    h264,hevc,libdav1d,libaom-av1,av1,vp8,vp9,libvpx,libvpx-vp9,theora,libtheora,mpeg1video,mpeg2video,mpeg4,\
    msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,h263,h263i,h263p,flv,vp6,vp6a,vp6f,svq3,mjpeg,prores,dnxhd,\
    cfhd,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,v210,png,\
    aac,aac_fixed,aac_latm,mp1float,mp2float,mp3float,mp1,mp2,mp3,opus,libopus,vorbis,libvorbis,flac,alac,ac3,\
    eac3,dca,truehd,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,wmapro,speex,libspeex,nellymoser,\
    adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,\
    pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,\
    pcm_f32be,pcm_f64le,pcm_bluray,pcm_dvd,\
    mov_text,subrip,srt,ass,ssa,webvtt,text,dvdsub,dvbsub,pgssub,cc_dec";

/// A server for `source`, of which at most `limit` bytes are read.
pub(crate) fn serve(source: Arc<dyn Source>, limit: u64) -> Result<RangeServer, Error> {
    if source.size() == 0 {
        return Err(Error::NotAVideo { detail: "no bytes".to_owned() });
    }
    RangeServer::start(source, limit)
}
