use crate::frame::Frame;
use crate::headers::Headers;
use crate::markers::scan_end;
use crate::quantisation::Steps;
use crate::scan::Scan;
use crate::zigzag::wanted;
use crate::{Damage, Error, Options, Refinement, Scale};

/// What is done with a file's scans.
pub(super) struct Plan<'a> {
    /// The scans to read, in their order.
    pub scans: Vec<Planned<'a>>,
    pub components: Vec<Needs>,
    /// Whether headers after the first scan are damaged, or a component has no scan.
    pub damage: Option<Damage>,
}

/// A scan to read.
pub(super) struct Planned<'a> {
    pub scan: Scan<'a>,
    /// Whether a later scan needs to know which coefficients this one found not to be 0.
    pub notes_nonzero: bool,
}

/// What is needed for one component.
#[derive(Clone)]
pub(super) struct Needs {
    /// Quantisation steps; of 1 if the component has no scan.
    pub steps: Steps,
    /// Whether a scan to be read refines AC coefficients.
    pub nonzero: bool,
    /// By zigzag index, the bits that a read coefficient lacks at the end, and those that all scans would leave.
    pub precision: [(u32, u32); 64],
}

/// Predicted squared error of a plane's samples that [`Refinement::Visible`] accepts: 46 dB.
const VISIBLE_ERROR: f64 = 255.0 * 255.0 / 39810.717;

/// Finds all scans, and chooses those to read.
pub(super) fn plan<'a>(
    bytes: &[u8],
    frame: &Frame,
    headers: Headers<'a>,
    options: &Options<'_>,
) -> Result<Plan<'a>, Error> {
    let (scans, mut damage) = find(bytes, frame, headers, options)?;
    let mut components = Vec::with_capacity(frame.components.len());
    for (index, component) in frame.components.iter().enumerate() {
        let first = scans.iter().find(|scan| scan.parts.iter().any(|part| part.component == index));
        let steps = if let Some(scan) = first {
            scan.quantisation[component.quantisation].ok_or(Error::Corrupt("a quantisation table is missing"))?
        } else {
            damage = damage.or(Some(Damage::Truncated));
            [1; 64]
        };
        components.push(Needs { steps, nonzero: false, precision: [(0, 0); 64] });
    }
    let n = options.scale.block();
    let least: Vec<u32> = (0..components.len())
        .map(|index| match options.refinement {
            Refinement::Exact => 0,
            Refinement::Visible => visible(&scans, index, &components[index].steps, options.scale),
        })
        .collect();
    for (index, needs) in components.iter_mut().enumerate() {
        let (read, whole) = (precision(&scans, index, least[index]), precision(&scans, index, 0));
        needs.precision = std::array::from_fn(|k| (read[k], whole[k]));
    }
    // Backwards: a refinement needs all scans before it of the same band, and what they found not to be 0.
    let mut needed = vec![wanted(n); components.len()];
    let mut noted = vec![0u64; components.len()];
    let mut chosen = Vec::with_capacity(scans.len());
    for scan in scans.into_iter().rev() {
        if scan.is_dc() {
            chosen.push(Planned { scan, notes_nonzero: false });
            continue;
        }
        let (component, band) = (scan.parts[0].component, band(&scan));
        if band & needed[component] == 0 || (scan.refines() && scan.low < least[component]) {
            continue;
        }
        let notes_nonzero = band & noted[component] != 0;
        if scan.refines() {
            needed[component] |= band;
            noted[component] |= band;
            components[component].nonzero = true;
        }
        chosen.push(Planned { scan, notes_nonzero });
    }
    chosen.reverse();
    Ok(Plan { scans: chosen, components, damage })
}

/// The scans up to the end of the file, or to a header that cannot be read.
fn find<'a>(
    bytes: &[u8],
    frame: &Frame,
    mut headers: Headers<'a>,
    options: &Options<'_>,
) -> Result<(Vec<Scan<'a>>, Option<Damage>), Error> {
    let mut scans: Vec<Scan<'a>> = Vec::new();
    loop {
        if options.interrupted() {
            return Err(Error::Interrupted);
        }
        match headers.scan(frame) {
            Ok(Some(scan)) => {
                headers.seek(scan_end(bytes, scan.start));
                scans.push(scan);
            }
            Ok(None) if scans.is_empty() => return Err(Error::Corrupt("no scan")),
            Err(error) if scans.is_empty() => return Err(error),
            Ok(None) => return Ok((scans, None)),
            Err(_) => return Ok((scans, Some(Damage::Corrupt))),
        }
        options.limits.check_scans(scans.len())?;
    }
}

/// The coefficients of a scan, as bits.
fn band(scan: &Scan<'_>) -> u64 {
    (u64::MAX >> (63 - scan.band.1)) & (u64::MAX << scan.band.0)
}

/// The bits that each coefficient of a component lacks after all of its scans but refinements below `least`.
fn precision(scans: &[Scan<'_>], component: usize, least: u32) -> [u32; 64] {
    let mut precision = [0; 64];
    let of_component = |scan: &&Scan<'_>| scan.parts.iter().any(|part| part.component == component);
    for scan in scans.iter().filter(of_component) {
        if scan.is_dc() || !scan.refines() || scan.low >= least {
            precision[scan.band.0 as usize..=scan.band.1 as usize].fill(scan.low);
        }
    }
    precision
}

/// The most bits that AC refinements of a component may be left to lack so that the error stays invisible.
///
/// A coefficient that lacks the lower bits of a step q·2^b is off by up to it, evenly, which is a variance of (q·2^b)²/12;
/// in the scaled inverse DCT each coefficient has 1/64 of its square in each sample's.
fn visible(scans: &[Scan<'_>], component: usize, steps: &Steps, scale: Scale) -> u32 {
    let most = match scale {
        Scale::Eighth | Scale::ThreeQuarters | Scale::Full => 0,
        Scale::Quarter => 13,
        Scale::Half => 1,
    };
    let wanted = wanted(scale.block());
    let whole = precision(scans, component, 0);
    let error = |least: u32| -> f64 {
        let read = precision(scans, component, least);
        let lacking = (1..64).filter(|k| wanted >> k & 1 == 1 && read[*k] > whole[*k]);
        lacking.map(|k| (f64::from(steps[k]) * f64::from(1u32 << read[k])).powi(2) / 768.0).sum()
    };
    (1..=most).rev().find(|least| error(*least) <= VISIBLE_ERROR).unwrap_or(0)
}
