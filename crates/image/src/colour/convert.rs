use std::sync::Arc;

use super::Space;
use super::transform::{Transform, transform};
use crate::{Cancel, Error, Layout, Picture};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 64;

/// Gives `picture`, whose samples are in `icc`, the colours that `to_srgb` asks for: sRGB, or untouched with the
/// profile attached. A profile that is broken, is for another kind of samples or equals sRGB is dropped.
pub(crate) fn finish(
    picture: Picture,
    icc: Option<&Arc<[u8]>>,
    to_srgb: bool,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let Some(icc) = icc else { return Ok(picture) };
    if !to_srgb {
        let needed = needs_conversion(icc, picture.layout());
        return Ok(picture.with_icc(needed.then(|| icc.clone())));
    }
    convert(picture.with_icc(Some(icc.clone())), Space::Srgb, cancel)
}

/// Whether samples of `layout` with the profile `icc` differ visibly from sRGB.
pub(crate) fn needs_conversion(icc: &[u8], layout: Layout) -> bool {
    transform(Some(icc), Space::Srgb, layout).is_some()
}

/// The picture in `space`, from the profile that it carries (sRGB if it carries none, or one that cannot be used), at
/// its own depth. Not for Y'CbCr.
pub(crate) fn convert(mut picture: Picture, space: Space, cancel: &Cancel) -> Result<Picture, Error> {
    let icc = picture.icc.take();
    let usable = icc.as_deref().filter(|icc| needs_conversion(icc, picture.layout()));
    let converted = match transform(usable, space, picture.layout()) {
        Some(Transform::Narrow(transform)) => {
            rows(&picture, cancel, |from, to: &mut [u8]| transform.transform(from, to).map_err(Error::internal))?
        }
        Some(Transform::Wide(transform)) => {
            let mut samples: Vec<u16> = Vec::new();
            rows(&picture, cancel, |from, to: &mut [u16]| {
                samples.clear();
                samples.extend(from.as_chunks::<2>().0.iter().map(|sample| u16::from_ne_bytes(*sample)));
                transform.transform(&samples, to).map_err(Error::internal)
            })?
        }
        None => picture,
    };
    Ok(converted.with_icc(space.icc()))
}

/// A sample of either depth as bytes.
trait Sample: Copy + Default {
    fn bytes(self) -> impl Iterator<Item = u8>;
}

impl Sample for u8 {
    fn bytes(self) -> impl Iterator<Item = u8> {
        std::iter::once(self)
    }
}

impl Sample for u16 {
    fn bytes(self) -> impl Iterator<Item = u8> {
        self.to_ne_bytes().into_iter()
    }
}

/// The picture whose rows `row` gives. Of grey, which comes as three equal samples, one is kept.
fn rows<S: Sample>(
    picture: &Picture,
    cancel: &Cancel,
    mut row: impl FnMut(&[u8], &mut [S]) -> Result<(), Error>,
) -> Result<Picture, Error> {
    let (size, layout) = (picture.size(), picture.layout());
    let channels = if layout.channels() == 1 { 3 } else { layout.channels() };
    let kept = if layout.channels() == 1 { 3 } else { 1 };
    let mut data = Vec::with_capacity(layout.bytes(size) as usize);
    let mut line = vec![S::default(); size.width as usize * channels];
    for y in 0..size.height {
        if y % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        row(picture.row(y), &mut line)?;
        data.extend(line.iter().step_by(kept).flat_map(|sample| sample.bytes()));
    }
    Picture::interleaved(size, layout, data)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;
    use moxcms::ColorProfile;

    use super::*;

    fn profile(profile: &ColorProfile) -> Arc<[u8]> {
        profile.encode().unwrap().into()
    }

    fn picture(layout: Layout, data: &[u8]) -> Picture {
        let width = data.len() / layout.channels();
        Picture::interleaved(Size::new(width as u32, 1), layout, data.to_vec()).unwrap()
    }

    #[test]
    fn srgb_broken_and_foreign_profiles_change_nothing() {
        let rgb = picture(Layout::Rgb, &[255, 0, 0, 10, 20, 30]);
        let unlike = [
            profile(&ColorProfile::new_srgb()),
            b"not a profile".as_slice().into(),
            profile(&ColorProfile::new_gray_with_gamma(1.0)),
        ];
        for icc in &unlike {
            for to_srgb in [true, false] {
                let result = finish(rgb.clone(), Some(icc), to_srgb, &Cancel::default()).unwrap();
                assert_eq!(result, rgb);
            }
        }
    }

    #[test]
    fn wide_gamut_becomes_srgb_or_stays() {
        let p3 = profile(&ColorProfile::new_display_p3());
        let source = picture(Layout::Rgba, &[200, 100, 100, 7, 128, 128, 128, 255]);
        let kept = finish(source.clone(), Some(&p3), false, &Cancel::default()).unwrap();
        assert_eq!(kept.row(0), source.row(0));
        assert_eq!(kept.icc.as_deref(), Some(&*p3));
        let converted = finish(source, Some(&p3), true, &Cancel::default()).unwrap();
        let row = converted.row(0);
        // Display P3 (0.784, 0.392, 0.392) is sRGB (0.839, 0.364, 0.379).
        for (actual, expected) in row.iter().zip([214, 93, 97, 7, 128, 128, 128, 255]) {
            assert!(actual.abs_diff(expected) <= 2, "{row:?}");
        }
        assert!(converted.icc.is_none());
    }

    #[test]
    fn linear_grey_becomes_srgb() {
        let linear = profile(&ColorProfile::new_gray_with_gamma(1.0));
        let result = finish(picture(Layout::Grey, &[0, 55, 255]), Some(&linear), true, &Cancel::default()).unwrap();
        // Linear 0.2157 is encoded as 0.5020 (IEC 61966-2-1).
        assert!(result.row(0)[1].abs_diff(128) <= 1, "{:?}", result.row(0));
        assert_eq!((result.row(0)[0], result.row(0)[2]), (0, 255));
    }
}
