#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ffi::c_void;

use libwebp_sys::{WebPEncCSP, WebPPicture, WebPPictureFree, WebPPictureImportRGB, WebPPictureImportRGBA};
use lightmill_recipe::{Rect, Size};

use super::holes::is_opaque;
use super::planes::Planes;
use crate::{Cancel, Error, Layout, Picture, ops};

/// Longest side that a WebP can have (RFC 6386, section 9.1).
const MAX_SIDE: u32 = 16_383;

/// libwebp's view of a picture, with the memory that it points to.
pub(super) struct Source {
    pub raw: WebPPicture,
    /// Of `raw`, if it was not libwebp that allocated.
    _planes: Option<Planes>,
    _alpha: Vec<u8>,
}

impl Source {
    /// What lies in `window` (whose left and top are even) as 4:2:0 planes, with alpha if a pixel is not opaque.
    pub fn lossy(picture: &Picture, window: Rect) -> Result<Self, Error> {
        if !is_opaque(picture, window) {
            // libwebp weighs colours by their alpha.
            return Self::import(picture, window, false);
        }
        Self::planar(Planes::of(picture, window)?, Vec::new())
    }

    /// The same of an opaque picture, with alpha (rows of the window without padding) of the caller's making.
    pub fn lossy_with_alpha(picture: &Picture, window: Rect, alpha: Vec<u8>) -> Result<Self, Error> {
        if alpha.len() as u64 != window.size.pixels().0 {
            return Err(Error::internal("alpha of another size"));
        }
        Self::planar(Planes::of(picture, window)?, alpha)
    }

    /// What lies in `window`, in RGB or RGBA.
    pub fn lossless(picture: &Picture, window: Rect) -> Result<Self, Error> {
        let interleaved = match picture.layout() {
            Layout::Rgb | Layout::Rgba => Cow::Borrowed(picture),
            Layout::Grey | Layout::YCbCr(_) => Cow::Owned(ops::convert(picture.clone(), Layout::Rgb)?),
            wide => return Err(Error::internal(format!("a WebP cannot hold {wide:?}"))),
        };
        Self::import(&interleaved, window, true)
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        Size::new(self.raw.width as u32, self.raw.height as u32)
    }

    /// Makes the encoder stop when `cancel` says so; it must outlive the encoding.
    pub fn stop_on(&mut self, cancel: &Cancel) {
        self.raw.progress_hook = Some(on_progress);
        self.raw.user_data = std::ptr::from_ref(cancel).cast::<c_void>().cast_mut();
    }

    fn empty(size: Size) -> Result<WebPPicture, Error> {
        if size.longer() > MAX_SIDE {
            return Err(Error::Unsuitable(format!("a WebP picture has at most {MAX_SIDE} pixels a side")));
        }
        let mut raw = WebPPicture::new().map_err(|()| Error::internal("libwebp of another version"))?;
        raw.width = size.width as i32;
        raw.height = size.height as i32;
        Ok(raw)
    }

    fn planar(mut planes: Planes, mut alpha: Vec<u8>) -> Result<Self, Error> {
        let mut raw = Self::empty(planes.size)?;
        let [blue, red] = &mut planes.chroma;
        // The vectors' memory stays where it is when they move.
        (raw.y, raw.u, raw.v) = (planes.luma.as_mut_ptr(), blue.as_mut_ptr(), red.as_mut_ptr());
        (raw.y_stride, raw.uv_stride) = (raw.width, (raw.width + 1) / 2);
        raw.colorspace = WebPEncCSP::WEBP_YUV420;
        if !alpha.is_empty() {
            (raw.a, raw.a_stride) = (alpha.as_mut_ptr(), raw.width);
            raw.colorspace = WebPEncCSP::WEBP_YUV420A;
        }
        Ok(Self { raw, _planes: Some(planes), _alpha: alpha })
    }

    fn import(picture: &Picture, window: Rect, argb: bool) -> Result<Self, Error> {
        let mut raw = Self::empty(window.size)?;
        if window.is_empty() || !window.fits(picture.size()) {
            return Err(Error::internal(format!("window {window:?} of a {} picture", picture.size())));
        }
        raw.use_argb = argb.into();
        let mut this = Self { raw, _planes: None, _alpha: Vec::new() };
        let (plane, channels) = (&picture.planes()[0], picture.layout().channels());
        let import = if picture.layout().has_alpha() { WebPPictureImportRGBA } else { WebPPictureImportRGB };
        let start = window.y as usize * plane.stride + window.x as usize * channels;
        // SAFETY: `import` reads `window.size.height` rows of `window.size.width` pixels, `stride` bytes apart; as the
        // window fits the picture, all of them lie in the plane's data. libwebp copies.
        let imported = unsafe { import(&raw mut this.raw, plane.data[start..].as_ptr(), plane.stride as i32) };
        if imported == 0 { Err(Error::internal("libwebp has no memory")) } else { Ok(this) }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: frees only what libwebp itself allocated; planes of ours are not its own.
        unsafe { WebPPictureFree(&raw mut self.raw) };
    }
}

unsafe extern "C" fn on_progress(_: i32, picture: *const WebPPicture) -> i32 {
    // SAFETY: set by `Source::stop_on` to a `Cancel` that outlives the encoding.
    let cancel = unsafe { &*(*picture).user_data.cast::<Cancel>().cast_const() };
    cancel.check().is_ok().into()
}
