use super::*;
use crate::whole::resample_by;

#[test]
fn opaque_pixels_are_the_same_beside_transparent_ones() {
    let mut opaque = noise(60 * 50 * 4, 6);
    opaque.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
    // The last column makes every row one that is premultiplied.
    let mut edged = opaque.clone();
    edged.as_chunks_mut::<4>().0.iter_mut().skip(59).step_by(60).for_each(|pixel| pixel[3] = 90);
    for (width, height) in [(40, 31), (30, 25), (90, 70), (60, 50)] {
        let (across, down) = (kernel(whole(60, width)), kernel(whole(50, height)));
        for path in Path::available() {
            let made = |data| resample_by(path, samples(data, (60, 50), 4, 1), &across, &down, &never).unwrap();
            let (opaque, edged) = (made(&opaque), made(&edged));
            assert!(opaque.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
            let half = width as usize / 2 * 4;
            for (opaque, edged) in opaque.chunks(width as usize * 4).zip(edged.chunks(width as usize * 4)) {
                assert_eq!(opaque[..half], edged[..half], "{path:?} {width}");
            }
        }
    }
}

#[test]
fn rows_of_all_kinds_make_one_picture() {
    // Rows that are clear, opaque and in between, in runs longer and shorter than a kernel is high.
    let mut data = noise(20 * 120 * 4, 7);
    for (y, row) in data.chunks_mut(20 * 4).enumerate() {
        let alpha = [0, 0, 255, 255, 0, 255, 128, 0][y / 15];
        row.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = alpha);
    }
    let source = samples(&data, (20, 120), 4, 1);
    let plane: Vec<f64> = data.as_chunks::<4>().0.iter().map(|pixel| f64::from(pixel[3])).collect();
    for height in [9, 40, 61, 250] {
        let (x, y) = (whole(20, 13), whole(120, height));
        let (across, down) = (kernel(x.clone()), kernel(y.clone()));
        let made = resample_by(Path::Scalar, source, &across, &down, &never).unwrap();
        let exact = exact(&plane, (20, 1), &weights(x), &weights(y));
        for (made, exact) in made.as_chunks::<4>().0.iter().zip(exact) {
            assert!((f64::from(made[3]) - exact.clamp(0.0, 255.0)).abs() <= 1.0, "{height}: {} {exact}", made[3]);
        }
        assert!(height < 40 || made[..4] == [0; 4]);
        for path in Path::available() {
            assert_eq!(made, resample_by(path, source, &across, &down, &never).unwrap(), "{path:?} {height}");
        }
    }
}
