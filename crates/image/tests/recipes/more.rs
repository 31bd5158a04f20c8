//! What Thumbor and imagor ask for.

use std::num::NonZeroU32;

use lightmill_recipe::{
    Arithmetic, Backdrop, Blend, ChannelTables, Convolution, Corners, Cut, DetectionMark, Edge, Edges, Fade, Fill,
    FillCanvas, Flatten, Flip, FocalRegion, Focus, Growth, InputIndex, Margins, MarkSize, Method, Modulate, NinePatch,
    Noise, Operation, Position, Redact, RedactShape, RedactWith, Reframe, Saturation, Side, Stamp, StampMark,
    StampTiling, Table, WaveletSharpen,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::{colour, length};

/// Operations that need no other input. Trims are left to tests of their own: they need pixels.
pub fn operation(side: u32) -> BoxedStrategy<Operation> {
    let edges = prop::collection::vec(length(side), 4);
    let parts = prop::collection::vec(0f64..1.2, 4);
    let window = prop_oneof![
        edges.prop_map(|e| Edges::Pixels { left: e[0], top: e[1], right: e[2], bottom: e[3] }),
        parts.clone().prop_map(|e| Edges::Parts { left: e[0], top: e[1], right: e[2], bottom: e[3] }),
        parts.prop_map(|e| Edges::Box { left: e[0], top: e[1], width: e[2] * 90.0, height: e[3] }),
    ];
    let margins = (0..40u32, 0..40u32, 0..40u32, 0..40u32).prop_map(|(left, top, right, bottom)| Margins {
        left,
        top,
        right,
        bottom,
    });
    let canvas = prop_oneof![margins.clone().prop_map(FillCanvas::Frame), margins.prop_map(FillCanvas::Picture)];
    prop_oneof![
        window.prop_map(|window| Operation::Cut(Cut { trim: None, window: Some(window) })),
        reframe(side).prop_map(Operation::Reframe),
        select(vec![Operation::Grow, Operation::Equalize, Operation::Luma, Operation::RedEye]),
        select(vec![DetectionMark::FocalRegions, DetectionMark::Detections]).prop_map(Operation::DrawDetections),
        (0.01f32..1.0).prop_map(Operation::Proportion),
        any::<(bool, bool)>().prop_map(|(horizontal, vertical)| Operation::Flip(Flip { horizontal, vertical })),
        (canvas, backdrop(), any::<bool>()).prop_map(|(canvas, backdrop, blend)| Operation::Fill(Fill {
            canvas,
            backdrop,
            blend
        })),
        backdrop().prop_map(|backdrop| Operation::Flatten(Flatten { backdrop })),
        (length(side), length(side), prop::option::of(colour()))
            .prop_map(|(radius_x, radius_y, colour)| Operation::Corners(Corners { radius_x, radius_y, colour })),
        (0..3i64, 0..100i64).prop_map(|(gain, offset)| {
            Operation::Tables(ChannelTables::same(Table::from_fn(|value| value * gain / 2 + offset)))
        }),
        (-2f32..3.0).prop_map(|factor| Operation::Saturation(Saturation { factor })),
        (0f32..2.0, 0f32..2.0, -400f32..400.0).prop_map(|(lightness, chroma, hue)| Operation::Modulate(Modulate {
            lightness,
            chroma,
            hue
        })),
        (0f32..3.0, 0f32..5.0, any::<bool>()).prop_map(|(amount, radius, luminance_only)| {
            Operation::WaveletSharpen(WaveletSharpen { amount, radius, luminance_only })
        }),
        (1..300u32, 0..9u32).prop_map(|(amount, seed)| Operation::Noise(Noise { amount, seed })),
        (prop::collection::vec(-2f32..3.0, 9), any::<bool>())
            .prop_map(|(weights, normalize)| Operation::Convolution(Convolution { weights, columns: 3, normalize })),
        length(side).prop_map(Operation::Pixelate),
        (1f32..20.0).prop_map(|sigma| {
            Operation::Redact(Redact { shape: RedactShape::Oval, with: RedactWith::Blur(sigma) })
        }),
    ]
    .boxed()
}

/// Operations that draw input 1.
pub fn marks() -> impl Strategy<Value = Operation> {
    let position = || {
        prop_oneof![
            (-90..90i32).prop_map(Position::Start),
            (-90..90i32).prop_map(Position::End),
            (-150..150i32).prop_map(Position::Percent),
            (-1.5f64..1.5).prop_map(Position::Part),
            Just(Position::Centre),
            Just(Position::Repeat),
        ]
    };
    let percent = || prop::option::of(1..150u32);
    let fade = prop_oneof![(0..=100u8).prop_map(Fade::Subtract), (0..=100u8).prop_map(Fade::Multiply)];
    let tiling = select(vec![StampTiling::Spread, StampTiling::Adjoining]);
    let blend = select(vec![Blend::Normal, Blend::Normal, Blend::Multiply, Blend::Mask]);
    let stamp = (position(), position(), (percent(), percent()), tiling, fade, blend).prop_map(
        |(x, y, (width, height), tiling, fade, blend)| {
            let mark = StampMark::Image(InputIndex(1), MarkSize { width, height });
            Operation::Stamp(Stamp { mark, x, y, tiling, fade, blend })
        },
    );
    prop_oneof![4 => stamp, 1 => Just(Operation::NinePatch(NinePatch { input: InputIndex(1) }))]
}

fn backdrop() -> impl Strategy<Value = Backdrop> {
    prop_oneof![
        colour().prop_map(Backdrop::Colour),
        select(vec![Backdrop::Mean, Backdrop::Blurred, Backdrop::Transparent]),
    ]
}

fn reframe(side: u32) -> impl Strategy<Value = Reframe> {
    let one = move || {
        prop_oneof![
            1 => Just(Side::Free),
            4 => length(side).prop_map(|pixels| NonZeroU32::new(pixels).map_or(Side::Free, Side::Pixels)),
            1 => Just(Side::Original),
            1 => length(side).prop_map(Side::ParentLess),
        ]
    };
    let method = prop_oneof![
        2 => Just(Method::Cover),
        1 => any::<(bool, bool)>().prop_map(|(adaptive, full)| Method::FitIn { adaptive, full }),
        1 => Just(Method::Stretch),
    ];
    let growth = select(vec![Growth::Usual, Growth::Always, Growth::Never]);
    let edge = || select(vec![Edge::Start, Edge::Middle, Edge::End]);
    let region = prop::collection::vec(0f64..1.0, 4).prop_map(|e| FocalRegion {
        left: e[0],
        top: e[1],
        right: e[0] + e[2],
        bottom: e[1] + e[3],
        relative: true,
    });
    let focus = (prop::collection::vec(region, 0..3), edge(), edge(), any::<bool>())
        .prop_map(|(regions, column, row, detect)| Focus { regions, column, row, detect });
    let arithmetic = select(vec![Arithmetic::CropThenScale, Arithmetic::ScaleThenCrop]);
    (one(), one(), method, growth, focus, arithmetic).prop_map(|(width, height, method, growth, focus, arithmetic)| {
        Reframe { width, height, method, growth, focus, arithmetic }
    })
}
