use lightmill_testkit::{Picture, RgbaImage};

use super::lanczos::{Raster, resample};

/// What was wanted of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Goal {
    /// Columns and rows after scaling; `None` leaves the source's.
    pub size: Option<(u32, u32)>,
    /// Columns and rows of a window in the middle of the scaled picture.
    pub window: Option<(u32, u32)>,
    /// Whether light is averaged, and not its gamma-encoded value.
    pub linear: bool,
}

impl Goal {
    /// The reference pictures of `source`: one, or several where engines may round the place of a window differently.
    pub fn references(&self, source: &Picture) -> Vec<Picture> {
        let frames: Vec<RgbaImage> = source.frames.iter().map(|frame| self.scaled(frame)).collect();
        let scaled = Picture { frames, ..source.clone() };
        let Some((width, height)) = self.window else { return vec![scaled] };
        let places = |whole: u32, part: u32| {
            let free = whole.saturating_sub(part);
            [free / 2, free.div_ceil(2)]
        };
        let mut corners = Vec::new();
        for x in places(scaled.width(), width) {
            for y in places(scaled.height(), height) {
                if !corners.contains(&(x, y)) {
                    corners.push((x, y));
                }
            }
        }
        let cut = |(x, y): (u32, u32)| {
            let frames = scaled.frames.iter().map(|frame| {
                RgbaImage::from_fn(width, height, |column, row| {
                    frame.get_pixel_checked(x + column, y + row).copied().unwrap_or_else(|| [0; 4].into())
                })
            });
            Picture { frames: frames.collect(), ..scaled.clone() }
        };
        corners.into_iter().map(cut).collect()
    }

    fn scaled(&self, frame: &RgbaImage) -> RgbaImage {
        let Some((width, height)) = self.size.filter(|size| *size != frame.dimensions()) else { return frame.clone() };
        let decode: Vec<f32> = (0..=255_u8).map(|value| self.light(f32::from(value) / 255.0)).collect();
        let pixels = frame.pixels().map(|pixel| {
            let alpha = f32::from(pixel[3]) / 255.0;
            let light = |channel: usize| decode[usize::from(pixel[channel])] * alpha;
            [light(0), light(1), light(2), alpha]
        });
        let raster =
            Raster { width: frame.width() as usize, height: frame.height() as usize, pixels: pixels.collect() };
        let made = resample(&raster, width as usize, height as usize);
        let bytes = made.pixels.iter().flat_map(|&[red, green, blue, alpha]| {
            let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            let straight =
                |value: f32| if alpha > 0.0 { byte(self.encoded((value / alpha).clamp(0.0, 1.0))) } else { 0 };
            [straight(red), straight(green), straight(blue), byte(alpha)]
        });
        RgbaImage::from_raw(width, height, bytes.collect()).unwrap_or_else(|| RgbaImage::new(width, height))
    }

    /// What is averaged, for a value of 0 to 1 (IEC 61966-2-1, section 5.2).
    fn light(self, value: f32) -> f32 {
        match value {
            value if !self.linear => value,
            value if value <= 0.04045 => value / 12.92,
            value => ((value + 0.055) / 1.055).powf(2.4),
        }
    }

    /// The inverse of [`Goal::light`].
    fn encoded(self, light: f32) -> f32 {
        match light {
            light if !self.linear => light,
            light if light <= 0.003_130_8 => light * 12.92,
            light => light.powf(1.0 / 2.4) * 1.055 - 0.055,
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_testkit::generate;

    use super::*;

    #[test]
    fn stripes_average_by_value_or_by_light() {
        let stripes = RgbaImage::from_fn(64, 64, |x, _| if x % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] }.into());
        let middle = |linear| {
            let goal = Goal { size: Some((8, 8)), linear, ..Goal::default() };
            goal.references(&Picture::still(stripes.clone()))[0].pixel(4, 4).unwrap()[0]
        };
        assert!(middle(false).abs_diff(128) <= 1, "{}", middle(false));
        assert!(middle(true).abs_diff(188) <= 1, "{}", middle(true));
    }

    #[test]
    fn windows_in_the_middle_may_be_rounded_either_way() {
        let source = Picture::still(generate::photo(40, 20));
        let goal = Goal { size: Some((21, 11)), window: Some((10, 11)), linear: false };
        let references = goal.references(&source);
        assert_eq!(references.len(), 2);
        assert!(references.iter().all(|picture| (picture.width(), picture.height()) == (10, 11)));
        assert_eq!(references[0].pixel(1, 5), references[1].pixel(0, 5));
    }

    #[test]
    fn nothing_wanted_is_the_source() {
        let source = Picture::still(generate::translucent(7, 5));
        assert_eq!(Goal::default().references(&source)[0].frames, source.frames);
    }
}
