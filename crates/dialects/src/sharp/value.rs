use lightmill_recipe::Colour;

use super::Json;

/// A value that was read as its definition says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A word of a list.
    Word(&'static str),
    /// Text.
    Text(String),
    /// A colour.
    Colour(Colour),
    /// Numbers.
    Numbers(Vec<f64>),
    /// Rows of numbers.
    Rows(Vec<Vec<f64>>),
    /// Texts.
    Texts(Vec<String>),
    /// Members, by the names of the definition.
    Object(Vec<(&'static str, Value)>),
}

impl Value {
    /// The value as JSON that reads as the same.
    pub fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Flag(flag) => Json::Flag(*flag),
            Self::Number(number) => Json::Number(*number),
            Self::Word(word) => Json::text(*word),
            Self::Text(text) => Json::text(text),
            Self::Colour(colour) => Json::Text(format!("#{}", colour.to_hex())),
            Self::Numbers(numbers) => numbers_json(numbers),
            Self::Rows(rows) => Json::List(rows.iter().map(|row| numbers_json(row)).collect()),
            Self::Texts(texts) => Json::List(texts.iter().map(Json::text).collect()),
            Self::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.json())).collect())
            }
        }
    }

    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    pub(crate) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    pub(crate) fn colour(&self) -> Option<Colour> {
        if let Self::Colour(colour) = self { Some(*colour) } else { None }
    }

    /// The words or text.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member's number, or `default`.
    pub(crate) fn number_or(&self, name: &str, default: f64) -> f64 {
        self.get(name).and_then(Self::number).unwrap_or(default)
    }

    /// The member's flag, or `false`.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.get(name).and_then(Self::flag).unwrap_or(false)
    }

    /// The member's number as a natural one; a definition bounds it.
    pub(crate) fn natural(&self, name: &str) -> Option<u32> {
        self.get(name).and_then(Self::number).map(|number| number as u32)
    }
}

fn numbers_json(numbers: &[f64]) -> Json {
    Json::List(numbers.iter().copied().map(Json::Number).collect())
}
