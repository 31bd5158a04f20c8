use lightmill_recipe::Size;
use resvg::usvg::{Group, Node, Rect, Tree};

use crate::Error;

/// Pixels that may be touched at most while a picture is drawn: one to three seconds of one core.
const MAX_TOUCHED: f64 = 2e9;
/// What a pixel of a filter costs, compared with one of a filled path.
const FILTER: f64 = 16.0;

/// Refuses pictures that would take long to draw at `size`: the renderer cannot be interrupted.
pub(super) fn check(tree: &Tree, size: Size) -> Result<(), Error> {
    let canvas = f64::from(size.width) * f64::from(size.height);
    let scale = canvas / (f64::from(tree.size().width()) * f64::from(tree.size().height()));
    let mut sum = Sum { canvas, scale, touched: 0.0 };
    sum.add(tree.root());
    if sum.touched > MAX_TOUCHED { Err(Error::unsupported("SVG that takes this long to draw")) } else { Ok(()) }
}

struct Sum {
    /// Pixels of the result.
    canvas: f64,
    /// Pixels of the result for each square unit of the picture.
    scale: f64,
    touched: f64,
}

impl Sum {
    fn area(&self, bounds: Rect) -> f64 {
        (f64::from(bounds.width()) * f64::from(bounds.height()) * self.scale).clamp(1.0, self.canvas)
    }

    fn add(&mut self, group: &Group) {
        if group.should_isolate() {
            let layer = self.area(group.abs_layer_bounding_box().to_rect());
            let filters: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
            self.touched += layer * (2.0 + FILTER * filters as f64);
        }
        for node in group.children() {
            if self.touched > MAX_TOUCHED {
                return;
            }
            match node {
                Node::Group(group) => self.add(group),
                other => self.touched += self.area(other.abs_stroke_bounding_box()),
            }
            // Clip paths, masks, patterns and pictures in filters.
            node.subroots(|group| self.add(group));
        }
    }
}
