#![allow(unsafe_code)]

use lightmill_recipe::{Limits, Size};
use mozjpeg_sys::{
    J_INT_PARAM, JBLOCK, JBLOCKROW, JCP_FASTEST, JPOOL_IMAGE, jpeg_c_set_int_param, jpeg_common_struct,
    jpeg_compress_struct, jpeg_copy_critical_parameters, jpeg_decompress_struct, jpeg_read_coefficients,
    jpeg_simple_progression, jpeg_write_coefficients, jvirt_barray_control,
};

use super::compressor::{Compressor, write_profile};
use super::decompressor::Decompressor;
use super::failure::catching;
use crate::codecs::turn::{Mirrorings, Turn};
use crate::{Cancel, Error};

/// Coefficients of a side of a block.
const SIDE: usize = 8;

/// `file` cropped, turned and mirrored without loss: whole blocks of coefficients are moved, transposed, and their odd
/// frequencies negated, as mirroring does to the basis of the discrete cosine transform (ITU-T T.81, section A.3.3).
///
/// Markers other than those of the picture itself and `icc` are left out. `None` if the file's blocks do not allow it.
pub(in crate::codecs) fn turn(
    file: &[u8],
    turn: &Turn,
    progressive: bool,
    icc: Option<&[u8]>,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<Option<Vec<u8>>, Error> {
    let moved = Moved::start(file, turn, limits, cancel).and_then(|moved| match moved {
        Some(moved) => moved.write(turn, progressive, icc, cancel).map(Some),
        None => Ok(None),
    });
    match moved {
        // What cannot be moved may still be decoded.
        Err(Error::Corrupt { .. } | Error::Unsupported { .. }) => Ok(None),
        other => other,
    }
}

/// A file on its way.
struct Moved<'a> {
    source: Decompressor<'a>,
    target: Compressor,
    blocks: Vec<Blocks>,
}

/// The blocks of one component, in the source and in the target.
struct Blocks {
    source: *mut jvirt_barray_control,
    target: *mut jvirt_barray_control,
    /// Columns and rows of blocks that the source holds.
    stored: (u32, u32),
    /// Columns and rows of blocks of the result, whole MCUs.
    wanted: (u32, u32),
    /// Where the window begins, or where it ends on an axis that is mirrored.
    edge: (u32, u32),
}

impl<'a> Moved<'a> {
    fn start(file: &'a [u8], turn: &Turn, limits: &Limits, cancel: &Cancel) -> Result<Option<Self>, Error> {
        let mut source = Decompressor::open(file, limits.memory_bytes, cancel)?;
        let info = source.info();
        let components = info.num_components as usize;
        let maximum = (info.max_h_samp_factor.max(1) as u32, info.max_v_samp_factor.max(1) as u32);
        // The blocks of a single component are not interleaved (ITU-T T.81, section A.2.2).
        let unit = if components == 1 { (1, 1) } else { maximum };
        let (right, bottom) = (turn.window.x + turn.window.size.width, turn.window.y + turn.window.size.height);
        if right > info.image_width
            || bottom > info.image_height
            || !turn.fits(Size::new(unit.0 * SIDE as u32, unit.1 * SIDE as u32))
        {
            return Ok(None);
        }
        let mut target = Compressor::create(limits.result_bytes, cancel)?;
        let out = target.info();
        let blocks = catching(|| {
            // SAFETY: the header of the source has been read, the target was created; arrays and components are those
            // that the library made for them, `num_components` of each.
            unsafe {
                let arrays = jpeg_read_coefficients(info);
                jpeg_c_set_int_param(out, J_INT_PARAM::JINT_COMPRESS_PROFILE, JCP_FASTEST as i32);
                jpeg_copy_critical_parameters(info, out);
                shape(out, turn);
                let blocks = (0..components).map(|index| Blocks::request(info, out, *arrays.add(index), index, turn));
                blocks.collect()
            }
        })?;
        Ok(Some(Self { source, target, blocks }))
    }

    fn write(mut self, turn: &Turn, progressive: bool, icc: Option<&[u8]>, cancel: &Cancel) -> Result<Vec<u8>, Error> {
        let (info, out) = (self.source.info(), self.target.info());
        let mut arrays: Vec<_> = self.blocks.iter().map(|blocks| blocks.target).collect();
        catching(|| {
            // SAFETY: parameters are complete; the library keeps `arrays` until it is finished, below. The virtual
            // arrays of the target exist from the first call on.
            unsafe {
                out.optimize_coding = 1;
                if progressive {
                    jpeg_simple_progression(out);
                }
                jpeg_write_coefficients(out, arrays.as_mut_ptr());
                write_profile(out, icc.unwrap_or_default());
            }
        })?;
        for blocks in &self.blocks {
            for row in 0..blocks.wanted.1 {
                cancel.check()?;
                catching(|| blocks.fill(info, out, row, turn))?;
            }
        }
        self.target.finish()
    }
}

/// Sizes and tables of the result: where axes are exchanged, sampling factors and quantisers are too.
///
/// # Safety
/// Critical parameters have been copied.
unsafe fn shape(out: &mut jpeg_compress_struct, turn: &Turn) {
    let size = turn.size();
    (out.image_width, out.image_height) = (size.width, size.height);
    if !turn.orientation.transposes() {
        return;
    }
    for index in 0..out.num_components as usize {
        // SAFETY: `comp_info` holds `num_components` entries.
        let component = unsafe { &mut *out.comp_info.add(index) };
        std::mem::swap(&mut component.h_samp_factor, &mut component.v_samp_factor);
    }
    for table in out.quant_tbl_ptrs {
        // SAFETY: a table is null or one that the library allocated.
        if let Some(table) = unsafe { table.as_mut() } {
            let before = table.quantval;
            for (at, value) in table.quantval.iter_mut().enumerate() {
                *value = before[at % SIDE * SIDE + at / SIDE];
            }
        }
    }
}

impl Blocks {
    /// # Safety
    /// Coefficients of the source are being read, `source` are those of the component `index`; the target's parameters
    /// are complete.
    unsafe fn request(
        info: &mut jpeg_decompress_struct,
        out: &mut jpeg_compress_struct,
        source: *mut jvirt_barray_control,
        index: usize,
        turn: &Turn,
    ) -> Self {
        // SAFETY: both lists have `num_components` entries; the memory manager has all of its functions.
        let (from, to, request) = unsafe {
            let request = (*out.common.mem).request_virt_barray;
            (&*info.comp_info.add(index), &*out.comp_info.add(index), request)
        };
        let single = info.num_components == 1;
        let factors =
            |horizontal: i32, vertical: i32| if single { (1, 1) } else { (horizontal as u32, vertical as u32) };
        let stored = factors(from.h_samp_factor, from.v_samp_factor);
        let maximum = factors(info.max_h_samp_factor, info.max_v_samp_factor);
        let result = if turn.orientation.transposes() { (stored.1, stored.0) } else { stored };
        let most = if turn.orientation.transposes() { (maximum.1, maximum.0) } else { maximum };
        let size = turn.size();
        let units = |length: u32, most: u32| length.div_ceil(most * SIDE as u32);
        let wanted = (units(size.width, most.0) * result.0, units(size.height, most.1) * result.1);
        let window = turn.window;
        let (right, bottom) = turn.mirrored();
        let edge_x = if right { window.x + window.size.width } else { window.x };
        let edge_y = if bottom { window.y + window.size.height } else { window.y };
        let edge = (edge_x / (maximum.0 * SIDE as u32) * stored.0, edge_y / (maximum.1 * SIDE as u32) * stored.1);
        // Rows of a single component are read in steps of its own factor, whatever that is.
        let step = to.v_samp_factor.max(1) as u32;
        let columns = wanted.0.next_multiple_of(to.h_samp_factor.max(1) as u32);
        let rows = wanted.1.next_multiple_of(step);
        let target = request.map_or(std::ptr::null_mut(), |request| {
            // SAFETY: the array belongs to the target, and lives as long as it.
            unsafe { request(&mut out.common, JPOOL_IMAGE, 1, columns, rows, step) }
        });
        let stored = (from.width_in_blocks, from.height_in_blocks);
        Self { source, target, stored, wanted, edge }
    }

    /// Fills one row of the result's blocks.
    fn fill(&self, info: &mut jpeg_decompress_struct, out: &mut jpeg_compress_struct, row: u32, turn: &Turn) {
        let turn_of_blocks = Mirrorings::of(turn.orientation);
        let (right, bottom) = turn.mirrored();
        let along = |edge: u32, mirrored: bool, index: u32, stored: u32| {
            let place = if mirrored { edge.saturating_sub(index + 1) } else { edge + index };
            place.min(stored.saturating_sub(1))
        };
        // SAFETY: the row lies in the array, which was requested with as many columns as are wanted at least.
        let target = unsafe {
            let blocks = access(&mut out.common, self.target, row, true);
            std::slice::from_raw_parts_mut(blocks, self.wanted.0 as usize)
        };
        let mut at_hand = None;
        for (column, block) in (0..).zip(target) {
            let (across, down) = if turn_of_blocks.transposes { (row, column) } else { (column, row) };
            let x = along(self.edge.0, right, across, self.stored.0);
            let y = along(self.edge.1, bottom, down, self.stored.1);
            let blocks = match at_hand {
                Some((known, blocks)) if known == y => blocks,
                // SAFETY: `y` is a row of the source's array.
                _ => unsafe { access(&mut info.common, self.source, y, false) },
            };
            at_hand = Some((y, blocks));
            // SAFETY: `x` is a column of the source's array.
            *block = moved(unsafe { &*blocks.add(x as usize) }, turn_of_blocks);
        }
    }
}

/// One row of an array of blocks.
///
/// # Safety
/// The array belongs to `common` and exists, and `row` is one of its rows.
unsafe fn access(
    common: &mut jpeg_common_struct,
    array: *mut jvirt_barray_control,
    row: u32,
    write: bool,
) -> JBLOCKROW {
    // SAFETY: by this function's contract; the library answers with as many pointers to rows as were asked for.
    unsafe {
        match (*common.mem).access_virt_barray {
            Some(access) => *access(common, array, row, 1, write.into()),
            None => std::ptr::null_mut(),
        }
    }
}

/// A block as it is after the turn.
fn moved(block: &JBLOCK, turn: Mirrorings) -> JBLOCK {
    let mut result = [0; SIDE * SIDE];
    for (at, value) in result.iter_mut().enumerate() {
        let (row, column) = (at / SIDE, at % SIDE);
        let stored = if turn.transposes { block[column * SIDE + row] } else { block[at] };
        let negated = (turn.horizontal && column % 2 == 1) != (turn.vertical && row % 2 == 1);
        *value = if negated { stored.wrapping_neg() } else { stored };
    }
    result
}
