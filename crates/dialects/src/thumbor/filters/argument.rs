use lightmill_recipe::{Backdrop, Colour, FocalRegion, Position};

use crate::thumbor::Flavour;

/// One argument, as a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// Not given.
    Absent,
    /// A whole number.
    Integer(i32),
    /// Any number.
    Decimal(f64),
    /// True or false.
    Flag(bool),
    /// Text, decoded.
    Text(String),
    /// One of the words of its parameter.
    Word(&'static str),
    /// A colour.
    Colour(Colour),
    /// A colour or something else behind a picture.
    Backdrop(Backdrop),
    /// Where a mark lies.
    Position(Position),
    /// A rectangle that matters, or a point.
    Region(FocalRegion),
    /// Horizontal and vertical radius.
    Radii(u32, u32),
    /// Numbers between semicolons.
    Numbers(Vec<f64>),
    /// Points of four curves: all, red, green, blue.
    Curves([Vec<(i32, i32)>; 4]),
    /// Milliseconds since 1970.
    Moment(u64),
    /// A length on a picture.
    Length(Length),
}

/// A length on a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// Pixels.
    Pixels(u32),
    /// A part of the side, above 0 and below 1.
    Part(f64),
    /// The side less this many pixels.
    FullLess(u32),
}

impl Argument {
    /// As it is written, not yet escaped.
    pub(super) fn to_text(&self, flavour: Flavour) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => text.clone(),
            Self::Word(word) => (*word).to_owned(),
            Self::Colour(colour) => hexadecimal(*colour),
            Self::Backdrop(backdrop) => match backdrop {
                Backdrop::Colour(colour) => hexadecimal(*colour),
                Backdrop::Mean => "auto".to_owned(),
                Backdrop::Blurred => "blur".to_owned(),
                Backdrop::Transparent => "transparent".to_owned(),
            },
            Self::Position(position) => position_text(*position, flavour),
            Self::Region(region) => region_text(region),
            Self::Radii(x, y) if x == y => x.to_string(),
            Self::Radii(x, y) => format!("{x}|{y}"),
            Self::Numbers(numbers) => numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(";"),
            Self::Curves(curves) => curves.each_ref().map(|points| curve_text(points)).join(","),
            Self::Moment(milliseconds) => milliseconds.to_string(),
            Self::Length(Length::Pixels(pixels)) => pixels.to_string(),
            Self::Length(Length::Part(part)) => part.to_string(),
            Self::Length(Length::FullLess(0)) => "f".to_owned(),
            Self::Length(Length::FullLess(pixels)) => format!("f-{pixels}"),
        }
    }
}

fn hexadecimal(colour: Colour) -> String {
    colour.to_hex().to_ascii_lowercase()
}

fn position_text(position: Position, flavour: Flavour) -> String {
    match position {
        Position::Start(pixels) if pixels >= 0 => pixels.to_string(),
        Position::Start(pixels) => format!("left{pixels}"),
        Position::End(pixels) if flavour == Flavour::Imagor => format!("right{}", signed(pixels)),
        Position::End(pixels) => pixels.to_string(),
        Position::Percent(percent) => format!("{percent}p"),
        // Written as a number, 0 and whole sides would be pixels.
        Position::Part(part) if part == 0.0 || part.abs() >= 1.0 => format!("{}p", (part * 100.0).round()),
        Position::Part(part) => part.to_string(),
        Position::Centre => "center".to_owned(),
        Position::Repeat => "repeat".to_owned(),
    }
}

/// Nothing for 0: the bare edge.
fn signed(pixels: i32) -> String {
    if pixels == 0 { String::new() } else { pixels.to_string() }
}

fn region_text(FocalRegion { left, top, right, bottom, .. }: &FocalRegion) -> String {
    format!("{left}x{top}:{right}x{bottom}")
}

fn curve_text(points: &[(i32, i32)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("({x},{y})")).collect();
    format!("[{}]", points.join(","))
}
