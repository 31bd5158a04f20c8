use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use roxmltree::{Document, Node};

use super::Container;
use crate::list::{PAGE_BYTES, behind, of_pages};
use crate::{Entry, Error, List, Span, Version};

/// Azure has no way to begin after a blob, and an order of its own: which one, depends on the account.
impl List for Container {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let (container, span) = (self.clone(), span.clone());
        let after = span.after.clone();
        let list = move || {
            of_pages(((container.clone(), span.clone()), None), |((container, span), marker)| async move {
                let (entries, next) = container.page(&span, marker).await?;
                Ok((entries, next.map(|marker| ((container, span), Some(marker)))))
            })
        };
        match after {
            None => list(),
            Some(after) => behind(list, after),
        }
    }

    fn seeks(&self) -> bool {
        false
    }
}

impl Container {
    /// The entries of the page that `marker` names, or of the first, and the marker of the next ("List Blobs").
    async fn page(&self, span: &Span, marker: Option<String>) -> Result<(Vec<Entry>, Option<String>), Error> {
        let marker = marker.map(|marker| format!("&marker={}", encoded(&marker))).unwrap_or_default();
        let (above, prefix) = (encoded(&self.prefix), encoded(&span.prefix));
        let query = format!("?restype=container&comp=list&prefix={above}{prefix}{marker}");
        let request = self.ask(Method::GET, "", &query, HeaderMap::new(), Bytes::new()).await?;
        let answer = self.client.document_of(request, PAGE_BYTES).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let text = std::str::from_utf8(&answer.body).map_err(Error::unusable)?;
        let (blobs, next) = blobs(text.trim_start_matches('\u{feff}'))?;
        let own = |blob: Entry| {
            let key = blob.key.strip_prefix(&self.prefix)?.to_owned();
            Some(if span.details { Entry { key, ..blob } } else { Entry { key, size: None, version: None } })
        };
        Ok((blobs.into_iter().filter_map(own).collect(), next))
    }
}

/// The blobs in an answer, by their whole names, and what the next page is asked by.
fn blobs(text: &str) -> Result<(Vec<Entry>, Option<String>), Error> {
    let document = Document::parse(text).map_err(Error::unusable)?;
    let elements = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let next = elements("NextMarker").find_map(|node| node.text()).filter(|marker| !marker.is_empty());
    Ok((elements("Blob").filter_map(blob).collect(), next.map(str::to_owned)))
}

fn blob(blob: Node<'_, '_>) -> Option<Entry> {
    let named = |name: &'static str| blob.descendants().find(|node| node.has_tag_name(name));
    let property = |name| named(name).and_then(|node| node.text());
    Some(Entry {
        key: name(named("Name")?),
        size: property("Content-Length").and_then(|text| text.parse().ok()),
        version: property("Etag").map(version),
    })
}

/// In a listing an `ETag` has no quotation marks, which it has in a header.
fn version(etag: &str) -> Version {
    Version::new(if etag.starts_with('"') { etag.to_owned() } else { format!("\"{etag}\"") })
}

/// What XML cannot hold is percent-encoded, and says so.
fn name(node: Node<'_, '_>) -> String {
    let text = node.text().unwrap_or_default();
    if node.attribute("Encoded") == Some("true") {
        percent_decode_str(text).decode_utf8_lossy().into_owned()
    } else {
        text.to_owned()
    }
}

fn encoded(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_and_markers_are_read() {
        let text = "<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>a &amp; b</Name><Properties>\
                    <Etag>0x8D</Etag><Content-Length>5</Content-Length></Properties></Blob><Blob>\
                    <Name Encoded=\"true\">c%EF%BF%BEd</Name></Blob></Blobs><NextMarker>m</NextMarker></EnumerationResults>";
        let (first, second) = (
            Entry { key: "a & b".to_owned(), size: Some(5), version: Some(Version::new("\"0x8D\"")) },
            Entry { key: "c\u{fffe}d".to_owned(), size: None, version: None },
        );
        assert_eq!(blobs(text), Ok((vec![first, second], Some("m".to_owned()))));
        let last = "<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>";
        assert_eq!(blobs(last), Ok((Vec::new(), None)));
        assert!(blobs("<EnumerationResults>").is_err());
    }
}
