//! What clients see, the same over every kind of store: one suite of behaviours, run unchanged against all of them.
//! `docs/stores.md` has the table of what is tried against what; the last test here holds it to this file.
#![allow(clippy::unwrap_used)]

mod backfill;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod credentials;
mod documented;
mod keys;
mod originals;
mod paths;
mod results;
mod store;
mod transforms;

/// One module for each store, one test for each behaviour; and the list of them.
macro_rules! suite {
    ($($store:ident ($make:expr): $($behaviour:ident)*;)*) => {
        $(mod $store {
            $(#[test]
            fn $behaviour() {
                crate::$behaviour::behaviour(&$make);
            })*
        })*

        /// Every store with what is tried against it.
        const TRIED: &[(&str, &[&str])] = &[$((stringify!($store), &[$(stringify!($behaviour)),*])),*];
    };
}

suite! {
    local (crate::store::Folder::new()): originals transforms keys changes results paths backfill;
    moto (crate::store::Moto): originals transforms keys changes results paths backfill;
    s3s_fs (crate::store::S3s::new()): originals transforms keys changes results paths backfill credentials;
    azurite (crate::store::Azurite): originals transforms keys changes results paths backfill credentials;
    fake_gcs (crate::store::FakeGcs): originals transforms keys changes results paths backfill;
}

#[test]
fn the_table_says_what_is_tried() {
    documented::says(TRIED);
}
