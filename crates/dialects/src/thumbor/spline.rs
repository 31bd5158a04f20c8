use lightmill_recipe::Table;

/// The natural cubic spline through `points`, rounded; constant outside of them (Thumbor's `curve`). Of several points
/// with one x the last counts; a single one is a constant.
pub(super) fn table(points: &[(i32, i32)]) -> Table {
    let mut points: Vec<(f64, f64)> = points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.reverse();
    points.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    points.reverse();
    let curvatures = curvatures(&points);
    Table::from_fn(|c| value(&points, &curvatures, c as f64).map_or(c, |value| value.round() as i64))
}

/// Second derivatives at the points, 0 at both ends: the tridiagonal system, solved forwards and backwards.
fn curvatures(points: &[(f64, f64)]) -> Vec<f64> {
    let mut second = vec![0.0; points.len()];
    let mut right = vec![0.0; points.len()];
    for (index, window) in points.windows(3).enumerate() {
        let [(x0, y0), (x1, y1), (x2, y2)] = *window else { continue };
        let (before, at) = (index, index + 1);
        let share = (x1 - x0) / (x2 - x0);
        let pivot = share * second[before] + 2.0;
        second[at] = (share - 1.0) / pivot;
        let bend = (y2 - y1) / (x2 - x1) - (y1 - y0) / (x1 - x0);
        right[at] = (6.0 * bend / (x2 - x0) - share * right[before]) / pivot;
    }
    for index in (1..points.len().saturating_sub(1)).rev() {
        second[index] = second[index] * second[index + 1] + right[index];
    }
    second
}

/// The spline at `x`; `None` without points.
fn value(points: &[(f64, f64)], curvatures: &[f64], x: f64) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    if x <= first.0 {
        return Some(first.1);
    }
    if x >= last.0 {
        return Some(last.1);
    }
    let after = points.partition_point(|point| point.0 <= x);
    let ((x0, y0), (x1, y1)) = (points.get(after.checked_sub(1)?)?, points.get(after)?);
    let (c0, c1) = (curvatures.get(after - 1)?, curvatures.get(after)?);
    let width = x1 - x0;
    let (a, b) = ((x1 - x) / width, (x - x0) / width);
    Some(a * y0 + b * y1 + ((a * a * a - a) * c0 + (b * b * b - b) * c1) * width * width / 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_lines_and_constants() {
        assert_eq!(table(&[(0, 0), (255, 255)]), Table::from_fn(|c| c));
        assert_eq!(table(&[(0, 255), (255, 0)]), Table::from_fn(|c| 255 - c));
        assert_eq!(table(&[(0, 0), (100, 100), (255, 255)]), Table::from_fn(|c| c));
        assert_eq!(table(&[(10, 7)]), Table::from_fn(|_| 7));
        assert_eq!(table(&[]), Table::from_fn(|c| c));
        assert_eq!(table(&[(50, 20), (100, 80)]).get(0), 20);
    }

    #[test]
    fn curves_pass_through_their_points_and_bend_between() {
        let curve = table(&[(0, 0), (128, 192), (255, 255)]);
        assert_eq!([0, 128, 255].map(|c| curve.get(c)), [0, 192, 255]);
        // Above both chords.
        assert!(curve.get(64) > 96 && curve.get(192) > 223);
        // The curvature in the middle is −0.03: half way it is 50 + 0.375 · 0.03 · 100² / 6.
        let tent = table(&[(0, 0), (100, 100), (200, 0)]);
        assert_eq!(tent.get(50), 69);
        assert_eq!(table(&[(0, 0), (0, 9), (255, 255)]).get(0), 9);
    }
}
