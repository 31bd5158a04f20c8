use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryPartition;
use aws_sdk_s3::config::{
    Builder, Credentials as Keys, RequestChecksumCalculation, ResponseChecksumValidation, SharedCredentialsProvider,
    StalledStreamProtectionConfig,
};

use super::{Credentials, Role, Settings};

/// How often a request is sent at most, and the bounds of the pause before the next attempt.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long one attempt may take to connect, and then to the first byte of its answer.
const CONNECT: Duration = Duration::from_secs(3);
const FIRST_BYTE: Duration = Duration::from_secs(10);

/// The region of signatures for servers that have none.
const ANY_REGION: &str = "us-east-1";

/// A client for one bucket. Nothing is asked of the bucket; where the region is not stated, the SDK looks for it in
/// environment, profile and instance.
pub(super) async fn client(settings: &Settings) -> Client {
    let mut shared = loader(settings).load().await;
    if let Some(role) = &settings.role {
        shared = assuming(&shared, role).await;
    }
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

fn loader(settings: &Settings) -> ConfigLoader {
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_PAUSE)
        .with_max_backoff(LONGEST_PAUSE);
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(FIRST_BYTE).build();
    // Stated, not the latest: what an update of the SDK changes is then looked at first.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .retry_config(retries)
        .timeout_config(timeouts)
        // Whoever reads slowly is not an origin that stalls; `guard::Timed` tells them apart.
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().download_enabled(false).build());
    match (&settings.region, &settings.endpoint) {
        (Some(region), _) => loader = loader.region(Region::new(region.clone())),
        (None, Some(_)) => loader = loader.region(Region::from_static(ANY_REGION)),
        (None, None) => {}
    }
    match &settings.credentials {
        Credentials::Found => loader,
        Credentials::Profile(name) => loader.profile_name(name),
        Credentials::Key { id, secret } => {
            loader.credentials_provider(Keys::new(id, secret.reveal(), None, None, "lightmill settings"))
        }
        Credentials::Anonymous => loader.no_credentials(),
    }
}

/// `shared` with the role's credentials in place of its own.
async fn assuming(shared: &SdkConfig, role: &Role) -> SdkConfig {
    let mut own = shared.to_builder();
    own.set_endpoint_url(role.endpoint.clone().or_else(|| shared.endpoint_url().map(str::to_owned)));
    let mut provider = AssumeRoleProvider::builder(&role.arn).configure(&own.build()).session_name(&role.session_name);
    if let Some(external_id) = &role.external_id {
        provider = provider.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    shared.to_builder().credentials_provider(provider).build()
}
