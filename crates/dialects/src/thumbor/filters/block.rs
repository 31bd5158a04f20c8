use percent_encoding::percent_decode_str;

use crate::Error;
use crate::thumbor::Flavour;

/// One filter as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::thumbor) struct Written {
    /// What stands before the first parenthesis.
    pub name: String,
    /// What stands in the parentheses: decoded in Thumbor, as on the wire in imagor. `None` if there are none.
    pub arguments: Option<String>,
}

/// The filters of a block, whose `filters:` is taken off, and the image behind it. `None` if there is no end of a block.
pub(in crate::thumbor) fn split(text: &str, flavour: Flavour) -> Result<Option<(Vec<Written>, &str)>, Error> {
    match flavour {
        Flavour::Thumbor => thumbor(text),
        Flavour::Imagor => Ok(imagor(text)),
    }
}

/// The block ends at the first `)/`; it is decoded as a whole and cut at each `):`.
fn thumbor(text: &str) -> Result<Option<(Vec<Written>, &str)>, Error> {
    // One character at least stands before the end.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let Some(end) = text.get(first..).and_then(|rest| rest.find(")/")) else { return Ok(None) };
    let (block, image) = text.split_at(first + end);
    let image = image.get(2..).unwrap_or_default();
    if image.is_empty() {
        return Ok(None);
    }
    let block = percent_decode_str(block).decode_utf8().map_err(|_| Error::Encoding("the filters"))?;
    let filters = block.split("):").map(|piece| match piece.split_once('(') {
        Some((name, arguments)) => Written { name: name.to_owned(), arguments: Some(arguments.to_owned()) },
        None => Written { name: piece.to_owned(), arguments: None },
    });
    Ok(Some((filters.collect(), image)))
}

/// The block ends at the first `/` outside of parentheses. What stands between filters is not part of them.
fn imagor(text: &str) -> Option<(Vec<Written>, &str)> {
    let (mut filters, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    let mut name = "";
    for (index, byte) in text.bytes().enumerate() {
        // All of these are ASCII, and so stand at the boundary of a character.
        match (byte, depth) {
            (b'(', 0) => {
                name = text.get(start..index)?.trim_start_matches(':');
                (depth, start) = (1, index + 1);
            }
            (b'(', _) => depth += 1,
            (b')', 1) => {
                let arguments = text.get(start..index)?;
                filters.push(Written { name: name.to_owned(), arguments: Some(arguments.to_owned()) });
                (depth, start) = (0, index + 1);
            }
            (b')', 2..) => depth -= 1,
            (b'/', 0) => return Some((filters, text.get(index + 1..)?)),
            _ => {}
        }
    }
    None
}

/// More arguments than any filter takes.
const MOST: usize = 20;

/// The arguments of a filter: parts between commas outside of parentheses (imagor), or outside of single quotes
/// (Thumbor, where blanks around an argument do not count either). Behind [`MOST`] commas the text is left in one piece,
/// so that the work is linear whatever the quotes.
pub(in crate::thumbor) fn arguments(text: &str, flavour: Flavour) -> Vec<&str> {
    match flavour {
        Flavour::Thumbor => unquoted(text),
        Flavour::Imagor => {
            let mut depth = 0_usize;
            let parts = text.splitn(MOST, |c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                c == ',' && depth == 0
            });
            if text.is_empty() { Vec::new() } else { parts.collect() }
        }
    }
}

fn unquoted(text: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text.trim());
    if rest.is_empty() {
        return parts;
    }
    loop {
        rest = rest.trim_start();
        if parts.len() == MOST {
            parts.push(rest);
            return parts;
        }
        if let Some((quoted, after)) = rest.strip_prefix('\'').and_then(quoted) {
            parts.push(quoted);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => return parts,
            }
        } else if let Some((part, after)) = rest.split_once(',') {
            parts.push(part.trim_end());
            rest = after;
        } else {
            parts.push(rest.trim_end());
            return parts;
        }
    }
}

/// What stands before the first quote that ends an argument, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    // Quotes inside of an argument are passed over; each is looked at once for each argument that starts with one.
    text.match_indices('\'').find_map(|(index, _)| {
        let after = text.get(index + 1..)?.trim_start();
        (after.is_empty() || after.starts_with(',')).then_some((text.get(..index)?, after))
    })
}
