use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryPartition;
use aws_sdk_s3::config::{
    Builder, RequestChecksumCalculation, ResponseChecksumValidation, StalledStreamProtectionConfig,
};

use super::{Credentials, Settings};
use crate::aws;

/// How often a request is sent at most, and the bounds of the pause before the next attempt.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long one attempt may take to connect, and then to the first byte of its answer.
const CONNECT: Duration = Duration::from_secs(3);
const FIRST_BYTE: Duration = Duration::from_secs(10);

/// A client for one bucket. Nothing is asked of the bucket; where the region is not stated, the SDK looks for it in
/// environment, profile and instance.
pub(super) async fn client(settings: &Settings) -> Client {
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_PAUSE)
        .with_max_backoff(LONGEST_PAUSE);
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(FIRST_BYTE).build();
    // Whoever reads slowly is not an origin that stalls; `guard::Timed` tells them apart.
    let stalled = StalledStreamProtectionConfig::enabled().download_enabled(false).build();
    let shared = aws::load(
        &aws::Settings {
            region: settings.region.clone(),
            endpoint: settings.endpoint.clone(),
            credentials: settings.credentials.clone(),
            role: settings.role.clone(),
        },
        |loader| loader.retry_config(retries).timeout_config(timeouts).stalled_stream_protection(stalled),
    )
    .await;
    let mut config = Builder::from(&shared)
        .force_path_style(settings.path_style)
        // One bucket in trouble must not use up the retries of others.
        .retry_partition(RetryPartition::new(format!("{:?} {}", settings.endpoint, settings.bucket)));
    if let Some(endpoint) = &settings.endpoint {
        config = config
            .endpoint_url(endpoint)
            // Many servers do not know Amazon's checksums.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    }
    if settings.credentials == Credentials::Anonymous {
        config = config.allow_no_auth();
    }
    Client::from_conf(config.build())
}
