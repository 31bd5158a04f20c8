//! What stores have in common that are asked over their own HTTP interface: one client, one way to read, tokens that are
//! renewed before they expire.

mod client;
mod environment;
mod read;
mod token;

pub(crate) use client::{Client, Document, Request};
pub(crate) use environment::Environment;
pub(crate) use read::{Service, read, stat};
pub(crate) use token::{Mint, Token, Tokens, form};

/// Longest document that is read from an answer: an error, a token, what was written.
const DOCUMENT_BYTES: usize = 256 * 1024;

/// The text of the first element of that name in an error document, which nests none of its elements.
pub(crate) fn element<'a>(document: &'a [u8], name: &str) -> Option<&'a str> {
    let document = std::str::from_utf8(document).ok()?;
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}
