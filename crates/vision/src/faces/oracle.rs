//! Our reading of the model against the engine that its file comes from, on photos and on copies of them.

use lightmill_image::Cancel;
use rustface::ImageData;

use super::analyser::LEAST_SCORE;
use super::model::Model;
use super::plane::Plane;
use super::search::{Window, search};
use crate::testing::subject;

/// What `rustface` finds, as windows.
fn oracle(plane: &Plane) -> Vec<Window> {
    let file: &[u8] = include_bytes!("../../model/seeta_fd_frontal_v1.0.bin");
    let mut detector = rustface::create_detector_with_model(rustface::read_model(file).unwrap());
    detector.set_score_thresh(LEAST_SCORE.into());
    let found = detector.detect(&ImageData::new(&plane.data, plane.width as u32, plane.height as u32));
    let window = |face: &rustface::FaceInfo| {
        let place = face.bbox();
        Window { x: place.x(), y: place.y(), side: place.width() as i32, score: face.score() as f32 }
    };
    found.iter().map(window).collect()
}

/// A photo, mirrored and shifted, so that faces lie at other places of the grid.
fn variants(plane: &Plane) -> Vec<Plane> {
    let mut mirrored = plane.clone();
    mirrored.data.chunks_exact_mut(plane.width).for_each(<[u8]>::reverse);
    let dim = Plane { data: plane.data.iter().map(|sample| sample / 2 + 20).collect(), ..plane.clone() };
    let (width, height) = (plane.width, plane.height);
    vec![
        plane.clone(),
        mirrored,
        dim,
        plane.scaled(width * 7 / 10, height * 7 / 10),
        plane.scaled(width / 2, height / 2),
    ]
}

#[test]
fn the_same_faces_are_found() {
    let model = Model::embedded().unwrap();
    let mut faces = 0;
    for name in ["astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "hubble_deep_field.jpg"] {
        let plane = Plane::luma(&subject(name).small(&Cancel::default()).unwrap());
        for (variant, plane) in variants(&plane).iter().enumerate() {
            let mut ours = search(&model, plane, &Cancel::default()).unwrap();
            ours.retain(|window| window.score >= LEAST_SCORE);
            let theirs = oracle(plane);
            assert_eq!(ours.len(), theirs.len(), "{name} {variant}: {ours:?} {theirs:?}");
            for (our, their) in ours.iter().zip(&theirs) {
                let near = |a: i32, b: i32| (a - b).abs() <= 2;
                assert!(
                    near(our.x, their.x) && near(our.y, their.y) && near(our.side, their.side),
                    "{our:?} {their:?}"
                );
                // Samples are interpolated with fewer bits; of a dozen windows on a face, one more or less agrees for it.
                assert!((our.score - their.score).abs() <= 0.15 * their.score, "{our:?} {their:?}");
            }
            faces += ours.len();
        }
    }
    assert!(faces >= 5);
}
