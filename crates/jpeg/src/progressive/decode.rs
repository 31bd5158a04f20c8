use super::dc::DcScan;
use super::first::FirstScan;
use super::plan::{Plan, Planned, plan};
use super::refine::RefiningScan;
use super::store::Store;
use crate::canvas::{Canvas, Take};
use crate::cpu::{Instructions, Work};
use crate::frame::Frame;
use crate::geometry::{Area, check};
use crate::headers::Headers;
use crate::output::Decoded;
use crate::reconstruct::{Dequantiser, block_row};
use crate::source::Source;
use crate::walk::{Visitor, Walk};
use crate::{Damage, Error, Options, cpu, zigzag};

/// Decodes a progressive file. With `take`, strips go there, and no planes come back.
pub(crate) fn decode<const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    headers: Headers<'_>,
    options: &Options<'_>,
    take: Option<Take<'_>>,
) -> Result<Decoded, Error> {
    let area = Area::of(frame, options)?;
    let planes = Canvas::bytes(frame, &area, N, take.is_some());
    check(frame, &options.limits, planes)?;
    let Plan { scans, components, mut damage } = plan(bytes, frame, headers, options)?;
    let needs = || frame.components.iter().zip(&components);
    let coefficients: usize = needs().map(|(c, needs)| Store::<SLOTS>::bytes(c, &area.blocks(c), needs.nonzero)).sum();
    check(frame, &options.limits, planes + coefficients)?;
    let mut stores: Vec<_> = needs().map(|(c, needs)| Store::<SLOTS>::new(c, area.blocks(c), needs.nonzero)).collect();
    for planned in &scans {
        damage = read::<N, SLOTS>(bytes, frame, &area, planned, &mut stores, options)?.or(damage);
    }
    let parts = needs().zip(&stores).map(|((component, needs), store)| ReconstructedPart {
        store,
        dequantiser: Dequantiser::new(&needs.steps, &zigzag::slots(N)).with_precision(&needs.precision),
        vertical: component.vertical,
    });
    let mut canvas = Canvas::new(frame, &area, N, take);
    let parts = parts.collect();
    cpu::best(Reconstruction::<N, SLOTS> { parts, canvas: &mut canvas, options })?;
    Ok(Decoded { planes: canvas.into_planes(), damage })
}

/// Makes samples, row of MCUs by row of MCUs.
struct Reconstruction<'r, 'c, const N: usize, const SLOTS: usize> {
    parts: Vec<ReconstructedPart<'r, SLOTS>>,
    canvas: &'r mut Canvas<'c>,
    options: &'r Options<'r>,
}

/// A component.
struct ReconstructedPart<'r, const SLOTS: usize> {
    store: &'r Store<SLOTS>,
    dequantiser: Dequantiser,
    /// Rows of blocks in a row of MCUs.
    vertical: usize,
}

impl<const N: usize, const SLOTS: usize> Work for Reconstruction<'_, '_, N, SLOTS> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run<I: Instructions>(self) -> Self::Output {
        for row in 0..self.canvas.rows() {
            if self.options.interrupted() {
                return Err(Error::Interrupted);
            }
            for (component, part) in self.parts.iter().enumerate() {
                for row in row * part.vertical..(row + 1) * part.vertical {
                    let (samples, stride) = self.canvas.blocks(component, row);
                    block_row::<I, N>(part.store.row(row), &part.dequantiser, samples, stride);
                }
            }
            self.canvas.next_row()?;
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
