use super::scan::{Scanner, row_bytes};
use crate::canvas::{Canvas, Take};
use crate::frame::Frame;
use crate::geometry::{Area, check};
use crate::headers::Headers;
use crate::output::Decoded;
use crate::scan::Scan;
use crate::source::Source;
use crate::walk::Walk;
use crate::{Damage, Error, Options, cpu};

/// Decodes a sequential file, whose components come in one scan or in several. With `take`, strips go there, and no
/// planes come back.
pub(crate) fn decode<const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    mut headers: Headers<'_>,
    options: &Options<'_>,
    take: Option<Take<'_>>,
) -> Result<Decoded, Error> {
    let area = Area::of(frame, options)?;
    let planes = |strips| Canvas::bytes(frame, &area, N, strips);
    let row = row_bytes::<SLOTS>(frame, &area);
    check(frame, &options.limits, planes(take.is_some()) + row)?;
    let scan = headers.scan(frame)?.ok_or(Error::Corrupt("no scan"))?;
    // Strips are complete only behind the last scan.
    let collects = take.is_some() && scan.parts.len() < frame.components.len();
    if collects {
        check(frame, &options.limits, planes(true) + planes(false) + row)?;
    }
    let mut canvas = Canvas::new(frame, &area, N, take);
    let mut collected = collects.then(|| Canvas::new(frame, &area, N, None));
    let target = collected.as_mut().unwrap_or(&mut canvas);
    let damage = read_scans::<N, SLOTS>(bytes, frame, &area, headers, scan, target, options)?;
    if let Some(mut collected) = collected {
        canvas.copy(&mut collected)?;
    }
    Ok(Decoded { planes: canvas.into_planes(), damage })
}

/// Reads `scan` and those behind it, until each component has come.
fn read_scans<'a, const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    area: &Area,
    mut headers: Headers<'a>,
    mut scan: Scan<'a>,
    canvas: &mut Canvas<'_>,
    options: &Options<'_>,
) -> Result<Option<Damage>, Error> {
    let mut seen = vec![false; frame.components.len()];
    let mut damage = None;
    for scans in 1.. {
        options.limits.check_scans(scans)?;
        for part in &scan.parts {
            seen[part.component] = true;
        }
        let wanted = scan.area(frame, area);
        let mut scanner = Scanner::<N, SLOTS>::new(frame, &scan, wanted.clone(), canvas)?;
        let mut source = Source::new(bytes, scan.start);
        let walk = Walk {
            visitor: &mut scanner,
            source: &mut source,
            across: scan.units(frame).0,
            wanted,
            restart_interval: scan.restart_interval,
            jump: true,
            options,
        };
        damage = cpu::best(walk)?.or(damage);
        scanner.fill()?;
        headers.seek(source.position());
        if !seen.contains(&false) {
            break;
        }
        scan = match headers.scan(frame) {
            Ok(Some(next)) => next,
            Ok(None) => break,
            Err(_) => {
                damage = Some(Damage::Corrupt);
                break;
            }
        };
    }
    for (component, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
        canvas.fill(component);
        damage = damage.or(Some(Damage::Truncated));
    }
    Ok(damage)
}
