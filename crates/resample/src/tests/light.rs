use super::*;
use crate::Curve;
use crate::lift::Linear;
use crate::whole::linear_by;

#[test]
fn integers_and_floats_of_light_agree() {
    let (linear, encoded) = curve();
    let curve = Curve { linear: &linear, encoded: &encoded };
    for channels in [1, 3, 4] {
        let mut data = noise(60 * 50 * channels, 9);
        if channels == 4 {
            data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] |= 128);
        }
        let source = samples(&data, (60, 50), channels, 1);
        for (width, height) in [(20, 15), (61, 50), (90, 7)] {
            let (across, down) = (kernel(whole(60, width)), kernel(whole(50, height)));
            let floats = floats(source, &across, &down, Linear { channels, curve });
            let made = linear_by(Path::Scalar, source, curve, &across, &down, &never).unwrap();
            // The square root is infinitely steep in the dark.
            let near = |a: u8, b: u8| a.abs_diff(b) <= 1 || a.max(b) < 6;
            assert!(made.iter().zip(&floats).all(|(a, b)| near(*a, *b)), "{channels} {width}");
            for path in Path::available() {
                assert_eq!(made, linear_by(path, source, curve, &across, &down, &never).unwrap(), "{path:?}");
            }
        }
    }
}

#[test]
fn light_is_mixed_linearly() {
    let (linear, encoded) = curve();
    let curve = Curve { linear: &linear, encoded: &encoded };
    let data = [[0u8, 255].repeat(40), [255u8, 0].repeat(40)].concat().repeat(40);
    let kernel = kernel(whole(80, 10));
    for path in Path::available() {
        let grey = linear_by(path, samples(&data, (80, 80), 1, 1), curve, &kernel, &kernel, &never).unwrap();
        // √½ of 255.
        assert!(grey.iter().all(|sample| sample.abs_diff(180) <= 1), "{path:?} {:?}", &grey[..10]);
        for channels in [3, 4] {
            let pixels: Vec<u8> = data.iter().flat_map(|sample| [*sample, 77, 255, 200][..channels].to_vec()).collect();
            let source = samples(&pixels, (80, 80), channels, 1);
            let made = linear_by(path, source, curve, &kernel, &kernel, &never).unwrap();
            for (pixel, grey) in made.chunks(channels).zip(&grey) {
                assert_eq!(pixel[0], *grey);
                assert!(pixel[1].abs_diff(77) <= 1 && pixel[2] >= 254 && (channels == 3 || pixel[3] == 200));
            }
        }
    }
}
