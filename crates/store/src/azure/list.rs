use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use roxmltree::{Document, Node};

use super::Container;
use crate::list::{PAGE_BYTES, of_pages};
use crate::{Error, List};

impl List for Container {
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>> {
        let pages = (self.clone(), prefix.to_owned());
        of_pages((pages, None), |((container, prefix), marker)| async move {
            let (keys, next) = container.page(&prefix, marker).await?;
            Ok((keys, next.map(|marker| ((container, prefix), Some(marker)))))
        })
    }
}

impl Container {
    /// The keys of the page that `marker` names, or of the first, and the marker of the next ("List Blobs").
    async fn page(&self, prefix: &str, marker: Option<String>) -> Result<(Vec<String>, Option<String>), Error> {
        let marker = marker.map(|marker| format!("&marker={}", encoded(&marker))).unwrap_or_default();
        let (above, prefix) = (encoded(&self.prefix), encoded(prefix));
        let query = format!("?restype=container&comp=list&prefix={above}{prefix}{marker}");
        let request = self.ask(Method::GET, "", &query, HeaderMap::new(), Bytes::new()).await?;
        let answer = self.client.document_of(request, PAGE_BYTES).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let text = std::str::from_utf8(&answer.body).map_err(Error::unusable)?;
        let (names, next) = names(text.trim_start_matches('\u{feff}'))?;
        let own = |name: String| name.strip_prefix(&self.prefix).map(str::to_owned);
        Ok((names.into_iter().filter_map(own).collect(), next))
    }
}

/// The names of blobs in an answer, and what the next page is asked by.
fn names(text: &str) -> Result<(Vec<String>, Option<String>), Error> {
    let document = Document::parse(text).map_err(Error::unusable)?;
    let elements = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let names = elements("Blob").filter_map(|blob| blob.children().find(|node| node.has_tag_name("Name"))).map(name);
    let next = elements("NextMarker").find_map(|node| node.text()).filter(|marker| !marker.is_empty());
    Ok((names.collect(), next.map(str::to_owned)))
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
    fn names_and_markers_are_read() {
        let text = "<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>a &amp; b</Name><Properties/></Blob>\
                    <Blob><Name Encoded=\"true\">c%EF%BF%BEd</Name></Blob></Blobs><NextMarker>m</NextMarker>\
                    </EnumerationResults>";
        assert_eq!(names(text), Ok((vec!["a & b".to_owned(), "c\u{fffe}d".to_owned()], Some("m".to_owned()))));
        let last = "<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>";
        assert_eq!(names(last), Ok((Vec::new(), None)));
        assert!(names("<EnumerationResults>").is_err());
    }
}
