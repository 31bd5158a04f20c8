use std::fmt;

/// In which cases a converted wish has another result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Note {
    /// Sources that are smaller than what is asked for.
    SmallSources,
    /// GIFs that stay GIFs.
    Gif,
    /// Sides that lie between two pixels.
    Rounding,
    /// Sides of a few pixels, which the other side follows.
    Following,
    /// Where exactly a picture is cut.
    Window,
    /// Windows that begin outside of the picture.
    OutsideWindow,
    /// Pictures with transparency.
    Transparency,
    /// Marks with transparency of their own.
    MarkTransparency,
    /// Marks with an EXIF orientation.
    MarkOrientation,
    /// Repeated marks.
    Copies,
    /// Shades of grey.
    Grey,
    /// Sources of more than 8 bits.
    Depth,
    /// Corners of more than half a side.
    Corners,
    /// Which pixels are border.
    Trim,
    /// EXIF orientation, where the mount says otherwise.
    OrientationNeedsMount,
    /// EXIF orientation, which cannot be left alone.
    OrientationApplied,
    /// Sources that are not GIF.
    Frames,
    /// JPEG sources of another quality.
    Quality,
    /// Quality where none is asked for.
    DefaultQuality,
    /// JPEG's order of data.
    Progressive,
    /// ICC profiles.
    Profile,
    /// How long answers are kept.
    MaxAge,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SmallSources => "sources smaller than the size asked for are enlarged, cut or padded in another way",
            Self::Gif => "a GIF that stays one is enlarged in one of the two dialects only",
            Self::Rounding => "sizes may differ by one pixel: sides are rounded in another way",
            Self::Following => "sizes may differ by a few pixels in very long pictures: a rounded side is followed",
            Self::Window => {
                "the window that is kept may lie a pixel further, and a nearly equal aspect ratio is not cut in Thumbor"
            }
            Self::OutsideWindow => {
                "a window that begins outside of the picture is refused in OSS and ignored in Thumbor"
            }
            Self::Transparency => "the filling lies behind transparent pixels in one of the two dialects only",
            Self::MarkTransparency => "a mark with transparency of its own fades in another way",
            Self::MarkOrientation => "a mark with an EXIF orientation lies the other way",
            Self::Copies => "copies of a repeated mark are spread in another way",
            Self::Grey => {
                "greys are weighted in another way: luminance in OSS and imagor, ITU-R BT.601 luma in Thumbor"
            }
            Self::Depth => "sources of 16 bits keep them in OSS only",
            Self::Corners => "corners of more than half the shorter side are ellipses in one of the two dialects only",
            Self::Trim => "what counts as border is measured in another way",
            Self::OrientationNeedsMount => "EXIF orientation is applied if the mount has `respect_orientation = true`",
            Self::OrientationApplied => "EXIF orientation is always applied there",
            Self::Frames => "`cgif` refuses sources that are not GIF; here they are accepted",
            Self::Quality => "a JPEG source of lower quality bounds the quality in one of the two dialects only",
            Self::DefaultQuality => "where no quality is asked for, the defaults of some formats differ",
            Self::Progressive => "JPEG is always progressive there",
            Self::Profile => "ICC profiles are kept if the mount says so (`profile`), and converted to sRGB otherwise",
            Self::MaxAge => "how long answers are kept is the mount's affair there",
        })
    }
}
