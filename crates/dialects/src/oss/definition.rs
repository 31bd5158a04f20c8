use lightmill_recipe::video::{Renditions, VideoSide};
use lightmill_recipe::{Operation, Recipe};

use super::arguments::Arguments;
use super::draft::Draft;
use super::format::{CannotSay, Writer};
use crate::Error;

/// One action of the language. Each is defined once, in a file of its own under `operations/`.
#[derive(Debug)]
pub struct Definition {
    /// The word that starts the action.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// Who defined it.
    pub origin: Origin,
    /// A whole action that is right.
    pub example: &'static str,
    /// What it takes: `name_value` pairs in any order, or, where the only name is empty, one bare value.
    pub parameters: &'static [Parameter],
    /// Whether a watermark's picture may be prepared with it.
    pub for_marks: bool,
    pub(crate) usage: &'static str,
    pub(crate) read: fn(&Arguments<'_>, &mut Draft<'_>) -> Result<(), Error>,
    pub(crate) say: Say,
}

impl Definition {
    /// `name_value`, or the bare value of a parameter without a name, if the parameter takes that number.
    pub(crate) fn say_number(&self, name: &str, value: impl Into<i64>) -> Result<String, CannotSay> {
        let value = value.into();
        let parameter = self.parameters.iter().find(|parameter| parameter.name == name);
        let separator = if name.is_empty() { "" } else { "_" };
        match parameter.map(|parameter| parameter.values) {
            Some(Values::Integer(min, max)) if (min..=max).contains(&value) => Ok(format!("{name}{separator}{value}")),
            _ => Err(CannotSay::new(format!("{},{name}{separator}{value}", self.name))),
        }
    }
}

/// Who defined an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Alibaba Cloud OSS.
    Official,
    /// The open-source servers.
    Extension,
    /// This one.
    Own,
}

/// One parameter of an action.
#[derive(Debug)]
pub struct Parameter {
    /// What stands before `_`; empty for an action with one bare value.
    pub name: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// What it takes.
    pub values: Values,
    /// What holds without it.
    pub default: &'static str,
    /// The open-source servers' words about a value that is refused; `{}` stands for the value.
    pub(crate) refusal: Option<&'static str>,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// A whole number from the first to the second, both included.
    Integer(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A colour of 3, 4, 6 or 8 hexadecimal digits.
    Colour,
    /// A colour of 6 hexadecimal digits.
    OpaqueColour,
    /// Text in base64 with the URL alphabet (RFC 4648, section 5) or the standard one, padded or not.
    Base64(&'static str),
    /// Sizes of a video: one of these names, or width and height; several joined by `-`.
    VideoSizes(&'static [&'static str]),
    /// Whole numbers from the first to the second, both included; several joined by `-`.
    Integers(i64, i64),
}

impl std::fmt::Display for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(min, max) if *max >= i64::from(i32::MAX) => write!(f, "a whole number from {min}"),
            Self::Integer(min, max) => write!(f, "a whole number from {min} to {max}"),
            Self::Word(words) => write!(f, "one of {}", words.join(", ")),
            Self::Colour => f.write_str("a colour of 3, 4, 6 or 8 hexadecimal digits"),
            Self::OpaqueColour => f.write_str("a colour of 6 hexadecimal digits"),
            Self::Base64(what) => write!(f, "base64url of {what}"),
            Self::VideoSizes(names) => {
                write!(
                    f,
                    "{} or WIDTHxHEIGHT with sides from {} to {}",
                    names.join(", "),
                    VideoSide::LEAST,
                    VideoSide::MOST
                )?;
                write!(f, ", with hls up to {} of them joined by `-`", Renditions::MOST)
            }
            Self::Integers(min, max) => {
                write!(f, "a whole number from {min} to {max}, with hls and several sizes one for each, joined by `-`")
            }
        }
    }
}

/// How an action is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Say {
    /// It is one step: asked for each operation until one definition knows it.
    Step(fn(&Operation, &Writer<'_>) -> Option<Result<String, CannotSay>>),
    /// It is a setting of the whole: asked once for each recipe.
    Setting(fn(&Recipe, &Writer<'_>) -> Result<Option<String>, CannotSay>),
}
