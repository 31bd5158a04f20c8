//! The SVG document that is rendered for a line of text.

use std::fmt::Write;

use lightmill_recipe::{Colour, Text};

/// Pixels between a text and its shadow, to the right and down.
pub const SHADOW_OFFSET: u32 = 2;

/// How the glyphs of a family are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Weight of CSS, 100 to 900.
    pub weight: u16,
    /// Whether they slant.
    pub italic: bool,
}

impl Style {
    /// As text is.
    pub const REGULAR: Self = Self { weight: 400, italic: false };

    /// The attributes that differ from the defaults of SVG.
    fn attributes(self) -> String {
        let weight = if self.weight == 400 { String::new() } else { format!(r#" font-weight="{}""#, self.weight) };
        weight + if self.italic { r#" font-style="italic""# } else { "" }
    }
}

/// One `<text>` element for the line, with its baseline's start at 0,0; before it, one for its shadow.
pub fn document(text: &Text, family: &str, style: Style) -> String {
    let mut svg = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">"#);
    if let Some(shadow) = text.shadow {
        let opacity = f64::from(shadow.opacity) / 100.0;
        line(&mut svg, text, (family, style), SHADOW_OFFSET, shadow.colour, opacity);
    }
    line(&mut svg, text, (family, style), 0, text.colour, 1.0);
    svg.push_str("</svg>");
    svg
}

fn line(svg: &mut String, text: &Text, (family, style): (&str, Style), offset: u32, colour: Colour, opacity: f64) {
    let Colour { red, green, blue, alpha } = colour;
    let opacity = opacity * f64::from(alpha) / 255.0;
    let size = text.size;
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r##"<text xml:space="preserve" x="{offset}" y="{offset}" font-size="{size}px" font-family="'{}'"{} fill="#{red:02x}{green:02x}{blue:02x}" fill-opacity="{opacity:.4}">"##,
        escape(family),
        style.attributes()
    );
    svg.push_str(&escape(&text.content));
    svg.push_str("</text>");
}

/// `text` as character data or attribute value of XML 1.0. Characters that XML cannot hold become spaces.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push(' '),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_the_text() {
        assert_eq!(escape(r#"</text><image href="x">&'"#), "&lt;/text&gt;&lt;image href=&quot;x&quot;&gt;&amp;&apos;");
        assert_eq!(escape("a\0b\u{1}c\nd\u{7f}e\u{85}f\u{FFFF}"), "a b c d e f ");
        assert_eq!(escape("漢字 مرحبا 😀"), "漢字 مرحبا 😀");
    }
}
