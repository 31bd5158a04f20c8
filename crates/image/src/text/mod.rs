//! Text as pictures: installed fonts ([`Fonts`]), which of them a typeface of a dialect means (`typeface`), and one line
//! of text rendered (`render`). The shaping engine is that of SVG text.

mod fonts;
mod render;
mod svg;
mod typeface;

pub use fonts::Fonts;
