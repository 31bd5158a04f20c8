#![allow(clippy::unreadable_literal)] // A program writes the numbers.

/// What a unit of a kind of work costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Price {
    /// Processor time.
    pub(super) nanoseconds: f64,
    /// Memory besides the pictures that a stage is given and makes.
    pub(super) bytes: f64,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = ($nanoseconds:literal, $bytes:literal),)*) => {
        /// A kind of work whose price is the same for every unit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[doc = $doc])* $name,)*
        }

        impl Kind {
            /// The price of a unit.
            pub(super) const fn price(self) -> Price {
                const PRICES: &[Price] = &[$(Price { nanoseconds: $nanoseconds, bytes: $bytes },)*];
                PRICES[self as usize]
            }
        }
    };
}

// What a unit is, its nanoseconds, its bytes: as fitted by `./dev bench cost --write`, whose sheet in `bench/results`
// says on which machine.
kinds! {
    /// A picture: whatever its size.
    Picture = (74_300.0, 91_700.0),
    /// A byte of a baseline JPEG that our own decoder of planes reads.
    ReducedByte = (4.19, 0.0),
    /// A stored pixel of a baseline JPEG that it decodes at 1/8.
    ReducedEighth = (0.300, 0.0100),
    /// A stored pixel of a baseline JPEG that it decodes at 2/8.
    ReducedQuarter = (0.725, 0.0100),
    /// A stored pixel of a baseline JPEG that it decodes at 4/8.
    ReducedHalf = (1.04, 0.0500),
    /// A stored pixel of a baseline JPEG that it decodes at 6/8.
    ReducedThreeQuarters = (1.52, 0.0500),
    /// A stored pixel of a baseline JPEG that it decodes at 8/8.
    Planes = (1.51, 0.0500),
    /// A byte of a progressive JPEG that it reads, at 2/8 or more.
    ReducedProgressiveByte = (5.01, 0.0),
    /// A stored pixel of a progressive JPEG that it decodes at 1/8.
    ReducedProgressiveEighth = (0.412, 0.0381),
    /// A stored pixel of a progressive JPEG that it decodes at 2/8.
    ReducedProgressiveQuarter = (0.300, 0.200),
    /// A stored pixel of a progressive JPEG that it decodes at 4/8.
    ReducedProgressiveHalf = (4.90, 0.918),
    /// A stored pixel of a progressive JPEG that it decodes at 6/8.
    ReducedProgressiveThreeQuarters = (11.0, 2.55),
    /// A stored pixel of a progressive JPEG that it decodes at 8/8.
    ProgressivePlanes = (8.55, 3.53),
    /// A byte of a baseline JPEG that libjpeg reads.
    JpegByte = (15.7, 0.0),
    /// A stored pixel of a baseline JPEG that libjpeg decodes to RGB.
    JpegRgb = (2.23, 0.0100),
    /// A byte of a progressive JPEG that libjpeg reads.
    ProgressiveByte = (26.3, 0.0100),
    /// A stored pixel of a progressive JPEG that libjpeg decodes.
    Progressive = (8.66, 2.40),
    /// A byte of a compressed PNG.
    PngByte = (2.18, 0.0100),
    /// A pixel of a PNG.
    PngDecode = (8.38, 0.296),
    /// A pixel of a still WebP.
    WebPDecode = (17.1, 0.250),
    /// A pixel of a frame of an animated WebP.
    WebPFrame = (0.491, 14.7),
    /// A pixel of a frame of a GIF.
    GifDecode = (0.300, 5.84),
    /// A pixel of a vector picture, as it is rendered.
    SvgRender = (60.0, 4.00),
    /// A pixel of a frame of an AVIF or HEIC.
    AvifDecode = (44.1, 19.2),
    /// A pixel of a JPEG XL.
    JpegXlDecode = (100.0, 16.0),
    /// A pixel of a source of any other format.
    OtherDecode = (2.71, 0.519),
    /// A sample that is resampled: its row is made narrower or wider.
    ResampleFrom = (0.365, 0.0189),
    /// A sample that resampling makes.
    ResampleTo = (1.37, 0.0100),
    /// A sample before or after resampling that is mixed as an amount of light.
    LinearLight = (0.668, 0.0100),
    /// A pixel that changes its layout, its profile or loses its alpha.
    Convert = (4.04, 0.0100),
    /// A pixel that is moved: crops, quarter turns, larger canvases.
    Move = (1.47, 0.0100),
    /// A pixel that is masked, adjusted or made grey.
    Adjust = (2.44, 0.0100),
    /// A pixel that is turned by any other angle.
    Rotate = (7.94, 0.0100),
    /// A sample of a Gaussian blur.
    BlurGaussian = (2.62, 0.0158),
    /// A sample of a window blur, once for every pixel of the window's side.
    BlurWindow = (0.500, 0.500),
    /// A pixel that is sharpened in planes.
    SharpenPlanes = (4.95, 0.0100),
    /// A pixel that is sharpened.
    Sharpen = (49.1, 0.0100),
    /// A pixel under a mark.
    Draw = (0.300, 0.0100),
    /// A text that is shaped and drawn.
    Text = (344_000.0, 1_000_000.0),
    /// A pixel of a baseline JPEG that is written.
    JpegEncode = (3.83, 0.349),
    /// A pixel of a progressive JPEG that is written.
    JpegEncodeProgressive = (25.1, 5.41),
    /// A pixel of a JPEG that is written with trellis quantisation.
    JpegEncodeSmall = (75.5, 5.76),
    /// A pixel of a still WebP that is written.
    WebPEncode = (78.5, 1.19),
    /// A pixel of a WebP that is written without loss.
    WebPEncodeLossless = (400.0, 40.0),
    /// A pixel of a still WebP with alpha that is written.
    WebPEncodeAlpha = (213.0, 18.9),
    /// A pixel of a frame of an animated WebP that is written.
    WebPEncodeFrame = (0.864, 8.01),
    /// A byte of an animated GIF, for the share of its pixels that the result has: it tells how much changes between
    /// frames.
    GifFrameByte = (97.1, 0.0100),
    /// The same of an animated WebP or AVIF, whose bytes say more.
    WebPFrameByte = (388.0, 0.0100),
    /// An AVIF that is written: whatever its size.
    AvifStart = (4_460_000.0, 1_150_000.0),
    /// A pixel of an AVIF that is written for a page that waits.
    AvifEncode = (572.0, 35.3),
    /// A pixel of an AVIF that is written in few bytes.
    AvifEncodeSmall = (3_740.0, 68.6),
    /// A pixel of a frame of an AVIF sequence that is written.
    AvifEncodeFrame = (400.0, 80.0),
    /// A palette that is made for a PNG: whatever its size.
    PaletteStart = (27_400_000.0, 5_290_000.0),
    /// A sample of a PNG with a palette that is made for it.
    PngEncodePalette = (39.5, 2.08),
    /// A sample of a PNG that is written.
    PngEncode = (5.37, 0.724),
    /// A GIF that is written: whatever its size.
    GifStart = (911_000.0, 191_000.0),
    /// A pixel of a frame of a GIF that is written.
    GifEncode = (0.300, 13.5),
    /// A quality that is searched for a score: each try is of a bounded number of pixels.
    Score = (200_000_000.0, 8_000_000.0),
    /// A byte of a JPEG whose blocks are turned.
    TurnByte = (39.4, 0.100),
    /// A stored pixel of a JPEG whose blocks are turned.
    Turn = (7.50, 6.12),
    /// A pixel of any other format that is written.
    OtherEncode = (9.54, 4.93),
}
