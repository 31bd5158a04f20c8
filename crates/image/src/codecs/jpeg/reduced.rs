use std::ops::ControlFlow;

use lightmill_jpeg::{Decoder, Limits, Options, Rect, Refinement, Sampling, Scale};
use lightmill_recipe::{Format, LimitError, Size};

use super::cut::{Cut, Strip};
use crate::codecs::DecodeOptions;
use crate::rows::Rows;
use crate::{Error, Layout, Subsampling};

/// Gives the rows of planes at `eighths`/8 of the stored size, in the subsampling that is stored: grey or Y'CbCr.
///
/// `false`, and no row, if this is a case for libjpeg: another scale, a rare variant, or a file that libjpeg, which has
/// tables of its own for missing ones, may still understand.
pub(super) fn decode(bytes: &[u8], eighths: u8, options: &DecodeOptions, rows: &mut dyn Rows) -> Result<bool, Error> {
    let scale = match eighths {
        1 => Scale::Eighth,
        2 => Scale::Quarter,
        4 => Scale::Half,
        6 => Scale::ThreeQuarters,
        8 => Scale::Full,
        _ => return Ok(false),
    };
    let Ok(decoder) = Decoder::new(bytes) else { return Ok(false) };
    let Some(layout) = layout(&decoder) else { return Ok(false) };
    let (width, height) = decoder.size();
    let side = |length: u32| (u64::from(length) * u64::from(eighths)).div_ceil(8) as u32;
    let size = Size::new(side(width), side(height));
    let interrupt = || options.cancel.check().is_err();
    let region = options.region.map(|region| Rect {
        x: region.x,
        y: region.y,
        width: region.size.width,
        height: region.size.height,
    });
    let wanted = Options {
        scale,
        region,
        refinement: Refinement::Visible,
        // Pixels have been checked with the header.
        limits: Limits { pixels: u64::MAX, memory_bytes: options.limits.memory_bytes, ..Limits::default() },
        interrupt: Some(&interrupt),
        ..Options::default()
    };
    // Nothing is begun before there is a strip, so that libjpeg may begin instead.
    let (mut rows, mut cut) = (Some(rows), None);
    let mut failed = None;
    let mut take = |planes: &[lightmill_jpeg::Plane]| {
        let given = (|| {
            if let Some(rows) = rows.take() {
                cut = Some(Cut::begin(rows, size, layout, options.region)?);
            }
            let cut = cut.as_mut().ok_or_else(|| Error::internal("no rows were begun"))?;
            planes.iter().enumerate().try_for_each(|(plane, strip)| {
                cut.strip(&Strip { plane, at: (strip.x, strip.y), data: &strip.data, stride: strip.stride })
            })
        })();
        match given {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    // Damaged data give what could be read, as libjpeg does.
    let decoded = decoder.decode_strips(&wanted, &mut take);
    let begun = cut.is_some();
    match (failed, decoded) {
        (Some(error), _) => Err(error),
        (None, Ok(_)) => Ok(true),
        (None, Err(lightmill_jpeg::Error::Limit { limit: "memory_bytes", actual, allowed })) => {
            Err(LimitError { limit: "memory_bytes", actual, allowed }.into())
        }
        (None, Err(lightmill_jpeg::Error::Interrupted)) => {
            Err(options.cancel.check().err().unwrap_or(Error::Cancelled))
        }
        (None, Err(lightmill_jpeg::Error::Region)) => Err(Error::internal("a region outside of its picture")),
        (None, Err(error @ lightmill_jpeg::Error::Limit { .. })) => Err(Error::corrupt(Format::Jpeg, error)),
        (None, Err(error)) if begun => Err(Error::corrupt(Format::Jpeg, error)),
        (None, Err(_)) => Ok(false),
    }
}

/// How the samples of its planes lie; `None` if we have no name for it.
fn layout(decoder: &Decoder<'_>) -> Option<Layout> {
    let samplings: Vec<Sampling> = decoder.sampling().collect();
    match samplings.as_slice() {
        [_] => Some(Layout::Grey),
        [luma, blue, red] if blue == red => {
            let horizontal = luma.horizontal / blue.horizontal;
            let vertical = luma.vertical / blue.vertical;
            Some(Layout::YCbCr(Subsampling { horizontal, vertical }))
        }
        _ => None,
    }
}
