use std::ops::Range;
use std::time::Duration;

use lightmill_recipe::{Format, Size};

use super::boxes::{Boxes, Fields};
use super::property::{self, Property};
use super::still::ALPHA;
use super::{Colour, Nclx, Samples, cut_off};
use crate::Error;

/// The tracks of an image sequence (HEIF, section 7).
#[derive(Debug)]
pub(in crate::codecs) struct Sequence<'a> {
    pub colour: Track<'a>,
    /// As many samples of the same size.
    pub alpha: Option<Track<'a>>,
    pub premultiplied: bool,
    /// Times it is shown; 0 is for ever.
    pub loop_count: u32,
}

/// A track of pictures.
#[derive(Debug)]
pub(in crate::codecs) struct Track<'a> {
    id: u32,
    pub size: Size,
    pub samples: Samples,
    pub nclx: Option<Nclx>,
    pub icc: Option<&'a [u8]>,
    codec: [u8; 4],
    is_alpha: bool,
    references: Boxes<'a>,
    /// The body of `stbl`.
    tables: &'a [u8],
    /// Ticks in a second.
    time_scale: u32,
    loop_count: u32,
}

/// A coded picture of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::codecs) struct Sample {
    /// In the file.
    pub range: Range<usize>,
    pub duration: Duration,
}

impl<'a> Sequence<'a> {
    /// Reads the tracks of `file` that are of `codec`; `None` if there is no track of pictures.
    pub fn read(format: Format, file: &'a [u8], codec: [u8; 4]) -> Result<Option<Self>, Error> {
        let Some(movie) = Boxes::new(file).find(*b"moov") else { return Ok(None) };
        let mut tracks = Vec::new();
        // A file of pictures has a track of colour and one of alpha; what comes after the first few is something else.
        for found in Boxes::new(movie).filter(|found| &found.kind == b"trak").take(8) {
            if matches!(handler(found.body), Some([b'p', b'i', b'c', b't'] | [b'a', b'u', b'x', b'v'])) {
                tracks.push(Track::read(found.body).ok_or_else(|| cut_off(format, "trak"))?);
            }
        }
        tracks.retain(|track| track.codec == codec);
        let Some(at) = tracks.iter().position(|track| !track.is_alpha) else { return Ok(None) };
        let colour = tracks.swap_remove(at);
        let alpha = tracks.into_iter().find(|track| track.is_alpha && track.refers(*b"auxl", colour.id));
        if alpha.as_ref().is_some_and(|alpha| alpha.size != colour.size) {
            return Err(Error::unsupported(format!("{format} with alpha of another size than colour")));
        }
        let premultiplied = alpha.as_ref().is_some_and(|alpha| colour.refers(*b"prem", alpha.id));
        Ok(Some(Self { loop_count: colour.loop_count, colour, alpha, premultiplied }))
    }
}

impl<'a> Track<'a> {
    /// Reads the `trak` box of a track of pictures.
    fn read(body: &'a [u8]) -> Option<Self> {
        let boxes = Boxes::new(body);
        let find = |kind| boxes.clone().find(kind);
        let media = Boxes::new(find(*b"mdia")?);
        let (version, _, mut fields) = Fields::full(find(*b"tkhd")?)?;
        let (id, duration) = header(version, &mut fields)?;
        let (version, _, mut fields) = Fields::full(media.clone().find(*b"mdhd")?)?;
        let (time_scale, _) = header(version, &mut fields)?;
        let tables = Boxes::new(media.clone().find(*b"minf")?).find(*b"stbl")?;
        let (_, _, mut fields) = Fields::full(Boxes::new(tables).find(*b"stsd")?)?;
        let _count = fields.u32()?;
        let entry = Boxes::new(fields.rest()).next()?;
        // A VisualSampleEntry (ISO/IEC 14496-12, section 12.1.3): 24 bytes before the size and 50 after it.
        let mut fields = Fields::new(entry.body);
        fields.bytes(24)?;
        let size = Size::new(fields.u16()?.into(), fields.u16()?.into());
        fields.bytes(50)?;
        let mut track = Self {
            id,
            size,
            samples: Samples::default(),
            nclx: None,
            icc: None,
            codec: entry.kind,
            is_alpha: handler(body)? == *b"auxv",
            references: Boxes::new(find(*b"tref").unwrap_or_default()),
            tables,
            time_scale: time_scale.max(1),
            loop_count: loop_count(find(*b"edts"), duration),
        };
        for property in property::of_sample_entry(Boxes::new(fields.rest())) {
            match property {
                Property::Colour(Colour::Nclx(nclx)) => track.nclx = Some(nclx),
                Property::Colour(Colour::Profile(icc)) => track.icc = Some(icc),
                Property::Codec(samples) => track.samples = samples,
                Property::AuxiliaryType(kind) => track.is_alpha &= ALPHA.contains(&kind),
                _ => {}
            }
        }
        Some(track)
    }

    fn refers(&self, kind: [u8; 4], id: u32) -> bool {
        self.references.clone().find(kind).is_some_and(|ids| ids.chunks_exact(4).any(|b| *b == id.to_be_bytes()))
    }

    /// Samples, as far as the tables account for them.
    pub fn count(&self) -> u32 {
        self.tables().map_or(0, |tables| tables.count())
    }

    /// The first samples, `at_most` of them; those that lie in a `file` that is cut off.
    pub fn samples(&self, file: &[u8], at_most: u32) -> Vec<Sample> {
        let Some(tables) = self.tables() else { return Vec::new() };
        let mut durations = tables.durations();
        let mut samples = Vec::new();
        let mut sizes = (0..tables.count().min(at_most)).map(|index| tables.size(index));
        for (offset, count) in tables.chunks() {
            let mut start = offset;
            for _ in 0..count {
                let Some(size) = sizes.next() else { return samples };
                let Some(end) = size.and_then(|size| start.checked_add(size)) else { return samples };
                if end > file.len() {
                    return samples;
                }
                let ticks = durations.next().unwrap_or_default();
                let duration = Duration::from_secs_f64(f64::from(ticks) / f64::from(self.time_scale));
                samples.push(Sample { range: start..end, duration });
                start = end;
            }
        }
        samples
    }

    fn tables(&self) -> Option<Tables<'a>> {
        let boxes = Boxes::new(self.tables);
        let table = |kind| Fields::full(boxes.clone().find(kind)?).map(|(_, _, fields)| fields);
        let mut sizes = table(*b"stsz")?;
        let (fixed_size, count) = (sizes.u32()?, sizes.u32()?);
        let (wide, mut offsets) = match table(*b"stco") {
            Some(offsets) => (false, offsets),
            None => (true, table(*b"co64")?),
        };
        let (mut runs, mut times) = (table(*b"stsc")?, table(*b"stts")?);
        // The lengths of the boxes say how many entries there are; the counts could claim more.
        let _counts = (offsets.u32()?, runs.u32()?, times.u32()?);
        let (sizes, offsets, runs, times) = (sizes.rest(), offsets.rest(), runs.rest(), times.rest());
        Some(Tables { fixed_size, stated: count, sizes, offsets, wide, runs, times })
    }
}

/// What the media of a `trak` box are: `pict`, `auxv`, `soun`…
fn handler(track: &[u8]) -> Option<[u8; 4]> {
    let media = Boxes::new(Boxes::new(track).find(*b"mdia")?);
    let (_, _, mut fields) = Fields::full(media.find(*b"hdlr")?)?;
    let _predefined = fields.u32()?;
    fields.array()
}

/// The tables of a track (ISO/IEC 14496-12, section 8.6 and 8.7), as bytes.
struct Tables<'a> {
    /// Of every sample, or 0 if each has its own.
    fixed_size: u32,
    stated: u32,
    sizes: &'a [u8],
    offsets: &'a [u8],
    /// Whether offsets are of 8 bytes.
    wide: bool,
    /// First chunk (from 1), samples in each chunk, description.
    runs: &'a [u8],
    /// Count and ticks of each.
    times: &'a [u8],
}

impl<'a> Tables<'a> {
    /// Offset and number of samples of each chunk.
    fn chunks(&self) -> impl Iterator<Item = (usize, u32)> + use<'a> {
        let (length, runs) = (if self.wide { 8 } else { 4 }, self.runs.as_chunks::<12>().0);
        let mut run = 0;
        self.offsets.chunks_exact(length).zip(1u32..).map_while(move |(offset, number)| {
            let first = |run: usize| runs.get(run).map(|entry| number_at(entry, 0));
            while first(run + 1).is_some_and(|next| next <= number) {
                run += 1;
            }
            let count = number_at(runs.get(run)?, 4);
            let offset = offset.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            Some((usize::try_from(offset).ok()?, count))
        })
    }

    fn count(&self) -> u32 {
        let listed = if self.fixed_size > 0 { u32::MAX } else { (self.sizes.len() / 4) as u32 };
        let held = self.chunks().fold(0u32, |sum, (_, count)| sum.saturating_add(count));
        self.stated.min(listed).min(held)
    }

    fn size(&self, index: u32) -> Option<usize> {
        if self.fixed_size > 0 {
            return Some(self.fixed_size as usize);
        }
        self.sizes.as_chunks::<4>().0.get(index as usize).map(|bytes| u32::from_be_bytes(*bytes) as usize)
    }

    /// Ticks of each sample; the last entry holds for what comes after it.
    fn durations(&self) -> impl Iterator<Item = u32> + use<'a> {
        let entries = self.times.as_chunks::<8>().0;
        let last = entries.last().map_or(0, |entry| number_at(entry, 4));
        let each = entries.iter().flat_map(|entry| (0..number_at(entry, 0)).map(|_| number_at(entry, 4)));
        each.chain(std::iter::repeat(last))
    }
}

fn number_at(entry: &[u8], at: usize) -> u32 {
    entry.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// Identifier or time scale, and duration, of `tkhd` or `mdhd`: both begin with two times, and `tkhd` has four reserved
/// bytes before its duration, which `mdhd` does not need.
fn header(version: u8, fields: &mut Fields<'_>) -> Option<(u32, u64)> {
    let wide = version == 1;
    fields.bytes(if wide { 16 } else { 8 })?;
    let number = fields.u32()?;
    let _reserved = fields.u32()?;
    let duration = if wide {
        fields.u64()?
    } else {
        match fields.u32()? {
            u32::MAX => u64::MAX,
            duration => duration.into(),
        }
    };
    Some((number, duration))
}

/// How often an edit list repeats the media: once for each time that its segment fits into the track's duration, for
/// ever if that has no end (as AVIF files say it) or if there is no list.
fn loop_count(edits: Option<&[u8]>, track_duration: u64) -> u32 {
    let read = || {
        let (version, flags, mut fields) = Fields::full(Boxes::new(edits?).find(*b"elst")?)?;
        if flags & 1 == 0 {
            return Some(1);
        }
        let _count = fields.u32()?;
        let segment = if version == 1 { fields.u64()? } else { fields.u32()?.into() };
        let endless = track_duration == u64::MAX || segment == 0;
        Some(if endless { 0 } else { u32::try_from(track_duration.div_ceil(segment)).unwrap_or(0) })
    };
    read().unwrap_or(0)
}
