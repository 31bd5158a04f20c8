use super::*;
use crate::whole::resample_by;
use crate::{Curve, resample, resample_16, resample_linear};

#[test]
fn extreme_shapes() {
    for (from, to) in [
        ((1, 30_000), (1, 1)),
        ((30_000, 1), (1, 1)),
        ((1, 3000), (3000, 1)),
        ((1, 1), (500, 500)),
        ((2, 2), (16_384, 3)),
        ((300, 2), (2, 300)),
    ] {
        let (across, down) = (kernel(whole(from.0, to.0)), kernel(whole(from.1, to.1)));
        for channels in [1, 3, 4] {
            let data = noise(from.0 as usize * from.1 as usize * channels, 5);
            let source = samples(&data, from, channels, 1);
            let made = resample_by(Path::Scalar, source, &across, &down, &never).unwrap();
            assert_eq!(made.len(), to.0 as usize * to.1 as usize * channels);
            for path in Path::available() {
                assert_eq!(made, resample_by(path, source, &across, &down, &never).unwrap());
            }
            if channels == 1 && from.0 * from.1 == 30_000 {
                let weights = weights(whole(30_000, 1));
                let plane: Vec<f64> = data.iter().map(|sample| f64::from(*sample)).collect();
                assert!((f64::from(made[0]) - exact(&plane, (30_000, 1), &weights, &[vec![1.0]])[0]).abs() < 0.51);
            }
        }
    }
}

#[test]
fn sharp_edges_saturate() {
    let data = [[0u8; 20], [255; 20]].concat().repeat(40);
    for to in [13, 40, 160] {
        let kernel = kernel(whole(40, to));
        for path in Path::available() {
            let made = resample_by(path, samples(&data, (40, 40), 1, 1), &kernel, &kernel, &never).unwrap();
            assert!(made.contains(&0) && made.contains(&255));
            assert!(made.chunks(to as usize).all(|row| row[0] < 10 && row[to as usize - 1] > 245), "{path:?} {to}");
        }
    }
}

#[test]
fn padding_is_not_seen() {
    let (plain, across) = (noise(10 * 8 * 3, 3), kernel(whole(10, 4)));
    let down = kernel(whole(8, 5));
    let padded: Vec<u8> = plain.chunks(30).flat_map(|row| [row, &[99; 7]].concat()).collect();
    let source = samples(&plain, (10, 8), 3, 1);
    let wide = Samples { data: &padded, stride: 37, ..source };
    let made = resample(source, &across, &down, &never).unwrap();
    assert_eq!(made, resample(wide, &across, &down, &never).unwrap());
}

#[test]
fn what_does_not_fit_is_refused() {
    let (across, down) = (kernel(whole(4, 2)), kernel(whole(3, 2)));
    let whole = Samples { data: &[7; 12], stride: 4, width: 4, height: 3, channels: 1 };
    assert_eq!(resample(whole, &across, &down, &never).unwrap(), [7; 4]);
    for wrong in [
        Samples { data: &[7; 11], ..whole },
        Samples { height: 4, ..whole },
        Samples { width: 5, ..whole },
        Samples { channels: 2, ..whole },
        Samples { channels: 3, ..whole },
        Samples { channels: 0, ..whole },
        Samples { stride: usize::MAX, ..whole },
    ] {
        assert!(resample(wrong, &across, &down, &never).is_err(), "{wrong:?}");
    }
    assert!(resample(whole, &down, &across, &never).is_err());
    assert!(resample_16(whole, &across, &down, &never).is_err());
    let curve = Curve { linear: &[0.0; 256], encoded: &[] };
    assert!(resample_linear(whole, curve, &across, &down, &never).is_err());
}

#[test]
fn it_stops_when_told() {
    let data = noise(64 * 64 * 4, 1);
    let kernel = kernel(whole(64, 8));
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    for channels in [1, 4] {
        asked.set(0);
        let source = samples(&data[..64 * 64 * channels], (64, 64), channels, 1);
        assert!(matches!(resample(source, &kernel, &kernel, &stop), Err(Error::Stopped)));
        assert_eq!(asked.get(), 4);
    }
}
