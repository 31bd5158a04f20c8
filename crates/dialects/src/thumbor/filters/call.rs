use super::block::{Written, arguments};
use super::list::find;
use super::read::Unfit;
use super::{Argument, Definition, Form, Parameter, Presence};
use crate::Error;
use crate::thumbor::{Flavour, Options, text};

/// One filter of a URL.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// One that has an effect.
    Known(Call),
    /// One that the server does not know, or whose arguments do not fit: it has no effect.
    Ignored {
        /// What stands before the parenthesis.
        name: String,
        /// What stands in the parentheses; `None` if there are none.
        arguments: Option<String>,
    },
}

/// A filter with its arguments, one for each of its parameters.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which filter.
    pub definition: &'static Definition,
    /// How it is written in the flavour that it was read in.
    pub form: &'static Form,
    /// As many as parameters.
    pub arguments: Vec<Argument>,
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name && self.arguments == other.arguments
    }
}

impl Filter {
    /// Reads one filter.
    pub(in crate::thumbor) fn read(written: Written, options: &Options) -> Result<Self, Error> {
        let Written { name, arguments } = written;
        let known = find(&name, options.flavour)
            .filter(|(_, form)| !form.opt_in || options.opt_in.contains(&name))
            .zip(arguments.as_deref());
        if let Some(((definition, form), text)) = known {
            // What follows a closing parenthesis is not looked at, but a text may have parentheses of its own.
            let shorter = text.split_once(')').map(|(text, _)| text);
            let shorter = shorter.filter(|_| options.flavour == Flavour::Thumbor);
            let read = |text| Call::read(definition, form, text, options.flavour);
            match (read(text), shorter.map(read)) {
                (Ok(Some(call)), _) | (_, Some(Ok(Some(call)))) => return Ok(Self::Known(call)),
                (Err(error), _) | (_, Some(Err(error))) => return Err(error),
                (Ok(None), _) => {}
            }
        }
        Ok(Self::Ignored { name, arguments })
    }

    /// The filter's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(call) => call.definition.name,
            Self::Ignored { name, .. } => name,
        }
    }

    /// As it is written in a URL.
    pub(in crate::thumbor) fn to_text(&self, flavour: Flavour) -> String {
        match (self, flavour) {
            (Self::Known(call), _) => call.to_text(flavour),
            (Self::Ignored { name, arguments }, Flavour::Imagor) => {
                format!("{name}({})", arguments.as_deref().unwrap_or_default())
            }
            (Self::Ignored { name, arguments: None }, _) => format!("{})", text::escape_argument(name)),
            (Self::Ignored { name, arguments: Some(arguments) }, _) => {
                format!("{}({})", text::escape_argument(name), text::escape_argument(arguments))
            }
        }
    }
}

impl Call {
    /// Reads the arguments; `None` if they do not fit.
    fn read(
        definition: &'static Definition,
        form: &'static Form,
        text: &str,
        flavour: Flavour,
    ) -> Result<Option<Self>, Error> {
        let given = if form.one_argument { vec![text] } else { arguments(text, flavour) };
        if given.len() > form.parameters.len() && !flavour.passes_over_surplus() {
            return Ok(None);
        }
        let mut read = Vec::with_capacity(form.parameters.len());
        let mut refused = None;
        for (index, parameter) in form.parameters.iter().enumerate() {
            let value = given.get(index).filter(|text| !text.is_empty() || flavour == Flavour::Thumbor);
            let value = match (value, parameter.presence) {
                (None, Presence::Required) => return Ok(None),
                (None, Presence::Optional(_)) => Ok(Argument::Absent),
                (Some(text), _) => match flavour {
                    Flavour::Thumbor => parameter.values.read(text, flavour),
                    Flavour::Imagor => parameter.values.read(&text::query_unescape(text), flavour),
                },
            };
            match value {
                Ok(value) => read.push(value),
                Err(Unfit::Ignored) => return Ok(None),
                Err(Unfit::Refused) => refused = refused.or(Some(parameter)),
            }
        }
        match refused {
            Some(Parameter { name, values, .. }) => {
                Err(Error::Value(format!("{} {name} must be {values}", definition.name)))
            }
            None => Ok(Some(Self { definition, form, arguments: read })),
        }
    }

    fn to_text(&self, flavour: Flavour) -> String {
        let given =
            self.arguments.iter().rposition(|argument| *argument != Argument::Absent).map_or(0, |last| last + 1);
        let arguments: Vec<String> =
            self.arguments.iter().take(given).map(|argument| write(argument, flavour)).collect();
        format!("{}({})", self.definition.name, arguments.join(","))
    }
}

/// An argument as it stands in a URL. Thumbor's are quoted where that matters, and an absent ratio is `none`.
fn write(argument: &Argument, flavour: Flavour) -> String {
    let text = argument.to_text(flavour);
    match (argument, flavour) {
        (Argument::Absent, Flavour::Thumbor) => "none".to_owned(),
        (Argument::Text(_), Flavour::Thumbor)
            if text.contains(',') || text.starts_with('\'') || text.trim() != text =>
        {
            format!("{}{}{}", "%27", text::escape_argument(&text), "%27")
        }
        (Argument::Curves(_) | Argument::Region(_), _) => text,
        _ => text::escape_argument(&text),
    }
}
