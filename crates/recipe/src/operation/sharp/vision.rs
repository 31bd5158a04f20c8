use serde::Serialize;

/// The window around one of the faces that an analyser finds, in its order. With L, T, W, H the face's box in parts of the
/// picture and p the padding: left = ⌊L·w − p⌋, top = ⌊T·h − p⌋, both at least 0; width = ⌊W·w + 2p⌋ and height =
/// ⌊H·h + 2p⌋, bounded by the picture. Without any face the picture stays; a face that is not there is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SmartCrop {
    /// Number of the face, from 0.
    pub face_index: u32,
    /// Pixels around it; negative ones take away.
    pub padding: i32,
}

/// A Gaussian blur of the whole picture, if an analyser finds something that should not be shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContentModeration {
    /// How sure the analyser must be, in percent, 0 to 100. Default 75.
    pub min_confidence: f64,
    /// Standard deviation in pixels, 0.3 to 1000. Default 50.
    pub sigma: f64,
    /// Names of what counts, exactly as the analyser writes them; empty is anything.
    pub labels: Vec<String>,
}
