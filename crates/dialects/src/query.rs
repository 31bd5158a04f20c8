use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::Error;

/// One `name=value` of a query, as on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter<'a> {
    raw_name: &'a str,
    raw_value: &'a str,
}

impl<'a> Parameter<'a> {
    /// Every parameter of the query, in its order; empty ones are left out.
    pub(crate) fn all(query: Option<&'a str>) -> impl Iterator<Item = Self> {
        query.unwrap_or_default().split('&').filter(|part| !part.is_empty()).map(|part| {
            let (raw_name, raw_value) = part.split_once('=').unwrap_or((part, ""));
            Self { raw_name, raw_value }
        })
    }

    /// Whether the name is `name`, however it is encoded.
    pub(crate) fn is(&self, name: &str) -> bool {
        percent_decode_str(self.raw_name).eq(name.bytes())
    }

    /// The name's bytes.
    pub(crate) fn name(&self) -> Cow<'a, [u8]> {
        percent_decode_str(self.raw_name).into()
    }

    /// The value's bytes. `+` stays `+`: base64 values hold it, and no value holds a space.
    pub(crate) fn value(&self) -> Cow<'a, [u8]> {
        percent_decode_str(self.raw_value).into()
    }

    /// The name in visible ASCII, at most 64 characters.
    fn visible_name(&self) -> String {
        self.raw_name.chars().take(64).map(|c| if c.is_ascii_graphic() && c != ',' { c } else { '?' }).collect()
    }
}

/// The value of the parameter `name`, which may be given once; `None` without it.
pub(crate) fn single<'a>(query: Option<&'a str>, name: &'static str) -> Result<Option<Cow<'a, str>>, Error> {
    let mut found = Parameter::all(query).filter(|parameter| parameter.is(name));
    let Some(parameter) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(Error::Repeated(name));
    }
    let value = percent_decode_str(parameter.raw_value).decode_utf8().map_err(|_| Error::Encoding(name))?;
    Ok(Some(value))
}

/// The names of all parameters but `known`, each once, at most 16 of them.
pub(crate) fn names_except(query: Option<&str>, known: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for parameter in Parameter::all(query).filter(|parameter| !known.iter().any(|name| parameter.is(name))) {
        let name = parameter.visible_name();
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() == 16 {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_decoded_and_two_are_refused() {
        let query = Some("a=1&x=b%2Fc+d&&e&lm%2Dx=%ff");
        assert_eq!(single(query, "x").unwrap().unwrap(), "b/c+d");
        assert_eq!(single(query, "e").unwrap().unwrap(), "");
        assert_eq!(single(query, "y"), Ok(None));
        assert_eq!(single(query, "lm-x"), Err(Error::Encoding("lm-x")));
        assert_eq!(single(Some("x=1&%78=2"), "x"), Err(Error::Repeated("x")));
        assert_eq!(single(None, "x"), Ok(None));
    }

    #[test]
    fn other_names_fit_into_a_header() {
        assert_eq!(names_except(Some("a=1&x=2&b&a=3&%0d=1&c,d=1&\u{7f}e"), &["x"]), ["a", "b", "%0d", "c?d", "?e"]);
        let many = (0..100).map(|n| format!("n{n}=")).collect::<Vec<_>>().join("&");
        assert_eq!(names_except(Some(&many), &[]).len(), 16);
    }
}
