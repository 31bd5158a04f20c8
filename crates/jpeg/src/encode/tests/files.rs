use super::{Components, EncodeError, Encoder, Picture, flat, rising};
use crate::cpu::PORTABLE;
use crate::encode::segments::profile_bodies;
use crate::testing::Random;
use crate::{Decoded, Decoder, Options, Scale};

const BOTH: [Components; 2] = [Components::Grey, Components::YCbCr420];

fn decoded(file: &[u8]) -> Decoded {
    Decoder::new(file).unwrap().decode(&Options { scale: Scale::Full, ..Options::default() }).unwrap()
}

/// The largest difference of a sample.
fn difference(picture: &Picture, decoded: &Decoded) -> u8 {
    assert_eq!((decoded.damage, decoded.planes.len()), (None, picture.planes.len()));
    let mut most = 0;
    for (index, (plane, samples)) in decoded.planes.iter().zip(&picture.planes).enumerate() {
        let side = if index == 0 { 1 } else { 2 };
        let stride = picture.width.next_multiple_of(picture.components.unit()) / side;
        assert_eq!(plane.width as usize, picture.width.div_ceil(side));
        assert_eq!(plane.height as usize, picture.height.div_ceil(side));
        for (made, given) in plane.data.chunks(plane.stride).zip(samples.chunks(stride)) {
            let pairs = made.iter().zip(given).take(plane.width as usize);
            most = pairs.map(|(a, b)| a.abs_diff(*b)).fold(most, u8::max);
        }
    }
    most
}

#[test]
fn finest_steps_keep_every_sample_of_every_size() {
    let mut random = Random(4);
    for components in BOTH {
        for kind in 0..4 {
            for _ in 0..40 {
                let size = (1 + random.below(70), 1 + random.below(70));
                let picture = Picture::new(&mut random, size, components, kind);
                let most = difference(&picture, &decoded(&picture.file(&flat(1))));
                // Sixty-four errors of up to a half, by chance.
                assert!(most <= 2, "{most} at {size:?} of {components:?}, {kind}");
            }
        }
    }
}

#[test]
fn coarse_steps_keep_what_they_can() {
    let mut random = Random(5);
    for components in BOTH {
        for (start, growth) in [(2, 1), (5, 4), (16, 8), (60, 14), (255, 31)] {
            let picture = Picture::new(&mut random, (67, 45), components, 0);
            let most = difference(&picture, &decoded(&picture.file(&rising(start, growth))));
            assert!(most < 20 + start / 2 + growth, "{most} by {start} {growth}");
        }
    }
}

#[test]
fn every_processor_writes_the_same_file() {
    let mut random = Random(6);
    for round in 0..60 {
        let size = (1 + random.below(100), 1 + random.below(100));
        let picture = Picture::new(&mut random, size, BOTH[round % 2], round % 4);
        let steps = rising(1 + random.below(40) as u8, random.below(9) as u8);
        let file = picture.file(&steps);
        PORTABLE.set(true);
        assert!(picture.file(&steps) == file, "{size:?}, {round}");
        PORTABLE.set(false);
    }
}

#[test]
fn strips_have_a_shape_and_a_number() {
    let picture = Picture::new(&mut Random(7), (33, 40), Components::YCbCr420, 0);
    let mut encoder = picture.encoder(&flat(9));
    assert_eq!(encoder.stride(), 48);
    let (luma, chroma) = (vec![0; 48 * 16], vec![0; 24 * 8]);
    for wrong in [&[&luma[..]][..], &[&luma, &luma, &luma], &[&luma[1..], &chroma, &chroma], &[]] {
        assert_eq!(picture.encoder(&flat(9)).write_strip(wrong), Err(EncodeError::Strip));
    }
    for _ in 0..2 {
        encoder.write_strip(&[&luma, &chroma, &chroma]).unwrap();
    }
    assert_eq!(encoder.finish(&[], &|| false), Err(EncodeError::Strip), "a strip is missing");
    let mut encoder = picture.encoder(&flat(9));
    for _ in 0..3 {
        encoder.write_strip(&[&luma, &chroma, &chroma]).unwrap();
    }
    assert_eq!(encoder.write_strip(&[&luma, &chroma, &chroma]), Err(EncodeError::Strip));
    for (width, height) in [(0, 1), (1, 0), (65_536, 1), (1, 65_536)] {
        let refused = Encoder::new(width, height, Components::Grey, &flat(1), u64::MAX);
        assert_eq!(refused.err(), Some(EncodeError::Size { width, height }));
    }
    assert!(Encoder::new(65_535, 65_535, Components::Grey, &flat(1), u64::MAX).is_ok());
}

#[test]
fn files_above_the_limit_are_refused_early_or_at_the_end() {
    let picture = Picture::new(&mut Random(8), (400, 300), Components::YCbCr420, 2);
    let length = picture.file(&flat(2)).len() as u64;
    let with = |most: u64| {
        let mut encoder = Encoder::new(400, 300, Components::YCbCr420, &flat(2), most).unwrap();
        let mut first = Ok(());
        let mut strips = 0;
        picture.strips(|planes| {
            if first.is_ok() {
                first = encoder.write_strip(planes);
                strips += 1;
            }
        });
        (strips, first.and_then(|()| encoder.finish(&[], &|| false)))
    };
    assert_eq!(with(length).1.map(|file| file.len() as u64), Ok(length));
    assert_eq!(with(length - 1).1, Err(EncodeError::TooLarge { bytes: length, allowed: length - 1 }));
    let (strips, refused) = with(length / 20);
    assert!(strips < 10 && matches!(refused, Err(EncodeError::TooLarge { .. })), "{strips}");
}

#[test]
fn writing_can_be_interrupted() {
    let picture = Picture::new(&mut Random(9), (500, 400), Components::Grey, 2);
    let mut encoder = picture.encoder(&flat(1));
    picture.strips(|planes| encoder.write_strip(planes).unwrap());
    let asked = std::cell::Cell::new(0);
    let interrupt = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    assert_eq!(encoder.finish(&[], &interrupt), Err(EncodeError::Interrupted));
}

#[test]
fn profiles_are_cut_into_segments() {
    let profile: Vec<u8> = (0..70_000u32).map(|i| i as u8).collect();
    let picture = Picture::new(&mut Random(10), (9, 9), Components::Grey, 0);
    let mut encoder = picture.encoder(&flat(3));
    picture.strips(|planes| encoder.write_strip(planes).unwrap());
    let file = encoder.finish(&profile, &|| false).unwrap();
    let segments: Vec<_> = crate::markers::Markers::new(&file).collect();
    let markers: Vec<u8> = segments.iter().map(|segment| segment.marker).collect();
    assert_eq!(markers, [0xE0, 0xE2, 0xE2, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA]);
    let parts = [segments[1].body, segments[2].body];
    assert!(parts[0].starts_with(b"ICC_PROFILE\0\x01\x02") && parts[1].starts_with(b"ICC_PROFILE\0\x02\x02"));
    assert!([&parts[0][14..], &parts[1][14..]].concat() == profile);
    assert_eq!((profile_bodies(&[]).count(), profile_bodies(&vec![0; 65_519 * 255 + 1]).count()), (0, 0));
}

#[test]
fn tokens_stay_near_the_size_of_the_file() {
    for kind in 0..3 {
        let picture = Picture::new(&mut Random(11), (512, 384), Components::YCbCr420, kind);
        for step in [1, 4, 16, 60] {
            let mut encoder = picture.encoder(&flat(step));
            picture.strips(|planes| encoder.write_strip(planes).unwrap());
            let held = encoder.scan_bytes();
            let file = encoder.finish(&[], &|| false).unwrap().len() as u64;
            // Two bytes for a block of three or four bits are what is worst, in flat pictures.
            assert!(held < 3 * file + 1000, "{held} for {file}, {kind} {step}");
        }
    }
}
