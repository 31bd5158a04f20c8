/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Values {
    /// A whole number from the first to the second, both included. What no 32 bits hold is the nearest number that they do.
    Integer(i32, i32),
    /// A number from the first to the second, both included.
    Decimal(f64, f64),
    /// `true`, `True`, `1`, `false`, `False`, `0`.
    Flag,
    /// Any text.
    Text,
    /// One of these words; in any case in Thumbor.
    Word(&'static [&'static str]),
    /// A colour.
    Colour,
    /// A colour of 6 hexadecimal digits, without `#`.
    Hexadecimal,
    /// A colour, or one of these words.
    Backdrop(Backdrops),
    /// Where a mark lies along an axis.
    Position,
    /// `LxT:RxB`; imagor takes parts of the picture, and points.
    Region,
    /// `a` or `a|b`.
    Radii,
    /// Percent, or `none`.
    Percent,
    /// Numbers between semicolons.
    Numbers,
    /// Four lists of points.
    Curves,
    /// Milliseconds since 1970.
    Moment,
    /// Pixels, percent (`50p`), a part (`0.5`), or the whole (`f`) less pixels (`f-20`).
    Length,
}

/// Which words may stand for a colour behind a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backdrops {
    /// `auto`.
    Flat,
    /// `auto`, `blur`, `transparent`, `none`.
    Any,
}

impl std::fmt::Display for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(i32::MIN, i32::MAX) => f.write_str("a whole number"),
            Self::Integer(min, i32::MAX) => write!(f, "a whole number from {min}"),
            Self::Integer(min, max) => write!(f, "a whole number from {min} to {max}"),
            Self::Decimal(min, max) if min.is_infinite() && max.is_infinite() => f.write_str("a number"),
            Self::Decimal(min, max) if max.is_infinite() => write!(f, "a number from {min}"),
            Self::Decimal(min, max) => write!(f, "a number from {min} to {max}"),
            Self::Flag => f.write_str("`true` or `false`"),
            Self::Text => f.write_str("text"),
            Self::Word(words) => write!(f, "one of {}", words.join(", ")),
            Self::Colour => f.write_str("a colour's name or hexadecimal digits"),
            Self::Hexadecimal => f.write_str("a colour of 6 hexadecimal digits without `#`"),
            Self::Backdrop(Backdrops::Flat) => f.write_str("a colour, or `auto` for the picture's mean"),
            Self::Backdrop(Backdrops::Any) => {
                f.write_str("a colour, `auto` for the picture's mean, `blur`, `transparent`")
            }
            Self::Position => f.write_str("pixels, negative from the other end; percent (`10p`); `center`; `repeat`"),
            Self::Region => f.write_str("`LxT:RxB`"),
            Self::Radii => f.write_str("pixels, or `x\\|y`"),
            Self::Percent => f.write_str("percent, or `none`"),
            Self::Numbers => f.write_str("numbers between semicolons"),
            Self::Curves => f.write_str("four lists of points `[(x,y),…]`"),
            Self::Moment => f.write_str("a whole number from 0"),
            Self::Length => f.write_str("pixels, percent (`50p`), a part (`0.5`), or all of it less pixels (`f-20`)"),
        }
    }
}
