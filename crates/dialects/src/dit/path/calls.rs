use percent_encoding::percent_decode_str;

use super::Filter;
use crate::dit::Error;
use crate::sharp::Json;

/// A filter with its arguments.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub filter: &'static Filter,
    /// Between the parentheses, as on the wire.
    pub text: &'a str,
}

impl Call<'_> {
    /// The argument at this place, decoded and trimmed; `None` if it is absent or empty.
    pub fn text(&self, index: usize) -> Result<Option<String>, Error> {
        let Some(text) = self.text.split(',').nth(index) else { return Ok(None) };
        let text = percent_decode_str(text).decode_utf8();
        let text = text.map_err(|_| self.wrong("percent-encoded UTF-8"))?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// The number at this place.
    pub fn number(&self, index: usize) -> Result<Option<f64>, Error> {
        let Some(text) = self.text(index)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| self.wrong(self.takes(index)))
    }

    /// The number at this place, which must be given.
    pub fn required_number(&self, index: usize) -> Result<f64, Error> {
        self.number(index)?.ok_or_else(|| self.wrong(self.takes(index)))
    }

    /// The text at this place, which must be given.
    pub fn required_text(&self, index: usize) -> Result<Json, Error> {
        self.text(index)?.map(Json::Text).ok_or_else(|| self.wrong(self.takes(index)))
    }

    /// The mistake of an argument that is not `right`.
    pub fn wrong(&self, right: &str) -> Error {
        Error::Edit(format!(
            "an argument of the filter {} must be {right}, e.g. {}",
            self.filter.name, self.filter.example
        ))
    }

    fn takes(&self, index: usize) -> &'static str {
        self.filter.arguments.get(index).map_or("absent", |argument| argument.takes)
    }
}
