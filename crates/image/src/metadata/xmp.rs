use std::ops::Range;

use lightmill_recipe::Metadata;
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};

/// Bytes of a packet at most: what one APP1 segment of a JPEG holds beside its name.
pub(crate) const MAX_PACKET: usize = 65_502;
/// Elements and texts of a packet at most.
const MAX_NODES: u32 = 20_000;
/// Bytes of one value at most: thumbnails and other pictures, which have metadata of their own, are larger.
const MAX_VALUE: usize = 4 << 10;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";

/// Parts of the names of properties that tell where a picture was taken or where its maker lives, in lower case.
const PLACES: [&str; 10] =
    ["gps", "latitude", "longitude", "altitude", "location", "city", "country", "geotag", "geocod", "ciadr"];
/// Whole names of such properties.
const PLACE_NAMES: [&str; 8] = ["state", "provincestate", "province", "lat", "lon", "long", "alt", "worldregion"];
/// Names of what is not true of the result any more, or holds pictures.
const STALE: [&str; 7] =
    ["orientation", "imagewidth", "imagelength", "pixelxdimension", "pixelydimension", "thumbnails", "hasextendedxmp"];

/// An XMP packet (ISO 16684-1) with what `policy` keeps of `source`; `None` if nothing is left to say, or if the packet
/// is no well-formed RDF of the usual shape, so that it cannot be told what it holds.
pub(super) fn filtered(source: &[u8], policy: Metadata) -> Option<Vec<u8>> {
    if policy == Metadata::Drop || source.len() > MAX_PACKET {
        return None;
    }
    let text = std::str::from_utf8(source).ok()?.trim_start_matches('\u{FEFF}').trim_end_matches('\0');
    let document = parse(text)?;
    let root = document.root_element();
    let mut filter = Filter { policy, removed: Vec::new(), kept: 0 };
    filter.packet(root)?;
    if filter.kept == 0 {
        return None;
    }
    let body = without(text, root.range(), filter.removed);
    // What was taken out by its place in the text is looked for once more.
    let places = |node: Node<'_, '_>| {
        is_place(node.tag_name().namespace(), node.tag_name().name())
            || node.attributes().any(|attribute| is_place(attribute.namespace(), attribute.name()))
    };
    if policy != Metadata::KeepWithLocation && parse(&body)?.descendants().any(places) {
        return None;
    }
    let packet =
        format!("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n{body}\n<?xpacket end=\"r\"?>");
    (packet.len() <= MAX_PACKET).then(|| packet.into_bytes())
}

/// Documents with a DTD are refused: they could define what they mean.
fn parse(text: &str) -> Option<Document<'_>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

struct Filter {
    policy: Metadata,
    removed: Vec<Range<usize>>,
    /// Properties that stay.
    kept: usize,
}

impl Filter {
    /// `x:xmpmeta` around `rdf:RDF`, or that alone. `None` for other shapes.
    fn packet(&mut self, root: Node<'_, '_>) -> Option<()> {
        if root.has_tag_name((RDF, "RDF")) {
            return self.rdf(root);
        }
        if root.tag_name().name() != "xmpmeta" {
            return None;
        }
        let mut found = None;
        for child in root.children().filter(|child| !child.is_text()) {
            match found {
                None if child.has_tag_name((RDF, "RDF")) => found = Some(child),
                _ => self.removed.push(child.range()),
            }
        }
        self.rdf(found?)
    }

    fn rdf(&mut self, rdf: Node<'_, '_>) -> Option<()> {
        for child in rdf.children().filter(|child| !child.is_text()) {
            if child.has_tag_name((RDF, "Description")) {
                self.description(child)?;
            } else {
                self.removed.push(child.range());
            }
        }
        Some(())
    }

    /// Properties stand as attributes or as elements.
    fn description(&mut self, description: Node<'_, '_>) -> Option<()> {
        for attribute in description.attributes().filter(|attribute| attribute.namespace() != Some(RDF)) {
            if self.keeps(attribute.namespace(), attribute.name()) && attribute.value().len() <= MAX_VALUE {
                self.kept += 1;
            } else {
                self.removed.push(attribute.range());
            }
        }
        for child in description.children() {
            if child.is_text() {
                // Properties are elements: text between them is no RDF.
                if !child.text().unwrap_or_default().trim().is_empty() {
                    return None;
                }
            } else if child.is_element()
                && self.keeps(child.tag_name().namespace(), child.tag_name().name())
                && !child.descendants().any(|node| node.text().is_some_and(|text| text.len() > MAX_VALUE))
            {
                self.kept += 1;
                self.inside(child);
            } else {
                self.removed.push(child.range());
            }
        }
        Some(())
    }

    /// Fields of a structure, entries of a list.
    fn inside(&mut self, property: Node<'_, '_>) {
        let mut open = vec![property];
        while let Some(node) = open.pop() {
            for attribute in node.attributes() {
                if is_left_out(self.policy, attribute.namespace(), attribute.name())
                    || attribute.value().len() > MAX_VALUE
                {
                    self.removed.push(attribute.range());
                }
            }
            for child in node.children().filter(|child| !child.is_text()) {
                let name = child.tag_name();
                if !child.is_element() || is_left_out(self.policy, name.namespace(), name.name()) {
                    self.removed.push(child.range());
                } else {
                    open.push(child);
                }
            }
        }
    }

    fn keeps(&self, namespace: Option<&str>, name: &str) -> bool {
        let rights = match namespace {
            Some(RIGHTS) => true,
            Some(DC) => matches!(name, "creator" | "rights"),
            Some(PHOTOSHOP) => name == "Credit",
            _ => false,
        };
        (rights || self.policy != Metadata::Copyright) && !is_left_out(self.policy, namespace, name)
    }
}

fn is_left_out(policy: Metadata, namespace: Option<&str>, name: &str) -> bool {
    let stale = STALE.contains(&name.to_ascii_lowercase().as_str());
    stale || (policy != Metadata::KeepWithLocation && is_place(namespace, name))
}

fn is_place(namespace: Option<&str>, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `rdf:Alt` is a list of alternatives, no altitude.
    namespace != Some(RDF) && (PLACES.iter().any(|place| name.contains(place)) || PLACE_NAMES.contains(&name.as_str()))
}

/// The part `whole` of `text` without the ranges `removed`.
fn without(text: &str, whole: Range<usize>, mut removed: Vec<Range<usize>>) -> String {
    removed.sort_by_key(|range| range.start);
    let mut result = String::with_capacity(whole.len());
    let mut at = whole.start;
    for range in removed {
        // A part of what was removed already is not removed twice.
        if range.start >= at {
            result.push_str(&text[at..range.start]);
            at = range.end;
        }
    }
    result.push_str(&text[at.min(whole.end)..whole.end]);
    result
}

#[cfg(test)]
mod tests {
    use super::super::testing::XMP;
    use super::*;

    fn kept(policy: Metadata) -> String {
        String::from_utf8(filtered(XMP.as_bytes(), policy).unwrap()).unwrap()
    }

    #[test]
    fn each_policy_keeps_its_properties() {
        assert_eq!(filtered(XMP.as_bytes(), Metadata::Drop), None);
        let copyright = kept(Metadata::Copyright);
        for there in ["Ann Author", "All rights reserved", "https://example.com/rights", "Agency"] {
            assert!(copyright.contains(there), "{there} in {copyright}");
        }
        for gone in ["CreatorTool", "sunset", "48,51.5N", "Paris", "Orientation", "4 rue"] {
            assert!(!copyright.contains(gone), "{gone} in {copyright}");
        }
        let most = kept(Metadata::Keep);
        for there in ["Ann Author", "CreatorTool", "sunset"] {
            assert!(most.contains(there), "{there} in {most}");
        }
        for gone in ["48,51.5N", "2,21E", "Paris", "secret comment", "Orientation", "4 rue"] {
            assert!(!most.contains(gone), "{gone} in {most}");
        }
        let all = kept(Metadata::KeepWithLocation);
        assert!(all.contains("48,51.5N") && all.contains("Paris") && !all.contains("Orientation"), "{all}");
    }

    #[test]
    fn what_is_not_understood_is_dropped() {
        let inner = |inner: &str| format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'>{inner}</x:xmpmeta>");
        for packet in [
            "no XML".to_owned(),
            inner("<other/>"),
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_owned(),
            XMP.replace("</rdf:RDF>", ""),
            XMP.replace("<dc:creator>", "loose text<dc:creator>"),
            format!("{XMP}{}", " ".repeat(MAX_PACKET)),
            inner("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"),
        ] {
            assert_eq!(filtered(packet.as_bytes(), Metadata::Keep), None, "{packet:.100}");
        }
        let utf16: Vec<u8> = XMP.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(filtered(&utf16, Metadata::Keep), None);
    }

    #[test]
    fn pictures_inside_are_dropped() {
        let large = format!("<dc:source>{}</dc:source><dc:creator>", "A".repeat(MAX_VALUE + 1));
        let packet = XMP.replace("<dc:creator>", &large);
        let kept = String::from_utf8(filtered(packet.as_bytes(), Metadata::Keep).unwrap()).unwrap();
        assert!(!kept.contains("AAAA") && kept.contains("Ann Author"));
    }
}
