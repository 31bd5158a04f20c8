use lightmill_recipe::LimitError;

/// Why a wish cannot be put into arguments. Every text is public.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The source has sound alone.
    #[error("the source has no moving pictures")]
    NoPictures,
    /// Nothing of what is wanted is in the source.
    #[error("the source has nothing of what is asked for")]
    Nothing,
    /// The piece begins behind the end of the source.
    #[error("the piece begins at {start_milliseconds} ms; the video has {duration_milliseconds} ms")]
    StartsBehindEnd {
        /// What was asked for.
        start_milliseconds: u64,
        /// What there is.
        duration_milliseconds: u64,
    },
    /// A side of a frame is over the video's own.
    #[error("{side} is {actual}; it must be from 0 to {most}, the video's own")]
    SideTooLong {
        /// Which one.
        side: &'static str,
        /// What was asked for.
        actual: u32,
        /// What the video has, as it is turned.
        most: u32,
    },
    /// Compressed data of this codec cannot be copied into this container.
    #[error("{container} does not hold {codec}, which the source has; it cannot be copied")]
    CannotCopy {
        /// The container that is wanted.
        container: &'static str,
        /// The codec of the source, by ffprobe's name.
        codec: String,
    },
    /// The source is stored turned, and the container cannot say so.
    #[error("{container} cannot hold the rotation that the source has; its pictures cannot be copied")]
    RotationLost {
        /// The container that is wanted.
        container: &'static str,
    },
    /// The source has high dynamic range, which this ffmpeg cannot tone-map.
    #[error("videos of high dynamic range are not supported here")]
    HighDynamicRange,
    /// This ffmpeg has no encoder for it.
    #[error("{what} is not supported here")]
    NoEncoder {
        /// Codec or format.
        what: &'static str,
    },
    /// A limit is exceeded.
    #[error(transparent)]
    Limit(#[from] LimitError),
}
