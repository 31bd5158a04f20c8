//! Text as pictures: installed fonts ([`Fonts`]), which of them a typeface of a dialect means (`typeface`), one line of
//! text rendered (`render`), and several of them (`paragraph`, with its font's `description`). The shaping engine is that
//! of SVG text.

mod description;
mod fonts;
mod paragraph;
mod render;
mod svg;
mod typeface;

pub use fonts::Fonts;
