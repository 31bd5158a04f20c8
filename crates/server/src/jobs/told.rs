use std::time::SystemTime;

use lightmill_jobs::{Job, Progress, rfc3339};
use serde_json::{Value, json};

/// A job as clients and webhooks read it.
pub(super) fn job(job: &Job) -> Value {
    let Progress { part, speed } = job.progress;
    let running = job.state == lightmill_jobs::State::Running;
    let mut told = json!({
        "id": job.id,
        "state": job.state.name(),
        "url": job.payload["url"],
        "percent": part.map(|part| (f64::from(part) * 1000.0).round() / 10.0),
        "speed": speed.filter(|_| running),
        "attempts": job.attempts,
        "created": rfc3339::text(job.created),
        "started": time(job.started),
        "ended": time(job.ended),
    });
    if let Some(host) = job.payload.get("host") {
        told["host"] = host.clone();
    }
    if let Some(result) = &job.result {
        told["result"] = result.clone();
    }
    if let Some(problem) = &job.problem {
        told["error"] = json!({ "code": problem.code, "message": problem.message });
    }
    told
}

/// The same, with how far its webhook is: the job that follows it, once there is one.
pub(super) fn with_webhook(of: &Job, follow: Option<&Job>) -> Value {
    let mut told = job(of);
    if let Some(url) = of.payload.get("webhook") {
        told["webhook"] = json!({
            "url": url,
            "state": follow.map(|follow| follow.state.name()),
            "attempts": follow.map_or(0, |follow| follow.attempts),
            "error": follow.and_then(|follow| Some(follow.problem.as_ref()?.message.clone())),
        });
    }
    told
}

fn time(time: Option<SystemTime>) -> Option<String> {
    time.map(rfc3339::text)
}
