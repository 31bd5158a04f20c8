//! Transformations that say how the result is encoded.

use lightmill_recipe::{Format, Frames, Metadata, Orientation};

use super::Definition;
use crate::dit_ecs::lower::FormatWish;
use crate::sharp::{Takes, Value};

pub(super) static FORMAT: Definition = Definition::new(
    "format",
    Takes::Word(&["jpg", "jpeg", "png", "tiff", "webp", "gif", "avif", "auto"]),
    "format=webp",
    "The format of the result; `auto` is the best that the mount offers and the client names in `Accept`.",
    |value, draft| {
        draft.format = match value.text() {
            Some("auto") => Some(FormatWish::Auto),
            name => name.and_then(Format::from_name).map(FormatWish::Is),
        };
        Ok(())
    },
);

pub(super) static QUALITY: Definition = Definition::new(
    "quality",
    Takes::Integer(1, 100),
    "quality=80",
    "The encoder's quality. In a PNG it is a palette.",
    |value, draft| {
        draft.quality = value.number().map(|quality| quality as u8);
        Ok(())
    },
);

pub(super) static ANIMATED: Definition = Definition::new(
    "animated",
    Takes::Flag,
    "animated=false",
    "Whether all frames of an animation are read, or only the first.",
    |value, draft| {
        draft.frames = if *value == Value::Flag(false) { Frames::First } else { Frames::All };
        Ok(())
    },
);

pub(super) static STRIP_EXIF: Definition = Definition::new(
    "stripExif",
    Takes::Flag,
    "stripExif=true",
    "Without metadata; the picture is upright.",
    |value, draft| {
        if *value == Value::Flag(true) {
            draft.orientation = Orientation::Apply;
            draft.metadata = Some(Metadata::Drop);
        }
        Ok(())
    },
);

pub(super) static STRIP_ICC: Definition = Definition::new(
    "stripIcc",
    Takes::Flag,
    "stripIcc=true",
    "Without a colour profile: results are sRGB and have none anyway.",
    |_, _| Ok(()),
);
