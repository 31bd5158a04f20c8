#![allow(unsafe_code)]

use std::ffi::c_void;

use libwebp_sys::{WebPConfig, WebPEncCSP, WebPPicture, WebPPictureFree, WebPPictureImportRGB, WebPPictureImportRGBA};

use lightmill_recipe::{Pixels, Size};

use crate::codecs::chroma::fill;
use crate::{Cancel, Error, Layout, Picture, Plane, Subsampling};

/// Longest side that a WebP can have (RFC 6386, section 9.1).
const MAX_SIDE: u32 = 16_383;
/// Speed against size, 0 to 6, of animations and large pictures. On photos, method 2 gives the same SSIMULACRA2 as libwebp's default of 4
/// for 4 % more bytes in less than half of the time.
pub(super) const METHOD: i32 = 2;
/// The same of small pictures, whose time is little and whose bytes are asked for most often.
const METHOD_OF_SMALL: i32 = 4;
/// Pixels of a small picture at most.
const SMALL: Pixels = Pixels(512 * 512);

/// libwebp's `method` for a still of `size`.
pub(super) fn method(size: Size) -> i32 {
    if size.pixels() <= SMALL { METHOD_OF_SMALL } else { METHOD }
}

/// libwebp's settings for lossy pictures of `quality`, 1 to 100.
pub(super) fn config(quality: u8, method: i32) -> Result<WebPConfig, Error> {
    let mut config = WebPConfig::new().map_err(|()| Error::internal("libwebp of another version"))?;
    config.quality = quality.clamp(1, 100).into();
    config.method = method;
    Ok(config)
}

/// libwebp's view of a picture, with the memory that it points to.
pub(super) struct Source {
    pub raw: WebPPicture,
    /// Of `raw`, if it was not libwebp that allocated.
    planes: [Vec<u8>; 3],
}

impl Source {
    /// Y'CbCr and grey become 4:2:0 planes of limited range; RGB and RGBA are left to libwebp, as 4:2:0 or, if `argb`,
    /// as they are.
    pub fn new(picture: &Picture, argb: bool) -> Result<Self, Error> {
        let size = picture.size();
        if size.longer() > MAX_SIDE {
            return Err(Error::Unsuitable(format!("a WebP picture has at most {MAX_SIDE} pixels a side")));
        }
        let mut raw = WebPPicture::new().map_err(|()| Error::internal("libwebp of another version"))?;
        raw.width = size.width as i32;
        raw.height = size.height as i32;
        raw.use_argb = argb.into();
        let mut this = Self { raw, planes: [Vec::new(), Vec::new(), Vec::new()] };
        match picture.layout() {
            Layout::Grey | Layout::YCbCr(_) if argb => {
                return Err(Error::internal("an animated WebP is made of RGB or RGBA"));
            }
            Layout::Grey => this.set_planes(limited_grey(picture)),
            Layout::YCbCr(subsampling) => this.set_planes(limited_planes(picture, subsampling)?),
            Layout::Rgb | Layout::Rgba => this.import(&picture.planes()[0], picture.layout().has_alpha())?,
            Layout::Grey16 | Layout::Rgb16 | Layout::Rgba16 => return Err(Error::internal("a WebP holds 8 bits")),
        }
        Ok(this)
    }

    fn set_planes(&mut self, mut planes: [Vec<u8>; 3]) {
        let [y, u, v] = planes.each_mut().map(Vec::as_mut_ptr);
        self.raw.colorspace = WebPEncCSP::WEBP_YUV420;
        (self.raw.y, self.raw.u, self.raw.v) = (y, u, v);
        (self.raw.y_stride, self.raw.uv_stride) = (self.raw.width, (self.raw.width + 1) / 2);
        // The vectors' memory stays where it is when they move.
        self.planes = planes;
    }

    fn import(&mut self, plane: &Plane, alpha: bool) -> Result<(), Error> {
        let import = if alpha { WebPPictureImportRGBA } else { WebPPictureImportRGB };
        // SAFETY: the plane holds `height` rows of `stride` bytes, each at least `width` pixels long; libwebp copies.
        let imported = unsafe { import(&raw mut self.raw, plane.data.as_ptr(), plane.stride as i32) };
        if imported == 0 { Err(Error::internal("libwebp has no memory")) } else { Ok(()) }
    }

    /// Makes the encoder stop when `cancel` says so; it must outlive the encoding.
    pub fn stop_on(&mut self, cancel: &Cancel) {
        self.raw.progress_hook = Some(on_progress);
        self.raw.user_data = std::ptr::from_ref(cancel).cast::<c_void>().cast_mut();
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

/// Full range to the limited range of ITU-R BT.601: luma 16 to 235.
fn limited_luma(value: u8) -> u8 {
    16 + ((u32::from(value) * 219 + 127) / 255) as u8
}

/// Full range to limited range: chroma 16 to 240 around 128.
fn limited_chroma(value: u8) -> u8 {
    (128.0 + (f32::from(value) - 128.0) * (224.0 / 255.0)).round() as u8
}

fn limited_grey(picture: &Picture) -> [Vec<u8>; 3] {
    let half = Subsampling::S420.chroma(picture.size()).pixels().0 as usize;
    let luma = (0..picture.size().height).flat_map(|y| picture.row(y).iter().map(|v| limited_luma(*v))).collect();
    [luma, vec![128; half], vec![128; half]]
}

fn limited_planes(picture: &Picture, subsampling: Subsampling) -> Result<[Vec<u8>; 3], Error> {
    let [y, cb, cr] = picture.planes() else { return Err(Error::internal("Y'CbCr of other than 3 planes")) };
    let half = Subsampling::S420.chroma(picture.size());
    let shrink = (usize::from(2 / subsampling.horizontal), usize::from(2 / subsampling.vertical));
    let table: [u8; 256] = std::array::from_fn(|v| limited_chroma(v as u8));
    let chroma = |plane: &Plane| {
        let mut data = vec![0; half.pixels().0 as usize];
        fill(&mut data, half.width as usize, plane, 0, shrink);
        for value in &mut data {
            *value = table[usize::from(*value)];
        }
        data
    };
    let luma = (0..y.size.height).flat_map(|row| y.row(row, 1).iter().map(|v| limited_luma(*v))).collect();
    Ok([luma, chroma(cb), chroma(cr)])
}
