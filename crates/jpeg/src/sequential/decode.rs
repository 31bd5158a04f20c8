use super::scan::Scanner;
use crate::frame::Frame;
use crate::geometry::{Area, check, plane};
use crate::headers::Headers;
use crate::output::{Decoded, Plane};
use crate::source::Source;
use crate::walk::Walk;
use crate::{Damage, Error, Options, cpu};

/// Decodes a sequential file, whose components come in one scan or in several.
pub(crate) fn decode<const N: usize, const SLOTS: usize>(
    bytes: &[u8],
    frame: &Frame,
    mut headers: Headers<'_>,
    options: &Options<'_>,
) -> Result<Decoded, Error> {
    let area = Area::of(frame, options)?;
    check(frame, &area, &options.limits, N, 0)?;
    let mut planes: Vec<Plane> = frame.components.iter().map(|component| plane(frame, component, &area, N)).collect();
    let mut seen = vec![false; planes.len()];
    let mut damage = None;
    let mut scans = 0;
    while seen.contains(&false) {
        let scan = match headers.scan(frame) {
            Ok(Some(scan)) => scan,
            Ok(None) if scans > 0 => break,
            Ok(None) => return Err(Error::Corrupt("no scan")),
            Err(error) if scans == 0 => return Err(error),
            Err(_) => {
                damage = Some(Damage::Corrupt);
                break;
            }
        };
        scans += 1;
        options.limits.check_scans(scans)?;
        for part in &scan.parts {
            seen[part.component] = true;
        }
        let wanted = scan.area(frame, &area);
        let mut parts: Vec<Option<&mut Plane>> = planes.iter_mut().map(Some).collect();
        let parts = scan.parts.iter().filter_map(|part| parts[part.component].take()).collect();
        let mut scanner = Scanner::<N, SLOTS>::new(frame, &scan, wanted.clone(), parts)?;
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
        scanner.fill();
        headers.seek(source.position());
    }
    for (plane, seen) in planes.iter_mut().zip(seen) {
        if !seen {
            plane.data.fill(128);
            damage = damage.or(Some(Damage::Truncated));
        }
    }
    Ok(Decoded { planes, damage })
}
