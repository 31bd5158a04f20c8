use std::ops::ControlFlow;

use crate::Error;
use crate::frame::Frame;
use crate::geometry::{Area, extent, plane};
use crate::output::Plane;

/// What a caller does with a strip.
pub(crate) type Take<'t> = &'t mut (dyn FnMut(&[Plane]) -> ControlFlow<()> + 't);

/// Where samples go: planes that hold all rows of MCUs of an area, or one after the other, each of which is handed on
/// when it is complete.
pub(crate) struct Canvas<'c> {
    frame: &'c Frame,
    area: Area,
    n: usize,
    planes: Vec<Plane>,
    /// The row of MCUs with which the planes begin, counted from the area's first.
    first: usize,
    /// `None` for planes that hold all rows.
    take: Option<Take<'c>>,
}

impl<'c> Canvas<'c> {
    /// A canvas for blocks of n×n; with `take`, of one row of MCUs.
    pub fn new<'t: 'c>(frame: &'c Frame, area: &Area, n: usize, take: Option<Take<'t>>) -> Self {
        let held = if take.is_some() { &area.row(0) } else { area };
        let planes = frame.components.iter().map(|component| plane(frame, component, held, n)).collect();
        Self { frame, area: area.clone(), n, planes, first: 0, take: take.map(|take| take as Take<'c>) }
    }

    /// Bytes that [`Self::new`] allocates.
    pub fn bytes(frame: &Frame, area: &Area, n: usize, strips: bool) -> usize {
        let held = if strips { &area.row(0) } else { area };
        frame.components.iter().map(|component| held.blocks(component).count() * n * n).sum()
    }

    /// Rows of MCUs, held or not.
    pub fn rows(&self) -> usize {
        self.area.rows.len()
    }

    /// The samples of a row of a component's blocks, counted from the area's first, which has to be held; and the bytes
    /// of one of its n rows.
    #[inline]
    pub fn blocks(&mut self, component: usize, row: usize) -> (&mut [u8], usize) {
        let plane = &mut self.planes[component];
        let tall = self.n * plane.stride;
        let first = (row - self.first * self.frame.components[component].vertical) * tall;
        (&mut plane.data[first..first + tall], plane.stride)
    }

    /// Goes on behind a row of MCUs, if only one is held: all of its samples are there. Where all rows are held, samples
    /// may come in any order.
    pub fn next_row(&mut self) -> Result<(), Error> {
        let Some(take) = &mut self.take else { return Ok(()) };
        trim(&mut self.planes);
        if take(&self.planes).is_break() {
            return Err(Error::Interrupted);
        }
        self.first += 1;
        if self.first < self.rows() {
            let (frame, held) = (self.frame, self.area.row(self.first));
            for (plane, component) in self.planes.iter_mut().zip(&frame.components) {
                let rows = held.blocks(component).rows;
                (plane.y, plane.height) = extent(&rows, frame.height, component.vertical, frame.largest.1, self.n);
            }
        }
        Ok(())
    }

    /// Makes a component grey.
    pub fn fill(&mut self, component: usize) {
        self.planes[component].data.fill(128);
    }

    /// Hands on what a canvas that holds all rows has, row of MCUs by row of MCUs.
    pub fn copy(&mut self, whole: &mut Canvas<'_>) -> Result<(), Error> {
        for row in 0..self.rows() {
            for (component, factor) in self.frame.components.iter().map(|c| c.vertical).enumerate() {
                for row in row * factor..(row + 1) * factor {
                    self.blocks(component, row).0.copy_from_slice(whole.blocks(component, row).0);
                }
            }
            self.next_row()?;
        }
        Ok(())
    }

    /// The planes, without what stands below the picture; none if they have been handed on.
    pub fn into_planes(mut self) -> Vec<Plane> {
        if self.take.is_some() {
            return Vec::new();
        }
        trim(&mut self.planes);
        self.planes
    }
}

/// Cuts off rows of the last blocks that are beyond the picture's edge.
fn trim(planes: &mut [Plane]) {
    for plane in planes {
        plane.data.truncate(plane.stride * plane.height as usize);
    }
}
