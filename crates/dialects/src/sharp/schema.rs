use std::fmt;

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Takes {
    /// Nothing: it is refused, for this reason.
    Nothing(&'static str),
    /// `null`.
    Null,
    /// `true` or `false`, as text too.
    Flag,
    /// `true` alone.
    True,
    /// A number from the first to the second, as text too.
    Number(f64, f64),
    /// A whole number from the first to the second, as text too.
    Integer(i64, i64),
    /// As `Integer`; fractions are rounded.
    Rounded(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Text of at most so many characters, without control characters.
    Text(usize),
    /// A colour: a CSS name, hexadecimal digits, or `{r, g, b, alpha}`.
    Colour,
    /// So many numbers.
    Numbers(usize, usize),
    /// Rows of so many numbers, as many rows.
    Square(&'static [usize]),
    /// At most so many texts.
    Texts(usize),
    /// Members by name.
    Object(&'static [Parameter]),
    /// Any of these.
    Any(&'static [Takes]),
}

/// One member of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Another name for it; empty if it has none.
    pub alias: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be given.
    pub presence: Presence,
}

/// Whether a member must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Yes.
    Required,
    /// What holds without it, in words.
    Optional(&'static str),
}

/// A member that must be given.
pub(crate) const fn required(name: &'static str, takes: Takes, doc: &'static str) -> Parameter {
    Parameter { name, alias: "", doc, takes, presence: Presence::Required }
}

/// A member that may be left out.
pub(crate) const fn optional(name: &'static str, takes: Takes, default: &'static str, doc: &'static str) -> Parameter {
    Parameter { name, alias: "", doc, takes, presence: Presence::Optional(default) }
}

impl Parameter {
    /// The same with another name beside its own.
    pub(crate) const fn or(self, alias: &'static str) -> Self {
        Self { alias, ..self }
    }
}

impl Takes {
    /// The members, if objects are among what is taken.
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Object(parameters) => parameters,
            Self::Any(any) => {
                let mut index = 0;
                while index < any.len() {
                    if let Self::Object(parameters) = any[index] {
                        return parameters;
                    }
                    index += 1;
                }
                &[]
            }
            _ => &[],
        }
    }
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing(reason) => write!(f, "absent: {reason}"),
            Self::Null => f.write_str("`null`"),
            Self::Flag => f.write_str("`true` or `false`"),
            Self::True => f.write_str("`true`"),
            Self::Number(min, max) => write!(f, "a number from {min} to {max}"),
            Self::Integer(min, max) | Self::Rounded(min, max) => {
                let kind = if matches!(self, Self::Rounded(..)) { "a number" } else { "a whole number" };
                match (*min <= i64::from(i32::MIN), *max >= i64::from(i32::MAX)) {
                    (true, true) => f.write_str(kind),
                    (false, true) => write!(f, "{kind} from {min}"),
                    _ => write!(f, "{kind} from {min} to {max}"),
                }
            }
            Self::Word(words) => write!(f, "one of {}", words.join(", ")),
            Self::Text(most) => write!(f, "text of at most {most} characters"),
            Self::Colour => f.write_str("a colour"),
            Self::Numbers(least, most) if least == most => write!(f, "a list of {least} numbers"),
            Self::Numbers(least, most) => write!(f, "a list of {least} to {most} numbers"),
            Self::Square(sides) => {
                let sides: Vec<String> = sides.iter().map(|side| format!("{side}×{side}")).collect();
                write!(f, "a matrix of {} numbers", sides.join(" or "))
            }
            Self::Texts(most) => write!(f, "a list of at most {most} texts"),
            Self::Object([]) => f.write_str("an object"),
            Self::Object(parameters) => {
                let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
                write!(f, "an object of {}", names.join(", "))
            }
            Self::Any(any) => {
                for (index, takes) in any.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", or " })?;
                    takes.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}
