use lightmill_recipe::Colour;

use super::Flavour;
use super::definition::{Definition, Parameter, Values};
use crate::Error;

/// The parameters of one action, as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arguments<'a> {
    pub definition: &'static Definition,
    pub flavour: Flavour,
    /// What follows the action's name, without the first comma; `None` if there is no comma.
    text: Option<&'a str>,
}

impl<'a> Arguments<'a> {
    pub fn new(definition: &'static Definition, flavour: Flavour, text: Option<&'a str>) -> Self {
        Self { definition, flavour, text }
    }

    /// The `name_value` pairs in their order; empty ones are passed over.
    pub fn values(&self) -> impl Iterator<Item = Result<Value<'a>, Error>> {
        let Self { definition, flavour, text } = *self;
        let parts = text.unwrap_or_default().split(',');
        let repeats_name = move |part: &str| flavour.is_reference_server() && part == definition.name;
        parts.filter(move |part| !part.is_empty() && !repeats_name(part)).map(move |part| {
            let (name, text) = part.split_once('_').unwrap_or((part, ""));
            let unknown = || Error::UnknownParameter(Error::quote(name));
            let parameter = definition.parameters.iter().find(|p| p.name == name).ok_or_else(unknown)?;
            Ok(Value { definition, flavour, parameter, text })
        })
    }

    /// The bare value of an action that takes exactly one.
    pub fn single(&self) -> Result<Value<'a>, Error> {
        match (self.text, self.definition.parameters) {
            (Some(text), [parameter]) if !text.contains(',') => {
                Ok(Value { definition: self.definition, flavour: self.flavour, parameter, text })
            }
            _ => Err(self.usage()),
        }
    }

    /// The one `name_value` pair of an action that takes exactly one.
    pub fn only(&self) -> Result<Value<'a>, Error> {
        if self.count() != 1 {
            return Err(self.usage());
        }
        self.values().next().ok_or_else(|| self.usage())?
    }

    /// How many commas there are, as the open-source servers count parameters.
    pub fn count(&self) -> usize {
        self.text.map_or(0, |text| text.split(',').count())
    }

    /// The mistake of missing or superfluous parameters.
    pub fn usage(&self) -> Error {
        Error::Usage(self.definition.usage)
    }
}

/// One parameter with the text that was given for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    definition: &'static Definition,
    flavour: Flavour,
    parameter: &'static Parameter,
    text: &'a str,
}

impl<'a> Value<'a> {
    /// The parameter's name.
    pub fn name(&self) -> &'static str {
        self.parameter.name
    }

    /// All of the text after the first `_`.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The text as the open-source servers read it: what follows a second `_` is passed over.
    fn word(&self) -> &'a str {
        match self.text.split_once('_') {
            Some((word, _)) if self.flavour.is_reference_server() && !self.parameter.name.is_empty() => word,
            _ => self.text,
        }
    }

    /// A number in the parameter's range.
    pub fn integer<N: TryFrom<i64>>(&self) -> Result<N, Error> {
        let Values::Integer(min, max) = self.parameter.values else { return Err(self.refused()) };
        self.flavour
            .integer(self.word())
            .filter(|n| (min..=max).contains(n))
            .and_then(|n| N::try_from(n).ok())
            .ok_or_else(|| self.refused())
    }

    /// Numbers in the parameter's range, joined by `-`; at least one.
    pub fn integers<N: TryFrom<i64>>(&self) -> Result<Vec<N>, Error> {
        let Values::Integers(min, max) = self.parameter.values else { return Err(self.refused()) };
        let one =
            |text| self.flavour.integer(text).filter(|n| (min..=max).contains(n)).and_then(|n| N::try_from(n).ok());
        self.word().split('-').map(one).collect::<Option<_>>().ok_or_else(|| self.refused())
    }

    /// The texts between `-`; at least one.
    pub fn list(&self) -> impl Iterator<Item = &'a str> {
        self.word().split('-')
    }

    /// One of the parameter's words.
    pub fn choice(&self) -> Result<&'static str, Error> {
        let Values::Word(words) = self.parameter.values else { return Err(self.refused()) };
        words.iter().copied().find(|word| *word == self.word()).ok_or_else(|| self.refused())
    }

    /// `0` or `1`.
    pub fn flag(&self) -> Result<bool, Error> {
        self.choice().map(|word| word == "1")
    }

    /// A colour.
    pub fn colour(&self) -> Result<Colour, Error> {
        let word = self.word();
        if self.parameter.values == Values::OpaqueColour && word.len() != 6 {
            return Err(self.refused());
        }
        Colour::from_hex(word).map_err(|_| self.refused())
    }

    /// The mistake of a value that the parameter does not take, in the words of the flavour.
    pub fn refused(&self) -> Error {
        match self.parameter.refusal {
            Some(refusal) if self.flavour.is_reference_server() => {
                Error::Value(refusal.replace("{}", &Error::quote(self.word())))
            }
            _ => self.refused_because(&self.parameter.values.to_string()),
        }
    }

    /// The mistake of a value that is not `allowed`.
    pub fn refused_because(&self, allowed: &str) -> Error {
        let Self { definition, parameter, .. } = self;
        let space = if parameter.name.is_empty() { "" } else { " " };
        Error::Value(format!("{}{space}{} must be {allowed}", definition.name, parameter.name))
    }
}
