use lightmill_recipe::{Backdrop, Colour, FocalRegion, Position};

use super::{Argument, Call, Length};

impl Call {
    /// The argument of this parameter; absent if there is no such parameter.
    pub(in crate::thumbor) fn get(&self, name: &str) -> &Argument {
        let index = self.form.parameters.iter().position(|parameter| parameter.name == name);
        index.and_then(|index| self.arguments.get(index)).unwrap_or(&Argument::Absent)
    }

    pub(super) fn integer(&self, name: &str) -> Option<i32> {
        if let Argument::Integer(number) = self.get(name) { Some(*number) } else { None }
    }

    /// A whole number that is 0 or more; negative ones are 0.
    pub(super) fn natural(&self, name: &str) -> Option<u32> {
        self.integer(name).map(|number| number.max(0).cast_unsigned())
    }

    /// Percent, 0 to 100; others are moved there.
    pub(super) fn percent(&self, name: &str) -> Option<u8> {
        self.integer(name).map(|number| number.clamp(0, 100) as u8)
    }

    pub(super) fn decimal(&self, name: &str) -> Option<f64> {
        if let Argument::Decimal(number) = self.get(name) { Some(*number) } else { None }
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        if let Argument::Flag(flag) = self.get(name) { Some(*flag) } else { None }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        if let Argument::Text(text) = self.get(name) { Some(text) } else { None }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        if let Argument::Word(word) = self.get(name) { Some(word) } else { None }
    }

    pub(super) fn colour(&self, name: &str) -> Option<Colour> {
        if let Argument::Colour(colour) = self.get(name) { Some(*colour) } else { None }
    }

    pub(super) fn backdrop(&self, name: &str) -> Option<Backdrop> {
        if let Argument::Backdrop(backdrop) = self.get(name) { Some(*backdrop) } else { None }
    }

    pub(super) fn position(&self, name: &str) -> Option<Position> {
        if let Argument::Position(position) = self.get(name) { Some(*position) } else { None }
    }

    pub(super) fn region(&self, name: &str) -> Option<FocalRegion> {
        if let Argument::Region(region) = self.get(name) { Some(*region) } else { None }
    }

    pub(super) fn length(&self, name: &str) -> Option<Length> {
        if let Argument::Length(length) = self.get(name) { Some(*length) } else { None }
    }
}
