//! One file for each command: its arguments, and what it does.

mod backfill;
mod check;
mod configuration;
mod convert;
mod explain;
mod look;
mod output;
mod process;
mod progress;
mod serve;
mod sign;
mod webhooks;
mod worker;

pub use backfill::{BackfillArguments, backfill};
pub use check::{CheckArguments, check};
pub use convert::{ConvertArguments, convert};
pub use explain::{ExplainArguments, explain};
pub use process::{ProcessArguments, process};
pub use serve::{ServeArguments, announce, follow};
pub use sign::{SignArguments, sign};
pub use webhooks::{WebhooksArguments, webhooks};
pub use worker::{WorkerArguments, announce_worker};
