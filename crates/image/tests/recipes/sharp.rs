//! What servers built on sharp ask for.

use lightmill_recipe::sharp::{
    Affine, Bandbool, Channel, ChannelLinear, Clahe, Composite, CompositeBlend, CompositeMark, Extend, ExtendWith,
    Interpolator, Kernel, LchModulate, Negate, Normalise, Offset, Placement, Recomb, RotateByAngle, RoundCrop,
    SharpConvolution, SharpFit, SharpResize, SharpSharpen, SharpTarget, SharpTrim,
};
use lightmill_recipe::{Gravity, InputIndex, Operation, Rect, Size};
use proptest::prelude::*;
use proptest::sample::select;

use super::{colour, gravity, length};

/// Operations that need no other input.
pub fn operation(side: u32) -> BoxedStrategy<Operation> {
    prop_oneof![2 => geometry(side), 1 => colours()].boxed()
}

fn geometry(side: u32) -> impl Strategy<Value = Operation> {
    let optional = || prop::option::of(length(side));
    let with = prop_oneof![
        colour().prop_map(ExtendWith::Background),
        select(vec![ExtendWith::Copy, ExtendWith::Repeat, ExtendWith::Mirror]),
    ];
    let extend = (0..40u32, 0..40u32, 0..40u32, 0..40u32, with).prop_map(|(top, bottom, left, right, with)| Extend {
        top,
        bottom,
        left,
        right,
        with,
    });
    let interpolator = select(vec![Interpolator::Nearest, Interpolator::Bilinear, Interpolator::Bicubic]);
    let affine =
        (prop::array::uniform4(-2f64..2.0), colour(), interpolator).prop_map(|(matrix, background, interpolator)| {
            let (input, output) = ((0.5, 1.0), (-3.0, 0.25));
            Operation::Affine(Affine { matrix, background, input, output, interpolator })
        });
    prop_oneof![
        3 => resize(side).prop_map(Operation::SharpResize),
        1 => (0..side, 0..side, length(side), length(side))
            .prop_map(|(x, y, width, height)| Operation::Extract(Rect { x, y, size: Size::new(width, height) })),
        1 => (0f64..90.0, any::<bool>()).prop_map(|(threshold, line_art)| {
            Operation::SharpTrim(SharpTrim { background: None, threshold, line_art })
        }),
        1 => extend.prop_map(Operation::Extend),
        1 => (0.5f64..359.5, colour())
            .prop_map(|(degrees, background)| Operation::RotateByAngle(RotateByAngle { degrees, background })),
        1 => affine,
        1 => (optional(), optional(), optional(), optional()).prop_map(|(radius_x, radius_y, left, top)| {
            Operation::RoundCrop(RoundCrop { radius_x, radius_y, left, top })
        }),
    ]
}

fn resize(side: u32) -> impl Strategy<Value = SharpResize> {
    let target = prop_oneof![
        4 => (prop::option::of(length(side)), prop::option::of(length(side)))
            .prop_map(|(width, height)| SharpTarget::Box { width, height }),
        1 => (0.01f64..4.0).prop_map(SharpTarget::Ratio),
    ];
    let fit = prop_oneof![
        select(vec![SharpFit::Cover, SharpFit::Fill, SharpFit::Inside, SharpFit::Outside]),
        colour().prop_map(SharpFit::Contain),
    ];
    let placement = prop_oneof![
        4 => gravity().prop_map(Placement::Gravity),
        1 => select(vec![Placement::Entropy, Placement::Attention]),
    ];
    let kernel = select(vec![Kernel::Lanczos3, Kernel::Lanczos3, Kernel::Nearest, Kernel::Mitchell, Kernel::Mks2021]);
    (target, fit, placement, kernel, any::<(bool, bool)>()).prop_map(
        |(target, fit, placement, kernel, (without_enlargement, without_reduction))| SharpResize {
            target,
            fit,
            placement,
            kernel,
            without_enlargement,
            without_reduction,
        },
    )
}

fn colours() -> impl Strategy<Value = Operation> {
    let gains = prop::collection::vec(-1f64..3.0, 2..5);
    let sharpen = (0.1f64..9.0, 0f64..9.0, 0f64..9.0).prop_map(|(sigma, m1, y2)| SharpSharpen {
        sigma,
        m1,
        m2: 2.0,
        x1: 1.5,
        y2,
        y3: 7.0,
    });
    let weights = prop::collection::vec(-2f64..3.0, 12);
    prop_oneof![
        select(vec![
            Operation::Unflatten,
            Operation::RemoveAlpha,
            Operation::EnsureAlpha(0.3),
            Operation::Bandbool(Bandbool::Eor),
            Operation::ExtractChannel(Channel::Blue),
            Operation::ExtractChannel(Channel::Alpha),
            Operation::Negate(Negate { alpha: true }),
            Operation::Negate(Negate { alpha: false }),
            Operation::Recomb(Recomb::Rgba([[0.25; 4]; 4])),
        ]),
        (1..12u32).prop_map(Operation::Median),
        any::<u8>().prop_map(Operation::Threshold),
        weights.prop_map(|weights| {
            Operation::SharpConvolution(SharpConvolution { width: 4, height: 3, weights, scale: 2.0, offset: 9.0 })
        }),
        (0f64..2.0, 0f64..2.0, -400f64..400.0, -50f64..50.0).prop_map(|(brightness, saturation, hue, lightness)| {
            Operation::LchModulate(LchModulate { brightness, saturation, hue, lightness })
        }),
        sharpen.prop_map(Operation::SharpSharpen),
        gains.prop_map(|gains| Operation::ChannelLinear(ChannelLinear { gains })),
        (0f64..50.0, 51f64..100.0).prop_map(|(lower, upper)| Operation::Normalise(Normalise { lower, upper })),
        (1..8u32, 1..8u32, 0..9u32).prop_map(|(width, height, max_slope)| Operation::Clahe(Clahe {
            width,
            height,
            max_slope
        })),
        colour().prop_map(Operation::Tint),
        prop::array::uniform3(prop::array::uniform3(-1f64..2.0)).prop_map(|rows| Operation::Recomb(Recomb::Rgb(rows))),
    ]
}

/// Input 1 on top.
pub fn composite() -> impl Strategy<Value = Operation> {
    let percent = || prop::option::of(0.5f64..100.0);
    let offset = || {
        prop::option::of(prop_oneof![
            (0..90u32).prop_map(Offset::FromStart),
            (0..90u32).prop_map(Offset::FromEnd),
            (0..150u32).prop_map(Offset::PercentFromStart),
            (0..150u32).prop_map(Offset::PercentFromEnd),
        ])
    };
    let blend = select(vec![
        CompositeBlend::Over,
        CompositeBlend::Over,
        CompositeBlend::In,
        CompositeBlend::Xor,
        CompositeBlend::Saturate,
        CompositeBlend::SoftLight,
    ]);
    let mark = (percent(), percent(), any::<bool>(), 0f64..100.0).prop_map(
        |(width_percent, height_percent, stretched, transparency_percent)| CompositeMark {
            input: InputIndex(1),
            width_percent,
            height_percent,
            stretched,
            transparency_percent,
        },
    );
    let gravities = select(vec![Gravity::Centre, Gravity::NorthWest, Gravity::East]);
    (mark, gravities, offset(), offset(), any::<(bool, bool)>(), blend).prop_map(
        |(mark, gravity, left, top, (tile, premultiplied), blend)| {
            Operation::Composite(Composite { mark, gravity, left, top, tile, blend, premultiplied })
        },
    )
}
