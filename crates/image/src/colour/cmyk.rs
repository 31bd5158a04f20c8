use lightmill_recipe::Size;
use moxcms::{ColorProfile, DataColorSpace, Layout as Samples, Transform8BitExecutor, TransformOptions};
use std::sync::Arc;

use crate::{Cancel, Error, Layout, Picture};

/// An sRGB picture of `cmyk`, 4 bytes a pixel, 255 = full ink, through the profile `icc`; without a usable one by
/// (1−ink)·(1−black).
pub(crate) fn cmyk_to_rgb(cmyk: &[u8], size: Size, icc: Option<&[u8]>, cancel: &Cancel) -> Result<Picture, Error> {
    let mut rgb = vec![0; size.pixels().0 as usize * 3];
    let transform = icc.and_then(transform);
    let width = size.width as usize;
    for (source, target) in cmyk.chunks_exact(width * 4).zip(rgb.chunks_exact_mut(width * 3)) {
        cancel.check()?;
        match &transform {
            Some(transform) => transform.transform(source, target).map_err(Error::internal)?,
            None => naive(source, target),
        }
    }
    Picture::interleaved(size, Layout::Rgb, rgb)
}

fn transform(icc: &[u8]) -> Option<Arc<Transform8BitExecutor>> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != DataColorSpace::Cmyk {
        return None;
    }
    let options = TransformOptions { rendering_intent: profile.rendering_intent, ..TransformOptions::default() };
    profile.create_transform_8bit(Samples::Rgba, &ColorProfile::new_srgb(), Samples::Rgb, options).ok()
}

fn naive(cmyk: &[u8], rgb: &mut [u8]) {
    for (cmyk, rgb) in cmyk.chunks_exact(4).zip(rgb.chunks_exact_mut(3)) {
        let light = u32::from(255 - cmyk[3]);
        for (ink, channel) in cmyk.iter().zip(rgb) {
            *channel = ((u32::from(255 - ink) * light + 127) / 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_without_a_profile() {
        let cmyk = [0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0, 255, 255, 128];
        let picture = cmyk_to_rgb(&cmyk, Size::new(4, 1), Some(b"broken"), &Cancel::default()).unwrap();
        assert_eq!(picture.row(0), [255, 255, 255, 0, 255, 255, 0, 0, 0, 127, 0, 0]);
    }
}
