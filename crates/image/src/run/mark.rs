//! Marks: text, a picture, or both side by side, made once and drawn on every frame.

use bytes::Bytes;
use lightmill_recipe::sharp::Composite;
use lightmill_recipe::{
    Alignment, Blend, Fade, Light, Mark, MarkOrder, Overlay, Rect, Size, Stamp, StampMark, Text, geometry,
};

use super::{Context, Running};
use crate::ops::{Laid, Meeting};
use crate::plan::Pipeline;
use crate::{Cancel, Error, FrameSource, Layout, Picture, Subsampling, ops};

/// The picture of `overlay`'s mark for a canvas of that size, turned and shrunk as it says, in [`Layout::Rgba`].
pub(super) fn make(
    overlay: &Overlay,
    image: Option<&Pipeline>,
    canvas: Size,
    inputs: &[Bytes],
    context: &Context,
) -> Result<Picture, Error> {
    let picture = |image| picture(image, inputs, context);
    let text = |text: &Text| context.fonts.render(text, &context.cancel);
    let mut mark = match &overlay.mark {
        Mark::Image(_) => picture(image)?,
        Mark::Text(line) => text(line)?,
        Mark::ImageAndText { text: line, order, alignment, interval, .. } => {
            let (picture, text) = (picture(image)?, text(line)?);
            let (left, right) = match order {
                MarkOrder::ImageFirst => (picture, text),
                MarkOrder::TextFirst => (text, picture),
            };
            side_by_side(&left, &right, *alignment, *interval, context)?
        }
    };
    if !overlay.degrees.is_multiple_of(360) {
        context.limits.check_result(geometry::rotate(mark.size(), overlay.degrees))?;
        mark = ops::convert(ops::rotate(mark, overlay.degrees, &context.cancel)?, Layout::Rgba)?;
    }
    if overlay.shrink_to_fit {
        let room =
            Size::new(canvas.width.saturating_sub(overlay.x).max(1), canvas.height.saturating_sub(overlay.y).max(1));
        let size = geometry::inscribe(mark.size(), room);
        if size != mark.size() {
            mark = ops::resample(mark, size, None, Subsampling::S444, Light::Gamma, &context.cancel)?;
        }
    }
    Ok(mark)
}

/// The picture of a mark, in [`Layout::Rgba`].
pub(super) fn picture(image: Option<&Pipeline>, inputs: &[Bytes], context: &Context) -> Result<Picture, Error> {
    let pipeline = image.ok_or_else(|| Error::internal("a mark without its picture"))?;
    let mut frames = Running::start(pipeline, inputs, context)?;
    let frame = frames.next_frame()?.ok_or_else(|| Error::internal("a mark without frames"))?;
    ops::convert(frame.picture, Layout::Rgba)
}

/// The picture of `stamp`'s mark for a canvas of that size, in [`Layout::Rgba`], with [`Fade::Subtract`] done.
pub(super) fn of_stamp(
    stamp: &Stamp,
    image: Option<&Pipeline>,
    canvas: Size,
    inputs: &[Bytes],
    context: &Context,
) -> Result<Picture, Error> {
    let mut mark = match &stamp.mark {
        StampMark::Image(..) => picture(image, inputs, context)?,
        StampMark::Text(line) => context.fonts.render(line, &context.cancel)?,
        StampMark::Paragraph(paragraph) => context.fonts.paragraph(paragraph, canvas.width, &context.cancel)?,
    };
    if let Fade::Subtract(percent @ 1..) = stamp.fade {
        let less = (255 * u32::from(percent.min(100)) / 100) as u8;
        for y in 0..mark.size().height {
            for pixel in mark.row_mut(y).as_chunks_mut::<4>().0 {
                pixel[3] = pixel[3].saturating_sub(less);
            }
        }
    }
    Ok(mark)
}

/// `mark` on `picture`, wherever `stamp` says.
pub(super) fn stamp(picture: Picture, mark: &Picture, stamp: &Stamp, cancel: &Cancel) -> Result<Picture, Error> {
    let [columns, rows] = geometry::stamp_places(picture.size(), mark.size(), stamp.x, stamp.y, stamp.tiling);
    let (opacity, cut) = match stamp.fade {
        Fade::Multiply(percent) => (100 - percent.min(100), false),
        Fade::Subtract(_) => (100, stamp.blend == Blend::Normal),
    };
    let meeting = Meeting { blend: stamp.blend, opacity, cut };
    ops::stamp(picture, mark, [&columns, &rows], meeting, cancel)
}

/// `mark` on `picture`, `at` column and row of it, as `composite` says.
pub(super) fn composite(
    picture: Picture,
    mark: &Picture,
    composite: &Composite,
    at: (i64, i64),
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let opacity = (1.0 - composite.mark.transparency_percent / 100.0).clamp(0.0, 1.0) as f32;
    let Composite { tile, blend, premultiplied, .. } = *composite;
    ops::composite(picture, mark, Laid { at, tile, blend, opacity, premultiplied }, cancel)
}

/// `mark` on `picture`, once or all over.
pub(super) fn draw(picture: Picture, mark: &Picture, overlay: &Overlay, cancel: &Cancel) -> Result<Picture, Error> {
    if let Some(tiling) = overlay.tiling {
        return ops::tile(picture, mark, tiling, overlay.opacity, cancel);
    }
    let (canvas, item) = (picture.size(), mark.size());
    let (left, top) = geometry::place(canvas, item, overlay.gravity, overlay.x, overlay.y, overlay.vertical_offset);
    ops::draw(picture, mark, left, top, overlay.opacity, cancel)
}

/// Two pictures beside each other on a transparent canvas.
fn side_by_side(
    left: &Picture,
    right: &Picture,
    alignment: Alignment,
    interval: u32,
    context: &Context,
) -> Result<Picture, Error> {
    let height = left.size().height.max(right.size().height);
    let width = u64::from(left.size().width) + u64::from(interval) + u64::from(right.size().width);
    let size = Size::new(u32::try_from(width).unwrap_or(u32::MAX), height);
    context.limits.check_result(size)?;
    let top = |item: &Picture| {
        let free = i64::from(height - item.size().height);
        match alignment {
            Alignment::Top => 0,
            Alignment::Middle => free / 2,
            Alignment::Bottom => free,
        }
    };
    let mut canvas = Picture::solid(size, [0; 4]);
    for (item, x) in [(left, 0), (right, left.size().width + interval)] {
        copy(item, &mut canvas, Rect { x, y: top(item) as u32, size: item.size() });
    }
    Ok(canvas)
}

/// Copies the pixels of `item` (same layout) to `place` on `canvas`, which holds it whole.
fn copy(item: &Picture, canvas: &mut Picture, place: Rect) {
    let start = place.x as usize * item.layout().bytes_per_pixel();
    for y in 0..place.size.height {
        let row = item.row(y);
        canvas.row_mut(place.y + y)[start..start + row.len()].copy_from_slice(row);
    }
}
