#![allow(unsafe_code)]

use std::ffi::c_int;
use std::{mem, ptr, slice};

use libaom_sys::{
    AOM_CICP_CP_BT_709, AOM_CICP_MC_BT_601, AOM_CICP_TC_SRGB, AOM_CODEC_CX_FRAME_PKT, AOM_CR_FULL_RANGE,
    AOM_ENCODER_ABI_VERSION, AOM_IMG_FMT_I420, AOM_IMG_FMT_I444, AOM_Q, AOM_TUNE_SSIM, AOM_USAGE_ALL_INTRA,
    AOM_USAGE_GOOD_QUALITY, AOME_SET_CPUUSED, AOME_SET_CQ_LEVEL, AOME_SET_TUNING, AV1E_SET_COLOR_PRIMARIES,
    AV1E_SET_COLOR_RANGE, AV1E_SET_DELTAQ_MODE, AV1E_SET_ENABLE_QM, AV1E_SET_MATRIX_COEFFICIENTS, AV1E_SET_QM_MAX,
    AV1E_SET_QM_MIN, AV1E_SET_TRANSFER_CHARACTERISTICS, aom_codec_av1_cx, aom_codec_control, aom_codec_ctx_t,
    aom_codec_destroy, aom_codec_enc_config_default, aom_codec_enc_init_ver, aom_codec_encode, aom_codec_get_cx_data,
    aom_image_t, aom_img_alloc, aom_img_free,
};
use lightmill_recipe::Size;

use crate::Error;

/// Longest side that AV1 can have.
const MAX_SIDE: u32 = 65_536;

/// Which planes are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planes {
    /// Luma only, profile 0.
    Grey,
    /// Profile 0.
    Yuv420,
    /// Profile 1.
    Yuv444,
}

/// How frames are coded. One thread, 8 bits, full range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    pub size: Size,
    pub planes: Planes,
    /// Quantiser, 0 (lossless) to 63.
    pub level: u8,
    /// libaom's `cpu-used`, 0 to 9: the higher, the faster and the larger.
    pub speed: u8,
    /// Frames may refer to earlier ones.
    pub sequence: bool,
}

/// libaom's encoder of one track or still.
pub(super) struct Encoder {
    /// Boxed: libaom keeps pointers into it.
    context: Box<aom_codec_ctx_t>,
    frames: i64,
}

// SAFETY: the context has no thread-local state and is used through `&mut` only.
unsafe impl Send for Encoder {}

impl Encoder {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let Settings { size, planes, level, speed, sequence } = *settings;
        if size.longer() > MAX_SIDE {
            return Err(Error::Unsuitable(format!("an AVIF picture has at most {MAX_SIDE} pixels a side")));
        }
        // SAFETY: the interface is a static; all-zero is a valid value of both structures of numbers and pointers.
        let (interface, mut config, context) = unsafe { (aom_codec_av1_cx(), mem::zeroed(), mem::zeroed()) };
        let usage = if sequence { AOM_USAGE_GOOD_QUALITY } else { AOM_USAGE_ALL_INTRA };
        // SAFETY: the interface is libaom's and `config` writable.
        check(unsafe { aom_codec_enc_config_default(interface, &raw mut config, usage) }, "defaults")?;
        (config.g_w, config.g_h) = (size.width, size.height);
        config.g_threads = 1;
        config.g_lag_in_frames = 0;
        // Without a limit of one frame, a still would have the header of a sequence.
        config.g_limit = u32::from(!sequence);
        config.g_profile = u32::from(planes == Planes::Yuv444);
        config.monochrome = u32::from(planes == Planes::Grey);
        config.rc_end_usage = AOM_Q;
        (config.rc_min_quantizer, config.rc_max_quantizer) = (0, 63);
        let mut this = Self { context: Box::new(context), frames: 0 };
        // SAFETY: context and configuration are valid; a context that could not be made may be destroyed.
        let made = unsafe {
            aom_codec_enc_init_ver(
                &raw mut *this.context,
                interface,
                &raw const config,
                0,
                AOM_ENCODER_ABI_VERSION as c_int,
            )
        };
        check(made, "initialisation")?;
        let mut controls = vec![
            (AOME_SET_CPUUSED, c_int::from(speed)),
            (AOME_SET_CQ_LEVEL, c_int::from(level)),
            (AOME_SET_TUNING, AOM_TUNE_SSIM as c_int),
            (AV1E_SET_ENABLE_QM, 1),
            (AV1E_SET_QM_MIN, 2),
            (AV1E_SET_QM_MAX, 10),
            (AV1E_SET_COLOR_RANGE, AOM_CR_FULL_RANGE as c_int),
            (AV1E_SET_COLOR_PRIMARIES, AOM_CICP_CP_BT_709 as c_int),
            (AV1E_SET_TRANSFER_CHARACTERISTICS, AOM_CICP_TC_SRGB as c_int),
            (AV1E_SET_MATRIX_COEFFICIENTS, AOM_CICP_MC_BT_601 as c_int),
        ];
        if !sequence {
            // Finer where the eye sees more.
            controls.push((AV1E_SET_DELTAQ_MODE, 2));
        }
        for (control, value) in controls {
            // SAFETY: each of these controls takes one `int`.
            check(unsafe { aom_codec_control(&raw mut *this.context, control as c_int, value) }, "a setting")?;
        }
        Ok(this)
    }

    /// Codes the next frame. Not to be interrupted: takes from tens of milliseconds to seconds, see
    /// [`super::encode`].
    pub fn encode(&mut self, image: &Image) -> Result<Vec<u8>, Error> {
        // SAFETY: the context is initialised and the image valid for the call; libaom copies it.
        let coded = unsafe { aom_codec_encode(&raw mut *self.context, image.raw, self.frames, 1, 0) };
        check(coded, "coding")?;
        self.frames += 1;
        let mut data = Vec::new();
        // Before anything else is asked of libaom: a flush would drop the packet.
        self.drain(&mut data);
        if data.is_empty() {
            // SAFETY: no image means that there are no more frames.
            check(unsafe { aom_codec_encode(&raw mut *self.context, ptr::null(), 0, 0, 0) }, "the end")?;
            self.drain(&mut data);
        }
        if data.is_empty() { Err(Error::internal("libaom gave no frame")) } else { Ok(data) }
    }

    fn drain(&mut self, data: &mut Vec<u8>) {
        let mut at = ptr::null();
        loop {
            // SAFETY: the context is initialised; `at` is libaom's own, null at first.
            let packet = unsafe { aom_codec_get_cx_data(&raw mut *self.context, &raw mut at) };
            // SAFETY: libaom gives null or a valid packet, whose kind says which field of the union is meant; its
            // memory stays until the next call.
            unsafe {
                if packet.is_null() {
                    return;
                }
                if (*packet).kind == AOM_CODEC_CX_FRAME_PKT {
                    let frame = (*packet).data.frame;
                    data.extend_from_slice(slice::from_raw_parts(frame.buf.cast(), frame.sz));
                }
            }
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: destroying is allowed once, also for a context whose initialisation failed.
        unsafe { aom_codec_destroy(&raw mut *self.context) };
    }
}

fn check(code: u32, what: &str) -> Result<(), Error> {
    if code == 0 { Ok(()) } else { Err(Error::internal(format_args!("libaom: {what} gave error {code}"))) }
}

/// Planes in libaom's memory, of 8 bits.
pub(super) struct Image {
    raw: *mut aom_image_t,
}

impl Image {
    /// All samples are what libaom's allocation leaves there: every row is to be filled in. The chroma of
    /// [`Planes::Grey`] is filled.
    pub fn new(size: Size, planes: Planes) -> Result<Self, Error> {
        let format = if planes == Planes::Yuv444 { AOM_IMG_FMT_I444 } else { AOM_IMG_FMT_I420 };
        // SAFETY: a null image asks libaom to allocate one.
        let raw = unsafe { aom_img_alloc(ptr::null_mut(), format, size.width, size.height, 16) };
        if raw.is_null() {
            return Err(Error::internal("libaom has no memory"));
        }
        // SAFETY: just allocated.
        unsafe {
            (*raw).range = AOM_CR_FULL_RANGE;
            (*raw).monochrome = c_int::from(planes == Planes::Grey);
        }
        let mut this = Self { raw };
        for index in 0..3 {
            // Also what lies between rows and beyond odd edges: libaom may read it, and results are to be the same
            // each time.
            this.plane_mut(index).0.fill(128);
        }
        Ok(this)
    }

    /// Samples of a plane, and bytes from one row to the next.
    pub fn plane_mut(&mut self, index: usize) -> (&mut [u8], usize) {
        // SAFETY: the image is valid; libaom allocated whole rows of `stride` bytes for the height, of chroma rounded
        // up, and the picture is borrowed as long as the slice.
        unsafe {
            let raw = &mut *self.raw;
            let shift = if index == 0 { 0 } else { raw.y_chroma_shift };
            let height = (raw.d_h as usize).div_ceil(1 << shift);
            let stride = raw.stride[index] as usize;
            (slice::from_raw_parts_mut(raw.planes[index], stride * height), stride)
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: the image came from `aom_img_alloc` and is freed once.
        unsafe { aom_img_free(self.raw) };
    }
}
