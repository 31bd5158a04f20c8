//! Where the source's own data, as they are stored, can be the result.

use lightmill_recipe::{Effort, Format, Metadata, Output, PictureOutput, Profile, QualityRule, Size};

use super::{Action, Pipeline, Rival, SourceData, decode};
use crate::codecs::{self, Scale, Turn};
use crate::{Probe, SourceColour, Subsampling};

/// Pixels of a side of a JPEG's block.
const BLOCK: u32 = 8;

/// What of `main`'s data can take the place of an encode to `format`. `untouched`: no operation was asked for.
pub(super) fn choose(
    picture: &PictureOutput,
    main: &Probe,
    pipeline: &Pipeline,
    format: Format,
    rivals: &[Rival],
    untouched: bool,
) -> SourceData {
    let competes = format == main.format || rivals.iter().any(|rival| rival.format == main.format);
    if !competes || !codecs::can_strip(main.format) || !keeps_colours(picture, main) {
        return SourceData::Unused;
    }
    let coding_fits = match main.format {
        Format::Jpeg => picture.progressive.is_none_or(|progressive| progressive == main.progressive),
        Format::Png => picture.palette.is_none(),
        _ => true,
    };
    let unchanged = pipeline.steps.is_empty()
        && pipeline.decode.scale == Scale::Full
        && pipeline.decode.region.is_none()
        && pipeline.decode.skip == 0
        && pipeline.decode.frames == main.frames
        && coding_fits;
    // Nothing but the picture itself was asked for.
    let free = picture.quality.rule == QualityRule::Default
        && picture.max_bytes.is_none()
        && picture.effort == Effort::default()
        && !picture.lossless
        && rivals.is_empty();
    match turned(main, pipeline) {
        _ if unchanged && main.format == Format::Gif && rivals.is_empty() => SourceData::Whole,
        _ if unchanged && free && untouched && picture.format.is_none() => SourceData::Whole,
        _ if unchanged && !picture.may_grow => SourceData::IfSmaller,
        Some(turn) if free => SourceData::Turned(turn),
        _ => SourceData::Unused,
    }
}

/// Whether the pixels are what is wanted as they are.
fn keeps_colours(picture: &PictureOutput, main: &Probe) -> bool {
    main.colour != SourceColour::Cmyk
        && match picture.profile {
            Profile::Keep => true,
            Profile::ToSrgb => !main.high_dynamic_range && !decode::converts_colours(main),
            Profile::DisplayP3 => false,
        }
}

/// All steps as one turn of a JPEG's blocks, if they are nothing else and its blocks allow it.
fn turned(main: &Probe, pipeline: &Pipeline) -> Option<Turn> {
    let unit = match (main.format, main.colour) {
        (Format::Jpeg, SourceColour::YCbCr(Subsampling { horizontal, vertical })) => {
            Size::new(BLOCK * u32::from(horizontal), BLOCK * u32::from(vertical))
        }
        (Format::Jpeg, SourceColour::Grey) => Size::new(BLOCK, BLOCK),
        _ => return None,
    };
    if pipeline.decode.scale != Scale::Full {
        return None;
    }
    let whole = Turn::none(main.size);
    let mut turn = pipeline.decode.region.map_or(whole, |region| whole.then_crop(region));
    for step in &pipeline.steps {
        turn = match &step.action {
            Action::Orient { orientation } => turn.then_turn(*orientation),
            Action::Crop { window } => turn.then_crop(*window),
            // Another layout means nothing to blocks.
            Action::Convert => turn,
            _ => return None,
        };
    }
    let does_something = !pipeline.steps.is_empty() || turn != whole;
    (does_something && turn.fits(unit)).then_some(turn)
}

/// Whether files of `format` can be passed on without telling more than they may.
pub(super) const fn can_pass(format: Format) -> bool {
    // Neither of the last two has a place for EXIF.
    codecs::can_strip(format) || matches!(format, Format::Bmp | Format::Svg)
}

/// What an output keeps of its source's metadata.
pub(super) fn metadata(output: &Output) -> Metadata {
    match output {
        Output::Picture(picture) => picture.metadata.unwrap_or_default(),
        _ => Metadata::Drop,
    }
}
