//! What holds for all operations: any size, any layout, no panic, the promised size and layout.

use lightmill_recipe::sharp::{
    Bandbool, Channel, Clahe, CompositeBlend, Interpolator, Kernel, Normalise, Placement, Recomb, SharpConvolution,
    SharpTrim,
};
use lightmill_recipe::{
    Backdrop, Blend, Blur, ChannelTables, Colour, Convolution, Corner, Light, Linear, Margins, Modulate, Noise, Rect,
    Redact, RedactShape, RedactWith, Saturation, Sharpen, Size, Table, Tiling, Trim, TrimDistance, WaveletSharpen,
    geometry,
};
use proptest::prelude::*;

use super::*;
use crate::{Cancel, ExifOrientation, Layout, Picture, Subsampling};

fn layouts() -> impl Strategy<Value = Layout> {
    prop::sample::select(vec![
        Layout::Grey,
        Layout::Rgb,
        Layout::Rgba,
        Layout::YCbCr(Subsampling::S444),
        Layout::YCbCr(Subsampling::S422),
        Layout::YCbCr(Subsampling::S440),
        Layout::YCbCr(Subsampling::S420),
    ])
}

fn pictures() -> impl Strategy<Value = Picture> {
    (1..70u32, 1..70u32, layouts(), any::<u8>()).prop_map(|(width, height, layout, seed)| {
        let mut picture = Picture::blank(Size::new(width, height), layout);
        for plane in picture.planes_mut() {
            for (index, sample) in plane.data.iter_mut().enumerate() {
                *sample = ((index as u32).wrapping_mul(2_654_435_769) >> 13) as u8 ^ seed;
            }
        }
        picture
    })
}

/// RGB for what operations do not take as it is.
fn interleaved(layout: Layout) -> Layout {
    if matches!(layout, Layout::YCbCr(_)) { Layout::Rgb } else { layout }
}

/// RGB for grey, which marks are not drawn on.
fn drawable(layout: Layout) -> Layout {
    if layout == Layout::Grey { Layout::Rgb } else { layout }
}

fn coloured(layout: Layout) -> Layout {
    if layout.has_alpha() { layout } else { Layout::Rgb }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn adjustments_keep_the_size(picture in pictures(), sigma in 0.05f32..1000.0, radius in 0..200u32, gain in -3f32..3.0) {
        let (size, layout, cancel) = (picture.size(), picture.layout(), Cancel::default());
        let linear = Linear { gain, offset: sigma - 500.0 };
        let sharpened = Sharpen { sigma, flat: gain, jagged: 1.0 }.into();
        for made in [
            blur(picture.clone(), Blur::Gaussian { sigma }, &cancel).unwrap(),
            blur(picture.clone(), Blur::Window { radius, sigma }, &cancel).unwrap(),
            sharpen(picture.clone(), sharpened, &cancel).unwrap(),
        ] {
            prop_assert_eq!((made.size(), made.layout()), (size, layout));
        }
        let made = super::linear(picture.clone(), linear).unwrap();
        let planar = matches!(layout, Layout::YCbCr(_)) && stays_within(linear);
        prop_assert_eq!((made.size(), made.layout()), (size, if planar { layout } else { interleaved(layout) }));
        let made = greyscale(picture.clone()).unwrap();
        prop_assert_eq!((made.size(), made.layout()), (size, interleaved(layout)));
        prop_assert!(matches!(average(picture).unwrap().alpha, 0 | 255));
    }

    #[test]
    fn shapes_have_the_promised_size(picture in pictures(), degrees in 0..=400u16, radius in 0..100u32, to in (1..120u32, 1..120u32)) {
        let (size, cancel) = (picture.size(), Cancel::default());
        let rotated = rotate(picture.clone(), degrees, &cancel).unwrap();
        prop_assert_eq!((rotated.size(), rotated.layout()), (geometry::rotate(size, degrees), Layout::Rgba));
        prop_assert_eq!(mask_circle(picture.clone(), 3.5).unwrap().layout(), Layout::Rgba);
        prop_assert_eq!(mask_rounded(picture.clone(), radius).unwrap().size(), size);
        let to = Size::new(to.0, to.1);
        for light in [Light::Gamma, Light::Linear] {
            let made = resample(picture.clone(), to, None, Subsampling::S420, light, &cancel).unwrap();
            prop_assert_eq!(made.size(), to);
        }
        let padded = pad(picture.clone(), to, (radius, u32::from(degrees)), Colour::WHITE).unwrap();
        prop_assert_eq!((padded.size(), padded.layout()), (to, coloured(picture.layout())));
        let flat = flatten(picture.clone(), Colour::BLACK);
        prop_assert!(!flat.layout().has_alpha());
        for orientation in 1..=8 {
            prop_assert!(orient(picture.clone(), ExifOrientation::new(orientation), &cancel).is_ok());
        }
    }

    #[test]
    fn windows_and_marks(picture in pictures(), mark in pictures(), at in (-90..90i64, -90..90i64), gaps in (0..9u32, 0..9u32), opacity in 0..=100u8) {
        let (size, cancel) = (picture.size(), Cancel::default());
        let drawn = draw(picture.clone(), &mark, at.0, at.1, opacity, &cancel).unwrap();
        prop_assert_eq!((drawn.size(), drawn.layout()), (size, drawable(picture.layout())));
        let tiled = tile(picture.clone(), &mark, Tiling { gap_x: gaps.0, gap_y: gaps.1 }, opacity, &cancel).unwrap();
        prop_assert_eq!(tiled.size(), size);
        let (x, y) = (at.0.unsigned_abs() as u32 % size.width, at.1.unsigned_abs() as u32 % size.height);
        let odd = Rect { x, y, size: Size::new(size.width - x, size.height - y) };
        prop_assert_eq!(crop(picture.clone(), odd).unwrap().size(), odd.size);
        let (x, y) = (x & !1, y & !1);
        let window = Rect { x, y, size: Size::new(size.width - x, size.height - y) };
        let made = crop(picture.clone(), window).unwrap();
        prop_assert_eq!((made.size(), made.layout()), (window.size, picture.layout()));
    }

    #[test]
    fn filters_keep_the_size(picture in pictures(), amount in -3f32..3.0, side in 0..90u32, seed in any::<u32>()) {
        let (size, layout, cancel) = (picture.size(), picture.layout(), Cancel::default());
        let upside_down = ChannelTables::same(Table::from_fn(|v| 255 - v));
        let weights = (0..15).map(|n| amount + n as f32).collect();
        let convolution = Convolution { weights, columns: 5, normalize: seed % 2 == 0 };
        let luminance = WaveletSharpen { amount, radius: 1.0, luminance_only: true };
        prop_assert_eq!(luma(picture.clone()).layout(), layout);
        prop_assert_eq!(wavelet_sharpen(picture.clone(), luminance, &cancel).unwrap().layout(), layout);
        for made in [
            tables(picture.clone(), &upside_down).unwrap(),
            equalize(picture.clone()).unwrap(),
            saturate(picture.clone(), Saturation { factor: amount }, &cancel).unwrap(),
            wavelet_sharpen(picture.clone(), WaveletSharpen { luminance_only: false, ..luminance }, &cancel).unwrap(),
            noise(picture.clone(), Noise { amount: side, seed }, &cancel).unwrap(),
            kernel(picture.clone(), &convolution, &cancel).unwrap(),
            pixelate(picture.clone(), side, &cancel).unwrap(),
        ] {
            prop_assert_eq!((made.size(), made.layout()), (size, interleaved(layout)));
        }
        let made = modulate(picture, Modulate { lightness: 1.2, chroma: amount, hue: amount }.into(), &cancel).unwrap();
        prop_assert_eq!((made.size(), made.layout()), (size, coloured(layout)));
    }

    #[test]
    fn canvases_have_the_promised_size(picture in pictures(), to in (1..120u32, 1..120u32), at in (-90..90i64, -90..90i64), radius in (0..90u32, 0..90u32)) {
        let (size, cancel) = (picture.size(), Cancel::default());
        let to = Size::new(to.0, to.1);
        for backdrop in [Backdrop::Mean, Backdrop::Blurred, Backdrop::Colour(Colour::WHITE), Backdrop::Transparent] {
            let made = fill(picture.clone(), to, at, backdrop, true, &cancel).unwrap();
            prop_assert_eq!(made.size(), to);
        }
        let rounded = mask_corners(picture.clone(), radius, Some(Colour::BLACK)).unwrap();
        prop_assert_eq!((rounded.size(), rounded.layout()), (size, coloured(picture.layout())));
        prop_assert_eq!(mask_corners(picture.clone(), radius, None).unwrap().layout(), Layout::Rgba);
        for distance in [TrimDistance::Euclidean, TrimDistance::LargestChannel] {
            let trim = Trim { reference: Corner::BottomRight, tolerance: radius.0, distance };
            let found = border(picture.clone(), trim, &cancel).unwrap();
            prop_assert!(found.is_none_or(|found| found.fits(size) && !found.is_empty()));
        }
        let insets = Margins { left: radius.0, top: 1, right: 2, bottom: radius.1 };
        let framed = nine_patch(picture.clone(), &rounded, insets, &cancel).unwrap();
        prop_assert_eq!(framed.size(), Size::new(size.width + radius.0 + 2, size.height + radius.1 + 1));
    }

    #[test]
    fn regions_and_stamps_keep_the_size(picture in pictures(), mark in pictures(), at in (-90..90i64, -90..90i64), opacity in 0..=100u8) {
        let (size, cancel) = (picture.size(), Cancel::default());
        let (x, y) = (at.0.unsigned_abs() as u32 % size.width, at.1.unsigned_abs() as u32 % size.height);
        let regions = [Rect { x, y, size: Size::new(size.width - x, size.height - y) }, Rect::whole(size)];
        let with = [RedactWith::Blur(9.0), RedactWith::Pixelate(7), RedactWith::Colour(Colour::BLACK)];
        let redacted = with.map(|with| redact(picture.clone(), &regions, Redact { shape: RedactShape::Oval, with }, &cancel));
        let others = [outline(picture.clone(), &regions), red_eye(picture.clone(), &regions)];
        for made in redacted.into_iter().chain(others) {
            let made = made.unwrap();
            prop_assert_eq!((made.size(), made.layout()), (size, coloured(picture.layout())));
        }
        for blend in [Blend::Normal, Blend::Multiply, Blend::SoftLight, Blend::Mask, Blend::MaskOut] {
            let meeting = Meeting { blend, opacity, cut: false };
            let made = stamp(picture.clone(), &mark, [&[at.0, at.0 + 80], &[at.1]], meeting, &cancel).unwrap();
            prop_assert_eq!(made.size(), size);
        }
    }

    #[test]
    fn colours_of_sharp_keep_the_size(picture in pictures(), percent in (0f64..50.0, 50f64..100.0), side in 1..20u32, gain in -2f64..3.0) {
        let (size, layout, cancel) = (picture.size(), picture.layout(), Cancel::default());
        let (lower, upper) = percent;
        for made in [
            normalise(picture.clone(), Normalise { lower, upper }, &cancel).unwrap(),
            tint(picture.clone(), Colour::opaque(200, side as u8, 0), &cancel).unwrap(),
            recomb(picture.clone(), Recomb::Rgb([[gain; 3]; 3]), &cancel).unwrap(),
            channel_gains(picture.clone(), [gain, 1.0, 0.5, 1.0], &cancel).unwrap(),
        ] {
            prop_assert_eq!((made.size(), made.layout()), (size, coloured(layout)));
        }
        let weights = SharpConvolution { width: 3, height: side, weights: vec![gain; 3 * side as usize], scale: 2.0, offset: 1.0 };
        for made in [
            median(picture.clone(), side, &cancel).unwrap(),
            invert(picture.clone()).unwrap(),
            threshold(picture.clone(), side as u8).unwrap(),
            convolution(picture.clone(), &weights, &cancel).unwrap(),
        ] {
            prop_assert_eq!((made.size(), made.layout()), (size, interleaved(layout)));
        }
        let fits = side <= size.shorter();
        let window = Clahe { width: side, height: side, max_slope: 3 };
        prop_assert_eq!(clahe(picture.clone(), window, &cancel).is_ok(), fits);
        for made in [extract_channel(picture.clone(), Channel::Green).unwrap(), bandbool(picture.clone(), Bandbool::Eor).unwrap()] {
            prop_assert_eq!((made.size(), made.layout()), (size, Layout::Grey));
        }
        for made in [unflatten(picture.clone()).unwrap(), ensure_alpha(picture.clone(), 0.5).unwrap(), recomb(picture.clone(), Recomb::Rgba([[gain; 4]; 4]), &cancel).unwrap()] {
            prop_assert_eq!((made.size(), made.layout()), (size, Layout::Rgba));
        }
        prop_assert!(!remove_alpha(picture).layout().has_alpha());
    }

    #[test]
    fn canvases_of_sharp_have_the_promised_size(picture in pictures(), mark in pictures(), to in (1..120u32, 1..120u32), at in (0..60u32, 0..60u32), back in prop::array::uniform6(-2f64..2.0), threshold in 0f64..90.0) {
        let (size, cancel) = (picture.size(), Cancel::default());
        let to = Size::new(to.0, to.1);
        for kernel in [Kernel::Nearest, Kernel::Linear, Kernel::Cubic, Kernel::Mks2013, Kernel::Mks2021] {
            prop_assert_eq!(resample_by(picture.clone(), to, kernel, &cancel).unwrap().size(), to);
        }
        let canvas = Size::new(size.width + at.0 + 3, size.height + at.1 + 2);
        for beside in [Beside::Copy, Beside::Repeat, Beside::Mirror] {
            prop_assert_eq!(extend(picture.clone(), canvas, at, beside, &cancel).unwrap().size(), canvas);
        }
        for interpolator in [Interpolator::Nearest, Interpolator::Bilinear, Interpolator::Bicubic] {
            let made = affine(picture.clone(), to, &back, Colour::WHITE, interpolator, &cancel).unwrap();
            prop_assert_eq!((made.size(), made.layout()), (to, coloured(picture.layout())));
        }
        let ellipse = mask_ellipse(picture.clone(), (f64::from(at.0), f64::from(at.1)), (f64::from(to.width), 1.0)).unwrap();
        prop_assert_eq!((ellipse.size(), ellipse.layout()), (size, Layout::Rgba));
        for (blend, tile) in [(CompositeBlend::Over, true), (CompositeBlend::In, false), (CompositeBlend::Overlay, true), (CompositeBlend::Add, false)] {
            let laid = Laid { at: (i64::from(at.0) - 30, i64::from(at.1) - 30), tile, blend, opacity: 0.7, premultiplied: tile };
            prop_assert_eq!(composite(picture.clone(), &mark, laid, &cancel).unwrap().size(), size);
        }
        let trim = SharpTrim { background: None, threshold, line_art: to.width.is_multiple_of(2) };
        let left = sharp_border(picture.clone(), trim, &cancel).unwrap();
        prop_assert!(left.is_none_or(|left| left.fits(size) && !left.is_empty()));
        for placement in [Placement::Entropy, Placement::Attention] {
            let window = interesting(picture.clone(), to, placement, &cancel).unwrap();
            prop_assert!(window.fits(size) && !window.is_empty());
        }
    }
}
