//! Over objects in memory.

mod memory;
mod runs;
mod walks;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use lightmill_mill::Mill;
use lightmill_store::Source;

use self::memory::Memory;
use super::*;
use crate::variants::tests::{mill, rules, variant};
use crate::variants::{Target, Variants};

/// One that makes nothing here.
static MILL: LazyLock<Mill> = LazyLock::new(|| mill(&(Arc::new(Memory::default()) as Arc<dyn Source>)));

/// A walk from one place to another, or within one.
fn walk(source: &Memory, target: &Memory, prefix: &str, inside: bool) -> Walk {
    let target = Target {
        sink: Arc::new(target.clone()),
        list: Arc::new(target.clone()),
        prefix: prefix.to_owned(),
        inside: inside.then(String::new),
    };
    let variants = Variants {
        mill: MILL.clone(),
        rules: Arc::new(rules()),
        source: Arc::new(source.clone()),
        target,
        variants: vec![variant("small", "image/resize,w_64"), variant("webp", "image/format,webp")],
        removes: true,
        manifest: false,
        notices: None,
        time: Duration::from_mins(1),
    };
    Walk::new(Arc::new(variants), Arc::new(source.clone()), false, 3)
}
