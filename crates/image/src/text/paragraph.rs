//! Text in several lines.

use lightmill_recipe::{Edge, Limits, Paragraph, ParagraphWidth, Size, Text, Wrap};

use super::Fonts;
use super::description::Description;
use super::render::Line;
use crate::{Cancel, Error, Picture, ops};

/// Breaks lines and sets them in one font.
struct Setter<'a> {
    fonts: &'a Fonts,
    description: &'a Description,
    families: Vec<&'a str>,
    text: Text,
    cancel: &'a Cancel,
}

impl Fonts {
    /// Text in lines on a transparent ground: RGBA, as wide as the longest line, or as the paragraph where that is
    /// justified. Markup is taken out: what it says about looks is not followed. `canvas` is the width of the picture
    /// below.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if no font is installed, [`Error::Limit`] if the text is over the default limits of a
    /// result.
    pub fn paragraph(&self, paragraph: &Paragraph, canvas: u32, cancel: &Cancel) -> Result<Picture, Error> {
        let description = Description::read(&paragraph.font, paragraph.dpi);
        let families: Vec<&str> = description.families.iter().map(String::as_str).collect();
        let typeface = families.first().copied().unwrap_or("sans").to_ascii_lowercase();
        let (size, colour) = (description.size, paragraph.colour);
        let text = Text { content: String::new(), typeface, size, colour, shadow: None };
        let setter = Setter { fonts: self, description: &description, families, text, cancel };
        let width = paragraph.width.map(|width| match width {
            ParagraphWidth::Pixels(pixels) => pixels,
            ParagraphWidth::Part(part) => (f64::from(canvas) * part) as u32,
            ParagraphWidth::FullLess(pixels) => canvas.saturating_sub(pixels),
        });
        let width = width.map(|width| width.max(1));
        let mut lines = Vec::new();
        for paragraph_line in plain(&paragraph.content).split('\n') {
            setter.break_up(paragraph_line, width, paragraph.wrap, &mut lines)?;
        }
        let justified = width.filter(|_| paragraph.justify);
        setter.set(&lines, justified, paragraph)
    }
}

/// A line, and whether the text goes on after it in the next one.
struct Broken {
    content: String,
    goes_on: bool,
}

impl Setter<'_> {
    fn shape(&self, content: &str) -> Result<Line, Error> {
        self.cancel.check()?;
        let text = Text { content: content.to_owned(), ..self.text.clone() };
        self.fonts.shape_in(&text, &self.families, self.description.style)
    }

    fn fits(&self, content: &str, width: u32) -> Result<bool, Error> {
        Ok(self.shape(content)?.advance <= width as f32)
    }

    /// Adds `text` to `lines`, as long lines as `width` allows.
    fn break_up(&self, text: &str, width: Option<u32>, wrap: Wrap, lines: &mut Vec<Broken>) -> Result<(), Error> {
        let Some(width) = width.filter(|_| wrap != Wrap::None) else {
            lines.push(Broken { content: text.to_owned(), goes_on: false });
            return Ok(());
        };
        let mut line = String::new();
        let mut add = |content: &mut String, goes_on| {
            let content = std::mem::take(content).trim_end().to_owned();
            lines.push(Broken { content, goes_on });
        };
        for word in text.split_inclusive(' ') {
            let longer = format!("{line}{word}");
            if wrap != Wrap::Char && self.fits(longer.trim_end(), width)? {
                line = longer;
                continue;
            }
            if wrap == Wrap::Word || (wrap == Wrap::WordChar && self.fits(word.trim_end(), width)?) {
                if !line.is_empty() {
                    add(&mut line, true);
                }
                word.clone_into(&mut line);
                continue;
            }
            for letter in word.chars() {
                let longer = format!("{line}{letter}");
                if line.is_empty() || self.fits(&longer, width)? {
                    line = longer;
                } else {
                    add(&mut line, true);
                    line.push(letter);
                }
            }
        }
        add(&mut line, false);
        Ok(())
    }

    /// The picture of all lines.
    fn set(&self, lines: &[Broken], justified: Option<u32>, paragraph: &Paragraph) -> Result<Picture, Error> {
        // All lines are as high as one with ascenders and descenders.
        let usual = self.shape("Xg")?;
        let step = i64::from(usual.size.height).saturating_add(paragraph.spacing.into()).max(1);
        let shaped = lines.iter().map(|line| self.shape(&line.content)).collect::<Result<Vec<_>, _>>()?;
        let reach = |line: &Line| (i64::from(line.left) + i64::from(line.size.width)).max(1);
        let longest = shaped.iter().map(reach).max().unwrap_or(1);
        let width = longest.max(justified.unwrap_or(0).into());
        let height = i64::from(usual.size.height) + step.saturating_mul(lines.len() as i64 - 1);
        let side = |length: i64| u32::try_from(length).unwrap_or(u32::MAX);
        let size = Size::new(side(width), side(height));
        Limits::default().check_result(size)?;
        let mut picture = Picture::solid(size, [0; 4]);
        let mut baseline = -i64::from(usual.top);
        for (broken, line) in lines.iter().zip(&shaped) {
            let free = width - reach(line);
            let mut draw = |line: &Line, x: i64| -> Result<(), Error> {
                let (left, top) = (x + i64::from(line.left), baseline + i64::from(line.top));
                let below = std::mem::replace(&mut picture, Picture::solid(Size::new(1, 1), [0; 4]));
                picture = ops::draw(below, &line.render()?, left, top, 100, self.cancel)?;
                Ok(())
            };
            let words: Vec<&str> = broken.content.split_whitespace().collect();
            if justified.is_some() && broken.goes_on && words.len() > 1 {
                let words = words.iter().map(|word| self.shape(word)).collect::<Result<Vec<_>, _>>()?;
                let ink: f64 = words.iter().map(|word| f64::from(word.advance)).sum();
                let gap = (width as f64 - ink).max(0.0) / (words.len() - 1) as f64;
                let mut x = 0.0;
                for word in &words {
                    draw(word, x as i64)?;
                    x += f64::from(word.advance) + gap;
                }
            } else {
                let x = match paragraph.alignment {
                    Edge::Start => 0,
                    Edge::Middle => free / 2,
                    Edge::End => free,
                };
                draw(line, x)?;
            }
            baseline += step;
        }
        Ok(picture)
    }
}

/// The text of Pango's markup: without tags, with its entities as the characters that they mean.
fn plain(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(start) = rest.find(['<', '&']) {
        let (before, after) = rest.split_at(start);
        text.push_str(before);
        let is_tag =
            after.strip_prefix('<').is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'));
        let entity = ENTITIES.iter().find_map(|(name, letter)| Some((after.strip_prefix(name)?, letter)));
        rest = match (after.find('>'), entity) {
            (Some(end), _) if is_tag => &after[end + 1..],
            (_, Some((behind, letter))) => {
                text.push(*letter);
                behind
            }
            _ => {
                text.push_str(&after[..1]);
                &after[1..]
            }
        };
    }
    text + rest
}

const ENTITIES: [(&str, char); 5] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];

#[cfg(test)]
mod tests {
    use lightmill_recipe::Colour;

    use super::*;

    fn paragraph(content: &str) -> Paragraph {
        Paragraph {
            content: content.to_owned(),
            font: "sans 20".to_owned(),
            colour: Colour::BLACK,
            width: None,
            alignment: Edge::Start,
            justify: false,
            wrap: Wrap::Word,
            spacing: 0,
            dpi: 72,
        }
    }

    fn made(paragraph: &Paragraph) -> Picture {
        Fonts::default().paragraph(paragraph, 400, &Cancel::default()).unwrap()
    }

    /// First and last column with ink in some rows.
    fn ink(picture: &Picture, rows: std::ops::Range<u32>) -> (usize, usize) {
        let inked = |x: &usize| rows.clone().any(|y| picture.row(y)[x * 4 + 3] > 0);
        let columns = 0..picture.size().width as usize;
        (columns.clone().find(inked).unwrap(), columns.rev().find(inked).unwrap())
    }

    #[test]
    fn lines_break_where_they_may() {
        let one = made(&paragraph("hello wide world")).size();
        let with = |width, wrap| {
            made(&Paragraph { width: Some(ParagraphWidth::Pixels(width)), wrap, ..paragraph("hello wide world") })
                .size()
        };
        let three = with(70, Wrap::Word);
        assert_eq!(three.height, one.height * 3);
        assert!(three.width <= 72 && three.width < one.width / 2, "{three} {one}");
        assert_eq!(with(70, Wrap::None), one);
        assert!(with(20, Wrap::Char).height >= one.height * 6);
        assert!(with(20, Wrap::WordChar).width <= 24);
        assert!(with(20, Wrap::Word).width > 40, "a word that is too long stays whole");
        let feed = made(&paragraph("a\nb"));
        assert_eq!(feed.size().height, one.height * 2);
        let apart = made(&Paragraph { spacing: 7, ..paragraph("a\nb") });
        assert_eq!(apart.size().height, one.height * 2 + 7);
    }

    #[test]
    fn lines_end_where_they_should() {
        let text = "a long line\nx";
        let height = made(&paragraph("x")).size().height;
        let second = |alignment| ink(&made(&Paragraph { alignment, ..paragraph(text) }), height..2 * height);
        let (left, middle, right) = (second(Edge::Start).0, second(Edge::Middle).0, second(Edge::End).0);
        assert!(left < 5 && middle > left + 20 && right > middle + 20, "{left} {middle} {right}");
        let width = Some(ParagraphWidth::Part(0.3));
        let justified = made(&Paragraph { justify: true, width, ..paragraph("as the day goes on and on") });
        assert_eq!(justified.size().width, 120);
        assert!(ink(&justified, 0..height).1 > 112);
    }

    #[test]
    fn size_and_weight_follow_the_description() {
        let with = |font: &str, dpi| made(&Paragraph { font: font.to_owned(), dpi, ..paragraph("mmm") }).size();
        assert!(with("sans 20", 144).height > with("sans 20", 72).height * 3 / 2);
        assert!(with("sans bold 20", 72).width >= with("sans 20", 72).width);
    }

    #[test]
    fn markup_is_taken_out() {
        assert_eq!(plain("<b>a</b> &lt; <span foreground='red'>b</span> &amp;c 1<2 & <"), "a < b &c 1<2 & <");
        assert_eq!(made(&paragraph("<b>hi</b>")), made(&paragraph("hi")));
    }

    #[test]
    fn size_is_bounded() {
        let huge = Paragraph { font: "sans 9000".to_owned(), dpi: 1200, ..paragraph("x") };
        assert!(Fonts::default().paragraph(&huge, 1, &Cancel::default()).is_err());
        assert!(made(&paragraph("")).size().shorter() > 0);
        assert!(made(&Paragraph { spacing: i32::MIN, ..paragraph("a\nb") }).size().shorter() > 0);
    }
}
