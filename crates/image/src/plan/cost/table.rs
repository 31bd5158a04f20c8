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
    Picture = (60_000.0, 60_000.0),
    /// Reading a byte of a JPEG's entropy-coded data.
    JpegByte = (4.0, 0.0),
    /// A stored pixel of a JPEG that is decoded at 1/8.
    JpegEighth = (1.5, 0.1),
    /// A stored pixel of a JPEG that is decoded at 2/8.
    JpegQuarter = (2.0, 0.1),
    /// A stored pixel of a JPEG that is decoded at 4/8.
    JpegHalf = (3.0, 0.1),
    /// A stored pixel of a JPEG that is decoded whole, to planes.
    JpegPlanes = (4.0, 0.1),
    /// A stored pixel of a JPEG that is decoded whole, to RGB or grey.
    JpegRgb = (5.0, 0.1),
    /// Reading a byte of a progressive JPEG's entropy-coded data.
    ProgressiveByte = (10.0, 0.0),
    /// A stored pixel of a progressive JPEG that is decoded at 4/8 or less.
    ProgressiveReduced = (5.0, 3.0),
    /// A stored pixel of a progressive JPEG that is decoded whole.
    ProgressiveWhole = (8.0, 3.0),
    /// A byte of a compressed PNG.
    PngByte = (3.0, 0.0),
    /// A pixel of a PNG.
    PngDecode = (8.0, 0.1),
    /// A pixel of a still WebP.
    WebPDecode = (12.0, 2.0),
    /// A pixel of a frame of an animated WebP.
    WebPFrame = (12.0, 4.0),
    /// A pixel of a frame of a GIF.
    GifDecode = (8.0, 4.0),
    /// A pixel of a vector picture, as it is rendered.
    SvgRender = (60.0, 4.0),
    /// A pixel of a source of any other format.
    OtherDecode = (8.0, 3.0),
    /// A sample that is resampled: its row is made narrower or wider.
    ResampleFrom = (0.5, 0.2),
    /// A sample that resampling makes.
    ResampleTo = (1.5, 0.2),
    /// A pixel that changes its layout, its profile or loses its alpha.
    Convert = (2.0, 0.1),
    /// A pixel that is moved: crops, quarter turns, larger canvases.
    Move = (1.0, 0.1),
    /// A pixel that is masked, adjusted or made grey.
    Adjust = (2.0, 0.1),
    /// A pixel that is turned by any other angle.
    Rotate = (25.0, 0.1),
    /// A sample of a Gaussian blur.
    BlurGaussian = (10.0, 2.0),
    /// A sample of a window blur, once for every pixel of the window's side.
    BlurWindow = (0.5, 0.5),
    /// A pixel that is sharpened.
    Sharpen = (60.0, 4.0),
    /// A pixel under a mark.
    Draw = (4.0, 0.1),
    /// A text that is shaped and drawn.
    Text = (2_000_000.0, 1_000_000.0),
    /// A pixel of a baseline JPEG that is written.
    JpegEncode = (12.0, 2.0),
    /// A pixel of a progressive JPEG that is written.
    JpegEncodeProgressive = (25.0, 6.0),
    /// A pixel of a still WebP that is written.
    WebPEncode = (100.0, 12.0),
    /// A pixel of a frame of an animated WebP that is written.
    WebPEncodeFrame = (100.0, 12.0),
    /// A sample of a PNG that is written.
    PngEncode = (20.0, 1.5),
    /// A pixel of a frame of a GIF that is written.
    GifEncode = (150.0, 6.0),
    /// A pixel of any other format that is written.
    OtherEncode = (10.0, 4.0),
}
