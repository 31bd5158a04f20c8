#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::mem;

use lightmill_recipe::{Format, Rect, Size};
use mozjpeg_sys::{
    J_COLOR_SPACE, jpeg_common_struct, jpeg_component_info, jpeg_create_decompress, jpeg_decompress_struct,
    jpeg_destroy_decompress, jpeg_error_mgr, jpeg_mem_src, jpeg_progress_mgr, jpeg_read_header, jpeg_read_raw_data,
    jpeg_read_scanlines, jpeg_start_decompress,
};

use super::cut::{Cut, Strip};
use super::failure::{catching, fail, set_up};
use crate::rows::Rows;
use crate::{Cancel, Error, Layout, Subsampling};

/// Scans of a progressive file at most: each costs a pass over all coefficients, however few bytes it has.
const MAX_SCANS: i32 = 200;
/// Rows that are asked of the library at once.
const ROWS: usize = 16;
/// What rows hold that a damaged file did not give.
const MISSING: u8 = 128;

/// libjpeg's decompressor on a slice of bytes.
pub(super) struct Decompressor<'a> {
    /// From `Box::into_raw`: the library keeps pointers from one field to another.
    state: *mut State,
    bytes: PhantomData<&'a [u8]>,
}

struct State {
    info: jpeg_decompress_struct,
    errors: jpeg_error_mgr,
    progress: jpeg_progress_mgr,
    cancel: Cancel,
}

impl<'a> Decompressor<'a> {
    /// Reads the header of `bytes`. `memory` bounds the library's own bytes (coefficients of progressive files).
    pub fn open(bytes: &'a [u8], memory: u64, cancel: &Cancel) -> Result<Self, Error> {
        // SAFETY: all three are plain C structures of numbers, pointers, enums with a value 0 and optional functions.
        let (info, errors, progress) = unsafe { (mem::zeroed(), mem::zeroed(), mem::zeroed()) };
        let state = Box::into_raw(Box::new(State { info, errors, progress, cancel: cancel.clone() }));
        let this = Self { state, bytes: PhantomData };
        catching(|| {
            // SAFETY: `state` lives until `this` is dropped, `bytes` longer; the pointers among its fields are set
            // before the library follows them.
            unsafe {
                set_up(&mut (*state).errors);
                (*state).info.common.err = &raw mut (*state).errors;
                jpeg_create_decompress(&raw mut (*state).info);
                (*state).info.common.client_data = state.cast();
                (*state).progress.progress_monitor = Some(on_progress);
                (*state).info.common.progress = &raw mut (*state).progress;
                (*(*state).info.common.mem).max_memory_to_use = memory.try_into().unwrap_or(std::os::raw::c_long::MAX);
                jpeg_mem_src(&mut (*state).info, bytes.as_ptr(), bytes.len() as _);
                jpeg_read_header(&mut (*state).info, 1);
            }
        })?;
        Ok(this)
    }

    /// Starts the output at `eighths`/8 of the size, 1 to 8, in `colour`; `raw` gives planes as they are stored.
    pub fn start(&mut self, eighths: u8, colour: J_COLOR_SPACE, raw: bool) -> Result<Size, Error> {
        catching(|| {
            let info = self.info();
            info.scale_num = eighths.into();
            info.scale_denom = 8;
            info.raw_data_out = raw.into();
            info.out_color_space = colour;
            // SAFETY: the header has been read; the source does not suspend.
            unsafe { jpeg_start_decompress(info) };
            Size::new(info.output_width, info.output_height)
        })
    }

    /// Gives the rows of `region` (all, if `None`), whose pixels have as many samples as the colour space, as `layout`
    /// says, and stops behind the last. Rows after a place beyond which nothing can be read are grey.
    pub fn rows(&mut self, layout: Layout, region: Option<Rect>, to: &mut dyn Rows) -> Result<(), Error> {
        let info = self.info();
        if usize::try_from(info.output_components) != Ok(layout.channels()) {
            return Err(Error::internal(format!("libjpeg gives {} components", info.output_components)));
        }
        let size = Size::new(info.output_width, info.output_height);
        let mut cut = Cut::begin(to, size, layout, region)?;
        let stride = size.width as usize * layout.channels();
        let mut data = vec![0; stride * ROWS.min(size.height as usize)];
        while !cut.is_done() {
            let y = info.output_scanline;
            let read = catching(|| {
                let mut rows = [std::ptr::null_mut(); ROWS];
                let mut count = 0;
                for (pointer, row) in rows.iter_mut().zip(data.chunks_exact_mut(stride)) {
                    *pointer = row.as_mut_ptr();
                    count += 1;
                }
                // SAFETY: `rows` holds `count` rows of `stride` bytes each, which is what one row of output takes.
                unsafe { jpeg_read_scanlines(info, rows.as_mut_ptr(), count) }
            });
            let Some(given) = salvage(read, y > 0)? else { return cut.fill(MISSING) };
            cut.strip(&Strip { plane: 0, at: (0, y), data: &data[..given as usize * stride], stride })?;
        }
        Ok(())
    }

    /// Gives the rows of the three planes of raw output, of `region` (all, if `None`), and stops behind the last. Rows
    /// after a place beyond which nothing can be read are grey.
    pub fn planes(&mut self, region: Option<Rect>, to: &mut dyn Rows) -> Result<(), Error> {
        let info = self.info();
        let size = Size::new(info.output_width, info.output_height);
        // The scale as the library understood it: `min_DCT_scaled_size` is private in the binding.
        let eighths = info.scale_num as usize;
        let lines = info.max_v_samp_factor as usize * eighths;
        // SAFETY: the library keeps `num_components` entries from the header on; three by the caller's choice of
        // Y'CbCr, and checked.
        let components = unsafe { std::slice::from_raw_parts(info.comp_info, info.num_components as usize) };
        let [y, cb, cr] = components else { return Err(Error::internal("raw output of other than 3 components")) };
        let shapes = [y, cb, cr].map(|component| Shape::new(info, component, eighths));
        let subsampling = subsampling(info, [y, cb, cr], shapes, eighths)?;
        let mut cut = Cut::begin(to, size, Layout::YCbCr(subsampling), region)?;
        let mut buffers = shapes.map(|shape| vec![0u8; shape.stride * shape.rows]);
        let mut row_of_units = 0;
        while !cut.is_done() {
            let read = catching(|| {
                let mut shapes = shapes.iter();
                let mut rows = buffers.each_mut().map(|buffer| -> Vec<*mut u8> {
                    let stride = shapes.next().map_or(1, |shape| shape.stride);
                    buffer.chunks_exact_mut(stride).map(<[u8]>::as_mut_ptr).collect()
                });
                let mut planes = rows.each_mut().map(Vec::as_mut_ptr);
                // SAFETY: for each component there are as many row pointers as its part of one row of MCUs has
                // rows, each to as many bytes as its blocks are wide.
                unsafe { jpeg_read_raw_data(info, planes.as_mut_ptr(), lines as u32) }
            });
            if salvage(read, row_of_units > 0)?.is_none() {
                return cut.fill(MISSING);
            }
            for (plane, (data, shape)) in buffers.iter().zip(shapes).enumerate() {
                let at = (0, (row_of_units * shape.rows) as u32);
                cut.strip(&Strip { plane, at, data, stride: shape.stride })?;
            }
            row_of_units += 1;
        }
        Ok(())
    }

    pub(super) fn info(&mut self) -> &'a mut jpeg_decompress_struct {
        // SAFETY: the state lives as long as `self`; no method keeps the reference beyond its own end, and the
        // methods take `&mut self`.
        unsafe { &mut (*self.state).info }
    }
}

impl Drop for Decompressor<'_> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from a box, is dropped once, and destroying is allowed in every state, also for a
        // structure that was only zeroed.
        unsafe {
            jpeg_destroy_decompress(&mut (*self.state).info);
            drop(Box::from_raw(self.state));
        }
    }
}

/// Bytes of one component's part of a row of MCUs.
#[derive(Clone, Copy)]
struct Shape {
    stride: usize,
    rows: usize,
    /// Samples of a scaled block's side.
    block: usize,
}

impl Shape {
    /// The library doubles a subsampled component's scale as long as that makes it no finer than the output
    /// (`jpeg_calc_output_dimensions`); the result is private in the binding.
    fn new(info: &jpeg_decompress_struct, component: &jpeg_component_info, eighths: usize) -> Self {
        let horizontal = (info.max_h_samp_factor as usize * eighths, component.h_samp_factor as usize);
        let vertical = (info.max_v_samp_factor as usize * eighths, component.v_samp_factor as usize);
        let finer = |(full, own): (usize, usize), block: usize| full.is_multiple_of(own * block * 2);
        let mut block = eighths;
        while block < 8 && finer(horizontal, block) && finer(vertical, block) {
            block *= 2;
        }
        Self { stride: component.width_in_blocks as usize * block, rows: vertical.1 * block, block }
    }
}

fn subsampling(
    info: &jpeg_decompress_struct,
    components: [&jpeg_component_info; 3],
    shapes: [Shape; 3],
    eighths: usize,
) -> Result<Subsampling, Error> {
    let full = (info.max_h_samp_factor as usize * eighths, info.max_v_samp_factor as usize * eighths);
    let factors = [0, 1, 2].map(|i| {
        let (component, block): (&jpeg_component_info, usize) = (components[i], shapes[i].block);
        (full.0 / (component.h_samp_factor as usize * block), full.1 / (component.v_samp_factor as usize * block))
    });
    match factors {
        [(1, 1), (horizontal @ 1..=2, vertical @ 1..=2), chroma] if chroma == (horizontal, vertical) => {
            Ok(Subsampling { horizontal: horizontal as u8, vertical: vertical as u8 })
        }
        _ => Err(Error::internal(format!("raw output of unusual sampling {factors:?}"))),
    }
}

/// An error that leaves rows behind is not one: damaged files give what is there, which `None` is the end of.
fn salvage(read: Result<u32, Error>, some: bool) -> Result<Option<u32>, Error> {
    match read {
        Ok(0) => Err(Error::internal("libjpeg gives no rows")),
        Ok(rows) => Ok(Some(rows)),
        Err(Error::Corrupt { .. }) if some => Ok(None),
        Err(error) => Err(error),
    }
}

/// Called between rows of MCUs of each scan.
extern "C-unwind" fn on_progress(common: &mut jpeg_common_struct) {
    let state: *const State = common.client_data.cast_const().cast();
    // SAFETY: `client_data` is the state that `common` is the start of; only fields beside it are read, and the scan's
    // number, which the library does not change during this call.
    let (checked, scan) = unsafe { ((*state).cancel.check(), (*state).info.input_scan_number) };
    if let Err(error) = checked {
        fail(error);
    }
    if scan > MAX_SCANS {
        fail(Error::corrupt(Format::Jpeg, format_args!("more than {MAX_SCANS} scans")));
    }
}
