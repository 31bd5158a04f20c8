use std::sync::Arc;

use async_trait::async_trait;
use lightmill_image::plan::Cost;
use lightmill_image::{Cancel, Picture};
use lightmill_recipe::{Findings, Found, FoundKind};

use super::model::Model;
use super::plane::Plane;
use super::search::{Window, search};
use crate::workers::{Workers, look};
use crate::{Analyser, Error, Kind, Subject, Wanted};

/// The name and what decides: the model, the size of the copy that is looked at, and a number that is raised by hand when
/// the same picture may get other faces.
const VERSION: &str = "faces seeta-frontal-1.0 480 1";

/// A face's least score: about two windows that agree. What the model's authors call typical lies between 0.95 and 4.5.
pub(super) const LEAST_SCORE: f32 = 2.0;

/// Faces seen from the front, upright or nearly so, found on this machine.
///
/// A face is found if it is wider than a twelfth of the picture's longer side. What it costs is stated in
/// `docs/analysers.md`.
#[derive(Debug)]
pub struct Faces {
    model: Arc<Model>,
    workers: Arc<dyn Workers>,
}

impl Faces {
    /// Reads the model that is built in. Pictures will be looked at on `workers`' threads.
    ///
    /// # Errors
    /// [`Error::Internal`] if the model is damaged, which a test excludes.
    pub fn new(workers: Arc<dyn Workers>) -> Result<Self, Error> {
        let model = Model::embedded().map_err(|lack| Error::internal(format_args!("the model lacks {lack}")))?;
        Ok(Self { model: Arc::new(model), workers })
    }
}

#[async_trait]
impl Analyser for Faces {
    fn name(&self) -> &'static str {
        "faces"
    }

    fn version(&self) -> &str {
        VERSION
    }

    fn kinds(&self) -> &[Kind] {
        &[Kind::Faces]
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        wanted.must_be_among(self.kinds(), self.name())?;
        if wanted.is_empty() {
            return Ok(Findings::default());
        }
        let model = Arc::clone(&self.model);
        let find = move |subject: &Subject, cancel: &Cancel| in_picture(&model, &*subject.small(cancel)?, cancel);
        let regions = look(&*self.workers, subject, cost, find).await?;
        Ok(wanted.of(Findings { regions, ..Findings::default() }))
    }
}

/// What making the copy and searching it costs.
fn cost(subject: &Subject) -> Result<Cost, Error> {
    let copy = subject.small_cost()?;
    Ok(Cost { time: copy.time + std::time::Duration::from_millis(10), ..copy })
}

/// The faces of an RGB picture, the surest first.
pub(super) fn in_picture(model: &Model, picture: &Picture, cancel: &Cancel) -> Result<Vec<Found>, Error> {
    let plane = Plane::luma(picture);
    let windows = search(model, &plane, cancel)?;
    let sure = windows.iter().filter(|window| window.score >= LEAST_SCORE);
    Ok(sure.filter_map(|window| place(window, plane.width as f32, plane.height as f32)).collect())
}

/// The part of the window that lies in a picture of that size.
fn place(window: &Window, width: f32, height: f32) -> Option<Found> {
    let along = |from: i32, length: f32| {
        let (from, to) = (from as f32 / length, (from + window.side) as f32 / length);
        let (from, to) = (from.clamp(0.0, 1.0), to.clamp(0.0, 1.0));
        (to > from).then_some((from, to - from))
    };
    let ((left, width), (top, height)) = (along(window.x, width)?, along(window.y, height)?);
    // A half at the least score; the more windows agree, the closer to 1.
    let confidence = window.score / (window.score + LEAST_SCORE);
    Some(Found { what: FoundKind::Face, left, top, width, height, confidence })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lightmill_image::{Context, Layout, run};
    use lightmill_recipe::{Format, Output, PictureOutput, Size};

    use super::*;
    use crate::testing::{context, of, photo, png, subject, workers};
    use crate::{Confidence, small};

    async fn faces(subject: &Subject) -> Vec<Found> {
        let faces = Faces::new(workers()).unwrap();
        let wanted = Wanted::only(Kind::Faces, Confidence::ANY);
        faces.analyse(subject, &wanted).await.unwrap().regions
    }

    /// The middle of the only face.
    async fn middle(subject: &Subject) -> (f32, f32) {
        let found = faces(subject).await;
        let [face] = found.as_slice() else { panic!("{found:?}") };
        assert!(face.what == FoundKind::Face && face.confidence > 0.7, "{face:?}");
        assert!((0.15..0.25).contains(&face.width) && (0.15..0.25).contains(&face.height), "{face:?}");
        (face.left + face.width / 2.0, face.top + face.height / 2.0)
    }

    fn near((x, y): (f32, f32), expected: (f32, f32)) -> bool {
        (x - expected.0).abs() < 0.02 && (y - expected.1).abs() < 0.02
    }

    fn jpeg_of(source: &Bytes, longer: u32) -> Bytes {
        let output = PictureOutput { format: Some(Format::Jpeg), may_grow: true, ..PictureOutput::default() };
        let plan = small::planned(source, longer, Output::Picture(output), &context()).unwrap();
        run(&plan, std::slice::from_ref(source), &Context::default()).unwrap().remove(0).bytes
    }

    /// `jpeg` with an APP1 segment that says how it is turned (EXIF 2.32, tag 274).
    fn turned(jpeg: &[u8], orientation: u8) -> Bytes {
        let exif = [
            &b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..],
            &[orientation, 0, 0, 0, 0, 0, 0],
        ];
        [&jpeg[..2], &exif.concat(), &jpeg[2..]].concat().into()
    }

    #[tokio::test]
    async fn the_astronaut_is_found_at_every_size() {
        let astronaut = photo("astronaut.png");
        assert!(near(middle(&of(astronaut.clone())).await, (0.437, 0.231)));
        for longer in [512, 400, 300, 250] {
            assert!(near(middle(&of(jpeg_of(&astronaut, longer))).await, (0.437, 0.231)), "{longer}");
        }
    }

    #[tokio::test]
    async fn places_count_from_the_upright_picture() {
        let jpeg = jpeg_of(&photo("astronaut.png"), 512);
        let upright = small::picture(&jpeg, &context()).unwrap();
        // Stored lying on its side, and noted so: 6 is to be turned clockwise, 8 the other way.
        let side = upright.size().width;
        let turn = |from: fn(u32, u32, u32) -> (u32, u32)| {
            let mut picture = Picture::blank(Size::new(side, side), Layout::Rgb);
            for y in 0..side {
                for x in 0..side {
                    let (from_x, from_y) = from(x, y, side - 1);
                    let pixel = upright.row(from_y)[from_x as usize * 3..][..3].to_vec();
                    picture.row_mut(y)[x as usize * 3..][..3].copy_from_slice(&pixel);
                }
            }
            jpeg_of(&png(&picture), 480)
        };
        let lying = [(6, turn(|x, y, last| (last - y, x))), (8, turn(|x, y, last| (y, last - x)))];
        for (orientation, lying) in lying {
            assert!(faces(&of(lying.clone())).await.is_empty(), "{orientation}: nobody is found lying");
            assert!(near(middle(&of(turned(&lying, orientation))).await, (0.437, 0.231)), "{orientation}");
        }
    }

    #[tokio::test]
    async fn nobody_is_found_where_nobody_is() {
        for name in ["coffee.png", "chelsea.png", "rocket.jpg", "hubble_deep_field.jpg"] {
            assert_eq!(faces(&subject(name)).await, [], "{name}");
        }
        for size in [Size::new(1, 1), Size::new(2000, 3), Size::new(60, 60)] {
            assert_eq!(faces(&of(png(&Picture::solid(size, [200, 120, 90, 255])))).await, []);
        }
    }

    #[tokio::test]
    async fn who_is_not_sure_enough_is_left_out() {
        let wanted = Wanted::only(Kind::Faces, Confidence::percent(99.0).unwrap());
        let found = Faces::new(workers()).unwrap().analyse(&subject("astronaut.png"), &wanted).await.unwrap();
        assert!(found.regions.is_empty());
    }

    #[test]
    fn a_window_beyond_the_edge_is_cut() {
        let place = |x, y, side| {
            let found = place(&Window { x, y, side, score: 2.0 }, 100.0, 50.0)?;
            assert!((found.confidence - 0.5).abs() < f32::EPSILON);
            Some([found.left, found.top, found.width, found.height])
        };
        assert_eq!(place(-10, 25, 30), Some([0.0, 0.5, 0.2, 0.5]));
        assert_eq!([place(100, 0, 10), place(0, -10, 10)], [None; 2]);
    }
}
