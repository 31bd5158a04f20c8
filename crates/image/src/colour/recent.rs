use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use moxcms::Transform8BitExecutor;

use crate::Layout;

/// Transforms that are kept: pictures of one site mostly carry one of a few profiles.
const CAPACITY: usize = 16;
/// Bytes of a profile that is remembered at most; larger ones are tables for printers.
const MAX_PROFILE_BYTES: usize = 16 << 10;

/// A way to sRGB, or `None` where there is none or nothing to do.
pub(super) type Way = Option<Arc<Transform8BitExecutor>>;

struct Entry {
    icc: Box<[u8]>,
    layout: Layout,
    way: Way,
}

/// Latest use first.
static RECENT: Mutex<VecDeque<Entry>> = Mutex::new(VecDeque::new());

/// What `make` gave for this profile and layout before, or gives. Making one costs as much as resizing a small picture.
pub(super) fn recent(icc: &[u8], layout: Layout, make: impl FnOnce() -> Way) -> Way {
    if icc.len() > MAX_PROFILE_BYTES {
        return make();
    }
    let lock = || RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut entries = lock();
    if let Some(place) = entries.iter().position(|entry| entry.layout == layout && *entry.icc == *icc) {
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
    entries.push_front(Entry { icc: icc.into(), layout, way: way.clone() });
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_once_per_layout() {
        let mut made = 0;
        let mut ask = |icc: &[u8], layout| {
            recent(icc, layout, || {
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
