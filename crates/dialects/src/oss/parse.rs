use lightmill_recipe::{Format, Locator};

use super::draft::Draft;
use super::{Options, im, style};
use crate::{Error, Request, Wish, key, query, signature};

pub(crate) const PROCESS: &str = "x-oss-process";
const IM: &str = "im";

/// The object of this key, which is not percent-encoded.
pub fn locator(key: &str) -> Result<Locator, Error> {
    key::checked(key)
}

/// What a URL asks for.
///
/// `path` and `query` are as on the wire; `path` starts with `/`, `query` is what follows `?`. `accept` is the header.
pub fn parse(path: &str, query: Option<&str>, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let known = [PROCESS, IM, signature::SIGNATURE, signature::EXPIRES];
    if let Some((path, name)) = style::split(path) {
        let name = style_name(name)?;
        // A style in the path speaks alone: the actions of the query are not read.
        let ignored = query::names_except(query, &known[2..]);
        return Ok(Request::new(key::locator(path)?, Wish::Style { name }).ignoring(ignored));
    }
    let locator = key::locator(path)?;
    let actions = query::single(query, PROCESS)?;
    let im = query::single(query, IM)?;
    let (mut request, known) = match (actions.filter(|text| segments(text).next().is_some()), im) {
        (None, Some(im)) => (parse_im(&im, &locator, accept, options)?, &known[..]),
        (actions, None) => (parse_process(&actions.unwrap_or_default(), &locator, accept, options)?, &known[..]),
        (Some(actions), Some(_)) => {
            let known = &[PROCESS, signature::SIGNATURE, signature::EXPIRES];
            (parse_process(&actions, &locator, accept, options)?, &known[..])
        }
    };
    request.ignored = query::names_except(query, known);
    Ok(request)
}

/// What a style's stored text (`image/resize,w_100`) makes of the object at `locator`. A style cannot name another.
pub fn parse_style(
    name: &str,
    text: &str,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, Error> {
    style::checked(name)?;
    if segments(text).next().is_none() {
        return Err(Error::StyleNotFound);
    }
    parse_actions(text, locator, accept, options)
}

/// What the actions (`image/resize,w_100/format,webp`) make of the object at `locator`.
pub fn parse_actions(
    actions: &str,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, Error> {
    let mut segments = segments(actions);
    match segments.next() {
        None | Some("image") => parse_segments(segments, locator, accept, options),
        Some("video") => parse_video(segments, locator, accept, options),
        Some(_) => Err(Error::UnknownProcessor),
    }
}

/// What the value of `x-oss-process`, which may also name a style, asks of the object at `locator`.
pub fn parse_process(text: &str, locator: &Locator, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    let mut names = segments(text);
    if names.next() != Some("style") {
        return parse_actions(text, locator, accept, options);
    }
    match (names.next(), names.next()) {
        (Some(name), None) => {
            let name = style::checked(name)?.to_owned();
            Ok(Request::new(locator.clone(), Wish::Style { name }))
        }
        _ => Err(Error::InvalidStyle),
    }
}

fn parse_im(text: &str, locator: &Locator, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    let actions = im::actions(text, options.flavour)?;
    parse_segments(actions.iter().map(String::as_str), locator, accept, options)
}

/// One action of a video; behind `snapshot` there may be `image` and actions of the picture.
fn parse_video<'a>(
    mut segments: impl Iterator<Item = &'a str>,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, Error> {
    const FORM: Error = Error::Usage("a video request is video/ACTION, or video/snapshot and behind it image/ACTIONS");
    let mut draft = Draft::new(locator, options);
    draft.video_action(segments.next().ok_or(FORM)?)?;
    match segments.next() {
        None => {}
        Some("image") if draft.video.is_none() => {
            for segment in segments {
                draft.action(segment)?;
            }
        }
        Some(_) => return Err(FORM),
    }
    Ok(Request::new(locator.clone(), Wish::Transform(draft.finish(accept)?)))
}

fn parse_segments<'a>(
    segments: impl Iterator<Item = &'a str>,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, Error> {
    let mut segments = segments.peekable();
    let original = segments.peek().is_none();
    let mut draft = Draft::new(locator, options);
    for segment in segments {
        draft.action(segment)?;
    }
    let wish = if original && !converts_original(locator, accept, options) {
        Wish::Original
    } else {
        Wish::Transform(draft.finish(accept)?)
    };
    Ok(Request::new(locator.clone(), wish))
}

/// Whether a request without actions is one for a better format: the client names one, and the object's name does not
/// say that it is no picture, or one of vectors.
fn converts_original(locator: &Locator, accept: Option<&str>, options: &Options) -> bool {
    let file_name = locator.key.rsplit('/').next().unwrap_or_default();
    let is_picture = file_name.rsplit_once('.').is_none_or(|(_, extension)| {
        Format::from_name(extension).is_some_and(|format| !matches!(format, Format::Svg | Format::Ico))
    });
    options.flavour.negotiates_originals()
        && is_picture
        && options.flavour.preferred(accept, options).iter().any(|f| matches!(f, Format::Avif | Format::WebP))
}

/// The name behind a separator in the path.
fn style_name(raw: &str) -> Result<String, Error> {
    let name = percent_encoding::percent_decode_str(raw).decode_utf8().map_err(|_| Error::InvalidStyleName)?;
    match name.trim() {
        "" => Err(Error::EmptyStyleName),
        name => style::checked(name).map(str::to_owned),
    }
}

/// The parts between slashes; empty ones are passed over.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split('/').filter(|segment| !segment.is_empty())
}
