use crate::config::{Config, Database, Jobs};

/// Keys of `new` that do not count before the next start: sockets are bound, threads and permits are handed out.
pub(super) fn restart(started: &Config, new: &Config) -> impl Iterator<Item = &'static str> {
    let (server, permits) = ((&started.server, &new.server), (&started.permits, &new.permits));
    // Nothing of `[jobs]` counts without what is opened at the start; tokens and webhooks may change later.
    let started_with = |config: &Config| {
        let asking = |jobs: &Jobs| matches!(jobs.database, Database::Table(_)).then(|| config.aws.clone());
        let opened = |jobs: &Jobs| (jobs.database.clone(), asking(jobs), jobs.queue_length, jobs.keep);
        config.jobs.as_ref().map(|jobs| (opened(jobs), jobs.at_a_time, jobs.attempts, jobs.time, jobs.lease))
    };
    let webhook = |config: &Config| {
        let webhook = config.jobs.as_ref()?.webhook.as_ref()?;
        Some((webhook.at_a_time, webhook.attempts))
    };
    let changed = [
        ("server.listen", server.0.listen != server.1.listen),
        ("server.admin", server.0.admin != server.1.admin),
        ("server.drain_time", server.0.drain_time != server.1.drain_time),
        ("server.connections", server.0.connections != server.1.connections),
        ("server.header_time", server.0.header_time != server.1.header_time),
        ("server.idle_time", server.0.idle_time != server.1.idle_time),
        ("server.write_time", server.0.write_time != server.1.write_time),
        ("server.headers", server.0.headers != server.1.headers),
        ("server.header_bytes", server.0.header_bytes != server.1.header_bytes),
        ("log.format", started.log.format != new.log.format),
        ("cache.disk", started.cache.disk != new.cache.disk),
        ("cache.disk_bytes", started.cache.disk_bytes != new.cache.disk_bytes),
        ("results.source", started.results != new.results),
        ("jobs", started_with(started) != started_with(new)),
        ("jobs.webhook", webhook(started) != webhook(new)),
        ("permits.threads", permits.0.threads != permits.1.threads),
        ("permits.memory_bytes", permits.0.memory_bytes != permits.1.memory_bytes),
        ("permits.queue_length", permits.0.queue_length != permits.1.queue_length),
        ("permits.queue_time", permits.0.queue_time != permits.1.queue_time),
        ("permits.fetches", permits.0.fetches != permits.1.fetches),
        ("permits.source_memory_bytes", permits.0.source_memory_bytes != permits.1.source_memory_bytes),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key)
}
