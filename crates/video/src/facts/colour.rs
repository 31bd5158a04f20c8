use serde::Serialize;

use super::raw::Fields;

/// How numbers become light (ITU-T H.273, table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transfer {
    /// For screens of usual brightness.
    Sdr,
    /// Perceptual quantiser, SMPTE ST 2084: HDR10 and Dolby Vision.
    Pq,
    /// Hybrid log-gamma, ITU-R BT.2100.
    Hlg,
}

impl Transfer {
    pub(super) fn of(stream: &Fields) -> Self {
        match stream.get("color_transfer").and_then(serde_json::Value::as_str) {
            Some("smpte2084") => Self::Pq,
            Some("arib-std-b67") => Self::Hlg,
            _ => Self::Sdr,
        }
    }

    /// Whether it must be tone-mapped for usual screens.
    pub const fn is_high_dynamic_range(self) -> bool {
        matches!(self, Self::Pq | Self::Hlg)
    }
}

/// How Y'CbCr becomes red, green and blue (ITU-T H.273, table 4), as far as the file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Matrix {
    /// The file says it, and ffmpeg follows.
    Stated,
    /// The file does not say it: players take BT.709 from 720 lines on, and BT.601 below.
    Unstated,
}

impl Matrix {
    pub(super) fn of(stream: &Fields) -> Self {
        match stream.get("color_space").and_then(serde_json::Value::as_str) {
            None | Some("unknown" | "unspecified" | "reserved") => Self::Unstated,
            Some(_) => Self::Stated,
        }
    }
}
