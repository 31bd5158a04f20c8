//! Query parameters: edits that are laid over those of the path.

use super::request::Draft;
use super::{Error, FormatWish, Options, access};
use crate::query::Parameter;
use crate::sharp::{Json, Reader};
use crate::signature;

/// One query parameter.
#[derive(Debug)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// What it takes, in Markdown.
    pub takes: &'static str,
    /// A value that is right.
    pub example: &'static str,
    /// The edit that it makes; `None` belongs to the URL and not to the picture.
    read: Option<Read>,
}

type Read = fn(&str) -> Result<Made, Error>;

/// What a parameter makes.
enum Made {
    /// A member of `resize`.
    Resize(Json),
    /// An edit of this name.
    Edit(&'static str, Json),
}

const SIZE: &str = "a number, whose fraction does not count; `0` or nothing: follows from the other side";
const SWITCH: &str = "`0`, `false` or nothing: no; anything else: yes";

/// Every parameter, in the order of the documentation and of the edits that they make.
static ALL: [QueryParameter; 11] = [
    QueryParameter { name: "width", doc: "Columns (`resize.width`)", takes: SIZE, example: "300", read: Some(side) },
    QueryParameter { name: "height", doc: "Rows (`resize.height`)", takes: SIZE, example: "200", read: Some(side) },
    QueryParameter {
        name: "fit",
        doc: "How the picture meets that size (`resize.fit`)",
        takes: "`cover`, `contain`, `fill`, `inside` or `outside`",
        example: "inside",
        read: Some(|text| Ok(Made::Resize(Json::text(text)))),
    },
    QueryParameter {
        name: "format",
        doc: "The format of the result (`toFormat`)",
        takes: FormatWish::NAMES,
        example: "webp",
        read: Some(|text| FormatWish::read(text).map(|format| Made::Edit("toFormat", Json::text(format.name())))),
    },
    QueryParameter {
        name: "rotate",
        doc: "Degrees clockwise (`rotate`)",
        takes: "a whole number; nothing: upright and without metadata",
        example: "90",
        read: Some(rotate),
    },
    QueryParameter {
        name: "flip",
        doc: "Upside down",
        takes: SWITCH,
        example: "true",
        read: Some(|text| switch("flip", text)),
    },
    QueryParameter {
        name: "flop",
        doc: "Left becomes right",
        takes: SWITCH,
        example: "true",
        read: Some(|text| switch("flop", text)),
    },
    QueryParameter {
        name: "greyscale",
        doc: "Luma only",
        takes: SWITCH,
        example: "true",
        read: Some(|text| switch("greyscale", text)),
    },
    QueryParameter {
        name: "grayscale",
        doc: "The same",
        takes: SWITCH,
        example: "true",
        read: Some(|text| switch("greyscale", text)),
    },
    QueryParameter {
        name: access::SIGNATURE,
        doc: "The signature",
        takes: "64 hexadecimal digits in lower case",
        example: "",
        read: None,
    },
    QueryParameter {
        name: access::EXPIRES,
        doc: "The moment from which on the URL is refused, in UTC",
        takes: "`YYYYMMDDTHHmmssZ`",
        example: "20300101T000000Z",
        read: None,
    },
];

/// Every query parameter, in the order of the documentation.
pub fn parameters() -> &'static [QueryParameter] {
    &ALL
}

/// Lays the parameters of `query` over the draft. Of those of one name the last holds.
pub(super) fn read(
    query: Option<&str>,
    options: &Options,
    draft: &mut Draft,
    reader: &mut Reader,
) -> Result<(), Error> {
    let mut found: [Option<Parameter<'_>>; ALL.len()] = [None; ALL.len()];
    for parameter in Parameter::all(query) {
        match ALL.iter().zip(&mut found).find(|(definition, _)| parameter.is(definition.name)) {
            Some((_, slot)) => *slot = Some(parameter),
            None if parameter.is(signature::SIGNATURE) || parameter.is(signature::EXPIRES) => {}
            None => reader.ignore(&String::from_utf8_lossy(&parameter.name())),
        }
    }
    let mut resize = Vec::new();
    let mut edits = Vec::new();
    for (definition, parameter) in ALL.iter().zip(found) {
        let (Some(read), Some(parameter)) = (definition.read, parameter) else { continue };
        let value = parameter.value();
        let text = std::str::from_utf8(&value)
            .map_err(|_| Error::Query(format!("{} is not percent-encoded UTF-8", definition.name)))?;
        let wrong = |error: Error| match error {
            Error::Query(_) => Error::Query(format!("{} must be {}", definition.name, definition.takes)),
            other => other,
        };
        match read(text).map_err(wrong)? {
            Made::Resize(value) => resize.push((definition.name.to_owned(), value)),
            Made::Edit(name, value) => edits.push((name.to_owned(), value)),
        }
    }
    if !resize.is_empty() {
        lay_resize(&mut draft.edits, resize, options);
    }
    for (name, value) in edits {
        lay(&mut draft.edits, name, value);
    }
    Ok(())
}

/// The edit takes the place of the one of its name, or comes last.
fn lay(edits: &mut Vec<(String, Json)>, name: String, value: Json) {
    match edits.iter_mut().find(|(other, _)| *other == name) {
        Some(edit) => edit.1 = value,
        None => edits.push((name, value)),
    }
}

/// The members take the place of those of the path's resize, member by member.
fn lay_resize(edits: &mut Vec<(String, Json)>, members: Vec<(String, Json)>, options: &Options) {
    match edits.iter_mut().find(|(name, _)| name == "resize") {
        Some((_, Json::Object(resize))) if !options.compat => {
            for (name, value) in members {
                lay(resize, name, value);
            }
        }
        _ => lay(edits, "resize".to_owned(), Json::Object(members)),
    }
}

/// A side of a size.
fn side(text: &str) -> Result<Made, Error> {
    if text.is_empty() {
        return Ok(Made::Resize(Json::Null));
    }
    let number = whole(text).ok_or_else(|| Error::Query(String::new()))?;
    Ok(Made::Resize(if number == 0 { Json::Null } else { Json::Number(number as f64) }))
}

fn rotate(text: &str) -> Result<Made, Error> {
    if text.is_empty() {
        return Ok(Made::Edit("rotate", Json::Null));
    }
    let number = whole(text).ok_or_else(|| Error::Query(String::new()))?;
    Ok(Made::Edit("rotate", Json::Number(number as f64)))
}

#[expect(clippy::unnecessary_wraps, reason = "parameters are read by functions of one type")]
fn switch(name: &'static str, text: &str) -> Result<Made, Error> {
    Ok(Made::Edit(name, Json::Flag(!matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false"))))
}

/// The whole number at the beginning (ECMA-262, section 19.2.5), at most nine digits of it.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = digits.get(..end).filter(|digits| (1..=9).contains(&digits.len()))?;
    digits.parse::<i64>().ok().map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dit::ImageRequest;

    fn edits(path: &str, query: &str, options: &Options) -> Result<String, Error> {
        let request = ImageRequest::read(path, Some(query), options)?.request;
        let edits = request.edits.iter().map(|edit| format!("{}={}", edit.definition.name, edit.value.json()));
        Ok(edits.collect::<Vec<_>>().join(" "))
    }

    fn read_with(path: &str, query: &str) -> Result<String, Error> {
        edits(path, query, &Options::default())
    }

    #[test]
    fn names_are_unique_and_examples_right() {
        let mut names = HashSet::new();
        for parameter in parameters() {
            assert!(names.insert(parameter.name) && !parameter.doc.is_empty(), "{}", parameter.name);
            let query = format!("{}={}", parameter.name, parameter.example);
            assert_eq!(read_with("/a.jpg", &query).unwrap().is_empty(), parameter.read.is_none(), "{query}");
        }
    }

    #[test]
    fn parameters_become_edits() {
        for (query, expected) in [
            ("width=9.9px&height=", r#"resize={"width":9}"#),
            ("width=0&height=120&width=7", r#"resize={"width":7,"height":120}"#),
            ("rotate=&flip=FALSE&flop=1&grayscale=no", "rotate=null flip=false flop=true greyscale=true"),
            ("format=jpg", r#"toFormat="jpeg""#),
            ("w=1&signature=x", ""),
        ] {
            assert_eq!(read_with("/a.jpg", query).as_deref(), Ok(expected), "{query}");
        }
    }

    #[test]
    fn a_size_is_laid_over_that_of_the_path() {
        let over = |options| edits("/300x200/a.jpg", "width=100", &options).unwrap();
        assert_eq!(over(Options::default()), r#"resize={"width":100,"height":200}"#);
        assert_eq!(over(Options { compat: true, ..Options::default() }), r#"resize={"width":100}"#);
    }

    #[test]
    fn mistakes_are_the_clients() {
        for (query, code) in [
            ("width=abc", "QueryParameterParsingError"),
            ("width=-5", "InvalidResizeException"),
            ("rotate=x", "QueryParameterParsingError"),
            ("fit=bogus", "ProcessingFailure"),
            ("format=", "UnsupportedOutputImageFormatException"),
            ("fit=%ff", "QueryParameterParsingError"),
        ] {
            let error = ImageRequest::read("/a.jpg", Some(query), &Options::default())
                .and_then(|reading| crate::dit::lower(&reading.request, None, &Options::default()))
                .unwrap_err();
            assert_eq!(error.row(), (400, code), "{query}");
        }
    }
}
