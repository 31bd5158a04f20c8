use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use crate::Error;

/// Bytes of one entity's text at most. Drawing programs declare names of namespaces.
const MAX_ENTITY: usize = 256;
/// Bytes of all references to entities at most, if each were the longest.
const MAX_EXPANSION: usize = 16 << 20;
/// Elements that a document may come to at most, every reference followed.
const MAX_ELEMENTS: u64 = 200_000;
/// Elements inside of one another at most, references followed.
const MAX_DEPTH: u32 = 128;

/// Refuses entities that refer to others, hold markup or could expand far ("billion laughs").
pub(super) fn check_entities(text: &str) -> Result<(), Error> {
    let refused = || Error::unsupported("SVG with nested or long entities");
    let mut longest = 0;
    for declaration in text.split("<!ENTITY").skip(1) {
        let quoted = declaration.find(['"', '\'']).and_then(|start| {
            let quote = declaration.as_bytes()[start] as char;
            let value = &declaration[start + 1..];
            value.find(quote).map(|end| &value[..end])
        });
        let value = quoted.ok_or_else(refused)?;
        if value.len() > MAX_ENTITY || value.contains(['&', '<', '%']) {
            return Err(refused());
        }
        longest = longest.max(value.len());
    }
    let references = text.bytes().filter(|b| *b == b'&').count();
    if longest * references > MAX_EXPANSION { Err(refused()) } else { Ok(()) }
}

/// Refuses documents that are nested too deeply, refer to themselves, or come to too many elements when every `use`,
/// marker, pattern, mask and clip path is followed wherever it is referred to.
pub(super) fn check(document: &Document<'_>) -> Result<(), Error> {
    let mut targets = HashMap::new();
    let mut sheets = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        if let Some(id) = node.attribute("id") {
            targets.entry(id).or_insert(node);
        }
        if node.tag_name().name() == "style" {
            sheets.extend(node.text().into_iter().flat_map(references));
        }
    }
    let sheets = sheets.into_iter().filter_map(|id| targets.get(id).copied()).collect();
    let mut walk = Walk { targets, sheets, known: HashMap::new(), in_sheet: false };
    let (elements, _) = walk.measure(document.root_element(), 0)?;
    if elements > MAX_ELEMENTS { Err(too_many()) } else { Ok(()) }
}

fn too_many() -> Error {
    Error::unsupported(format!("SVG of more than {MAX_ELEMENTS} elements"))
}

struct Walk<'a, 'input> {
    targets: HashMap<&'a str, Node<'a, 'input>>,
    /// What style sheets refer to: any element may have it.
    sheets: Vec<Node<'a, 'input>>,
    /// Elements and depth below each element that was measured.
    known: HashMap<NodeId, (u64, u32)>,
    /// Style sheets are not followed from what they themselves refer to.
    in_sheet: bool,
}

impl<'a, 'input> Walk<'a, 'input> {
    /// Elements at and below `node`, and how deep they lie.
    fn measure(&mut self, node: Node<'a, 'input>, level: u32) -> Result<(u64, u32), Error> {
        let too_deep = || Error::unsupported(format!("SVG of more than {MAX_DEPTH} levels"));
        if level > MAX_DEPTH {
            return Err(too_deep());
        }
        if let Some(known) = self.known.get(&node.id()) {
            return if level + known.1 > MAX_DEPTH { Err(too_deep()) } else { Ok(*known) };
        }
        let mut elements = 1u64;
        let mut depth = 0;
        let mut add = |(more, below): (u64, u32), times: u64| {
            elements = elements.saturating_add(more.saturating_mul(times));
            depth = depth.max(below + 1);
        };
        for child in node.children().filter(Node::is_element) {
            add(self.measure(child, level + 1)?, 1);
        }
        for target in self.referred(node) {
            // A marker is drawn at every vertex, of which there are fewer than characters of the path.
            let path = node.attribute("d").or(node.attribute("points")).map_or(0, str::len) as u64;
            let times = if target.tag_name().name() == "marker" { 1 + path / 2 } else { 1 };
            add(self.measure(target, level + 1)?, times);
        }
        if !self.in_sheet {
            self.in_sheet = true;
            for target in self.sheets.clone() {
                add(self.measure(target, level + 1)?, 1);
            }
            self.in_sheet = false;
        }
        if elements > MAX_ELEMENTS {
            return Err(too_many());
        }
        self.known.insert(node.id(), (elements, depth));
        Ok((elements, depth))
    }

    /// What `node` itself refers to and would be copied: gradients are not, and cost nothing.
    fn referred(&self, node: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let mut targets: Vec<Node<'_, '_>> = Vec::new();
        for attribute in node.attributes() {
            let value = attribute.value();
            let linked = (attribute.name() == "href").then(|| value.strip_prefix('#')).flatten();
            let ids = linked.into_iter().chain(references(value));
            targets.extend(ids.filter_map(|id| self.targets.get(id).copied()));
        }
        targets.retain(|target| !matches!(target.tag_name().name(), "linearGradient" | "radialGradient"));
        targets
    }
}

/// The names in `url(#name)`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches([' ', '"', '\'']).strip_prefix('#')?;
        Some(&rest[..rest.find([')', '"', '\'', ' ']).unwrap_or(rest.len())])
    })
}
