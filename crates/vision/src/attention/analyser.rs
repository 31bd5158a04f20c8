use std::sync::Arc;

use async_trait::async_trait;
use lightmill_image::Cancel;
use lightmill_recipe::Findings;

use super::entropy::{AspectRatio, CropWindow, busiest_window};
use super::map::Map;
use super::peak::peak;
use crate::workers::{Workers, look};
use crate::{Analyser, Error, Kind, Subject, Wanted};

/// The name, the size of the copy that is looked at, and a number that is raised by hand when the same picture may get
/// another answer.
const VERSION: &str = "attention 480 1";

/// The place that draws the eye, found on this machine.
#[derive(Debug)]
pub struct Attention {
    workers: Arc<dyn Workers>,
}

impl Attention {
    /// Looks at pictures on `workers`' threads.
    pub fn new(workers: Arc<dyn Workers>) -> Self {
        Self { workers }
    }

    /// The window of that aspect ratio that holds most: libvips' `entropy`. [`Analyser::version`] counts for it too.
    ///
    /// # Errors
    /// As reading the picture.
    pub async fn busiest_window(&self, subject: &Subject, ratio: AspectRatio) -> Result<CropWindow, Error> {
        let find = move |subject: &Subject, cancel: &Cancel| busiest_window(&*subject.small(cancel)?, ratio, cancel);
        look(&*self.workers, subject, Subject::small_cost, find).await
    }
}

#[async_trait]
impl Analyser for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn version(&self) -> &str {
        VERSION
    }

    fn kinds(&self) -> &[Kind] {
        &[Kind::Salient]
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        wanted.must_be_among(self.kinds(), self.name())?;
        if wanted.is_empty() {
            return Ok(Findings::default());
        }
        let find = |subject: &Subject, cancel: &Cancel| Ok(peak(&Map::of(&*subject.small(cancel)?)));
        let found = look(&*self.workers, subject, Subject::small_cost, find).await?;
        Ok(wanted.of(Findings { regions: found.into_iter().collect(), ..Findings::default() }))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lightmill_image::{Layout, Picture};
    use lightmill_recipe::{Found, FoundKind, Size};

    use super::*;
    use crate::Confidence;
    use crate::testing::{of, png, subject, workers};

    /// The colour of a pixel.
    type Paint<'a> = &'a dyn Fn(u32, u32) -> [u8; 3];

    async fn salient(subject: &Subject) -> Vec<Found> {
        let wanted = Wanted::only(Kind::Salient, Confidence::ANY);
        Attention::new(workers()).analyse(subject, &wanted).await.unwrap().regions
    }

    /// Grey, with a spot of 80 pixels at (`x`, `y`) whose pixels `paint` chooses.
    fn spot(size: Size, x: u32, y: u32, paint: impl Fn(u32, u32) -> [u8; 3]) -> Bytes {
        let mut picture = Picture::blank(size, Layout::Rgb);
        for row in 0..size.height {
            for column in 0..size.width {
                let inside = (x..x + 80).contains(&column) && (y..y + 80).contains(&row);
                let pixel = if inside { paint(column, row) } else { [110, 110, 110] };
                picture.row_mut(row)[column as usize * 3..][..3].copy_from_slice(&pixel);
            }
        }
        png(&picture)
    }

    #[tokio::test]
    async fn a_spot_that_differs_is_found_wherever_it_is() {
        let saturated = |_, _| [230, 60, 40];
        let bright = |_, _| [250, 250, 250];
        let skin = |_, _| [150, 104, 82];
        let detailed = |x: u32, y: u32| if (x / 14 + y / 14).is_multiple_of(2) { [70; 3] } else { [150; 3] };
        let paints: [(&str, Paint<'_>); 4] =
            [("saturated", &saturated), ("bright", &bright), ("skin", &skin), ("detailed", &detailed)];
        for (size, places) in [
            (Size::new(900, 600), [(60, 40), (700, 400), (400, 60)]),
            (Size::new(500, 1000), [(30, 800), (380, 20), (200, 500)]),
        ] {
            for ((name, paint), (x, y)) in paints.iter().flat_map(|paint| places.map(|place| (paint, place))) {
                let found = salient(&of(spot(size, x, y, paint))).await;
                let [found] = found.as_slice() else { panic!("{name} {found:?}") };
                assert_eq!(found.what, FoundKind::Salient);
                let middle_x = (found.left + found.width / 2.0) * size.width as f32;
                let middle_y = (found.top + found.height / 2.0) * size.height as f32;
                let near = |middle: f32, from: u32| (middle - from as f32 - 40.0).abs() < 60.0;
                assert!(near(middle_x, x) && near(middle_y, y), "{name} at {x},{y}: {middle_x},{middle_y}");
            }
        }
    }

    #[tokio::test]
    async fn in_a_flat_picture_nothing_draws_the_eye() {
        for colour in [[0, 0, 0, 255], [200, 30, 30, 255], [255, 255, 255, 0]] {
            let flat = png(&Picture::solid(Size::new(70, 50), colour));
            assert_eq!(salient(&of(flat)).await, []);
        }
        assert_eq!(salient(&of(png(&Picture::solid(Size::new(1, 1), [9; 4])))).await, []);
    }

    /// The parts of the picture were looked at: cup and saucer, the cat's face, the flame.
    #[tokio::test]
    async fn what_a_photo_is_about_is_found() {
        for (name, (left, top, right, bottom)) in [
            ("coffee.png", (0.2, 0.1, 0.8, 0.9)),
            ("chelsea.png", (0.15, 0.1, 0.75, 0.9)),
            ("rocket.jpg", (0.3, 0.3, 0.7, 1.0)),
        ] {
            let found = salient(&subject(name)).await;
            let [found] = found.as_slice() else { panic!("{name} {found:?}") };
            let (x, y) = (found.left + found.width / 2.0, found.top + found.height / 2.0);
            assert!((left..right).contains(&x) && (top..bottom).contains(&y), "{name}: {found:?}");
        }
    }

    #[tokio::test]
    async fn the_busiest_window_of_a_photo_has_its_ratio() {
        let [width, height] = [1, 1].map(|side| std::num::NonZeroU32::new(side).unwrap());
        let ratio = AspectRatio { width, height };
        let window = Attention::new(workers()).busiest_window(&subject("rocket.jpg"), ratio).await.unwrap();
        assert_eq!((window.top, window.height), (0.0, 1.0));
        assert!((window.width - 427.0 / 640.0).abs() < 0.01);
        assert!(window.left < 0.5 && window.left + window.width > 0.5, "the rocket is in it: {window:?}");
    }
}
