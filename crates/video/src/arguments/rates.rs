//! Frames per second.

use lightmill_recipe::video::FrameRate;

use super::filter::Filter;
use crate::facts::VideoStream;

/// The filter that holds a video to a cap, if it needs one; it never adds frames. `even`: the container has frames only at
/// even distances, so that a video of uneven ones must be made even.
pub(super) fn cap(stream: &VideoStream, cap: Option<FrameRate>, even: bool) -> Option<Filter> {
    let cap = cap.map(FrameRate::get);
    match stream.frame_rate {
        Some(rate) if !stream.variable_frame_rate => cap.filter(|cap| rate > f64::from(*cap) * 1.001).map(Filter::Rate),
        rate if even => {
            let own = rate.map_or(u8::MAX, |rate| rate.ceil().clamp(1.0, 60.0) as u8);
            Some(Filter::Rate(own.min(cap.unwrap_or(60))))
        }
        _ => cap.map(Filter::RateAtMost),
    }
}

/// Frames per second of the result, as far as they can be told: 30 for a video that does not say.
pub(super) fn expected(stream: &VideoStream, cap: Option<FrameRate>) -> f64 {
    let own = stream.frame_rate.unwrap_or(30.0);
    cap.map_or(own, |cap| own.min(f64::from(cap.get())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use super::*;

    #[test]
    fn a_cap_never_adds_frames() {
        let stream = |frame_rate, variable_frame_rate| VideoStream {
            frame_rate,
            variable_frame_rate,
            ..facts().video.swap_remove(0)
        };
        let at = |rate| FrameRate::new(rate);
        assert_eq!(cap(&stream(Some(25.0), false), at(30), false), None);
        assert_eq!(cap(&stream(Some(30.02), false), at(30), false), None);
        assert_eq!(cap(&stream(Some(59.94), false), at(30), false), Some(Filter::Rate(30)));
        assert_eq!(cap(&stream(Some(17.0), true), at(30), false), Some(Filter::RateAtMost(30)));
        assert_eq!(cap(&stream(Some(17.0), true), at(30), true), Some(Filter::Rate(17)));
        assert_eq!(cap(&stream(None, false), at(30), false), Some(Filter::RateAtMost(30)));
        assert_eq!(cap(&stream(Some(500.0), false), None, true), None);
        assert!((expected(&stream(Some(59.94), false), at(30)) - 30.0).abs() < 1e-9);
    }
}
