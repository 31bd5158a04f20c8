//! Font descriptions as Pango writes them: families, style words, and a size in points, as `DejaVu Serif bold italic 20`.

use super::svg::Style;

/// A size where a description says none, in points.
const POINTS: f64 = 12.0;

/// What a description says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Description {
    /// Families between commas, best first; possibly empty.
    pub(super) families: Vec<String>,
    pub(super) style: Style,
    /// Pixels of an em, 1 or more.
    pub(super) size: u32,
}

impl Description {
    /// Reads a description for a device of so many dots per inch. Words that say nothing are part of the family.
    pub(super) fn read(text: &str, dpi: u32) -> Self {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let pixels = words.last().and_then(|word| word.strip_suffix("px")).and_then(|word| word.parse::<f64>().ok());
        let points = words.last().and_then(|word| word.parse::<f64>().ok());
        if pixels.or(points).is_some() {
            words.pop();
        }
        let size = pixels.unwrap_or_else(|| points.unwrap_or(POINTS) * f64::from(dpi) / 72.0);
        let mut style = Style::REGULAR;
        while let Some(word) = words.last() {
            match word.to_ascii_lowercase().as_str() {
                "italic" | "oblique" => style.italic = true,
                "normal" | "regular" | "roman" => {}
                word => match weight(word) {
                    Some(weight) => style.weight = weight,
                    None => break,
                },
            }
            words.pop();
        }
        let families = words.join(" ");
        let families = families.split(',').map(str::trim).filter(|family| !family.is_empty());
        // A float cast saturates.
        Self { families: families.map(str::to_owned).collect(), style, size: (size.round() as u32).max(1) }
    }
}

/// The weights of CSS Fonts 4, section 2.2.1.
fn weight(word: &str) -> Option<u16> {
    Some(match word {
        "thin" => 100,
        "ultra-light" | "extra-light" => 200,
        "light" => 300,
        "medium" => 500,
        "semi-bold" | "demi-bold" => 600,
        "bold" => 700,
        "ultra-bold" | "extra-bold" => 800,
        "heavy" | "black" => 900,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_families_styles_and_a_size() {
        let read = |text| Description::read(text, 72);
        let all = read("DejaVu Serif, Noto Sans Bold Italic 20.4");
        assert_eq!(all.families, ["DejaVu Serif", "Noto Sans"]);
        assert_eq!((all.style, all.size), (Style { weight: 700, italic: true }, 20));
        assert_eq!(read("sans").size, 12);
        assert_eq!((read("").families.len(), read("18px").size, read("0").size), (0, 18, 1));
        assert_eq!(Description::read("sans 20", 144).size, 40);
        assert_eq!(read("bold").style.weight, 700);
    }
}
