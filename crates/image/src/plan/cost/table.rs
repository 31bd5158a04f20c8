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
    Picture = (41400.0, 110000.0),
    /// A byte of a baseline JPEG that our own decoder of reduced planes reads.
    ReducedByte = (3.0, 0.0),
    /// A stored pixel of a baseline JPEG that it decodes at 1/8.
    ReducedEighth = (1.0, 0.05),
    /// A stored pixel of a baseline JPEG that it decodes at 2/8.
    ReducedQuarter = (1.5, 0.05),
    /// A stored pixel of a baseline JPEG that it decodes at 4/8.
    ReducedHalf = (2.0, 0.05),
    /// A byte of a progressive JPEG that it reads, at 2/8 or 4/8.
    ReducedProgressiveByte = (3.0, 0.0),
    /// A stored pixel of a progressive JPEG that it decodes at 1/8.
    ReducedProgressiveEighth = (0.4, 0.05),
    /// A stored pixel of a progressive JPEG that it decodes at 2/8.
    ReducedProgressiveQuarter = (2.0, 0.5),
    /// A stored pixel of a progressive JPEG that it decodes at 4/8.
    ReducedProgressiveHalf = (4.0, 1.0),
    /// A byte of a baseline JPEG that libjpeg reads.
    JpegByte = (6.73, 0.0),
    /// A stored pixel of a baseline JPEG that libjpeg decodes to planes.
    JpegPlanes = (3.12, 0.033),
    /// A stored pixel of a baseline JPEG that libjpeg decodes to RGB or grey.
    JpegRgb = (4.0, 0.033),
    /// A byte of a progressive JPEG that libjpeg reads.
    ProgressiveByte = (31.4, 0.01),
    /// A stored pixel of a progressive JPEG that libjpeg decodes.
    Progressive = (8.16, 2.45),
    /// A byte of a compressed PNG.
    PngByte = (5.21, 0.01),
    /// A pixel of a PNG.
    PngDecode = (10.3, 0.0719),
    /// A pixel of a still WebP.
    WebPDecode = (17.6, 0.261),
    /// A pixel of a frame of an animated WebP.
    WebPFrame = (18.0, 22.5),
    /// A pixel of a frame of a GIF.
    GifDecode = (9.23, 21.6),
    /// A pixel of a vector picture, as it is rendered.
    SvgRender = (60.0, 4.0),
    /// A pixel of a frame of an AVIF or HEIC.
    AvifDecode = (30.0, 4.0),
    /// A pixel of a JPEG XL.
    JpegXlDecode = (100.0, 16.0),
    /// A pixel of a source of any other format.
    OtherDecode = (3.92, 1.2),
    /// A sample that is resampled: its row is made narrower or wider.
    ResampleFrom = (0.618, 0.471),
    /// A sample that resampling makes.
    ResampleTo = (3.88, 1.2),
    /// A sample before or after resampling that is mixed as an amount of light.
    LinearLight = (1.0, 0.5),
    /// A pixel that changes its layout, its profile or loses its alpha.
    Convert = (2.6, 0.3),
    /// A pixel that is moved: crops, quarter turns, larger canvases.
    Move = (1.96, 0.05),
    /// A pixel that is masked, adjusted or made grey.
    Adjust = (1.79, 0.05),
    /// A pixel that is turned by any other angle.
    Rotate = (10.3, 0.05),
    /// A sample of a Gaussian blur.
    BlurGaussian = (2.7, 0.05),
    /// A sample of a window blur, once for every pixel of the window's side.
    BlurWindow = (0.5, 0.5),
    /// A pixel that is sharpened.
    Sharpen = (77.2, 0.05),
    /// A pixel under a mark.
    Draw = (1.0, 0.05),
    /// A text that is shaped and drawn.
    Text = (288000.0, 3000000.0),
    /// A pixel of a baseline JPEG that is written.
    JpegEncode = (10.9, 5.61),
    /// A pixel of a progressive JPEG that is written.
    JpegEncodeProgressive = (25.7, 5.1),
    /// A pixel of a JPEG that is written with trellis quantisation.
    JpegEncodeSmall = (300.0, 10.0),
    /// A pixel of a still WebP that is written.
    WebPEncode = (80.0, 4.2),
    /// A pixel of a WebP that is written without loss.
    WebPEncodeLossless = (400.0, 40.0),
    /// A pixel of a still WebP with alpha that is written.
    WebPEncodeAlpha = (200.0, 33.0),
    /// A pixel of a frame of an animated WebP that is written.
    WebPEncodeFrame = (92.7, 50.0),
    /// A byte of an animated source, for the share of its pixels that the result has: it tells how much changes between
    /// frames.
    FrameByte = (10.0, 0.01),
    /// A pixel of an AVIF that is written for a page that waits.
    AvifEncode = (700.0, 60.0),
    /// A pixel of an AVIF that is written in few bytes.
    AvifEncodeSmall = (2500.0, 80.0),
    /// A pixel of a frame of an AVIF sequence that is written.
    AvifEncodeFrame = (400.0, 80.0),
    /// A sample of a PNG with a palette that is made for it.
    PngEncodePalette = (200.0, 6.0),
    /// A sample of a PNG that is written.
    PngEncode = (69.9, 0.936),
    /// A pixel of a frame of a GIF that is written.
    GifEncode = (964.0, 6.0),
    /// A quality that is searched for a score: each try is of a bounded number of pixels.
    Score = (200_000_000.0, 8_000_000.0),
    /// A byte of a JPEG whose blocks are turned.
    TurnByte = (15.0, 0.1),
    /// A stored pixel of a JPEG whose blocks are turned.
    Turn = (5.0, 6.0),
    /// A pixel of any other format that is written.
    OtherEncode = (8.5, 5.39),
}
