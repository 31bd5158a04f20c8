//! Which installed families a typeface of a dialect stands for.
//!
//! The names are those of Alibaba Cloud's `watermark` (`type`). Each is an ordered list: the face itself, then free faces of the
//! same character. If none is installed, [`SANS`] follows; characters that the chosen font lacks come from the first
//! installed face that has them, in the order of [`fallback_rank`].
//!
//! | typeface | meant as |
//! | --- | --- |
//! | `wqy-zenhei` | WenQuanYi Zen Hei, a sans |
//! | `wqy-microhei` | WenQuanYi Micro Hei, a sans |
//! | `fangzhengshusong`, `fangzhengfangsong` | Song and Fangsong: serif |
//! | `fangzhengkaiti` | Kai: brush script |
//! | `fangzhengheiti` | Hei: sans |
//! | `droidsansfallback` | Droid Sans Fallback, a sans |
//! | `serif`, `monospace`, `mono` | what CSS means by it |
//! | anything else | sans |

use resvg::usvg::fontdb::{Database, FaceInfo, Family, Query};

/// Families without serifs, best first.
pub const SANS: &[&str] = &[
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
];

/// Families with serifs, best first.
pub const SERIF: &[&str] = &[
    "Noto Serif",
    "DejaVu Serif",
    "Liberation Serif",
    "Times New Roman",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "AR PL UMing CN",
];

/// Families of fixed width, best first.
pub const MONOSPACE: &[&str] = &["Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono", "Courier New"];

/// The families for a typeface of a dialect, best first.
pub fn families(typeface: &str) -> &'static [&'static str] {
    match typeface {
        "wqy-zenhei" => &["WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK SC", "Source Han Sans SC"],
        "wqy-microhei" => &["WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK SC", "Source Han Sans SC"],
        "fangzhengshusong" => {
            &["FZShuSong-Z01", "Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN", "WenQuanYi Zen Hei"]
        }
        "fangzhengfangsong" => {
            &["FZFangSong-Z02", "FangSong", "Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN"]
        }
        "fangzhengkaiti" => {
            &["FZKai-Z03", "KaiTi", "AR PL UKai CN", "AR PL KaitiM GB", "Noto Serif CJK SC", "WenQuanYi Zen Hei"]
        }
        "fangzhengheiti" => &["FZHei-B01", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"],
        "droidsansfallback" => &["Droid Sans Fallback", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"],
        "serif" => SERIF,
        "monospace" | "mono" => MONOSPACE,
        _ => SANS,
    }
}

/// The first of `families` that is installed.
pub fn first_installed<'a>(database: &Database, families: &[&'a str]) -> Option<&'a str> {
    let installed =
        |family: &&&str| database.query(&Query { families: &[Family::Name(family)], ..Query::default() }).is_some();
    families.iter().find(installed).copied()
}

/// Place of a face in the search for a missing glyph: the families of [`SANS`], then all others.
pub fn fallback_rank(face: &FaceInfo) -> usize {
    let named = |family: &&str| face.families.iter().any(|(name, _)| name == family);
    SANS.iter().position(named).unwrap_or(SANS.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fonts;

    #[test]
    fn every_name_has_families() {
        for name in [
            "wqy-zenhei",
            "wqy-microhei",
            "fangzhengshusong",
            "fangzhengkaiti",
            "fangzhengheiti",
            "fangzhengfangsong",
            "droidsansfallback",
            "Comic Sans",
            "",
        ] {
            assert!(families(name).len() >= 4, "{name}");
        }
    }

    #[test]
    fn the_first_installed_is_taken() {
        let database = Fonts::default().database();
        assert_eq!(first_installed(&database, &["No Such Family"]), None);
        if let Some(sans) = first_installed(&database, SANS) {
            assert_eq!(first_installed(&database, &["No Such Family", sans]), Some(sans));
        }
    }
}
