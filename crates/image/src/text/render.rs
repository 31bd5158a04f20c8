use std::sync::Arc;

use lightmill_recipe::{Limits, Size, Text};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Node, Options, Tree};

use super::svg::{self, SHADOW_OFFSET, Style};
use super::{Fonts, typeface};
use crate::{Cancel, Error, Layout, Picture};

/// A text that was shaped, and where it lies around the start of its baseline.
pub(super) struct Line {
    tree: Tree,
    /// Columns from the start of the baseline to the picture's left edge.
    pub(super) left: i32,
    /// Rows from the baseline to its upper edge.
    pub(super) top: i32,
    pub(super) size: Size,
    /// Pixels of the baseline.
    pub(super) advance: f32,
}

impl Line {
    /// On a transparent ground: RGBA.
    pub(super) fn render(&self) -> Result<Picture, Error> {
        let Size { width, height } = self.size;
        let mut pixmap = Pixmap::new(width, height).ok_or_else(|| Error::internal("no room for text"))?;
        let origin = Transform::from_translate(-self.left as f32, -self.top as f32);
        resvg::render(&self.tree, origin, &mut pixmap.as_mut());
        Picture::interleaved(self.size, Layout::Rgba, pixmap.take_demultiplied())
    }
}

impl Fonts {
    /// Columns and rows of the picture that [`Fonts::render`] makes.
    ///
    /// # Errors
    /// As [`Fonts::render`].
    pub fn measure(&self, text: &Text) -> Result<Size, Error> {
        Ok(self.shape(text)?.size)
    }

    /// One line of text on a transparent ground: RGBA. The box is as wide as the text's advance and as high as the fonts' ascent and
    /// descent, and larger where glyphs or the shadow go beyond. Text without visible glyphs is a transparent box.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if no font is installed, [`Error::Limit`] if the box is over the default limits of a
    /// result.
    pub fn render(&self, text: &Text, cancel: &Cancel) -> Result<Picture, Error> {
        cancel.check()?;
        let line = self.shape(text)?;
        cancel.check()?;
        line.render()
    }

    fn shape(&self, text: &Text) -> Result<Line, Error> {
        self.shape_in(text, &[], Style::REGULAR)
    }

    /// The text in the first of `named` families that is installed, or else in those that its typeface means.
    pub(super) fn shape_in(&self, text: &Text, named: &[&str], style: Style) -> Result<Line, Error> {
        let database = self.database();
        if database.is_empty() {
            return Err(Error::unsupported("text without installed fonts"));
        }
        let families = typeface::families(&text.typeface);
        let family = typeface::first_installed(&database, named)
            .or_else(|| typeface::first_installed(&database, families))
            .or_else(|| typeface::first_installed(&database, typeface::SANS))
            .map(str::to_owned)
            .or_else(|| database.faces().find_map(|face| Some(face.families.first()?.0.clone())))
            .unwrap_or_default();
        let options = Options { fontdb: Arc::clone(&database), ..Options::default() };
        let tree = Tree::from_str(&svg::document(text, &family, style), &options).map_err(Error::internal)?;
        let bounds = Bounds::of(&tree).unwrap_or_else(|| Bounds::empty(text.size));
        let (left, top) = (bounds.left.floor(), bounds.top.floor());
        let side = |length: f32| (length.ceil() as u32).max(1).saturating_add(shadow_room(text));
        let size = Size::new(side(bounds.right - left), side(bounds.bottom - top));
        Limits::default().check_result(size)?;
        Ok(Line { tree, left: left as i32, top: top as i32, size, advance: bounds.advance })
    }
}

fn shadow_room(text: &Text) -> u32 {
    if text.shadow.is_some() { SHADOW_OFFSET } else { 0 }
}

/// Edges in pixels around the start of the baseline.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
    advance: f32,
}

impl Bounds {
    /// Metrics and ink together; the text itself is the last node, its shadow before it is the same, moved.
    fn of(tree: &Tree) -> Option<Self> {
        let Some(Node::Text(text)) = tree.root().children().last() else { return None };
        let (metrics, ink) = (text.abs_bounding_box(), text.flattened().abs_bounding_box());
        Some(Self {
            left: metrics.left().min(ink.left()).min(0.0),
            top: metrics.top().min(ink.top()),
            right: metrics.right().max(ink.right()),
            bottom: metrics.bottom().max(ink.bottom()),
            advance: metrics.right().max(0.0),
        })
    }

    /// A line without glyphs: one em wide, with an ascent of 0.93 and a descent of 0.24 em, as most fonts have.
    fn empty(size: u32) -> Self {
        let em = size as f32;
        Self { left: 0.0, top: -0.93 * em, right: em, bottom: 0.24 * em, advance: em }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Colour, Shadow};

    use super::*;
    use crate::ErrorKind;

    fn text(content: &str) -> Text {
        Text {
            content: content.to_owned(),
            typeface: "wqy-zenhei".to_owned(),
            size: 40,
            colour: Colour::opaque(200, 30, 10),
            shadow: None,
        }
    }

    fn render(text: &Text) -> Picture {
        Fonts::default().render(text, &Cancel::default()).unwrap()
    }

    /// Mean opacity of the picture, and whether its outermost pixels are (almost) clear.
    fn ink(picture: &Picture) -> f64 {
        let alpha = picture.planes()[0].data.as_chunks::<4>().0.iter().map(|pixel| f64::from(pixel[3])).sum::<f64>();
        alpha / 255.0 / picture.size().pixels().0 as f64
    }

    #[test]
    fn scripts_leave_ink_in_a_line_box() {
        for content in ["Hello, world", "fi Ägypten", "水印文字", "مرحبا بالعالم", "Photo 图片 صورة"]
        {
            let picture = render(&text(content));
            let share = ink(&picture);
            assert!((0.05..0.6).contains(&share), "{content}: {share}");
            let Size { width, height } = picture.size();
            assert!((40..=70).contains(&height) && width > 60, "{content}: {}", picture.size());
            assert!(picture.row(0).as_chunks::<4>().0.iter().all(|pixel| pixel[3] < 255), "{content}");
        }
    }

    #[test]
    fn colours_are_straight() {
        let picture = render(&text("Straight"));
        for pixel in picture.planes()[0].data.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 32) {
            for (made, wished) in pixel.iter().zip([200u8, 30, 10]) {
                assert!(made.abs_diff(wished) <= 4, "{pixel:?}");
            }
        }
    }

    #[test]
    fn glyphs_are_not_the_missing_glyph() {
        // U+10FFFD is of private use and in no font: what it gives is the missing glyph, or nothing.
        let missing = render(&text("\u{10FFFD}"));
        let mut seen = vec![missing];
        for content in ["A", "水", "م", "Ж", "ß"] {
            let picture = render(&text(content));
            assert!(!seen.contains(&picture), "{content} is not drawn");
            seen.push(picture);
        }
    }

    #[test]
    fn mixed_scripts_have_all_their_glyphs() {
        let width = |content: &str| f64::from(render(&text(content)).size().width);
        let together = width("Aa水印مرحبا");
        let apart = width("Aa") + width("水印") + width("مرحبا");
        assert!((together - apart).abs() < 8.0, "{together} {apart}");
    }

    #[test]
    fn markup_is_text() {
        let hostile = r#"</text><image href="/etc/passwd"/><rect width="999" height="999"/>&amp;'"\u{0}\u{7}"#;
        let picture = render(&text(hostile));
        assert!(picture.size().width > 800, "all characters are drawn: {}", picture.size());
        assert!(ink(&picture) < 0.5, "no rectangle is drawn");
        let mut odd = text("x");
        odd.typeface = "x'\" onload=\"".to_owned();
        assert_eq!(render(&odd).size().height, render(&Text { typeface: String::new(), ..text("x") }).size().height);
    }

    #[test]
    fn shadow_lies_behind_and_beside() {
        let shadow = Shadow { colour: Colour::opaque(0, 0, 255), opacity: 50 };
        let (plain, shaded) = (render(&text("Shadow")), render(&Text { shadow: Some(shadow), ..text("Shadow") }));
        assert_eq!(shaded.size(), Size::new(plain.size().width + 2, plain.size().height + 2));
        let blue = shaded.planes()[0].data.as_chunks::<4>().0.iter().filter(|p| p[2] > 200 && p[0] < 50).count();
        assert!(blue > 50, "{blue}");
        for y in 0..plain.size().height {
            let rows = plain.row(y).as_chunks::<4>().0.iter().zip(shaded.row(y).as_chunks::<4>().0);
            for (plain, shaded) in rows.filter(|(plain, _)| plain[3] == 255) {
                assert_eq!(plain, shaded);
            }
        }
    }

    #[test]
    fn size_is_bounded() {
        let fonts = Fonts::default();
        let long = Text { content: "W".repeat(256), size: 1000, ..text("") };
        let error = fonts.render(&long, &Cancel::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResultTooLarge, "{error}");
        for content in ["", " ", "\u{200B}", "\u{202E}"] {
            let size = fonts.measure(&text(content)).unwrap();
            assert!(size.shorter() > 0, "{content:?} {size}");
        }
        assert!(fonts.measure(&Text { size: 1, ..text("x") }).is_ok());
    }

    #[test]
    fn no_fonts_is_an_error() {
        let none = Fonts::load(&[std::path::PathBuf::from("/nonexistent")]);
        let error = none.render(&text("x"), &Cancel::default()).unwrap_err();
        assert_eq!(error.to_string(), "text without installed fonts is not supported");
    }
}
