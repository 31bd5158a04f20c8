#![allow(unsafe_code)]

use std::ffi::c_int;
use std::{mem, ptr, slice};

use libaom_sys::{
    AOM_CR_FULL_RANGE, AOM_DECODER_ABI_VERSION, AV1D_SET_OUTPUT_ALL_LAYERS, aom_codec_av1_dx, aom_codec_control,
    aom_codec_ctx_t, aom_codec_dec_cfg_t, aom_codec_dec_init_ver, aom_codec_decode, aom_codec_destroy,
    aom_codec_get_frame, aom_image_t,
};
use lightmill_recipe::{Format, Size};

use super::obu;
use super::sequence_header::SequenceHeader;
use crate::codecs::isobmff::Nclx;
use crate::{Cancel, Error, Subsampling};

/// Frames in the data of one picture at most: those that are shown, hidden or of another layer. Each may cost as much as
/// a whole picture, and the decoder cannot be interrupted between them.
const MAX_FRAMES: usize = 32;

/// libaom's decoder, on the calling thread.
pub(super) struct Decoder {
    /// Boxed: libaom keeps pointers into it.
    context: Box<aom_codec_ctx_t>,
    size: Size,
}

// SAFETY: the context has no thread-local state and is used through `&mut` only.
unsafe impl Send for Decoder {}

impl Decoder {
    /// A decoder of pictures of `size`; larger ones are refused before they are given memory.
    pub fn open(size: Size) -> Result<Self, Error> {
        // SAFETY: all-zero is a valid value of this structure of numbers and pointers.
        let mut this = Self { context: Box::new(unsafe { mem::zeroed() }), size };
        let config = aom_codec_dec_cfg_t { threads: 1, w: 0, h: 0, allow_lowbitdepth: 1 };
        // SAFETY: the interface is a static, context and configuration are valid; a context that could not be made may
        // be destroyed.
        let made = unsafe {
            let version = AOM_DECODER_ABI_VERSION as c_int;
            aom_codec_dec_init_ver(&raw mut *this.context, aom_codec_av1_dx(), &raw const config, 0, version)
        };
        if made != 0 {
            return Err(Error::internal(format_args!("libaom: initialisation gave error {made}")));
        }
        // SAFETY: the control takes one `int`: only the finest layer is given.
        unsafe { aom_codec_control(&raw mut *this.context, AV1D_SET_OUTPUT_ALL_LAYERS as c_int, 0) };
        Ok(this)
    }

    /// Decodes `data`, the units of one picture, and gives the picture.
    pub fn decode(&mut self, data: &[u8], cancel: &Cancel) -> Result<Decoded<'_>, Error> {
        cancel.check()?;
        self.check(data)?;
        // SAFETY: the context is initialised, and `data` are valid for the call, which keeps no pointer to them.
        let code = unsafe { aom_codec_decode(&raw mut *self.context, data.as_ptr(), data.len(), ptr::null_mut()) };
        if code != 0 {
            return Err(Error::corrupt(Format::Avif, format_args!("libaom: error {code}")));
        }
        let mut at = ptr::null();
        // SAFETY: the context is initialised; `at` is libaom's own, null at first. The image lives until the next call,
        // which the borrow of `self` bars.
        let image = unsafe { aom_codec_get_frame(&raw mut *self.context, &raw mut at).as_ref() };
        let image = image.ok_or_else(|| Error::corrupt(Format::Avif, "coded data without a picture"))?;
        Ok(Decoded { image })
    }

    /// What libaom would not refuse: many frames, and frames of more pixels than the container states. No frame may be
    /// larger than its sequence header says, which libaom checks.
    fn check(&self, data: &[u8]) -> Result<(), Error> {
        let mut frames = 0;
        for unit in obu::units(data) {
            match obu::kind(unit) {
                obu::SEQUENCE_HEADER => {
                    let header = SequenceHeader::read(unit)
                        .ok_or_else(|| Error::corrupt(Format::Avif, "a damaged sequence header"))?;
                    if header.size.width > self.size.width || header.size.height > self.size.height {
                        let (stated, size) = (self.size, header.size);
                        return Err(Error::corrupt(Format::Avif, format_args!("{size} where {stated} is stated")));
                    }
                }
                obu::FRAME_HEADER | obu::FRAME => frames += 1,
                _ => {}
            }
        }
        if frames > MAX_FRAMES {
            return Err(Error::unsupported(format!("AVIF with more than {MAX_FRAMES} frames in a picture")));
        }
        Ok(())
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: destroying is allowed once, also for a context whose initialisation failed.
        unsafe { aom_codec_destroy(&raw mut *self.context) };
    }
}

/// A decoded picture in libaom's memory.
pub(super) struct Decoded<'a> {
    image: &'a aom_image_t,
}

/// A row of samples; those of 10 and 12 bits are in the low bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Samples<'a> {
    Eight(&'a [u8]),
    Sixteen(&'a [u16]),
}

/// Of `aom_img_fmt_t`: samples are of 16 bits.
const WIDE: u32 = 0x800;

impl Decoded<'_> {
    pub fn size(&self) -> Size {
        Size::new(self.image.d_w, self.image.d_h)
    }

    /// Of a sample: 8, 10 or 12.
    pub fn bits(&self) -> u8 {
        self.image.bit_depth as u8
    }

    /// `None` if there is luma only.
    pub fn subsampling(&self) -> Option<Subsampling> {
        let share = |shift: u32| 1 << shift.min(1);
        let [horizontal, vertical] = [self.image.x_chroma_shift, self.image.y_chroma_shift].map(share);
        (self.image.monochrome == 0).then_some(Subsampling { horizontal, vertical })
    }

    /// What the sequence header says about colour (AV1 specification, section 6.4.2).
    pub fn colour(&self) -> Nclx {
        let code = |code: u32| u8::try_from(code).unwrap_or(2);
        Nclx {
            primaries: code(self.image.cp),
            transfer: code(self.image.tc),
            matrix: code(self.image.mc),
            full_range: self.image.range == AOM_CR_FULL_RANGE,
        }
    }

    /// Row `y` of plane 0 (luma), 1 or 2 (chroma); no samples for a plane that is not there.
    pub fn row(&self, plane: usize, y: u32) -> Samples<'_> {
        let size = match self.subsampling() {
            _ if plane == 0 => self.size(),
            Some(subsampling) if plane < 3 => subsampling.chroma(self.size()),
            _ => return Samples::Eight(&[]),
        };
        let start = self.image.planes[plane];
        if start.is_null() || y >= size.height {
            return Samples::Eight(&[]);
        }
        let width = size.width as usize;
        // SAFETY: the plane has `size.height` rows `stride` bytes apart, each of at least `size.width` samples of one
        // byte, or of two and aligned to them if the format is wide; nobody writes to them while the image lives.
        unsafe {
            let row = start.offset(self.image.stride[plane] as isize * y as isize);
            if self.image.fmt & WIDE == 0 {
                Samples::Eight(slice::from_raw_parts(row, width))
            } else {
                Samples::Sixteen(slice::from_raw_parts(row.cast(), width))
            }
        }
    }
}
