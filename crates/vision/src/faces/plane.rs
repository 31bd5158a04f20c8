use lightmill_image::Picture;

/// A grey picture, rows without padding. Black all around.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<u8>,
}

/// Where between two samples of a line a new one lies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tap {
    /// The first of the two.
    pub(super) at: usize,
    /// How much the second counts, 0 to 1.
    pub(super) weight: f32,
}

/// The places of `to` samples on a line of `from`, 2 or more, that begin where those begin.
pub(super) fn taps(from: usize, to: usize) -> impl Iterator<Item = Tap> {
    let step = from as f32 / to as f32;
    (0..to).map(move |place| {
        let place = place as f32 * step;
        let at = (place as usize).min(from - 2);
        Tap { at, weight: place - at as f32 }
    })
}

impl Plane {
    /// The luma of an RGB picture: ITU-R BT.601, in 256ths.
    pub(super) fn luma(picture: &Picture) -> Self {
        let size = picture.size();
        let mut data = Vec::with_capacity(size.pixels().0 as usize);
        for y in 0..size.height {
            let pixels = picture.row(y).as_chunks::<3>().0;
            data.extend(pixels.iter().map(|[red, green, blue]| {
                ((77 * u32::from(*red) + 150 * u32::from(*green) + 29 * u32::from(*blue) + 128) >> 8) as u8
            }));
        }
        Self { width: size.width as usize, height: size.height as usize, data }
    }

    /// Of that size, 1 or more each way, by linear interpolation without a filter: what the model was trained with. Both
    /// sides of this plane are 2 or more.
    pub(super) fn scaled(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let columns: Vec<Tap> = taps(self.width, width).collect();
        let mut data = Vec::with_capacity(width * height);
        for Tap { at, weight } in taps(self.height, height) {
            let (upper, lower) = (self.row(at), self.row(at + 1));
            data.extend(columns.iter().map(|column| {
                let mix = |row: &[u8]| mix(row[column.at].into(), row[column.at + 1].into(), column.weight);
                mix2(mix(upper), mix(lower), weight)
            }));
        }
        Self { width, height, data }
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.data[y * self.width..][..self.width]
    }

    /// The sample at a place that may lie outside.
    pub(super) fn at(&self, x: i64, y: i64) -> f32 {
        let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
        if inside { self.data[y as usize * self.width + x as usize].into() } else { 0.0 }
    }
}

/// `second` of `weight`, and the rest of `first`.
pub(super) fn mix(first: f32, second: f32, weight: f32) -> f32 {
    (1.0 - weight) * first + weight * second
}

/// As [`mix`], cut to a whole number.
pub(super) fn mix2(first: f32, second: f32, weight: f32) -> u8 {
    mix(first, second, weight) as u8
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn luma_is_that_of_the_eye() {
        let luma = |rgb: [u8; 3]| {
            let data = rgb.repeat(6);
            let size = Size::new(3, 2);
            Plane::luma(&Picture::interleaved(size, lightmill_image::Layout::Rgb, data).unwrap()).data
        };
        assert_eq!([luma([255; 3]), luma([0; 3])], [[255; 6], [0; 6]]);
        assert_eq!([luma([255, 0, 0])[0], luma([0, 255, 0])[0], luma([0, 0, 255])[0]], [77, 149, 29]);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "samples are whole numbers")]
    fn scaled_planes_are_interpolated() {
        let plane = Plane { width: 4, height: 2, data: vec![0, 40, 80, 120, 100, 140, 180, 220] };
        assert_eq!(plane.scaled(4, 2).data, plane.data);
        assert_eq!(plane.scaled(2, 1).data, [0, 80]);
        assert_eq!(plane.scaled(8, 1).data, [0, 20, 40, 60, 80, 100, 120, 140]);
        assert_eq!([plane.at(-1, 0), plane.at(0, 2), plane.at(3, 1)], [0.0, 0.0, 220.0]);
    }
}
