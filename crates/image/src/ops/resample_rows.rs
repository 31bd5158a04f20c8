use std::ops::Range;
use std::time::{Duration, Instant};

use lightmill_recipe::{Light, Size};
use lightmill_resample::Resampler;

use super::Part;
use super::mix::Kernels;
use super::srgb::TABLES;
use crate::rows::Rows;
use crate::{Cancel, Error, Layout, Picture, Plane, Subsampling};

/// [`super::resample`] of rows as they come, of which only those are held that the next rows of the result need: the
/// same result, byte for byte.
pub struct RowResampler<'a> {
    to: Size,
    part: Option<Part>,
    chroma: Subsampling,
    light: Light,
    cancel: &'a Cancel,
    layout: Layout,
    planes: Vec<PlaneRows>,
    spent: Duration,
}

struct PlaneRows {
    resampler: Resampler<'static>,
    /// The size of the result.
    size: Size,
    /// The bytes of a row that are used, and the rows.
    columns: Range<usize>,
    rows: Range<u32>,
    /// The row that comes next.
    next: u32,
}

impl<'a> RowResampler<'a> {
    /// For a picture of which `part` is to become one of size `to`; of Y'CbCr, one of subsampling `chroma`.
    pub fn new(to: Size, part: Option<Part>, chroma: Subsampling, light: Light, cancel: &'a Cancel) -> Self {
        let (layout, planes, spent) = (Layout::Grey, Vec::new(), Duration::ZERO);
        Self { to, part, chroma, light, cancel, layout, planes, spent }
    }

    /// The picture, of which every row has come.
    pub fn finish(self) -> Result<Picture, Error> {
        let mut planes = Vec::with_capacity(self.planes.len());
        for plane in self.planes {
            let data = plane.resampler.finish().map_err(Error::internal)?;
            let stride = data.len() / plane.size.height as usize;
            planes.push(Plane { size: plane.size, stride, data });
        }
        match (self.layout, <[Plane; 3]>::try_from(planes)) {
            (Layout::YCbCr(_), Ok(planes)) => Picture::planar(self.to, self.chroma, planes),
            (layout, Err(mut planes)) if planes.len() == 1 => {
                Picture::interleaved(self.to, layout, planes.swap_remove(0).data)
            }
            _ => Err(Error::internal("no rows to resample")),
        }
    }

    /// Time spent so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }
}

impl PlaneRows {
    fn new(kernels: Kernels, channels: usize, light: Light) -> Result<Self, Error> {
        let Kernels { across, down, columns, rows } = kernels;
        let size = Size::new(across.result(), down.result());
        let resampler = match light {
            Light::Gamma => Resampler::new(channels, across, down),
            Light::Linear => Resampler::linear(channels, TABLES.curve(), across, down),
        };
        let columns = columns.start as usize * channels..columns.end as usize * channels;
        Ok(Self { resampler: resampler.map_err(Error::internal)?, size, columns, rows, next: 0 })
    }
}

impl Rows for RowResampler<'_> {
    fn begin(&mut self, size: Size, layout: Layout) -> Result<(), Error> {
        let started = Instant::now();
        self.layout = layout;
        let fine = Kernels::new(size, self.part.as_ref(), self.to)?;
        self.planes = match layout {
            Layout::Grey | Layout::Rgb => vec![PlaneRows::new(fine, layout.channels(), self.light)?],
            Layout::YCbCr(subsampling) => {
                let coarse = || Kernels::of_chroma(size, subsampling, self.part.as_ref(), self.to, self.chroma);
                vec![
                    PlaneRows::new(fine, 1, self.light)?,
                    PlaneRows::new(coarse()?, 1, Light::Gamma)?,
                    PlaneRows::new(coarse()?, 1, Light::Gamma)?,
                ]
            }
            other => return Err(Error::internal(format!("rows of {other:?}"))),
        };
        self.spent += started.elapsed();
        Ok(())
    }

    fn rows(&mut self, plane: usize, rows: &mut dyn Iterator<Item = &[u8]>) -> Result<(), Error> {
        let started = Instant::now();
        let wrong = || Error::internal("a row that is none of the picture's");
        let plane = self.planes.get_mut(plane).ok_or_else(wrong)?;
        for row in rows {
            self.cancel.check()?;
            if plane.rows.contains(&plane.next) {
                let row = row.get(plane.columns.clone()).ok_or_else(wrong)?;
                plane.resampler.push(row).map_err(Error::internal)?;
            }
            plane.next += 1;
        }
        self.spent += started.elapsed();
        Ok(())
    }
}
