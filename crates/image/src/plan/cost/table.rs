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
    Picture = (59_600.0, 121_000.0),
    /// A byte of a baseline JPEG that our own decoder of planes reads.
    ReducedByte = (1.63, 0.0),
    /// A stored pixel of a baseline JPEG that it decodes at 1/8.
    ReducedEighth = (0.906, 0.0100),
    /// A stored pixel of a baseline JPEG that it decodes at 2/8.
    ReducedQuarter = (1.37, 0.0100),
    /// A stored pixel of a baseline JPEG that it decodes at 4/8.
    ReducedHalf = (2.16, 0.0500),
    /// A stored pixel of a baseline JPEG that it decodes at 6/8.
    ReducedThreeQuarters = (2.40, 0.0500),
    /// A stored pixel of a baseline JPEG that it decodes at 8/8.
    Planes = (2.40, 0.0500),
    /// A byte of a progressive JPEG that it reads, at 2/8 or more.
    ReducedProgressiveByte = (3.00, 0.0),
    /// A stored pixel of a progressive JPEG that it decodes at 1/8.
    ReducedProgressiveEighth = (0.412, 0.0300),
    /// A stored pixel of a progressive JPEG that it decodes at 2/8.
    ReducedProgressiveQuarter = (0.667, 0.155),
    /// A stored pixel of a progressive JPEG that it decodes at 4/8.
    ReducedProgressiveHalf = (7.86, 0.749),
    /// A stored pixel of a progressive JPEG that it decodes at 6/8.
    ReducedProgressiveThreeQuarters = (8.00, 1.70),
    /// A stored pixel of a progressive JPEG that it decodes at 8/8.
    ProgressivePlanes = (8.50, 3.00),
    /// A byte of a baseline JPEG that libjpeg reads.
    JpegByte = (3.32, 0.0),
    /// A stored pixel of a baseline JPEG that libjpeg decodes to RGB.
    JpegRgb = (4.49, 0.0330),
    /// A byte of a progressive JPEG that libjpeg reads.
    ProgressiveByte = (27.1, 0.0100),
    /// A stored pixel of a progressive JPEG that libjpeg decodes.
    Progressive = (8.66, 2.52),
    /// A byte of a compressed PNG.
    PngByte = (1.60, 0.0100),
    /// A pixel of a PNG.
    PngDecode = (10.3, 0.0672),
    /// A pixel of a still WebP.
    WebPDecode = (18.4, 0.281),
    /// A pixel of a frame of an animated WebP.
    WebPFrame = (0.0500, 14.3),
    /// A pixel of a frame of a GIF.
    GifDecode = (0.0500, 3.15),
    /// A pixel of a vector picture, as it is rendered.
    SvgRender = (60.0, 4.00),
    /// A pixel of a frame of an AVIF or HEIC.
    AvifDecode = (49.0, 19.6),
    /// A pixel of a JPEG XL.
    JpegXlDecode = (100.0, 16.0),
    /// A pixel of a source of any other format.
    OtherDecode = (3.40, 0.445),
    /// A sample that is resampled: its row is made narrower or wider.
    ResampleFrom = (0.578, 0.0152),
    /// A sample that resampling makes.
    ResampleTo = (4.44, 0.0302),
    /// A sample before or after resampling that is mixed as an amount of light.
    LinearLight = (1.44, 0.0100),
    /// A pixel that changes its layout, its profile or loses its alpha.
    Convert = (3.51, 0.300),
    /// A pixel that is moved: crops, quarter turns, larger canvases.
    Move = (0.181, 0.0100),
    /// A pixel that is masked, adjusted or made grey.
    Adjust = (2.04, 0.0100),
    /// A pixel that is turned by any other angle.
    Rotate = (8.02, 0.0500),
    /// A sample of a Gaussian blur.
    BlurGaussian = (7.23, 0.0400),
    /// A sample of a window blur, once for every pixel of the window's side.
    BlurWindow = (0.500, 0.500),
    /// A pixel that is sharpened in planes.
    SharpenPlanes = (5.05, 0.0500),
    /// A pixel that is sharpened.
    Sharpen = (88.4, 0.0100),
    /// A pixel under a mark.
    Draw = (0.0500, 0.0100),
    /// A text that is shaped and drawn.
    Text = (941_000.0, 3_000_000.0),
    /// A pixel of a baseline JPEG that is written.
    JpegEncode = (9.89, 5.99),
    /// A pixel of a progressive JPEG that is written.
    JpegEncodeProgressive = (23.4, 5.95),
    /// A pixel of a JPEG that is written with trellis quantisation.
    JpegEncodeSmall = (77.7, 6.18),
    /// A pixel of a still WebP that is written.
    WebPEncode = (89.8, 1.57),
    /// A pixel of a WebP that is written without loss.
    WebPEncodeLossless = (400.0, 40.0),
    /// A pixel of a still WebP with alpha that is written.
    WebPEncodeAlpha = (223.0, 18.9),
    /// A pixel of a frame of an animated WebP that is written.
    WebPEncodeFrame = (1.99, 7.20),
    /// A byte of an animated GIF, for the share of its pixels that the result has: it tells how much changes between
    /// frames.
    GifFrameByte = (100.0, 0.0100),
    /// The same of an animated WebP or AVIF, whose bytes say more.
    WebPFrameByte = (408.0, 0.0100),
    /// An AVIF that is written: whatever its size.
    AvifStart = (4_460_000.0, 1_080_000.0),
    /// A pixel of an AVIF that is written for a page that waits.
    AvifEncode = (572.0, 36.7),
    /// A pixel of an AVIF that is written in few bytes.
    AvifEncodeSmall = (3_740.0, 68.6),
    /// A pixel of a frame of an AVIF sequence that is written.
    AvifEncodeFrame = (400.0, 80.0),
    /// A palette that is made for a PNG: whatever its size.
    PaletteStart = (28_100_000.0, 5_290_000.0),
    /// A sample of a PNG with a palette that is made for it.
    PngEncodePalette = (42.3, 2.08),
    /// A sample of a PNG that is written.
    PngEncode = (8.47, 0.796),
    /// A GIF that is written: whatever its size.
    GifStart = (401_000.0, 572_000.0),
    /// A pixel of a frame of a GIF that is written.
    GifEncode = (107.0, 6.00),
    /// A quality that is searched for a score: each try is of a bounded number of pixels.
    Score = (200_000_000.0, 8_000_000.0),
    /// A byte of a JPEG whose blocks are turned.
    TurnByte = (38.6, 0.100),
    /// A stored pixel of a JPEG whose blocks are turned.
    Turn = (7.50, 6.00),
    /// A pixel of any other format that is written.
    OtherEncode = (10.9, 4.80),
}
