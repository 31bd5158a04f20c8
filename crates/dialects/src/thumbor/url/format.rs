use lightmill_recipe::{Corner, Edge, Edges, Margins, Side};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Dimensions, Security, TrimWish, Url, parts};
use crate::thumbor::Flavour;

impl Url {
    /// The canonical path, with its leading `/`: parts in the order of the grammar, everything escaped that could be
    /// mistaken. Reading it gives the same value back.
    pub fn to_path(&self, flavour: Flavour) -> String {
        format!("/{}", self.segments(flavour, true).join("/"))
    }

    /// What is signed: everything behind the signature.
    pub fn to_signed_text(&self, flavour: Flavour) -> String {
        self.segments(flavour, false).join("/")
    }

    fn segments(&self, flavour: Flavour, with_security: bool) -> Vec<String> {
        let mut segments = Vec::new();
        let mut word = |on: bool, word: &str| segments.extend(on.then(|| word.to_owned()));
        word(self.params && with_security, "params");
        match &self.security {
            Security::Unsafe if with_security => word(true, "unsafe"),
            Security::Signature(signature) if with_security => word(true, &escape_signature(signature, flavour)),
            _ => {}
        }
        word(self.debug, "debug");
        word(self.meta, "meta");
        segments.extend(self.trim.map(trim));
        segments.extend(self.crop.map(crop));
        segments.extend(self.fit_in.map(|fit| {
            let word = |on: bool, word| if on { word } else { "" };
            format!("{}{}fit-in", word(fit.adaptive, "adaptive-"), word(fit.full, "full-"))
        }));
        segments.extend(self.stretch.then(|| "stretch".to_owned()));
        segments.extend(self.size.map(size));
        segments.extend(self.padding.map(padding));
        segments.extend(self.column.map(|edge| edge_word(edge, ["left", "center", "right"])));
        segments.extend(self.row.map(|edge| edge_word(edge, ["top", "middle", "bottom"])));
        segments.extend(self.smart.then(|| "smart".to_owned()));
        if !self.filters.is_empty() {
            let filters: Vec<String> = self.filters.iter().map(|filter| filter.to_text(flavour)).collect();
            segments.push(format!("filters:{}", filters.join(":")));
        }
        let image = self.image.to_path(|segment| parts::is_reserved(segment, flavour, true));
        let alone = flavour == Flavour::Thumbor && self.security == Security::Missing && segments.is_empty();
        segments.push(if alone { image.replace('/', "%2F") } else { image });
        segments
    }
}

/// Thumbor decodes the signature; imagor compares it as it is.
fn escape_signature(signature: &str, flavour: Flavour) -> String {
    match flavour {
        Flavour::Thumbor => utf8_percent_encode(signature, SIGNATURE).to_string(),
        Flavour::Imagor => signature.to_owned(),
    }
}

/// What is escaped in a signature: all but base64url.
const SIGNATURE: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'=');

fn trim(TrimWish { reference, tolerance }: TrimWish) -> String {
    match (reference, tolerance) {
        (Corner::TopLeft, 0) => "trim".to_owned(),
        (Corner::BottomRight, 0) => "trim:bottom-right".to_owned(),
        (Corner::TopLeft, tolerance) => format!("trim:top-left:{tolerance}"),
        (Corner::BottomRight, tolerance) => format!("trim:bottom-right:{tolerance}"),
    }
}

fn crop(edges: Edges) -> String {
    match edges {
        Edges::Pixels { left, top, right, bottom } => format!("{left}x{top}:{right}x{bottom}"),
        Edges::Parts { left, top, right, bottom } => format!("{left}x{top}:{right}x{bottom}"),
        // Only the filter `crop` says a box.
        Edges::Box { left, top, width, height } => format!("{left}x{top}:{}x{}", left + width, top + height),
    }
}

fn size(size: Dimensions) -> String {
    let side = |side: Side, flip: bool| {
        let minus = if flip { "-" } else { "" };
        match side {
            Side::Free if flip => minus.to_owned(),
            Side::Free => "0".to_owned(),
            Side::Pixels(pixels) => format!("{minus}{pixels}"),
            Side::Original => format!("{minus}orig"),
            Side::ParentLess(0) => format!("{minus}f"),
            Side::ParentLess(pixels) => format!("{minus}f-{pixels}"),
        }
    };
    format!("{}x{}", side(size.width, size.flip_horizontal), side(size.height, size.flip_vertical))
}

fn padding(Margins { left, top, right, bottom }: Margins) -> String {
    if (left, top) == (right, bottom) { format!("{left}x{top}") } else { format!("{left}x{top}:{right}x{bottom}") }
}

fn edge_word(edge: Edge, [start, middle, end]: [&str; 3]) -> String {
    let word = match edge {
        Edge::Start => start,
        Edge::Middle => middle,
        Edge::End => end,
    };
    word.to_owned()
}
