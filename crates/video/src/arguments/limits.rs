use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::Pixels;

/// Every bound that work on one video must respect, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Seconds of a video that take part. Default: 600.
    pub duration: Duration,
    /// Bytes of a source that is read as a whole. Default: 200 MiB. A frame, a sheet, a preview read only parts of it.
    pub source_bytes: u64,
    /// Pixels of one frame of a source. Default: 8192 by 4320.
    pub source_pixels: Pixels,
    /// Pixels of one frame of a result, or of a sheet. Default: 3840 by 2160 twice, 16,588,800.
    pub result_pixels: Pixels,
    /// Longer side of a sheet, in pixels. Default: 16384.
    pub result_side: u32,
    /// Bytes of a result, of all its renditions together. Default: 100 MiB.
    pub result_bytes: u64,
    /// Time that the work may take. Default: 300 s. Work that would surely take longer is refused before it begins; running work
    /// is bounded by whoever runs it.
    pub time: Duration,
    /// Threads of one encoder. Default: 2.
    pub threads: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            duration: Duration::from_mins(10),
            source_bytes: 200 << 20,
            source_pixels: Pixels(8192 * 4320),
            result_pixels: Pixels(2 * 3840 * 2160),
            result_side: 16_384,
            result_bytes: 100 << 20,
            time: Duration::from_mins(5),
            threads: NonZeroU32::MIN.saturating_add(1),
        }
    }
}
