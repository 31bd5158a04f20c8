//! What a worker tells servers, through the real binary.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod crashes;
mod deliveries;
mod manifests;
mod replays;
mod shop;
