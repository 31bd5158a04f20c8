//! HTTP: mounts and routes, delivery, errors, the admin listener and telemetry.
//!
//! In the order in which a service comes to life:
//! 1. [`config`]: everything that can be configured, read and checked at once.
//! 2. [`telemetry`]: where logs and metrics go.
//! 3. [`service`] and [`Front`]: sources, mill and mounts put together, within the layers that every request passes.
//! 4. [`listen`]: sockets, what a connection may cost, and draining.
//! 5. [`reload`]: another configuration takes the place of the one before, between two requests.
//! 6. [`admin`]: alive, ready, metrics; on a listener of its own.
//! 7. [`worker`] makes variants of what comes into a source, and [`deliveries`] shows what is told to webhooks.
//!
//! A request is answered by [`mounts::Service::answer`]: the mount is found, its dialect reads the wish, the mill makes
//! it, and `delivery` sends it. What goes wrong on the way meets the one table in `errors`.

pub mod admin;
mod build;
pub mod config;
pub mod deliveries;
mod delivery;
mod errors;
mod jobs;
mod layers;
pub mod listen;
pub mod mounts;
pub mod reload;
pub mod telemetry;
mod tokens;
pub mod worker;

pub use build::{check_tools, service, table};
pub use errors::Problem;
pub use layers::Front;
pub use mounts::Target;
pub use reload::read_tables;
