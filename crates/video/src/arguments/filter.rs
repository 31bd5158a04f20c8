//! Filters of ffmpeg, as values.

use std::fmt::{self, Display};
use std::time::Duration;

use lightmill_recipe::Size;

/// One filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// Frames of two fields become whole pictures, as many as there were; others stay.
    Deinterlace,
    /// The last frame goes on for ever.
    GoOn,
    /// Only frames from the moment that was sought.
    FromSeek,
    /// The first frame that comes is at moment 0: ffmpeg drops frames that lie before it.
    FromZero,
    /// The first frame of each interval.
    Every(Duration),
    /// Exactly so many frames per second.
    Rate(u8),
    /// Frames that follow the one before too soon are left out; none is added.
    RateAtMost(u8),
    /// The frame that stands best for so many.
    Best(u32),
    /// To exactly this size.
    Scale {
        size: Size,
        /// The file does not say that it is BT.709, and players take it for that.
        as_bt709: bool,
    },
    /// A quarter turn clockwise.
    Turn,
    /// Samples are square.
    Square,
    /// HDR to SDR by Hable's curve, in BT.709.
    ToneMap,
    /// ffmpeg's name of a pixel format.
    Format(&'static str),
    /// Black around a picture at this place.
    Pad { size: Size, x: u32, y: u32 },
    /// So many pictures on a sheet.
    Tile { columns: u32, rows: u32, frames: u32 },
    /// Colours of a palette of the whole piece.
    Palette,
}

impl Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deinterlace => f.write_str("bwdif=mode=send_frame:deint=interlaced"),
            Self::GoOn => f.write_str("tpad=stop=-1:stop_mode=clone"),
            Self::FromSeek => f.write_str("select=gte(t\\,-0.0005)"),
            Self::FromZero => f.write_str("setpts=PTS-STARTPTS"),
            Self::Every(interval) => write!(f, "select=gte(t\\,selected_n*{}-0.0005)", interval.as_secs_f64()),
            Self::Rate(rate) => write!(f, "fps={rate}"),
            Self::RateAtMost(rate) => {
                // A frame may come a millisecond early, as containers round its moment.
                let gap = (1.0 / f64::from(*rate) - 0.002).max(0.0);
                write!(f, "select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,{gap:.6})")
            }
            Self::Best(frames) => write!(f, "thumbnail={frames}"),
            Self::Scale { size: Size { width, height }, as_bt709 } => {
                write!(f, "scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_int")?;
                f.write_str(if *as_bt709 { ":in_color_matrix=bt709" } else { "" })
            }
            Self::Turn => f.write_str("transpose=clock"),
            Self::Square => f.write_str("setsar=1"),
            Self::ToneMap => f.write_str(
                "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv",
            ),
            Self::Format(name) => write!(f, "format={name}"),
            Self::Pad { size: Size { width, height }, x, y } => write!(f, "pad={width}:{height}:{x}:{y}"),
            Self::Tile { columns, rows, frames } => write!(f, "tile={columns}x{rows}:nb_frames={frames}"),
            Self::Palette => f.write_str("split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=sierra2_4a"),
        }
    }
}

/// One filter after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Graph(pub Vec<Filter>);

impl Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, filter) in self.0.iter().enumerate() {
            write!(f, "{}{filter}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// One stream in several sizes: what all have in common, then what each has alone. Outputs are `[v0]`, `[v1]`, …
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ladder {
    pub stream: u32,
    pub common: Graph,
    pub steps: Vec<Graph>,
}

impl Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[0:{}]", self.stream)?;
        if !self.common.0.is_empty() {
            write!(f, "{},", self.common)?;
        }
        write!(f, "split={}", self.steps.len())?;
        for index in 0..self.steps.len() {
            write!(f, "[s{index}]")?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            write!(f, ";[s{index}]{step}[v{index}]")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ladders_split_once() {
        let step = |width| Graph(vec![Filter::Scale { size: Size::new(width, 90), as_bt709: false }, Filter::Square]);
        let ladder = Ladder { stream: 2, common: Graph(vec![Filter::Rate(30)]), steps: vec![step(320), step(160)] };
        assert_eq!(
            ladder.to_string(),
            "[0:2]fps=30,split=2[s0][s1];[s0]scale=320:90:flags=lanczos+accurate_rnd+full_chroma_int,setsar=1[v0];\
             [s1]scale=160:90:flags=lanczos+accurate_rnd+full_chroma_int,setsar=1[v1]"
        );
    }
}
