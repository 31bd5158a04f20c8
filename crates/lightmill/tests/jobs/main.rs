//! Jobs through the real binary: what is ordered is made, whatever happens meanwhile, and ends are told.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod again;
mod clips;
mod crashes;
mod orders;
mod refusals;
mod several;
mod shop;
mod webhooks;
