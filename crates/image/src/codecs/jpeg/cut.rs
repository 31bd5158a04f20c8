use lightmill_recipe::{Rect, Size};

use crate::rows::Rows;
use crate::{Error, Layout};

/// Gives on the rows of a region of a picture, of which more is decoded.
pub(super) struct Cut<'a> {
    to: &'a mut dyn Rows,
    planes: Vec<PlaneCut>,
    bytes_per_pixel: usize,
}

struct PlaneCut {
    wanted: Rect,
    /// The row that is wanted next.
    next: u32,
}

impl PlaneCut {
    fn end(&self) -> u32 {
        self.wanted.y + self.wanted.size.height
    }
}

/// Some rows of a plane.
pub(super) struct Strip<'a> {
    /// Which plane.
    pub plane: usize,
    /// Column and row at which the strip starts.
    pub at: (u32, u32),
    /// Whole rows of `stride` bytes, one at least.
    pub data: &'a [u8],
    /// Bytes of a row with its padding.
    pub stride: usize,
}

impl<'a> Cut<'a> {
    /// `region` of a picture of `size` (all of it, if `None`) goes to `to`, which is told that it begins. Chroma of a
    /// region of Y'CbCr begins on a chroma sample.
    pub fn begin(to: &'a mut dyn Rows, size: Size, layout: Layout, region: Option<Rect>) -> Result<Self, Error> {
        let region = region.unwrap_or(Rect::whole(size));
        if !region.fits(size) || region.is_empty() {
            return Err(Error::internal(format!("{region:?} of a {size} picture")));
        }
        let mut wanted = vec![region];
        if let Layout::YCbCr(subsampling) = layout {
            let (across, down) = (u32::from(subsampling.horizontal), u32::from(subsampling.vertical));
            if !region.x.is_multiple_of(across) || !region.y.is_multiple_of(down) {
                return Err(Error::internal(format!("{region:?} begins within a chroma sample")));
            }
            let chroma = Rect { x: region.x / across, y: region.y / down, size: subsampling.chroma(region.size) };
            wanted.extend([chroma; 2]);
        }
        to.begin(region.size, layout)?;
        let planes = wanted.into_iter().map(|wanted| PlaneCut { next: wanted.y, wanted }).collect();
        Ok(Self { to, planes, bytes_per_pixel: layout.bytes_per_pixel() })
    }

    /// Gives on what is wanted of a strip. Those of a plane come in order, without gaps.
    pub fn strip(&mut self, strip: &Strip<'_>) -> Result<(), Error> {
        let Some(cut) = self.planes.get_mut(strip.plane) else { return Err(Error::internal("more planes than begun")) };
        let (x, y) = strip.at;
        let rows = (strip.data.len() / strip.stride) as u32;
        let (from, end) = (cut.next.max(y), cut.end().min(y + rows));
        if from >= end {
            return Ok(());
        }
        let length = cut.wanted.size.width as usize * self.bytes_per_pixel;
        let start = cut.wanted.x.checked_sub(x).map(|start| start as usize * self.bytes_per_pixel);
        let Some(start) = start.filter(|start| start + length <= strip.stride && from == cut.next) else {
            return Err(Error::internal("a decoded strip lacks a part of the region"));
        };
        let rows = strip.data.chunks_exact(strip.stride).skip((from - y) as usize).take((end - from) as usize);
        cut.next = end;
        self.to.rows(strip.plane, &mut rows.map(|row| &row[start..start + length]))
    }

    /// Whether nothing more is wanted.
    pub fn is_done(&self) -> bool {
        self.planes.iter().all(|cut| cut.next == cut.end())
    }

    /// Rows that did not come have this value.
    pub fn fill(&mut self, value: u8) -> Result<(), Error> {
        for (plane, cut) in self.planes.iter_mut().enumerate() {
            let row = vec![value; cut.wanted.size.width as usize * self.bytes_per_pixel];
            let missing = (cut.end() - cut.next) as usize;
            cut.next = cut.end();
            self.to.rows(plane, &mut std::iter::repeat_n(row.as_slice(), missing))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subsampling;
    use crate::rows::Collect;

    #[test]
    fn a_region_is_cut_out_of_every_plane() {
        let mut all = Collect::default();
        let layout = Layout::YCbCr(Subsampling::S420);
        let region = Rect { x: 4, y: 2, size: Size::new(3, 3) };
        let mut cut = Cut::begin(&mut all, Size::new(9, 7), layout, Some(region)).unwrap();
        let luma: Vec<u8> = (0..7).flat_map(|y| (2..9).map(move |x| 10 * y + x)).collect();
        cut.strip(&Strip { plane: 0, at: (2, 0), data: &luma[..14], stride: 7 }).unwrap();
        cut.strip(&Strip { plane: 0, at: (2, 2), data: &luma[14..], stride: 7 }).unwrap();
        assert!(!cut.is_done());
        for (plane, value) in [(1, 100), (2, 200)] {
            let rows: Vec<u8> = (0..3).flat_map(|y| [value + y; 5]).collect();
            cut.strip(&Strip { plane, at: (0, 0), data: &rows, stride: 5 }).unwrap();
        }
        assert!(cut.is_done());
        let made = all.picture().unwrap();
        let samples: Vec<&[u8]> = made.planes().iter().map(|plane| plane.data.as_slice()).collect();
        assert_eq!(samples, [&[24, 25, 26, 34, 35, 36, 44, 45, 46][..], &[101, 101, 102, 102], &[201, 201, 202, 202]]);
    }

    #[test]
    fn what_is_missing_is_filled_or_told() {
        let mut all = Collect::default();
        let mut cut = Cut::begin(&mut all, Size::new(2, 3), Layout::Rgb, None).unwrap();
        cut.strip(&Strip { plane: 0, at: (0, 0), data: &[1, 2, 3, 4, 5, 6], stride: 6 }).unwrap();
        assert!(cut.strip(&Strip { plane: 0, at: (0, 1), data: &[1, 2, 3], stride: 3 }).is_err());
        assert!(cut.strip(&Strip { plane: 0, at: (0, 2), data: &[1; 6], stride: 6 }).is_err());
        cut.fill(9).unwrap();
        assert_eq!(all.picture().unwrap().row(2), [9; 6]);
    }

    #[test]
    fn regions_outside_or_between_chroma_samples_are_errors() {
        let mut all = Collect::default();
        let at = |x, width| Some(Rect { x, y: 0, size: Size::new(width, 1) });
        assert!(Cut::begin(&mut all, Size::new(4, 4), Layout::Grey, at(2, 3)).is_err());
        assert!(Cut::begin(&mut all, Size::new(4, 4), Layout::Grey, at(2, 0)).is_err());
        assert!(Cut::begin(&mut all, Size::new(4, 4), Layout::YCbCr(Subsampling::S422), at(1, 2)).is_err());
    }
}
