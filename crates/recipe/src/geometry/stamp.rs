use crate::{MarkSize, Position, Size, StampTiling};

/// First pixels of the copies of a mark along both axes, columns and rows; they may lie outside of the canvas.
///
/// [`StampTiling::Spread`]: as many copies as fit, at least ⌈ratio⌉ with 10 pixels between them where fewer than two do;
/// the remainder is shared by the gaps. Where that makes over 100 copies, at most 6 lie on each axis, spread to its ends.
pub fn stamp_places(canvas: Size, mark: Size, x: Position, y: Position, tiling: StampTiling) -> [Vec<i64>; 2] {
    let columns = axis(canvas.width, mark.width, x, tiling);
    let rows = axis(canvas.height, mark.height, y, tiling);
    if tiling == StampTiling::Spread && columns.len() * rows.len() > 100 {
        return [few(canvas.width, mark.width, columns), few(canvas.height, mark.height, rows)];
    }
    [columns, rows]
}

fn axis(canvas: u32, mark: u32, position: Position, tiling: StampTiling) -> Vec<i64> {
    let (canvas, mark) = (i64::from(canvas), i64::from(mark.max(1)));
    let free = canvas - mark;
    // Negative numbers count from the other end.
    let signed = |n: i64, negative: bool| if negative { free + n } else { n };
    vec![match position {
        Position::Start(n) => i64::from(n),
        Position::End(n) => free + i64::from(n),
        Position::Percent(percent) => {
            let length = canvas as f64 * f64::from(percent.unsigned_abs()) / 100.0 + 1e-5;
            let pixels = length.round_ties_even() as i64;
            signed(if percent < 0 { -pixels } else { pixels }, percent < 0)
        }
        Position::Part(part) => signed((canvas as f64 * part) as i64, part < 0.0),
        Position::Centre => free / 2,
        Position::Repeat => return repeated(canvas, mark, tiling),
    }]
}

fn repeated(canvas: i64, mark: i64, tiling: StampTiling) -> Vec<i64> {
    let (count, gap) = match tiling {
        StampTiling::Adjoining => (canvas / mark + 1, 0),
        StampTiling::Spread if canvas < 2 * mark => ((canvas + mark - 1) / mark, 10),
        StampTiling::Spread => {
            let count = canvas / mark;
            (count, canvas % mark / (count.max(2) - 1))
        }
    };
    (0..count).map(|n| n * (mark + gap)).collect()
}

/// At most 6 of these places, from end to end.
fn few(canvas: u32, mark: u32, places: Vec<i64>) -> Vec<i64> {
    let count = i64::try_from(places.len()).unwrap_or(i64::MAX).min(6);
    let free = i64::from(canvas) - i64::from(mark) * count;
    if count < 2 || places.len() <= 6 {
        return places;
    }
    (0..count).map(|n| n * (i64::from(mark) + free / (count - 1))).collect()
}

/// `mark` in the size that is asked for, on a canvas: one side alone keeps the aspect ratio, both are a box to fit into.
pub fn mark_size(canvas: Size, mark: Size, wanted: MarkSize) -> Size {
    let of = |percent: u32, length: u32| f64::from(length) * f64::from(percent) / 100.0;
    let (width, height) = (f64::from(mark.width.max(1)), f64::from(mark.height.max(1)));
    let scale = match (wanted.width, wanted.height) {
        (None, None) => return mark,
        (Some(w), None) => of(w, canvas.width) / width,
        (None, Some(h)) => of(h, canvas.height) / height,
        (Some(w), Some(h)) => (of(w, canvas.width) / width).min(of(h, canvas.height) / height),
    };
    let side = |length: f64| ((length * scale + 1e-5).round_ties_even() as u32).max(1);
    Size::new(side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size::new(150, 100);
    const MARK: Size = Size::new(40, 30);

    fn places(x: Position, y: Position, tiling: StampTiling) -> [Vec<i64>; 2] {
        stamp_places(CANVAS, MARK, x, y, tiling)
    }

    #[test]
    fn single_marks() {
        let at = |x, y| places(x, y, StampTiling::Spread).map(|places| places[0]);
        assert_eq!(at(Position::Start(10), Position::End(-15)), [10, 55]);
        assert_eq!(at(Position::Percent(20), Position::Percent(-10)), [30, 60]);
        assert_eq!(at(Position::Centre, Position::Start(-5)), [55, -5]);
        assert_eq!(at(Position::Part(0.33), Position::Part(-0.1)), [49, 60]);
    }

    #[test]
    fn repeated_marks() {
        let spread = places(Position::Repeat, Position::Repeat, StampTiling::Spread);
        // 3 · 40 and 30 left for two gaps; 3 · 30 and 10 left.
        assert_eq!(spread, [vec![0, 55, 110], vec![0, 35, 70]]);
        let adjoining = places(Position::Repeat, Position::Start(0), StampTiling::Adjoining);
        assert_eq!(adjoining[0], [0, 40, 80, 120]);
        let large = stamp_places(CANVAS, Size::new(100, 30), Position::Repeat, Position::Centre, StampTiling::Spread);
        assert_eq!(large[0], [0, 110]);
        let many = stamp_places(
            Size::new(1000, 1000),
            Size::new(10, 10),
            Position::Repeat,
            Position::Repeat,
            StampTiling::Spread,
        );
        assert_eq!(many[0], [0, 198, 396, 594, 792, 990]);
    }

    #[test]
    fn sizes() {
        let size = |width, height| mark_size(CANVAS, MARK, MarkSize { width, height });
        assert_eq!(size(None, None), MARK);
        assert_eq!(size(Some(50), None), Size::new(75, 56));
        assert_eq!(size(None, Some(30)), Size::new(40, 30));
        assert_eq!(size(Some(50), Some(30)), Size::new(40, 30));
    }
}
