#![allow(unsafe_code)]

//! The few functions of libheif's C interface that are needed, which has had them since version 1.6. Declared here: a
//! binding would have to be of the very version that the system has.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use lightmill_recipe::{Format, Size};

use crate::{Error, Layout, Picture};

#[repr(C)]
struct Context(c_void);
#[repr(C)]
struct Handle(c_void);
#[repr(C)]
struct Image(c_void);

/// `heif_error`.
#[repr(C)]
struct Status {
    code: c_int,
    subcode: c_int,
    message: *const c_char,
}

/// The start of `heif_decoding_options`, which libheif allocates: later fields keep their defaults.
#[repr(C)]
struct Options {
    version: u8,
    ignore_transformations: u8,
    start_progress: *const c_void,
    on_progress: *const c_void,
    end_progress: *const c_void,
    progress_user_data: *const c_void,
    convert_hdr_to_8bit: u8,
}

const COLORSPACE_RGB: c_int = 1;
const CHROMA_INTERLEAVED_RGB: c_int = 10;
const CHROMA_INTERLEAVED_RGBA: c_int = 11;
const CHANNEL_INTERLEAVED: c_int = 10;

#[link(name = "heif")]
unsafe extern "C" {
    fn heif_context_alloc() -> *mut Context;
    fn heif_context_free(context: *mut Context);
    fn heif_context_set_maximum_image_size_limit(context: *mut Context, maximum_side: c_int);
    fn heif_context_set_max_decoding_threads(context: *mut Context, threads: c_int);
    fn heif_context_read_from_memory_without_copy(
        context: *mut Context,
        bytes: *const c_void,
        length: usize,
        options: *const c_void,
    ) -> Status;
    fn heif_context_get_primary_image_handle(context: *mut Context, handle: *mut *mut Handle) -> Status;
    fn heif_image_handle_release(handle: *const Handle);
    fn heif_decoding_options_alloc() -> *mut Options;
    fn heif_decoding_options_free(options: *mut Options);
    fn heif_decode_image(
        handle: *const Handle,
        image: *mut *mut Image,
        colorspace: c_int,
        chroma: c_int,
        options: *const Options,
    ) -> Status;
    fn heif_image_get_width(image: *const Image, channel: c_int) -> c_int;
    fn heif_image_get_height(image: *const Image, channel: c_int) -> c_int;
    fn heif_image_get_plane_readonly(image: *const Image, channel: c_int, stride: *mut c_int) -> *const u8;
    fn heif_image_release(image: *const Image);
}

/// Calls a function of libheif on a pointer when dropped.
struct Owned<T>(*mut T, unsafe fn(*mut T));

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library, belongs to this value alone, and is freed once.
        unsafe { (self.1)(self.0) };
    }
}

/// The primary item of `bytes`, which must be of `size`, as RGB or RGBA without any transformation.
pub(super) fn decode(bytes: &[u8], size: Size, layout: Layout) -> Result<Picture, Error> {
    // SAFETY: every pointer comes from libheif, is checked for null or by the status of the call that set it, and lives
    // until its `Owned` is dropped, in the reverse order; `bytes` outlive the context. The plane holds `stride` bytes
    // for each row of the size that the library tells.
    unsafe {
        let context = owned(heif_context_alloc(), |context| heif_context_free(context))?;
        // HEVC codes whole blocks of up to 64 pixels.
        let longest = size.longer().saturating_add(64).try_into().unwrap_or(c_int::MAX);
        heif_context_set_maximum_image_size_limit(context.0, longest);
        heif_context_set_max_decoding_threads(context.0, 0);
        check(&heif_context_read_from_memory_without_copy(context.0, bytes.as_ptr().cast(), bytes.len(), ptr::null()))?;
        let mut handle = ptr::null_mut();
        check(&heif_context_get_primary_image_handle(context.0, &raw mut handle))?;
        let handle = owned(handle, |handle| heif_image_handle_release(handle))?;
        let options = owned(heif_decoding_options_alloc(), |options| heif_decoding_options_free(options))?;
        (*options.0).ignore_transformations = 1;
        (*options.0).convert_hdr_to_8bit = 1;
        let chroma = if layout.has_alpha() { CHROMA_INTERLEAVED_RGBA } else { CHROMA_INTERLEAVED_RGB };
        let mut image = ptr::null_mut();
        check(&heif_decode_image(handle.0, &raw mut image, COLORSPACE_RGB, chroma, options.0))?;
        let image = owned(image, |image| heif_image_release(image))?;
        let side = |length: c_int| u32::try_from(length).unwrap_or(0);
        let given = Size::new(
            side(heif_image_get_width(image.0, CHANNEL_INTERLEAVED)),
            side(heif_image_get_height(image.0, CHANNEL_INTERLEAVED)),
        );
        let mut stride = 0;
        let start = heif_image_get_plane_readonly(image.0, CHANNEL_INTERLEAVED, &raw mut stride);
        let width = size.width as usize * layout.channels();
        let stride = usize::try_from(stride).unwrap_or(0);
        if given != size || start.is_null() || stride < width {
            return Err(Error::corrupt(Format::Heic, format_args!("{given} where {size} is stated")));
        }
        let mut picture = Picture::blank(size, layout);
        for y in 0..size.height {
            let row = std::slice::from_raw_parts(start.add(y as usize * stride), width);
            picture.row_mut(y).copy_from_slice(row);
        }
        Ok(picture)
    }
}

fn owned<T>(pointer: *mut T, free: unsafe fn(*mut T)) -> Result<Owned<T>, Error> {
    if pointer.is_null() { Err(Error::internal("libheif has no memory")) } else { Ok(Owned(pointer, free)) }
}

fn check(status: &Status) -> Result<(), Error> {
    if status.code == 0 {
        return Ok(());
    }
    // SAFETY: libheif always sets a message, which is static or lives as long as its context.
    let message = unsafe { CStr::from_ptr(status.message) }.to_string_lossy();
    Err(Error::corrupt(Format::Heic, format_args!("libheif {}.{}: {message}", status.code, status.subcode)))
}
