use lightmill_recipe::Operation;

use super::{Call, Values};
use crate::Unsayable;
use crate::thumbor::Flavour;
use crate::thumbor::lower::Draft;
use crate::thumbor::say::{Said, Say, Writer};

/// One filter of the language.
#[derive(Debug)]
pub struct Definition {
    /// What stands before the parenthesis.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// What it takes in each server that knows it.
    pub forms: &'static [Form],
}

/// How a filter is written and meant in one server, or in both.
#[derive(Debug)]
pub struct Form {
    /// Which servers.
    pub flavours: &'static [Flavour],
    /// In what this server differs, in Markdown; empty if in nothing.
    pub doc: &'static str,
    /// What it takes, in this order.
    pub parameters: &'static [Parameter],
    /// Whether commas are part of its only argument.
    pub one_argument: bool,
    /// Whether it is off unless a mount names it.
    pub opt_in: bool,
    /// A whole filter that is right.
    pub example: &'static str,
    pub(in crate::thumbor) lower: fn(&Call, &mut Draft<'_>),
    pub(in crate::thumbor) say: Say,
}

impl Definition {
    /// How the filter is written in `flavour`.
    pub fn form(&self, flavour: Flavour) -> Option<&Form> {
        self.forms.iter().find(|form| form.flavours.contains(&flavour))
    }
}

impl Form {
    /// A form that has nothing special, and that nothing is said with.
    pub(super) const fn new(
        flavours: &'static [Flavour],
        parameters: &'static [Parameter],
        example: &'static str,
        lower: fn(&Call, &mut Draft<'_>),
    ) -> Self {
        Self { flavours, doc: "", parameters, one_argument: false, opt_in: false, example, lower, say: Say::Otherwise }
    }

    /// The same with a word about this server.
    pub(super) const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }

    /// The same, with commas as part of its only argument.
    pub(super) const fn one_argument(self) -> Self {
        Self { one_argument: true, ..self }
    }

    /// The same, as the words for a step.
    pub(super) const fn step(self, say: fn(&Operation) -> Option<Said>) -> Self {
        Self { say: Say::Step(say), ..self }
    }

    /// The same, as the words for a step with other pictures.
    pub(super) const fn mark(self, say: fn(&Operation, &Writer<'_>) -> Option<Result<Said, Unsayable>>) -> Self {
        Self { say: Say::Mark(say), ..self }
    }

    /// The same, as the words for what holds wherever it stands.
    pub(super) const fn setting(self, say: fn(&Writer<'_>) -> Vec<Said>) -> Self {
        Self { say: Say::Setting(say), ..self }
    }

    /// The same, off unless a mount names it.
    pub(super) const fn opt_in(self) -> Self {
        Self { opt_in: true, ..self }
    }
}

/// One argument of a filter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in the documentation; URLs do not have it.
    pub name: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// What it takes.
    pub values: Values,
    /// Whether it must be given.
    pub presence: Presence,
}

/// Whether an argument must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Without it the filter is ignored.
    Required,
    /// What holds without it.
    Optional(&'static str),
}

/// An argument that must be given.
pub(super) const fn required(name: &'static str, values: Values, doc: &'static str) -> Parameter {
    Parameter { name, doc, values, presence: Presence::Required }
}

/// An argument that may be left out.
pub(super) const fn optional(
    name: &'static str,
    values: Values,
    default: &'static str,
    doc: &'static str,
) -> Parameter {
    Parameter { name, doc, values, presence: Presence::Optional(default) }
}

/// Only Thumbor.
pub(super) const THUMBOR: &[Flavour] = &[Flavour::Thumbor];
/// Only imagor.
pub(super) const IMAGOR: &[Flavour] = &[Flavour::Imagor];
/// Both servers.
pub(super) const BOTH: &[Flavour] = &Flavour::ALL;
