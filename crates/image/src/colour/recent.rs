use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::Space;
use super::transform::Transform;
use crate::Layout;

/// Transforms that are kept: pictures of one site mostly carry one of a few profiles.
const CAPACITY: usize = 16;
/// Bytes of a profile that is remembered at most; larger ones are tables for printers.
const MAX_PROFILE_BYTES: usize = 16 << 10;

struct Entry {
    icc: Box<[u8]>,
    space: Space,
    layout: Layout,
    way: Option<Transform>,
}

/// Latest use first.
static RECENT: Mutex<VecDeque<Entry>> = Mutex::new(VecDeque::new());

/// The way from this profile to this space for this layout (`None` where there is none or nothing to do): as `make`
/// gave it before, or gives it. Making one costs as much as resizing a small picture.
pub(super) fn recent(
    icc: &[u8],
    space: Space,
    layout: Layout,
    make: impl FnOnce() -> Option<Transform>,
) -> Option<Transform> {
    if icc.len() > MAX_PROFILE_BYTES {
        return make();
    }
    let lock = || RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut entries = lock();
    let same = |entry: &Entry| (entry.space, entry.layout) == (space, layout) && *entry.icc == *icc;
    if let Some(place) = entries.iter().position(same) {
        let way = entries[place].way.clone();
        if let Some(entry) = entries.remove(place) {
            entries.push_front(entry);
        }
        return way;
    }
    drop(entries);
    let way = make();
    let mut entries = lock();
    entries.truncate(CAPACITY - 1);
    entries.push_front(Entry { icc: icc.into(), space, layout, way: way.clone() });
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_once_per_layout() {
        let mut made = 0;
        let mut ask = |icc: &[u8], layout| {
            recent(icc, Space::Srgb, layout, || {
                made += 1;
                None
            });
        };
        for _ in 0..3 {
            ask(b"a profile of this test", Layout::Rgb);
            ask(b"a profile of this test", Layout::Rgba);
        }
        ask(&vec![7; MAX_PROFILE_BYTES + 1], Layout::Rgb);
        ask(&vec![7; MAX_PROFILE_BYTES + 1], Layout::Rgb);
        assert_eq!(made, 4);
    }
}
