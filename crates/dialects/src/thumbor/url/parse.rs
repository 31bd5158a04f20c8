use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::segments::Segments;
use super::{Image, MAX_LENGTH, Security, Url, parts};
use crate::Error;
use crate::thumbor::filters::{self, Filter};
use crate::thumbor::{Flavour, Options};

impl Url {
    /// Reads a path as on the wire, with its leading `/` or without, without the query.
    pub fn parse(path: &str, options: &Options) -> Result<Self, Error> {
        read(path, options, false)
    }

    /// Reads the path of a picture that is laid on another one. It needs no signature, and `f` in its size stands for
    /// that of the other one.
    pub fn parse_nested(path: &str, options: &Options) -> Result<Self, Error> {
        read(path, options, true)
    }
}

fn read(path: &str, options: &Options, nested: bool) -> Result<Url, Error> {
    let flavour = options.flavour;
    Error::limit("bytes of the path", path.len(), MAX_LENGTH)?;
    let path = cleaned(path, flavour);
    let rest = match flavour {
        Flavour::Thumbor => path.strip_prefix('/').unwrap_or(&path),
        Flavour::Imagor => path.trim_start_matches('/'),
    };
    let mut segments = Segments { rest, needs_rest: flavour.needs_image() };
    let params = flavour == Flavour::Imagor && segments.take_word("params");
    let security = security(&mut segments, flavour)?;
    if flavour == Flavour::Thumbor && security == Security::Missing && !nested {
        // Without a first segment nothing of the grammar can follow.
        return Ok(Url { security, ..Url::of(Image::parse(segments.rest, flavour)?) });
    }
    let debug = flavour == Flavour::Thumbor && segments.take_word("debug");
    let meta = segments.take_word("meta");
    let trim = segments.take(|segment| parts::trim(segment, flavour));
    let crop = segments.take(|segment| parts::crop(segment, flavour));
    let fit_in = segments.take(parts::fit_in);
    let stretch = flavour == Flavour::Imagor && segments.take_word("stretch");
    let size = segments.take(|segment| parts::size(segment, flavour, nested));
    let padding = match (flavour, size) {
        (Flavour::Imagor, Some(_)) => segments.take(parts::padding),
        _ => None,
    };
    let column = segments.take(parts::column);
    let row = segments.take(parts::row);
    let smart = segments.take_word("smart");
    let filters = block(&mut segments, options)?;
    let image = Image::parse(segments.rest, flavour)?;
    Ok(Url {
        security,
        params,
        debug,
        meta,
        trim,
        crop,
        fit_in,
        stretch,
        size,
        padding,
        column,
        row,
        smart,
        filters,
        image,
    })
}

impl Url {
    /// Nothing but a picture.
    pub fn of(image: Image) -> Self {
        Self {
            security: Security::Missing,
            params: false,
            debug: false,
            meta: false,
            trim: None,
            crop: None,
            fit_in: None,
            stretch: false,
            size: None,
            padding: None,
            column: None,
            row: None,
            smart: false,
            filters: Vec::new(),
            image,
        }
    }
}

/// imagor passes over line breaks of every kind.
fn cleaned(path: &str, flavour: Flavour) -> Cow<'_, str> {
    const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    if flavour == Flavour::Imagor && path.contains(BREAKS) { path.replace(BREAKS, "").into() } else { path.into() }
}

/// What stands in the place of the signature. In Thumbor every other first segment is one.
fn security(segments: &mut Segments<'_>, flavour: Flavour) -> Result<Security, Error> {
    if segments.take_word("unsafe") {
        return Ok(Security::Unsafe);
    }
    if flavour == Flavour::Imagor {
        let signature = segments.take(|segment| parts::is_signature(segment).then(|| segment.to_owned()));
        return Ok(signature.map_or(Security::Missing, Security::Signature));
    }
    let Some((signature, rest)) = signature(segments.rest) else { return Ok(Security::Missing) };
    segments.rest = rest;
    let signature = percent_decode_str(signature).decode_utf8().map_err(|_| Error::Encoding("the signature"))?;
    Ok(Security::Signature(signature.into_owned()))
}

/// The filters, if there are any.
fn block(segments: &mut Segments<'_>, options: &Options) -> Result<Vec<Filter>, Error> {
    let Some(text) = segments.rest.strip_prefix("filters:") else { return Ok(Vec::new()) };
    let Some((filters, image)) = filters::split(text, options.flavour)? else { return Ok(Vec::new()) };
    segments.rest = image;
    Error::limit("filters", filters.len(), options.max_filters)?;
    filters.into_iter().map(|written| Filter::read(written, options)).collect()
}

/// What Thumbor takes for the signature, and what follows it: any text up to a `/` behind which there is something.
pub(in crate::thumbor) fn signature(path: &str) -> Option<(&str, &str)> {
    let first = path.chars().next()?.len_utf8();
    let end = first + path.get(first..)?.find('/')?;
    let (signature, rest) = (path.get(..end)?, path.get(end + 1..)?);
    (!rest.is_empty()).then_some((signature, rest))
}
