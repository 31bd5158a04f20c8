use super::dc::DcScan;
use super::first::FirstScan;
use super::plan::{Plan, Planned, plan};
use super::refine::RefiningScan;
use super::store::Store;
use crate::cpu::{Instructions, Work};
use crate::frame::Frame;
use crate::geometry::{Area, check, plane};
use crate::headers::Headers;
use crate::output::{Decoded, Plane};
use crate::reconstruct::{Dequantiser, block_row};
use crate::source::Source;
use crate::walk::{Visitor, Walk};
use crate::{Damage, Error, Options, cpu, zigzag};

/// Decodes a progressive file.
pub(crate) fn decode<const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    headers: Headers<'_>,
    options: &Options<'_>,
) -> Result<Decoded, Error> {
    let area = Area::of(frame, options)?;
    check(frame, &area, &options.limits, N, 0)?;
    let Plan { scans, components, mut damage } = plan(bytes, frame, headers, options)?;
    let needs = || frame.components.iter().zip(&components);
    let coefficients = needs().map(|(c, needs)| Store::<SLOTS>::bytes(c, &area.blocks(c), needs.nonzero)).sum();
    check(frame, &area, &options.limits, N, coefficients)?;
    let mut stores: Vec<_> = needs().map(|(c, needs)| Store::<SLOTS>::new(c, area.blocks(c), needs.nonzero)).collect();
    for planned in &scans {
        damage = read::<N, SLOTS>(bytes, frame, &area, planned, &mut stores, options)?.or(damage);
    }
    let mut planes = Vec::with_capacity(stores.len());
    for ((component, needs), store) in needs().zip(stores) {
        let dequantiser = Dequantiser::new(&needs.steps, &zigzag::slots(N)).with_precision(&needs.precision);
        let mut plane = plane(frame, component, &area, N);
        cpu::best(Reconstruction::<N, SLOTS> { store: &store, dequantiser, plane: &mut plane, options })?;
        planes.push(plane);
    }
    Ok(Decoded { planes, damage })
}

/// Makes the samples of a plane.
struct Reconstruction<'r, const N: usize, const SLOTS: usize> {
    store: &'r Store<SLOTS>,
    dequantiser: Dequantiser,
    plane: &'r mut Plane,
    options: &'r Options<'r>,
}

impl<const N: usize, const SLOTS: usize> Work for Reconstruction<'_, N, SLOTS> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run<I: Instructions>(self) -> Self::Output {
        let stride = self.plane.stride;
        let samples = self.plane.data.chunks_exact_mut(stride * N);
        for (row, (samples, coefficients)) in samples.zip(self.store.rows()).enumerate() {
            if row.is_multiple_of(16) && self.options.interrupted() {
                return Err(Error::Interrupted);
            }
            block_row::<I, N>(coefficients, &self.dequantiser, samples, stride);
        }
        Ok(())
    }
}

/// Reads one scan into the stores of its components.
fn read<const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    area: &Area,
    Planned { scan, notes_nonzero }: &Planned<'_>,
    stores: &mut [Store<SLOTS>],
    options: &Options<'_>,
) -> Result<Option<Damage>, Error> {
    let mut stores: Vec<Option<&mut Store<SLOTS>>> = stores.iter_mut().map(Some).collect();
    let mut stores: Vec<_> = scan.parts.iter().filter_map(|part| stores[part.component].take()).collect();
    let mut source = Source::new(bytes, scan.start);
    let source = &mut source;
    if scan.is_dc() {
        return walk(frame, area, scan, source, &mut DcScan::new(frame, scan, stores)?, true, options);
    }
    let Some(store) = stores.pop() else { return Ok(None) };
    // What a later refinement has to know of blocks, it has to know of all: intervals may differ.
    let jump = !notes_nonzero;
    if scan.refines() {
        let mut visitor = RefiningScan::<N, SLOTS>::new(scan, store, *notes_nonzero)?;
        walk(frame, area, scan, source, &mut visitor, jump, options)
    } else {
        let mut visitor = FirstScan::<N, SLOTS>::new(scan, store, *notes_nonzero)?;
        walk(frame, area, scan, source, &mut visitor, jump, options)
    }
}

fn walk(
    frame: &Frame,
    area: &Area,
    scan: &crate::scan::Scan<'_>,
    source: &mut Source<'_>,
    visitor: &mut impl Visitor,
    jump: bool,
    options: &Options<'_>,
) -> Result<Option<Damage>, Error> {
    cpu::best(Walk {
        visitor,
        source,
        across: scan.units(frame).0,
        wanted: scan.area(frame, area),
        restart_interval: scan.restart_interval,
        jump,
        options,
    })
}
