//! How results are encoded.

use lightmill_recipe::{Format, Output, PictureOutput, Profile, QualityRule, Recipe};

use super::Note;
use super::words::Words;
use crate::{Unsayable, oss};

/// Puts the settings into `words`.
pub(super) fn translate(picture: &mut PictureOutput, words: Words, notes: &mut Vec<Note>) {
    let only = |wanted: &[Format]| picture.format.is_none_or(|format| wanted.contains(&format));
    let (may_be_jpeg, may_be_webp) = (only(&[Format::Jpeg]), only(&[Format::WebP]));
    quality(picture, words, notes);
    match words {
        Words::Oss(_) => {
            // Only WebP can be either.
            picture.lossless &= may_be_webp;
            if picture.profile == Profile::Keep {
                picture.profile = Profile::ToSrgb;
                notes.push(Note::Profile);
            }
        }
        Words::Thumbor { .. } => {
            if picture.progressive != Some(true) && may_be_jpeg {
                notes.push(Note::Progressive);
            }
            picture.progressive = Some(true);
            if !words.are_imagor() && !may_be_webp {
                picture.lossless = picture.quality.rule == QualityRule::Absolute(100);
            }
        }
    }
}

fn quality(picture: &mut PictureOutput, words: Words, notes: &mut Vec<Note>) {
    let may_be_jpeg = picture.format.is_none_or(|format| format == Format::Jpeg);
    let (own, there) = (picture.quality.default, words.default_quality());
    picture.quality.default = there;
    if matches!(picture.quality.rule, QualityRule::Default) && own != there {
        let asked = match picture.format {
            None => {
                notes.push(Note::DefaultQuality);
                None
            }
            Some(Format::Jpeg) => Some((own.jpeg, there.jpeg)),
            Some(Format::WebP) => Some((own.webp, there.webp)),
            Some(Format::Avif) => Some((own.avif, there.avif)),
            Some(_) => None,
        };
        if let Some((own, there)) = asked
            && own != there
        {
            picture.quality.rule = QualityRule::Absolute(own);
        }
    }
    let official = words == Words::Oss(oss::Flavour::Aliyun);
    let rule = match picture.quality.rule {
        QualityRule::Absolute(n) if official => QualityRule::AtMostSource(n),
        QualityRule::AtMostSource(n) if !official => QualityRule::Absolute(n),
        // Percent of a source's quality are meant for JPEG alone.
        QualityRule::OfSource(n) if !may_be_jpeg && official => QualityRule::AtMostSource(n),
        QualityRule::OfSource(n) if !may_be_jpeg => QualityRule::Absolute(n),
        rule => rule,
    };
    if rule != picture.quality.rule && may_be_jpeg {
        notes.push(Note::Quality);
    }
    picture.quality.rule = rule;
}

/// Settings that OSS leaves to the mount.
pub(super) fn unsayable(recipe: &Recipe) -> Vec<Unsayable> {
    let [Output::Picture(picture)] = recipe.outputs.as_slice() else { return Vec::new() };
    let settings = [
        (picture.lossless, "lossless", "no action encodes without loss; a mount does with `lossless`"),
        (picture.palette.is_some(), "palette", "no action asks for it; a mount does with `palette`"),
        (picture.max_bytes.is_some(), "max_bytes", "no action bounds a result; a mount does with `max_bytes`"),
        (picture.profile == Profile::DisplayP3, "colour profile", "no action asks for Display P3"),
    ];
    settings.into_iter().filter(|(on, ..)| *on).map(|(_, what, why)| Unsayable::new(what, why)).collect()
}
