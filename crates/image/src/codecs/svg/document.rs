use std::borrow::Cow;

use lightmill_recipe::Format;
use resvg::usvg::roxmltree::{Document, ParsingOptions};

use super::budget;
use crate::Error;
use crate::codecs::inflate;

/// Bytes of a document at most, after gzip is undone.
const MAX_BYTES: usize = 4 << 20;
/// Nodes of the XML tree at most, text and comments included.
const MAX_NODES: u32 = 400_000;

/// The text of a document, plain or gzipped.
///
/// # Errors
/// [`Error::Unsupported`] if it is too large or could expand too far, [`Error::Corrupt`] if it is not UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let too_large = || Error::unsupported(format!("SVG of more than {MAX_BYTES} bytes"));
    let bytes = if bytes.starts_with(b"\x1F\x8B") {
        Cow::Owned(inflate::gzip(bytes, MAX_BYTES).ok_or_else(too_large)?)
    } else if bytes.len() <= MAX_BYTES {
        Cow::Borrowed(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
    } else {
        return Err(too_large());
    };
    let text = match bytes {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| error.utf8_error()),
    };
    let text = text.map_err(|error| Error::corrupt(Format::Svg, error))?;
    budget::check_entities(&text)?;
    Ok(text)
}

/// The XML tree, whose root is `svg`.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Error> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, entity_resolver: None };
    let document = Document::parse_with_options(text, options).map_err(|error| Error::corrupt(Format::Svg, error))?;
    if document.root_element().tag_name().name() == "svg" {
        Ok(document)
    } else {
        Err(Error::corrupt(Format::Svg, "the root element is not svg"))
    }
}
