use lightmill_recipe::{Found, FoundKind};

use super::map::Map;

/// The strongest place has to be so much above the mean, in points of [`Map::of`], or nothing draws the eye.
const LEAST_RISE: f32 = 0.01;

/// What belongs to it is above this part of the way from the mean to the peak.
const BELONGS: f32 = 0.6;

/// The strongest place of `map` with all around it that is nearly as strong.
pub(super) fn peak(map: &Map) -> Option<Found> {
    let mean = map.mean();
    let (top, peak) = map.cells.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    if peak - mean < LEAST_RISE {
        return None;
    }
    let cells = connected(map, top, mean + BELONGS * (peak - mean));
    let along = |place: fn(usize, usize) -> usize, cells: &[usize], side: usize| {
        let places = cells.iter().map(|cell| place(*cell, map.width));
        let (first, last) = places.fold((side, 0), |(first, last), place| (first.min(place), last.max(place)));
        let length = (last + 1).saturating_sub(first);
        (first as f32 / side as f32, length as f32 / side as f32)
    };
    let (left, width) = along(|cell, width| cell % width, &cells, map.width);
    let (top, height) = along(|cell, width| cell / width, &cells, map.height);
    Some(Found { what: FoundKind::Salient, left, top, width, height, confidence: (peak - mean) / peak })
}

/// The cells of at least `least` that are connected with `start`, sideways or up and down.
fn connected(map: &Map, start: usize, least: f32) -> Vec<usize> {
    let mut seen = vec![false; map.cells.len()];
    seen[start] = true;
    let mut connected = vec![start];
    let mut next = 0;
    while let Some(cell) = connected.get(next).copied() {
        next += 1;
        let (x, y) = (cell % map.width, cell / map.width);
        let around = [
            (x > 0).then(|| cell - 1),
            (x + 1 < map.width).then(|| cell + 1),
            (y > 0).then(|| cell - map.width),
            (y + 1 < map.height).then(|| cell + map.width),
        ];
        for other in around.into_iter().flatten() {
            if !seen[other] && map.cells[other] >= least {
                seen[other] = true;
                connected.push(other);
            }
        }
    }
    connected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "parts of whole numbers of cells")]
    fn what_belongs_to_the_peak_is_in_the_box() {
        let mut map = Map { width: 10, height: 5, cells: vec![0.0; 50] };
        for (x, y, value) in [(3, 1, 90.0), (4, 1, 100.0), (4, 2, 80.0), (8, 4, 95.0)] {
            map.cells[y * 10 + x] = value;
        }
        let found = peak(&map).unwrap();
        assert_eq!([found.left, found.top, found.width, found.height], [0.3, 0.2, 0.2, 0.4]);
        assert!(found.confidence > 0.9);
    }

    #[test]
    fn where_everything_is_the_same_nothing_is_salient() {
        assert_eq!(peak(&Map { width: 4, height: 4, cells: vec![70.0; 16] }), None);
        assert_eq!(peak(&Map { width: 1, height: 1, cells: vec![0.0] }), None);
    }
}
