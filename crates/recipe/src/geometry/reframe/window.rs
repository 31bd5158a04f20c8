use super::side;
use crate::{Edge, Focus, Rect, Size};

/// The window of a picture of `size` that becomes `target`, around a point.
///
/// Where the aspect ratios are equal in two decimals nothing is cut, and the picture is slightly distorted. Python's
/// and Rust's formatting both round the exact binary value half to even.
pub(super) fn crop(size: Size, target: Size, (x, y): (f64, f64)) -> Rect {
    let (wide, high) = (f64::from(size.width), f64::from(size.height));
    let (width, height) = (f64::from(target.width), f64::from(target.height));
    if format!("{:.2}", wide / high) == format!("{:.2}", width / height) {
        return Rect::whole(size);
    }
    let window = if width / wide > height / high {
        Size::new(size.width, side((wide * height / width).round_ties_even()).min(size.height))
    } else {
        Size::new(side((width * high / height).ceil()).min(size.width), size.height)
    };
    Rect { x: start(x, window.width, size.width), y: start(y, window.height, size.height), size: window }
}

/// First pixel of a window of `window` pixels around `centre`, inside of `length`.
fn start(centre: f64, window: u32, length: u32) -> u32 {
    let free = length - window;
    let start = (centre - f64::from(window) / 2.0).clamp(0.0, f64::from(free));
    (start.round_ties_even() as u32).min(free)
}

/// The size to which a picture of `size` is scaled to cover `target`, and the window of it that is kept: around
/// `centre` (parts of width and height), else as aligned.
pub(super) fn scaled(size: Size, target: Size, centre: Option<(f64, f64)>, focus: &Focus) -> (Size, Rect) {
    let (wide, high) = (f64::from(size.width), f64::from(size.height));
    let scale = (f64::from(target.width) / wide).max(f64::from(target.height) / high);
    let scaled =
        Size::new(side((wide * scale).round()).max(target.width), side((high * scale).round()).max(target.height));
    let start = |centre: Option<f64>, edge: Edge, scaled: u32, target: u32| {
        let free = scaled - target;
        match (centre, edge) {
            (Some(centre), _) => ((centre * f64::from(scaled) - f64::from(target) / 2.0) as u32).min(free),
            (None, Edge::Start) => 0,
            (None, Edge::Middle) => free / 2,
            (None, Edge::End) => free,
        }
    };
    let x = start(centre.map(|(x, _)| x), focus.column, scaled.width, target.width);
    let y = start(centre.map(|(_, y)| y), focus.row, scaled.height, target.height);
    (scaled, Rect { x, y, size: target })
}
