use lightmill_recipe::{Backdrop, Colour, FocalRegion, Position};

use super::{Argument, Backdrops, Length, Values};
use crate::thumbor::url::parent_less;
use crate::thumbor::{Flavour, text};

/// Why an argument is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// The reference servers pass over the filter.
    Ignored,
    /// The reference server fails; here it is the client's mistake.
    Refused,
}

impl Values {
    /// Reads one argument.
    pub(super) fn read(self, text: &str, flavour: Flavour) -> Result<Argument, Unfit> {
        // A colour that cannot be read is a 500 of Thumbor's, after it has accepted the text.
        let refused = if flavour == Flavour::Thumbor { Unfit::Refused } else { Unfit::Ignored };
        match self {
            Self::Colour => text::colour(text, flavour).map(Argument::Colour).ok_or(refused),
            Self::Hexadecimal => hexadecimal(text).map(Argument::Colour).ok_or(refused),
            Self::Backdrop(words) => backdrop(text, words, flavour).map(Argument::Backdrop).ok_or(refused),
            _ => self.fitting(text, flavour).ok_or(Unfit::Ignored),
        }
    }

    fn fitting(self, text: &str, flavour: Flavour) -> Option<Argument> {
        Some(match self {
            Self::Integer(min, max) => Argument::Integer(integer(text, min, max)?),
            Self::Decimal(min, max) => Argument::Decimal(decimal(text).filter(|number| (min..=max).contains(number))?),
            Self::Flag => Argument::Flag(match text {
                "true" | "True" | "1" => true,
                "false" | "False" | "0" => false,
                _ => return None,
            }),
            Self::Text if text.is_empty() => return None,
            Self::Text => Argument::Text(text.to_owned()),
            Self::Word(words) => Argument::Word(words.iter().copied().find(|word| match flavour {
                Flavour::Thumbor => word.eq_ignore_ascii_case(text),
                Flavour::Imagor => *word == text,
            })?),
            Self::Position => Argument::Position(position(text, flavour)?),
            Self::Region => Argument::Region(region(text, flavour)?),
            Self::Radii => {
                let radius = |text| integer(text, 0, i32::MAX).map(i32::cast_unsigned);
                let (x, y) = text.split_once('|').unwrap_or((text, text));
                Argument::Radii(radius(x)?, radius(y)?)
            }
            Self::Percent if text == "none" => Argument::Absent,
            Self::Percent => Argument::Integer(integer(text, 1, i32::MAX)?),
            Self::Numbers => Argument::Numbers(text.split(';').map(|n| decimal(n.trim())).collect::<Option<_>>()?),
            Self::Curves => Argument::Curves(curves(text)?),
            Self::Length => Argument::Length(length(text)?),
            Self::Moment => Argument::Moment(text.parse().ok().filter(|_| !text.starts_with('+'))?),
            Self::Colour | Self::Hexadecimal | Self::Backdrop(_) => return None,
        })
    }
}

fn integer(text: &str, min: i32, max: i32) -> Option<i32> {
    let digits = text.strip_prefix('-').filter(|_| min < 0).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let largest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    let number: i64 = text.parse().unwrap_or(largest);
    let number = number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    (min..=max).contains(&number).then_some(number)
}

/// An optional sign, digits, and a point before, behind or between them.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b != b'.');
    // -0 and 0 are one number, so that equal values are written alike.
    text.parse::<f64>().ok().filter(|number| is_number && number.is_finite()).map(|number| number + 0.0)
}

fn hexadecimal(text: &str) -> Option<Colour> {
    Colour::from_hex(text).ok().filter(|_| text.len() == 6)
}

fn backdrop(text: &str, words: Backdrops, flavour: Flavour) -> Option<Backdrop> {
    Some(match (text, words) {
        ("auto", _) => Backdrop::Mean,
        ("blur", Backdrops::Any) => Backdrop::Blurred,
        ("transparent", Backdrops::Any) => Backdrop::Transparent,
        ("none", Backdrops::Any) if flavour == Flavour::Imagor => Backdrop::Transparent,
        _ => Backdrop::Colour(text::colour(text, flavour)?),
    })
}

fn position(text: &str, flavour: Flavour) -> Option<Position> {
    let words = match text {
        "center" => Some(Position::Centre),
        "repeat" => Some(Position::Repeat),
        _ => None,
    };
    if words.is_some() {
        return words;
    }
    if let Some(percent) = text.strip_suffix('p') {
        let percent = integer(percent, i32::MIN, i32::MAX)?;
        return Some(match flavour {
            Flavour::Thumbor => Position::Percent(percent),
            Flavour::Imagor => Position::Part(f64::from(percent) / 100.0),
        });
    }
    if let Some(pixels) = integer(text, i32::MIN, i32::MAX) {
        return Some(if text.starts_with('-') && pixels != 0 {
            Position::End(pixels)
        } else {
            Position::Start(pixels)
        });
    }
    if flavour == Flavour::Thumbor {
        return None;
    }
    let offset = |words: [&str; 4]| {
        let rest = words.iter().find_map(|word| text.strip_prefix(word))?;
        let rest = rest.strip_prefix('+').unwrap_or(rest);
        if rest.is_empty() { Some(0) } else { integer(rest, i32::MIN, i32::MAX) }
    };
    if let Some(pixels) = offset(["left", "top", "l", "t"]) {
        return Some(Position::Start(pixels));
    }
    if let Some(pixels) = offset(["right", "bottom", "r", "b"]) {
        return Some(Position::End(pixels));
    }
    decimal(text).filter(|part| part.abs() < 1.0).map(Position::Part)
}

fn region(text: &str, flavour: Flavour) -> Option<FocalRegion> {
    if flavour == Flavour::Thumbor {
        let (start, end) = text.split_once(':')?;
        let ((left, top), (right, bottom)) = (start.split_once('x')?, end.split_once('x')?);
        let edge = |text| integer(text, 0, i32::MAX).map(f64::from);
        let (left, top, right, bottom) = (edge(left)?, edge(top)?, edge(right)?, edge(bottom)?);
        return Some(FocalRegion { left, top, right, bottom, relative: false });
    }
    let numbers: Vec<f64> = text.splitn(5, ['x', ',', ':']).map(|n| decimal(n.trim())).collect::<Option<_>>()?;
    let (left, top, right, bottom) = match *numbers {
        // A point is a region of one pixel, or of a thousandth of the picture.
        [x, y] if x < 1.0 && y < 1.0 => {
            let around = |n: f64| ((n - 0.0005).max(0.0), (n + 0.0005).min(1.0));
            let ((left, right), (top, bottom)) = (around(x), around(y));
            (left, top, right, bottom)
        }
        [x, y] => (x, y, x + 1.0, y + 1.0),
        [left, top, right, bottom] => (left, top, right, bottom),
        _ => return None,
    };
    let relative = left < 1.0 && top < 1.0 && right <= 1.0 && bottom <= 1.0;
    Some(FocalRegion { left, top, right, bottom, relative })
}

/// `[(x,y),…],[…],[…],[…]`, with blanks anywhere between.
fn curves(text: &str) -> Option<[Vec<(i32, i32)>; 4]> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let lists = text.strip_prefix('[')?.strip_suffix(']')?;
    let lists: Vec<Vec<(i32, i32)>> = lists.split("],[").map(points).collect::<Option<_>>()?;
    lists.try_into().ok()
}

fn points(list: &str) -> Option<Vec<(i32, i32)>> {
    let number = |text| integer(text, i32::MIN, i32::MAX);
    list.strip_prefix('(')?
        .strip_suffix(')')?
        .split("),(")
        .map(|point| point.split_once(',').and_then(|(x, y)| Some((number(x)?, number(y)?))))
        .collect()
}

fn length(text: &str) -> Option<Length> {
    if text.starts_with('f') {
        return parent_less(text).map(Length::FullLess);
    }
    if let Some(percent) = text.strip_suffix('p') {
        return Some(Length::Part(f64::from(integer(percent, 1, 99)?) / 100.0));
    }
    match integer(text, 1, i32::MAX) {
        Some(pixels) => Some(Length::Pixels(pixels.cast_unsigned())),
        None => decimal(text).filter(|part| *part > 0.0 && *part < 1.0).map(Length::Part),
    }
}
