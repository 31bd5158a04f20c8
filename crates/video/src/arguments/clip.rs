use std::time::Duration;

use lightmill_recipe::video::{AudioTrack, Clip, Container, VideoCodec, VideoEncoding, VideoTrack};
use lightmill_recipe::{LimitError, Size};

use super::argument::{Arguments, Target, Value};
use super::codec::{self, Pictures};
use super::filter::{Filter, Graph, Ladder};
use super::hls::{self, StreamMap};
use super::piece::Piece;
use super::{Abilities, Error, Forecast, Job, Limits, audio, forecast, frame, rates, size};
use crate::Facts;
use crate::facts::{Rotation, VideoStream};

/// What one fragment of a streamed MP4 holds at most: as much must be made before a player can begin.
const FRAGMENT: Duration = Duration::from_secs(1);

/// How a clip reaches who asked for it. HLS is always files in the working folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Byte for byte as it is made, on standard output: MP4 in fragments, Matroska and `WebM` without an index.
    Stream,
    /// One file that can be sought in, made as a whole: MP4 with its index in front.
    File,
}

/// Another video.
///
/// # Errors
/// The source lacks what is wanted, has a codec that the container cannot hold where it is to be copied, HDR that cannot
/// be tone-mapped, or exceeds a limit; the piece begins behind its end.
pub fn clip(
    wish: &Clip,
    facts: &Facts,
    delivery: Delivery,
    limits: &Limits,
    abilities: &Abilities,
) -> Result<Job, Error> {
    let part = wish.part();
    let piece = Piece::new(facts, part.start, part.most.map(lightmill_recipe::video::Length::duration), limits)?;
    source(facts, piece, limits)?;
    let container = wish.container();
    let mut arguments = Arguments::new(target(container, delivery));
    arguments.before("threads", u64::from(limits.threads.get()));
    if !part.start.is_zero() {
        arguments.before("ss", Value::Seconds(part.start));
    }
    if let Some(most) = piece.most {
        arguments.before("t", Value::Seconds(most));
    }
    let seconds = piece.seconds(limits);
    let pictures = match wish.video() {
        VideoTrack::Drop => {
            arguments.flag("vn");
            Made::default()
        }
        VideoTrack::Copy => copy(&mut arguments, container, facts.picture().ok_or(Error::NoPictures)?)?,
        VideoTrack::Encode(encoding) => {
            let stream = facts.picture().ok_or(Error::NoPictures)?;
            encode(&mut arguments, encoding, container, stream, (limits, abilities))?
        }
    };
    let sound = audio::put(&mut arguments, wish.audio(), container, facts, abilities)?;
    if pictures.count == 0 && sound.is_none() {
        return Err(Error::Nothing);
    }
    arguments.flag("sn").flag("dn").set("map_metadata", "-1").set("map_chapters", "-1").set("fflags", "+bitexact");
    arguments.set("fs", limits.result_bytes);
    let encodes = matches!(wish.video(), VideoTrack::Encode(_));
    contain(
        &mut arguments,
        container,
        delivery,
        StreamMap { pictures: pictures.count, sound: sound.is_some() },
        encodes,
    );
    let copies = matches!(wish.video(), VideoTrack::Copy) || wish.audio() == AudioTrack::Copy;
    if copies && !part.start.is_zero() {
        // A copy begins with the key frame before the moment, which may lie before 0.
        arguments.set("avoid_negative_ts", "make_zero");
    }
    let bits = pictures.bits + sound.unwrap_or(0) as f64;
    let forecast = Forecast {
        size: pictures.size,
        duration: piece.length,
        bytes: (bits * seconds / 8.0) as u64,
        work: Duration::from_secs_f64((pictures.work_per_second + 0.01) * seconds),
    };
    Ok(Job { arguments, forecast: forecast.check(limits)? })
}

/// A clip that was streamed, as a file that can be sought in: the same packets, with the index in front.
pub fn remux(container: Container) -> Arguments {
    let mut arguments = Arguments::new(target(container, Delivery::File));
    // Otherwise all is moved until the sound's lead-in, which nobody hears, begins at 0.
    arguments.before_flag("copyts");
    arguments.set("map", "0").set("c", "copy").set("map_metadata", "-1").set("fflags", "+bitexact");
    let streams = StreamMap { pictures: 1, sound: true };
    contain(&mut arguments, container, Delivery::File, streams, false);
    arguments
}

/// The pictures of a clip.
#[derive(Debug, Default)]
struct Made {
    /// How many versions there are.
    count: usize,
    /// The largest.
    size: Option<Size>,
    /// Bits of one second of all versions.
    bits: f64,
    /// Seconds of a processor for one second.
    work_per_second: f64,
}

fn source(facts: &Facts, piece: Piece, limits: &Limits) -> Result<(), LimitError> {
    if let Some(stream) = facts.picture() {
        LimitError::check("video_source_pixels", stream.coded.pixels().0, limits.source_pixels.0)?;
    }
    let share = match (piece.length, facts.duration) {
        (Some(length), Some(duration)) => length.as_secs_f64() / duration.as_secs_f64(),
        _ => 1.0,
    };
    let read = facts.bytes.map_or(0, |bytes| (bytes as f64 * share) as u64);
    LimitError::check("video_source_bytes", read, limits.source_bytes)
}

fn copy(arguments: &mut Arguments, container: Container, stream: &VideoStream) -> Result<Made, Error> {
    let held = match stream.known_codec() {
        Some(codec) => container.takes_video(codec),
        None => matches!(container, Container::Mkv),
    };
    if !held {
        return Err(Error::CannotCopy { container: container.name(), codec: stream.codec.clone() });
    }
    let keeps_rotation = matches!(container, Container::Mp4 | Container::Mov | Container::Hls { .. });
    if stream.rotation != Rotation::None && !keeps_rotation {
        return Err(Error::RotationLost { container: container.name() });
    }
    arguments.set("map", Value::Stream(stream.index)).set("c:v", "copy");
    if stream.known_codec() == Some(VideoCodec::H265) {
        codec::tag(arguments, container);
    }
    Ok(Made {
        count: 1,
        size: Some(stream.display),
        bits: stream.bit_rate.unwrap_or(2_000_000) as f64,
        work_per_second: 0.0,
    })
}

fn encode(
    arguments: &mut Arguments,
    encoding: &VideoEncoding,
    container: Container,
    stream: &VideoStream,
    (limits, abilities): (&Limits, &Abilities),
) -> Result<Made, Error> {
    let even = matches!(container, Container::Avi);
    let mut common: Vec<Filter> = frame::deinterlaced(stream).into_iter().collect();
    common.extend(rates::cap(stream, encoding.frame_rate, even));
    common.extend(frame::to_sdr(stream, abilities)?);
    let renditions = encoding.renditions.as_slice();
    let sizes: Vec<Size> = renditions.iter().map(|one| size::fitted(stream.display, one.bounds)).collect();
    for size in &sizes {
        LimitError::check("video_result_pixels", size.pixels().0, limits.result_pixels.0)?;
    }
    let step = |size: &Size| {
        Graph(vec![Filter::Scale { size: *size, as_bt709: false }, Filter::Format("yuv420p"), Filter::Square])
    };
    match sizes.as_slice() {
        [one] => {
            arguments.set("map", Value::Stream(stream.index));
            common.extend(step(one).0);
            arguments.set("filter:v", Value::Filters(Graph(common)));
        }
        several => {
            let steps = several.iter().map(step).collect();
            let ladder = Ladder { stream: stream.index, common: Graph(common), steps };
            arguments.set("filter_complex", Value::Ladder(ladder));
            for index in 0..several.len() {
                arguments.set("map", Value::Step(index));
            }
        }
    }
    let frame_rate = rates::expected(stream, encoding.frame_rate);
    let pictures = Pictures { encoding, sizes: &sizes, frame_rate, container };
    codec::put(arguments, pictures, limits, abilities)?;
    let decoded = stream.coded.pixels().0 as f64 * stream.frame_rate.unwrap_or(30.0);
    let pixels: f64 = sizes.iter().map(|size| size.pixels().0 as f64 * frame_rate).sum();
    let work = forecast::decoding(decoded) + forecast::encoding(pixels, encoding.coding.codec(), encoding.preset);
    let bits = renditions.iter().zip(&sizes).map(|(one, size)| codec::bits(encoding, *one, *size, frame_rate)).sum();
    let size = sizes.iter().copied().max_by_key(|size| size.pixels());
    Ok(Made { count: sizes.len(), size, bits, work_per_second: work })
}

const fn target(container: Container, delivery: Delivery) -> Target {
    match (container, delivery) {
        (Container::Hls { .. }, _) => Target::File("playlist_%v.m3u8"),
        (_, Delivery::Stream) => Target::Stdout,
        (Container::Mp4, Delivery::File) => Target::File("clip.mp4"),
        (Container::WebM, Delivery::File) => Target::File("clip.webm"),
        (Container::Mov, Delivery::File) => Target::File("clip.mov"),
        (Container::Mkv, Delivery::File) => Target::File("clip.mkv"),
        (Container::Avi, Delivery::File) => Target::File("clip.avi"),
        (Container::Flv, Delivery::File) => Target::File("clip.flv"),
    }
}

/// How the container is written.
fn contain(arguments: &mut Arguments, container: Container, delivery: Delivery, streams: StreamMap, encodes: bool) {
    let streamed = delivery == Delivery::Stream;
    match container {
        Container::Mp4 | Container::Mov => {
            arguments.set("f", if matches!(container, Container::Mp4) { "mp4" } else { "mov" });
            if streamed {
                // Where the first frame of each track begins is known, and written, when the first fragment is made.
                arguments.set("movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov");
                arguments.set("frag_duration", FRAGMENT.as_micros() as u64);
            } else {
                arguments.set("movflags", "+faststart");
            }
        }
        Container::WebM | Container::Mkv => {
            arguments.set("f", if matches!(container, Container::WebM) { "webm" } else { "matroska" });
            if streamed {
                arguments.set("live", 1);
            } else {
                // The index in front, so that a player that seeks reads nothing else first.
                arguments.set("cues_to_front", 1);
            }
        }
        Container::Avi => {
            arguments.set("f", "avi");
        }
        Container::Flv => {
            arguments.set("f", "flv");
            if streamed {
                arguments.set("flvflags", "no_duration_filesize");
            }
        }
        Container::Hls { segment } => hls::put(arguments, segment, streams, encodes),
    }
}

#[cfg(test)]
mod tests;
