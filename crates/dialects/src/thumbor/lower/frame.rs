use lightmill_recipe::{
    Arithmetic, Corner, Cut, DetectionMark, Edges, FillCanvas, Flip, FocalRegion, Focus, Format, Input, Method,
    Operation, Orientation, Output, Recipe, Reframe, Side, Source, Trim, TrimDistance,
};

use super::{Answer, Draft, Lowered};
use crate::thumbor::url::{Image, TrimWish, Url};
use crate::thumbor::{Filter, Flavour, Options};
use crate::{Error, negotiation};

/// What `url` means. `accept` is the header, for formats that the mount negotiates.
pub fn lower(url: &Url, accept: Option<&str>, options: &Options) -> Result<Lowered, Error> {
    let mut lowered = with_draft(url, &mut Draft::new(options, 0))?;
    let is_frame = lowered.recipe.inputs.first().is_some_and(|input| input.video_frame.is_some());
    for output in &mut lowered.recipe.outputs {
        if let Output::Picture(picture) = output
            && picture.format.is_none()
            && picture.preferred.is_empty()
        {
            picture.preferred = negotiation::accepted(accept, &options.negotiate);
            // A frame has no format of its own.
            if picture.preferred.is_empty() && is_frame {
                picture.format = Some(Format::Jpeg);
            }
        }
    }
    Ok(lowered)
}

/// What `url` means, with what `draft` knows of the pictures around it.
pub(super) fn with_draft(url: &Url, draft: &mut Draft<'_>) -> Result<Lowered, Error> {
    let options = draft.options;
    draft.filters += url.filters.len();
    Error::limit("filters", draft.filters, options.max_filters)?;
    for filter in &url.filters {
        match filter {
            Filter::Known(call) => (call.form.lower)(call, draft),
            Filter::Ignored { name, .. } => draft.ignore(name),
        }
    }
    if let Some(error) = draft.error.take() {
        return Err(error);
    }
    if url.meta
        && let Some((x, y)) = draft.meta_extras.blurhash
        && !((1..=9).contains(&x) && (1..=9).contains(&y))
    {
        return Err(Error::Value("blurhash x and y must be a whole number from 1 to 9".to_owned()));
    }
    let source = source(url, draft)?;
    let mut operations: Vec<Operation> = draft.turn.take().into_iter().collect();
    operations.extend(cut(url, draft));
    if url.debug {
        operations.push(Operation::DrawDetections(DetectionMark::FocalRegions));
    } else {
        operations.extend(reframe(url, draft));
        operations.extend(flip(url));
    }
    operations.append(&mut draft.operations);
    widen(&mut operations, url);
    let orientation = match options.flavour {
        Flavour::Thumbor if !options.respect_orientation => Orientation::Ignore,
        _ => Orientation::Apply,
    };
    let video_frame = draft.video.of(&source);
    let main = Input { source, orientation, frames: draft.frames.into(), video_frame, operations };
    let answer = match url {
        _ if url.params => Answer::Parameters,
        _ if url.meta => Answer::Meta(draft.meta_extras),
        _ if draft.original => Answer::Original,
        _ => Answer::Picture,
    };
    let recipe = Recipe {
        inputs: std::iter::once(main).chain(draft.marks.drain(..)).collect(),
        outputs: vec![Output::Picture(draft.output.clone())],
        only_if_source_bytes_at_least: None,
    };
    Ok(Lowered {
        recipe,
        answer,
        directives: std::mem::take(&mut draft.directives),
        ignored: std::mem::take(&mut draft.ignored),
    })
}

/// The picture. With `extract_focal`, one whose key is itself a URL of the language with a crop: the crop is what
/// matters, and the picture inside is the one that is meant.
fn source(url: &Url, draft: &mut Draft<'_>) -> Result<Source, Error> {
    if draft.extract_focal
        && let Image::Object { key, .. } = &url.image
        && let Ok(inner) =
            Url::parse(key.find("/unsafe/").and_then(|start| key.get(start..)).unwrap_or(key), draft.options)
        && let Some(Edges::Pixels { left, top, right, bottom }) = inner.crop
    {
        let [left, top, right, bottom] = [left, top, right, bottom].map(f64::from);
        draft.focal_regions.push(FocalRegion { left, top, right, bottom, relative: false });
        return Ok(Source::Object(inner.image.locator()?));
    }
    match url.image {
        Image::Colour(colour) => Ok(Source::Colour(colour)),
        Image::Object { .. } => url.image.locator().map(Source::Object),
    }
}

/// Trim and crop, as one rectangle.
fn cut(url: &Url, draft: &Draft<'_>) -> Option<Operation> {
    let flavour = draft.options.flavour;
    let distance = match flavour {
        Flavour::Thumbor => TrimDistance::Euclidean,
        Flavour::Imagor => TrimDistance::LargestChannel,
    };
    let trim = |TrimWish { reference, tolerance }| Trim { reference, tolerance, distance };
    let trim = draft.trim.or(url.trim.map(trim));
    let window = url.crop.and_then(|crop| window(crop, flavour));
    (trim.is_some() || window.is_some()).then_some(Operation::Cut(Cut { trim, window }))
}

/// The window, unless it is inverted: clamping cannot turn it round. imagor reads 0 on the right and below as the
/// picture's own edge. (There a window that reaches this edge ends a pixel before it; not here.)
fn window(crop: Edges, flavour: Flavour) -> Option<Edges> {
    let zero_is_all = flavour == Flavour::Imagor;
    match crop {
        Edges::Pixels { left, top, right, bottom } => {
            let edge = |edge| if zero_is_all && edge == 0 { u32::MAX } else { edge };
            let (right, bottom) = (edge(right), edge(bottom));
            (left < right && top < bottom).then_some(Edges::Pixels { left, top, right, bottom })
        }
        Edges::Parts { left, top, right, bottom } => {
            let edge = |edge| if zero_is_all && edge == 0.0 { 1.0 } else { edge };
            let (right, bottom) = (edge(right), edge(bottom));
            let whole = left <= 0.0 && top <= 0.0 && right >= 1.0 && bottom >= 1.0;
            (left < right && top < bottom && !whole).then_some(Edges::Parts { left, top, right, bottom })
        }
        Edges::Box { .. } => Some(crop),
    }
}

/// The resize; `None` if every side is free.
fn reframe(url: &Url, draft: &Draft<'_>) -> Option<Operation> {
    let size = url.size.unwrap_or_default();
    if (size.width, size.height) == (Side::Free, Side::Free) {
        return None;
    }
    let method = match url.fit_in {
        _ if url.stretch || draft.stretch => Method::Stretch,
        Some(fit) => Method::FitIn { adaptive: fit.adaptive, full: fit.full },
        None => Method::Cover,
    };
    let focus = Focus {
        regions: draft.focal_regions.clone(),
        column: url.column.unwrap_or_default(),
        row: url.row.unwrap_or_default(),
        detect: url.smart && draft.focal_regions.is_empty(),
    };
    let focus = if method == Method::Cover { focus } else { Focus::default() };
    let arithmetic = match draft.options.flavour {
        Flavour::Thumbor => Arithmetic::CropThenScale,
        Flavour::Imagor => Arithmetic::ScaleThenCrop,
    };
    let growth = draft.growth;
    Some(Operation::Reframe(Reframe { width: size.width, height: size.height, method, growth, focus, arithmetic }))
}

fn flip(url: &Url) -> Option<Operation> {
    let size = url.size?;
    let (horizontal, vertical) = (size.flip_horizontal, size.flip_vertical);
    (horizontal || vertical).then_some(Operation::Flip(Flip { horizontal, vertical }))
}

/// The padding of the URL belongs to what fills the frame.
fn widen(operations: &mut [Operation], url: &Url) {
    let Some(padding) = url.padding else { return };
    for operation in operations {
        if let Operation::Fill(fill) = operation
            && let FillCanvas::Frame(margins) = &mut fill.canvas
        {
            *margins = padding;
        }
    }
}

/// The corner that a word names; any word but `top-left` is the lower right one.
pub(in crate::thumbor) fn corner(word: &str) -> Corner {
    if word == "bottom-right" { Corner::BottomRight } else { Corner::TopLeft }
}

/// How the border of a filter `trim` is measured.
pub(in crate::thumbor) fn filter_trim(reference: Corner, tolerance: u32) -> Trim {
    Trim { reference, tolerance, distance: TrimDistance::LargestChannel }
}
