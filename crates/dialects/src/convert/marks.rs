//! What marks laid on a picture have in common.

use lightmill_recipe::{
    Blend, Fade, Gravity, InputIndex, Mark, MarkSize, Operation, Overlay, Position, Resize, Stamp, StampMark, Target,
};

use super::Note;
use super::words::Words;

/// A watermark of OSS as a stamp; `None` if there is none of that kind. `percent`: what the mark's own resize asks of the
/// picture below, if that is all that is done to it.
pub(super) fn to_stamp(overlay: &Overlay, percent: Option<u32>, words: Words, notes: &mut Vec<Note>) -> Option<Stamp> {
    let plain = overlay.degrees == 0 && overlay.tiling.is_none() && !overlay.shrink_to_fit;
    let offset = overlay.gravity.row() == 1 && overlay.vertical_offset != 0;
    if !plain || offset {
        return None;
    }
    let mark = match &overlay.mark {
        Mark::Image(index) => {
            notes.extend(percent.map(|_| Note::Rounding));
            StampMark::Image(*index, MarkSize { width: percent, height: percent })
        }
        Mark::Text(text) => StampMark::Text(text.clone()),
        Mark::ImageAndText { .. } => return None,
    };
    let place = |cell: u32, distance: u32| {
        let distance = i32::try_from(distance).ok()?;
        Some(match cell {
            0 => Position::Start(distance),
            1 => Position::Centre,
            _ => Position::End(-distance),
        })
    };
    let (x, y) = (place(overlay.gravity.column(), overlay.x)?, place(overlay.gravity.row(), overlay.y)?);
    notes.extend([x, y].contains(&Position::Centre).then_some(Note::Rounding));
    let transparency = 100_u8.saturating_sub(overlay.opacity);
    let fade = if words.are_imagor() {
        Fade::Multiply(transparency)
    } else {
        notes.extend((transparency > 0).then_some(Note::MarkTransparency));
        Fade::Subtract(transparency)
    };
    Some(Stamp { mark, x, y, tiling: words.tiling(), fade, blend: Blend::Normal })
}

/// A stamp as a watermark of OSS; `None` if there is none of that kind. The second value is what the mark must become of
/// the picture below first, in percent.
pub(super) fn to_overlay(stamp: &Stamp, notes: &mut Vec<Note>) -> Option<(Overlay, Option<(InputIndex, u32)>)> {
    let (mark, percent) = match &stamp.mark {
        StampMark::Image(index, MarkSize { width: None, height: None }) => (Mark::Image(*index), None),
        StampMark::Image(index, MarkSize { width: Some(width), height: Some(height) }) if width == height => {
            notes.push(Note::Rounding);
            (Mark::Image(*index), Some((*index, *width)))
        }
        StampMark::Text(text) => (Mark::Text(text.clone()), None),
        StampMark::Image(..) | StampMark::Paragraph(_) => return None,
    };
    let place = |position: Position| match position {
        Position::Start(pixels) => Some((0, u32::try_from(pixels).ok()?)),
        Position::Centre => Some((1, 0)),
        Position::End(pixels) => Some((2, u32::try_from(-i64::from(pixels)).ok()?)),
        _ => None,
    };
    let ((column, x), (row, y)) = (place(stamp.x)?, place(stamp.y)?);
    notes.extend((column == 1 || row == 1).then_some(Note::Rounding));
    let opacity = match stamp.fade {
        Fade::Multiply(percent) => percent,
        Fade::Subtract(percent) => {
            notes.extend((percent > 0).then_some(Note::MarkTransparency));
            percent
        }
    };
    let gravity = *GRAVITIES.iter().find(|gravity| (gravity.column(), gravity.row()) == (column, row))?;
    let overlay = Overlay {
        mark,
        gravity,
        x,
        y,
        vertical_offset: 0,
        opacity: 100_u8.saturating_sub(opacity),
        degrees: 0,
        tiling: None,
        shrink_to_fit: false,
    };
    (stamp.blend == Blend::Normal).then_some((overlay, percent))
}

const GRAVITIES: [Gravity; 9] = [
    Gravity::NorthWest,
    Gravity::North,
    Gravity::NorthEast,
    Gravity::West,
    Gravity::Centre,
    Gravity::East,
    Gravity::SouthWest,
    Gravity::South,
    Gravity::SouthEast,
];

/// A stamp as the other server of Thumbor's language draws it.
pub(super) fn restamped(stamp: &Stamp, words: Words, notes: &mut Vec<Note>) -> Stamp {
    let mut stamp = stamp.clone();
    if stamp.tiling != words.tiling() {
        stamp.tiling = words.tiling();
        notes.extend([stamp.x, stamp.y].contains(&Position::Repeat).then_some(Note::Copies));
    }
    let (Fade::Subtract(percent) | Fade::Multiply(percent)) = stamp.fade;
    let fade = if words.are_imagor() { Fade::Multiply(percent) } else { Fade::Subtract(percent) };
    notes.extend((fade != stamp.fade && percent > 0).then_some(Note::MarkTransparency));
    stamp.fade = fade;
    for position in [&mut stamp.x, &mut stamp.y] {
        let other = match *position {
            Position::Percent(percent) if words.are_imagor() => Position::Part(f64::from(percent) / 100.0),
            Position::Part(part) if !words.are_imagor() && (part * 100.0).fract() == 0.0 => {
                Position::Percent((part * 100.0) as i32)
            }
            same => same,
        };
        if other != *position {
            notes.push(Note::Rounding);
            *position = other;
        }
    }
    stamp
}

/// Percent of the picture below that are all that is done to a mark.
pub(super) fn percent_of_parent(operations: &[Operation]) -> Option<u32> {
    match operations {
        [Operation::Resize(Resize { target: Target::PercentOfParent(percent), .. })] => Some(*percent),
        _ => None,
    }
}
