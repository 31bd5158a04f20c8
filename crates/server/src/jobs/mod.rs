//! Work without a waiting client: `POST /jobs`, and who does it.
//!
//! * [`Board`] is what is opened once: the queue, and what wakes whoever works on it.
//! * [`Desk`] is what a configuration makes of it: who may ask, and the routes (`routes.rs`).
//! * `order.rs` reads what is posted, `told.rs` says how a job is told.
//! * `making.rs` does what is ordered, `telling.rs` tells webhooks of ends, `house.rs` counts and forgets, `staff.rs` starts
//!   them all.
//!
//! [`crate::mounts::Service`] reads and makes the wish of an order by the code that answers a `GET` of it.

mod board;
mod desk;
mod house;
mod making;
mod order;
mod routes;
mod staff;
mod telling;
mod told;

pub(crate) use board::{Board, TELLING};
pub(crate) use desk::Desk;
pub(crate) use house::keep;
pub(crate) use making::failure;
pub(crate) use order::{Order, Save};
pub(crate) use staff::work;
pub(crate) use telling::message;
