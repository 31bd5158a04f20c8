use crate::{Edge, FocalRegion, Focus, Rect, Size};

/// The column and row around which a picture is cut, in pixels of the part `cut`: the centre of mass of the focal
/// regions, else what the alignment says.
pub(super) fn point(loaded: Size, cut: Rect, focus: &Focus) -> (f64, f64) {
    let aligned = |edge: Edge, length: u32| match edge {
        Edge::Start => 0.0,
        Edge::Middle => (f64::from(length) * 0.5).trunc(),
        Edge::End => f64::from(length),
    };
    match mass(loaded, cut, &focus.regions) {
        Some((x, y)) => (x.floor(), y.floor()),
        None => (aligned(focus.column, cut.size.width), aligned(focus.row, cut.size.height)),
    }
}

/// The centre of mass as parts of width and height; `None` without focal regions.
pub(super) fn centre(loaded: Size, cut: Rect, focus: &Focus) -> Option<(f64, f64)> {
    let (x, y) = mass(loaded, cut, &focus.regions)?;
    Some((x / f64::from(cut.size.width), y / f64::from(cut.size.height)))
}

/// Σ centre·area / Σ area of those regions whose centre lies in `cut`, counted from its corner.
fn mass(loaded: Size, cut: Rect, regions: &[FocalRegion]) -> Option<(f64, f64)> {
    let (mut x, mut y, mut weight) = (0.0, 0.0, 0.0);
    for region in regions {
        let (wide, high) =
            if region.relative { (f64::from(loaded.width), f64::from(loaded.height)) } else { (1.0, 1.0) };
        let centre_x = f64::midpoint(region.left, region.right) * wide - f64::from(cut.x);
        let centre_y = f64::midpoint(region.top, region.bottom) * high - f64::from(cut.y);
        let area = (region.right - region.left) * wide * (region.bottom - region.top) * high;
        let inside = (0.0..=f64::from(cut.size.width)).contains(&centre_x)
            && (0.0..=f64::from(cut.size.height)).contains(&centre_y);
        if inside && area > 0.0 {
            x += centre_x * area;
            y += centre_y * area;
            weight += area;
        }
    }
    (weight > 0.0).then(|| (x / weight, y / weight))
}
