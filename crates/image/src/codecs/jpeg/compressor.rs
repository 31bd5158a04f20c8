#![allow(unsafe_code)]

use std::{mem, ptr};

use lightmill_recipe::{Effort, LimitError, Size};
use mozjpeg_sys::{
    J_BOOLEAN_PARAM, J_COLOR_SPACE, J_INT_PARAM, JCP_FASTEST, JCP_MAX_COMPRESSION, JPEG_LIB_VERSION, boolean,
    jpeg_CreateCompress, jpeg_c_set_bool_param, jpeg_c_set_int_param, jpeg_common_struct, jpeg_compress_struct,
    jpeg_destination_mgr, jpeg_destroy_compress, jpeg_error_mgr, jpeg_finish_compress, jpeg_progress_mgr,
    jpeg_set_defaults, jpeg_set_quality, jpeg_simple_progression, jpeg_start_compress, jpeg_write_marker,
    jpeg_write_raw_data, jpeg_write_scanlines,
};

use super::failure::{catching, fail, set_up};
use super::strips::COLOUR;
use crate::codecs::EncodeOptions;
use crate::{Cancel, Error};

/// Bytes by which the output grows at least.
const GROWTH: usize = 64 << 10;

/// libjpeg's compressor into a vector. Speed and size are libjpeg-turbo's (`JCP_FASTEST`) with optimised Huffman tables,
/// or for [`Effort::Small`] mozjpeg's (`JCP_MAX_COMPRESSION`: trellis quantisation, and scans that are chosen by size if progressive).
pub(super) struct Compressor {
    /// From `Box::into_raw`: the library keeps pointers from one field to another.
    state: *mut State,
}

struct State {
    info: jpeg_compress_struct,
    errors: jpeg_error_mgr,
    destination: jpeg_destination_mgr,
    progress: jpeg_progress_mgr,
    output: Vec<u8>,
    limit: u64,
    cancel: Cancel,
}

/// How rows are handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// [`Compressor::write_rows`] with 1 byte a pixel.
    Grey,
    /// [`Compressor::write_rows`] with 3 bytes a pixel; chroma is averaged to 4:2:0.
    Rgb,
    /// [`Compressor::write_strip`].
    Planes420,
}

impl Compressor {
    /// An empty compressor that refuses to write more than `limit` bytes.
    pub(super) fn create(limit: u64, cancel: &Cancel) -> Result<Self, Error> {
        // SAFETY: all are plain C structures of numbers, pointers, enums with a value 0 and optional functions.
        let (info, errors, destination, progress) =
            unsafe { (mem::zeroed(), mem::zeroed(), mem::zeroed(), mem::zeroed()) };
        let cancel = cancel.clone();
        let state = State { info, errors, destination, progress, output: Vec::new(), limit, cancel };
        let state = Box::into_raw(Box::new(state));
        let this = Self { state };
        catching(|| {
            // SAFETY: `state` lives until `this` is dropped; the pointers among its fields are set before the library
            // follows them, and functions are called in the order that the library's manual gives.
            unsafe {
                set_up(&mut (*state).errors);
                (*state).info.common.err = &raw mut (*state).errors;
                jpeg_CreateCompress(&raw mut (*state).info, JPEG_LIB_VERSION, size_of::<jpeg_compress_struct>());
                (*state).info.common.client_data = state.cast();
                (*state).progress.progress_monitor = Some(on_progress);
                (*state).info.common.progress = &raw mut (*state).progress;
                (*state).destination.init_destination = Some(init);
                (*state).destination.empty_output_buffer = Some(grow);
                (*state).destination.term_destination = Some(finish);
                (*state).info.dest = &raw mut (*state).destination;
            }
        })?;
        Ok(this)
    }

    /// Writes everything before the first scan.
    pub fn start(size: Size, input: Input, icc: Option<&[u8]>, options: &EncodeOptions) -> Result<Self, Error> {
        let mut this = Self::create(options.limits.result_bytes, &options.cancel)?;
        let info = this.info();
        catching(|| {
            // SAFETY: the structure was created; functions are called in the order that the library's manual gives.
            unsafe {
                info.image_width = size.width;
                info.image_height = size.height;
                (info.in_color_space, info.input_components) = match input {
                    Input::Grey => (J_COLOR_SPACE::JCS_GRAYSCALE, 1),
                    Input::Rgb => (J_COLOR_SPACE::JCS_RGB, 3),
                    Input::Planes420 => (J_COLOR_SPACE::JCS_YCbCr, 3),
                };
                let profile = match options.effort {
                    Effort::Fast => JCP_FASTEST,
                    Effort::Small => JCP_MAX_COMPRESSION,
                };
                jpeg_c_set_int_param(info, J_INT_PARAM::JINT_COMPRESS_PROFILE, profile as i32);
                jpeg_set_defaults(info);
                // The tables of ITU-T T.81, annex K: quality means the same whatever the effort.
                jpeg_c_set_int_param(info, J_INT_PARAM::JINT_BASE_QUANT_TBL_IDX, 0);
                jpeg_set_quality(info, options.quality.clamp(1, 100).into(), 1);
                if input != Input::Grey {
                    // `jpeg_set_defaults` has made three entries; luma with 2×2 samples to one of chroma is 4:2:0.
                    let luma = &mut *info.comp_info;
                    (luma.h_samp_factor, luma.v_samp_factor) = (2, 2);
                }
                info.optimize_coding = 1;
                info.raw_data_in = (input == Input::Planes420).into();
                if options.progressive {
                    jpeg_simple_progression(info);
                } else {
                    // mozjpeg's profile is progressive by itself.
                    jpeg_c_set_bool_param(info, J_BOOLEAN_PARAM::JBOOLEAN_OPTIMIZE_SCANS, 0);
                    (info.scan_info, info.num_scans) = (ptr::null(), 0);
                }
                jpeg_start_compress(info, 1);
                write_profile(info, icc.unwrap_or_default());
            }
        })?;
        Ok(this)
    }

    /// Writes rows of `stride` bytes; `rows` holds whole rows, each at least as long as the picture is wide.
    pub fn write_rows(&mut self, rows: &[u8], stride: usize) -> Result<(), Error> {
        let info = self.info();
        let needed = info.image_width as usize * info.input_components as usize;
        if stride < needed || !rows.len().is_multiple_of(stride) {
            return Err(Error::internal(format!("rows of {stride} bytes where {needed} are needed")));
        }
        let pointers: Vec<*const u8> = rows.chunks_exact(stride).map(<[u8]>::as_ptr).collect();
        catching(|| {
            // SAFETY: each pointer leads to at least the bytes of one row.
            let written = unsafe { jpeg_write_scanlines(info, pointers.as_ptr(), pointers.len() as u32) };
            debug_assert_eq!(written as usize, pointers.len());
        })
    }

    /// Writes one strip of 4:2:0: [`COLOUR`] rows of luma and half as many of each chroma. The buffers' rows are as wide
    /// as the picture rounded up to whole MCUs: `16·⌈width/16⌉` and half of that.
    pub fn write_strip(&mut self, luma: &[u8], chroma: [&[u8]; 2]) -> Result<(), Error> {
        let info = self.info();
        let stride = (info.image_width as usize).next_multiple_of(COLOUR);
        if luma.len() != stride * COLOUR || chroma.iter().any(|plane| plane.len() != stride / 2 * COLOUR / 2) {
            return Err(Error::internal("a strip of 4:2:0 of the wrong size"));
        }
        let rows = |plane: &[u8], stride: usize| plane.chunks_exact(stride).map(<[u8]>::as_ptr).collect::<Vec<_>>();
        let rows = [rows(luma, stride), rows(chroma[0], stride / 2), rows(chroma[1], stride / 2)];
        let planes = rows.each_ref().map(Vec::as_ptr);
        catching(|| {
            // SAFETY: three components with 16, 8 and 8 rows, each as wide as all of its blocks.
            unsafe { jpeg_write_raw_data(info, planes.as_ptr(), COLOUR as u32) };
        })
    }

    /// Writes the rest and gives the file.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let info = self.info();
        catching(|| {
            // SAFETY: compression was started; the library itself checks that all rows were written.
            unsafe { jpeg_finish_compress(info) };
        })?;
        // SAFETY: the state lives as long as `self`, and the library has let go of the vector's memory.
        Ok(mem::take(unsafe { &mut (*self.state).output }))
    }

    pub(super) fn info<'a>(&mut self) -> &'a mut jpeg_compress_struct {
        // SAFETY: the state lives as long as `self`; no method keeps the reference beyond its own end, and the
        // methods take `&mut self`.
        unsafe { &mut (*self.state).info }
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: the pointer came from a box, is dropped once, and destroying is allowed in every state, also for a
        // structure that was only zeroed.
        unsafe {
            jpeg_destroy_compress(&mut (*self.state).info);
            drop(Box::from_raw(self.state));
        }
    }
}

/// Writes a profile into APP2 markers.
///
/// # Safety
/// Compression has been started and no row written.
pub(super) unsafe fn write_profile(info: &mut jpeg_compress_struct, icc: &[u8]) {
    for body in lightmill_jpeg::profile_bodies(icc) {
        // SAFETY: by this function's contract; the body is valid for its length.
        unsafe { jpeg_write_marker(info, 0xE2, body.as_ptr(), body.len() as u32) };
    }
}

/// The state that `info` is a field of.
fn state(info: &mut jpeg_compress_struct) -> *mut State {
    info.common.client_data.cast()
}

/// Offers the library the spare memory of the output.
///
/// # Safety
/// `state` is valid.
unsafe fn offer(state: *mut State) {
    // SAFETY: by this function's contract; `output` and `destination` are not borrowed elsewhere.
    unsafe {
        let output = &mut (*state).output;
        output.reserve(GROWTH);
        let spare = output.spare_capacity_mut();
        (*state).destination.next_output_byte = spare.as_mut_ptr().cast();
        (*state).destination.free_in_buffer = spare.len();
    }
}

extern "C-unwind" fn init(info: &mut jpeg_compress_struct) {
    // SAFETY: the library calls this with the structure that we created.
    unsafe { offer(state(info)) };
}

/// Called when all of the memory offered is full.
extern "C-unwind" fn grow(info: &mut jpeg_compress_struct) -> boolean {
    let state = state(info);
    // SAFETY: the library has written every byte that was offered, up to the capacity.
    let (length, limit) = unsafe {
        let output = &mut (*state).output;
        output.set_len(output.capacity());
        (output.len() as u64, (*state).limit)
    };
    if let Err(error) = LimitError::check("result_bytes", length, limit) {
        fail(error.into());
    }
    // SAFETY: as above.
    unsafe { offer(state) };
    1
}

extern "C-unwind" fn finish(info: &mut jpeg_compress_struct) {
    let state = state(info);
    // SAFETY: of the memory offered, all but `free_in_buffer` bytes have been written.
    unsafe {
        let output = &mut (*state).output;
        output.set_len(output.capacity() - (*state).destination.free_in_buffer);
    }
}

/// Called between rows of MCUs, also of the passes over the whole picture that [`Compressor::finish`] makes.
extern "C-unwind" fn on_progress(common: &mut jpeg_common_struct) {
    let state: *const State = common.client_data.cast_const().cast();
    // SAFETY: `client_data` is the state that `common` is the start of; only a field beside it is read.
    if let Err(error) = unsafe { (*state).cancel.check() } {
        fail(error);
    }
}
