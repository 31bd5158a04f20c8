//! Conversions against ones that are computed here in real numbers, and profiles that are tables.

use std::sync::Arc;

use lightmill_recipe::Size;
use moxcms::{
    ColorProfile, DataColorSpace, LutDataType, LutStore, LutType, LutWarehouse, Matrix3d, ProfileClass, RenderingIntent,
};

use super::*;
use crate::{Cancel, Layout, Picture};

type Matrix = [[f64; 3]; 3];

const ADOBE_RGB: [(f64, f64); 4] = [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (0.3127, 0.3290)];
const DISPLAY_P3: [(f64, f64); 4] = [(0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.3290)];
const SRGB: [(f64, f64); 4] = [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290)];

fn product(m: &Matrix, v: [f64; 3]) -> [f64; 3] {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn inverse(m: &Matrix) -> Matrix {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / determinant))
}

/// Linear RGB to XYZ from chromaticities of red, green, blue and white (SMPTE RP 177).
fn to_xyz(points: [(f64, f64); 4]) -> Matrix {
    let xyz = |(x, y): (f64, f64)| [x / y, 1.0, (1.0 - x - y) / y];
    let columns = [xyz(points[0]), xyz(points[1]), xyz(points[2])];
    let unscaled: Matrix = std::array::from_fn(|row| std::array::from_fn(|column| columns[column][row]));
    let scale = product(&inverse(&unscaled), xyz(points[3]));
    std::array::from_fn(|row| std::array::from_fn(|column| unscaled[row][column] * scale[column]))
}

fn srgb_decode(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

fn srgb_encode(v: f64) -> f64 {
    let v = v.clamp(0.0, 1.0);
    if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

/// From one space to another whose white is the same, both as 0 to 1.
fn exact(from: &Matrix, decode: impl Fn(f64) -> f64, to: &Matrix, rgb: [f64; 3]) -> [f64; 3] {
    product(&inverse(to), product(from, rgb.map(decode))).map(srgb_encode)
}

/// A grid of colours with the given step between neighbouring values.
fn grid(step: usize) -> Vec<[u8; 3]> {
    let values = || (0..=255u8).step_by(step);
    values().flat_map(|r| values().flat_map(move |g| values().map(move |b| [r, g, b]))).collect()
}

fn picture(layout: Layout, data: Vec<u8>) -> Picture {
    let width = data.len() / layout.bytes_per_pixel();
    Picture::interleaved(Size::new(width as u32, 1), layout, data).unwrap()
}

fn encoded(profile: &ColorProfile) -> Arc<[u8]> {
    profile.encode().unwrap().into()
}

fn gamma(v: f64) -> f64 {
    // Adobe RGB (1998), section 4.3.4.2.
    v.powf(563.0 / 256.0)
}

#[test]
fn a_matrix_profile_becomes_srgb() {
    let (from, to) = (to_xyz(ADOBE_RGB), to_xyz(SRGB));
    let colours = grid(15);
    let icc = encoded(&ColorProfile::new_adobe_rgb());
    let source = picture(Layout::Rgb, colours.concat()).with_icc(Some(icc.clone()));
    let made = convert(source, Space::Srgb, &Cancel::default()).unwrap();
    for (made, colour) in made.row(0).as_chunks::<3>().0.iter().zip(&colours) {
        let exact = exact(&from, gamma, &to, colour.map(|v| f64::from(v) / 255.0));
        for (made, exact) in made.iter().zip(exact) {
            assert!((f64::from(*made) - exact * 255.0).abs() <= 2.0, "{colour:?}: {made} {}", exact * 255.0);
        }
    }
    assert!(needs_conversion(&icc, Layout::Rgb));
}

#[test]
fn a_matrix_profile_becomes_srgb_in_16_bits() {
    let (from, to) = (to_xyz(ADOBE_RGB), to_xyz(SRGB));
    let colours: Vec<[u16; 4]> =
        grid(30).iter().map(|[r, g, b]| [*r, *g, *b, 99].map(|v| u16::from(v) * 257 + 50)).collect();
    let data = colours.iter().flatten().flat_map(|v| v.to_ne_bytes()).collect();
    let source = picture(Layout::Rgba16, data).with_icc(Some(encoded(&ColorProfile::new_adobe_rgb())));
    let made = convert(source, Space::Srgb, &Cancel::default()).unwrap();
    assert_eq!(made.layout(), Layout::Rgba16);
    for (made, colour) in made.row(0).as_chunks::<2>().0.as_chunks::<4>().0.iter().zip(&colours) {
        let made = made.map(u16::from_ne_bytes);
        let exact = exact(&from, gamma, &to, [0, 1, 2].map(|i| f64::from(colour[i]).min(65_535.0) / 65_535.0));
        for (made, exact) in made.iter().zip(exact) {
            // Half an 8-bit step.
            assert!((f64::from(*made) - exact * 65_535.0).abs() <= 128.0, "{colour:?}: {made} {}", exact * 65_535.0);
        }
        assert_eq!(made[3], colour[3]);
    }
}

#[test]
fn srgb_becomes_display_p3_and_comes_back() {
    let (from, to) = (to_xyz(SRGB), to_xyz(DISPLAY_P3));
    let colours = grid(17);
    let wide = convert(picture(Layout::Rgb, colours.concat()), Space::DisplayP3, &Cancel::default()).unwrap();
    assert_eq!(wide.icc, Space::DisplayP3.icc());
    for (made, colour) in wide.row(0).as_chunks::<3>().0.iter().zip(&colours) {
        let exact = exact(&from, srgb_decode, &to, colour.map(|v| f64::from(v) / 255.0));
        for (made, exact) in made.iter().zip(exact) {
            assert!((f64::from(*made) - exact * 255.0).abs() <= 2.0, "{colour:?}: {made} {}", exact * 255.0);
        }
    }
    // What is in the space already stays as it is.
    assert_eq!(convert(wide.clone(), Space::DisplayP3, &Cancel::default()).unwrap(), wide);
    let back = convert(wide.clone(), Space::Srgb, &Cancel::default()).unwrap();
    assert!(back.icc.is_none());
    for (made, colour) in back.row(0).as_chunks::<3>().0.iter().zip(wide.row(0).as_chunks::<3>().0) {
        let exact = exact(&to, srgb_decode, &from, colour.map(|v| f64::from(v) / 255.0));
        for (made, exact) in made.iter().zip(exact) {
            assert!((f64::from(*made) - exact * 255.0).abs() <= 2.0, "{colour:?}: {made} {}", exact * 255.0);
        }
    }
}

#[test]
fn named_colours_are_converted_too() {
    let red = Space::DisplayP3.colour(lightmill_recipe::Colour::opaque(255, 0, 0));
    // sRGB red is (0.917, 0.200, 0.139) in Display P3.
    let near = |made: u8, exact: u8| made.abs_diff(exact) <= 2;
    assert!(near(red.red, 234) && near(red.green, 51) && near(red.blue, 35) && red.alpha == 255, "{red:?}");
    assert_eq!(Space::Srgb.colour(lightmill_recipe::Colour::WHITE), lightmill_recipe::Colour::WHITE);
}

/// A profile of tables alone: L*, a* and b* at the corners of the device's space, linear between them.
fn table(space: DataColorSpace, channels: u8, lab: impl Fn(&[f64]) -> [f64; 3]) -> Arc<[u8]> {
    let corners = 1usize << channels;
    let clut = (0..corners).flat_map(|corner| {
        // The first channel varies slowest.
        let device: Vec<f64> =
            (0..channels).map(|channel| f64::from(u8::from(corner >> (channels - 1 - channel) & 1 == 1))).collect();
        let [l, a, b] = lab(&device);
        // The encoding of lut16Type (ICC.1:2001-04, annex A): 100 is 0xFF00 and 0 is 0x8000.
        [l * 652.8, (a + 128.0) * 256.0, (b + 128.0) * 256.0].map(|v| v.round() as u16)
    });
    let linear = |tables: u8| LutStore::Store16([0u16, 65_535].repeat(usize::from(tables)));
    let lut = LutDataType {
        num_input_channels: channels,
        num_output_channels: 3,
        num_clut_grid_points: 2,
        matrix: Matrix3d::IDENTITY,
        num_input_table_entries: 2,
        num_output_table_entries: 2,
        input_table: linear(channels),
        clut_table: LutStore::Store16(clut.collect()),
        output_table: linear(3),
        lut_type: LutType::Lut16,
    };
    let mut profile = ColorProfile::default();
    profile.profile_class = ProfileClass::OutputDevice;
    profile.rendering_intent = RenderingIntent::Perceptual;
    profile.color_space = space;
    profile.pcs = DataColorSpace::Lab;
    profile.lut_a_to_b_perceptual = Some(LutWarehouse::Lut(lut));
    let mut bytes = profile.encode().unwrap();
    // Version 2.4, as profiles of printers are: this encoding of L*a*b* is that version's.
    bytes[8..10].copy_from_slice(&[2, 0x40]);
    bytes.into()
}

/// sRGB of a grey of lightness L* (CIE 15).
fn grey_of(lightness: f64) -> f64 {
    let y = if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness / 903.3 };
    srgb_encode(y) * 255.0
}

/// A profile for cyan, magenta, yellow and black, whose mixtures are all grey.
pub(crate) fn inks() -> Arc<[u8]> {
    table(DataColorSpace::Cmyk, 4, |ink| [(100.0 - 20.0 * (ink[0] + ink[1] + ink[2])) * (1.0 - ink[3]), 0.0, 0.0])
}

#[test]
fn a_table_for_inks() {
    let inks = [[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 128], [255, 0, 0, 0], [255, 255, 255, 0]];
    let exact = [255.0, 0.0, grey_of(49.8), grey_of(80.0), grey_of(40.0)];
    let made = cmyk_to_rgb(&inks.concat(), Size::new(5, 1), Some(&self::inks()), &Cancel::default()).unwrap();
    for (made, exact) in made.row(0).as_chunks::<3>().0.iter().zip(exact) {
        for made in made {
            assert!((f64::from(*made) - exact).abs() <= 2.5, "{made} {exact}");
        }
    }
}

#[test]
fn a_table_for_light() {
    let icc = table(DataColorSpace::Rgb, 3, |rgb| [100.0 * (rgb[0] + rgb[1] + rgb[2]) / 3.0, 0.0, 0.0]);
    let pixels = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 255]];
    let source = picture(Layout::Rgb, pixels.concat()).with_icc(Some(icc));
    let made = convert(source, Space::Srgb, &Cancel::default()).unwrap();
    for (made, exact) in
        made.row(0).as_chunks::<3>().0.iter().zip([0.0, 255.0, grey_of(100.0 / 3.0), grey_of(200.0 / 3.0)])
    {
        for made in made {
            assert!((f64::from(*made) - exact).abs() <= 2.5, "{made} {exact}");
        }
    }
}

#[test]
fn wide_grey_goes_through_its_profile() {
    let linear = encoded(&ColorProfile::new_gray_with_gamma(1.0));
    let data = [0u16, 14_135, 65_535].map(u16::to_ne_bytes).concat();
    let made = finish(picture(Layout::Grey16, data), Some(&linear), true, &Cancel::default()).unwrap();
    let made: Vec<u16> = made.row(0).as_chunks::<2>().0.iter().map(|v| u16::from_ne_bytes(*v)).collect();
    // Linear 0.2157 is encoded as 0.5020 (IEC 61966-2-1).
    assert!(made[0] == 0 && made[1].abs_diff(32_899) <= 64 && made[2] == 65_535, "{made:?}");
}
