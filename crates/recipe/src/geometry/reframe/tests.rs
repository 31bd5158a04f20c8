use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;
use crate::{Edge, FocalRegion, Focus, Growth, Side};

const COFFEE: Size = Size::new(600, 400);
const CAT: Size = Size::new(451, 300);
const QUAD: Size = Size::new(240, 120);
const FIT: Method = Method::FitIn { adaptive: false, full: false };
const FULL: Method = Method::FitIn { adaptive: false, full: true };

fn side_of(n: u32) -> Side {
    NonZeroU32::new(n).map_or(Side::Free, Side::Pixels)
}

fn wanted(width: u32, height: u32, method: Method) -> Reframe {
    Reframe {
        width: side_of(width),
        height: side_of(height),
        method,
        growth: Growth::Usual,
        focus: Focus::default(),
        arithmetic: Arithmetic::CropThenScale,
    }
}

fn of(size: Size, r: &Reframe) -> Reframed {
    reframe(size, Rect::whole(size), r, None)
}

fn result(size: Size, r: &Reframe) -> (u32, u32) {
    let window = of(size, r).window.size;
    (window.width, window.height)
}

fn region(left: f64, top: f64, right: f64, bottom: f64) -> FocalRegion {
    FocalRegion { left, top, right, bottom, relative: false }
}

#[test]
fn free_and_original_sides() {
    assert_eq!(result(COFFEE, &wanted(240, 0, Method::Cover)), (240, 160));
    assert_eq!(result(CAT, &wanted(0, 0, Method::Cover)), (451, 300));
    let original = Reframe { width: Side::Original, ..wanted(0, 120, Method::Cover) };
    assert_eq!(result(COFFEE, &original), (600, 120));
    let original = Reframe { height: Side::Original, ..wanted(120, 0, Method::Cover) };
    assert_eq!(result(COFFEE, &original), (120, 400));
    let parent = Reframe { width: Side::ParentLess(20), ..wanted(0, 0, Method::Cover) };
    assert_eq!(reframe(COFFEE, Rect::whole(COFFEE), &parent, Some(CAT)).scaled, Size::new(431, 287));
    // 5 · 10 / 20 = 2.5 becomes 2, and 15 · 10 / 20 = 7.5 becomes 8.
    assert_eq!(result(Size::new(20, 10), &wanted(5, 0, Method::Cover)), (5, 2));
    assert_eq!(result(Size::new(20, 10), &wanted(15, 0, Method::Cover)), (15, 8));
    let half_up = Reframe { arithmetic: Arithmetic::ScaleThenCrop, ..wanted(5, 0, Method::Cover) };
    assert_eq!(result(Size::new(20, 10), &half_up), (5, 3));
}

#[test]
fn fits_of_thumbor() {
    assert_eq!(result(CAT, &wanted(100, 80, FIT)), (100, 67));
    assert_eq!(result(CAT, &wanted(900, 900, FIT)), (451, 300));
    assert_eq!(result(CAT, &wanted(900, 900, FULL)), (1353, 900));
    assert_eq!(result(COFFEE, &wanted(0, 0, FIT)), (600, 400));
    let adaptive = wanted(100, 200, Method::FitIn { adaptive: true, full: true });
    assert_eq!(result(COFFEE, &adaptive), (200, 133));
    assert_eq!(of(COFFEE, &adaptive).frame, Size::new(200, 133));
    let square = wanted(100, 200, Method::FitIn { adaptive: true, full: false });
    assert_eq!(result(Size::new(50, 50), &square), (50, 50));
    assert_eq!(of(CAT, &wanted(100, 80, FIT)).frame, Size::new(100, 80));
    assert_eq!(of(CAT, &wanted(900, 900, FIT)).frame, Size::new(900, 900));
}

#[test]
fn fits_of_imagor() {
    let imagor =
        |w, h, method, growth| Reframe { growth, arithmetic: Arithmetic::ScaleThenCrop, ..wanted(w, h, method) };
    assert_eq!(result(CAT, &imagor(900, 900, FIT, Growth::Usual)), (451, 300));
    assert_eq!(result(CAT, &imagor(900, 900, FIT, Growth::Always)), (900, 599));
    assert_eq!(result(CAT, &imagor(100, 100, FULL, Growth::Usual)), (151, 100));
    assert_eq!(result(CAT, &imagor(900, 100, FULL, Growth::Usual)), (451, 300));
    assert_eq!(result(CAT, &imagor(900, 100, FULL, Growth::Always)), (900, 599));
}

#[test]
fn sides_are_bounded_each_by_itself() {
    let never = Reframe { growth: Growth::Never, ..wanted(600, 300, Method::Cover) };
    assert_eq!(result(QUAD, &never), (240, 120));
    assert_eq!(result(QUAD, &wanted(900, 600, Method::Cover)), (900, 600));
}

#[test]
fn ratios_that_are_equal_in_two_decimals_cut_nothing() {
    assert_eq!(of(COFFEE, &wanted(200, 133, Method::Cover)).crop, Rect::whole(COFFEE));
    assert_eq!(of(CAT, &wanted(900, 600, Method::Cover)).crop, Rect::whole(CAT));
    assert_ne!(of(COFFEE, &wanted(200, 130, Method::Cover)).crop, Rect::whole(COFFEE));
}

#[test]
fn windows_follow_alignment_and_focus() {
    let rect = |x, y, width, height| Rect { x, y, size: Size::new(width, height) };
    let crop = |focus: Focus| of(QUAD, &Reframe { focus, ..wanted(60, 60, Method::Cover) }).crop;
    assert_eq!(crop(Focus::default()), rect(60, 0, 120, 120));
    assert_eq!(crop(Focus { column: Edge::Start, ..Focus::default() }), rect(0, 0, 120, 120));
    assert_eq!(crop(Focus { column: Edge::End, row: Edge::End, ..Focus::default() }), rect(120, 0, 120, 120));
    // Weights 400 and 1600, centres 10 and 220: (4000 + 352000) / 2000 = 178.
    let two = vec![region(0.0, 0.0, 20.0, 20.0), region(200.0, 80.0, 240.0, 120.0)];
    assert_eq!(crop(Focus { regions: two, ..Focus::default() }), rect(118, 0, 120, 120));
    // The recorded face: centre (224, 101), 104 × 104, in a picture of 512 × 512.
    let face = Focus { regions: vec![region(172.0, 49.0, 276.0, 153.0)], ..Focus::default() };
    let astronaut = of(Size::new(512, 512), &Reframe { focus: face, ..wanted(200, 80, Method::Cover) });
    assert_eq!(astronaut.crop, rect(0, 0, 512, 205));
}

#[test]
fn regions_move_with_what_was_cut_off() {
    let cut = Rect { x: 100, y: 0, size: Size::new(140, 120) };
    let regions = vec![region(0.0, 0.0, 90.0, 90.0), region(200.0, 0.0, 240.0, 40.0)];
    let focus = Focus { regions, ..Focus::default() };
    let reframed = reframe(QUAD, cut, &Reframe { focus, ..wanted(40, 120, Method::Cover) }, None);
    // The first region lies outside; the other one's centre is at 220 − 100.
    assert_eq!(reframed.crop.x, 100);
}

#[test]
fn windows_of_imagor_are_cut_after_scaling() {
    let base = Reframe { arithmetic: Arithmetic::ScaleThenCrop, ..wanted(60, 60, Method::Cover) };
    let plain = of(QUAD, &base);
    assert_eq!((plain.scaled, plain.window.x), (Size::new(120, 60), 30));
    let relative = FocalRegion { left: 0.7, top: 0.1, right: 0.9, bottom: 0.2, relative: true };
    let focus = Focus { regions: vec![relative], ..Focus::default() };
    assert_eq!(of(QUAD, &Reframe { focus, ..base }).window.x, 60);
}

proptest! {
    #[test]
    fn nothing_is_ever_empty_or_outside(
        size in (1..20_000u32, 1..20_000u32), w in 0..50_000u32, h in 0..50_000u32, method in 0..6usize,
        growth in 0..3usize, scale in any::<bool>(), edges in (0..3usize, 0..3usize),
        regions in proptest::collection::vec(proptest::array::uniform4(-1e4..3e4f64), 0..4),
    ) {
        let fit = |n: usize| Method::FitIn { adaptive: n % 2 == 1, full: n / 2 == 1 };
        let edge = |n: usize| [Edge::Start, Edge::Middle, Edge::End][n];
        let r = Reframe {
            method: if method < 4 { fit(method) } else { [Method::Cover, Method::Stretch][method - 4] },
            growth: [Growth::Usual, Growth::Always, Growth::Never][growth],
            arithmetic: if scale { Arithmetic::ScaleThenCrop } else { Arithmetic::CropThenScale },
            focus: Focus {
                regions: regions.into_iter().map(|[a, b, c, d]| region(a, b, c, d)).collect(),
                column: edge(edges.0), row: edge(edges.1), detect: false,
            },
            ..wanted(w, h, Method::Cover)
        };
        let size = Size::new(size.0, size.1);
        let made = of(size, &r);
        prop_assert!(made.crop.fits(size) && !made.crop.is_empty());
        prop_assert!(made.window.fits(made.scaled) && !made.window.is_empty());
        prop_assert!(made.frame.width >= made.window.size.width && made.frame.height >= made.window.size.height);
    }
}
