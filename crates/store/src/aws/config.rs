use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::{Credentials, Role, Settings};

/// The region of signatures for servers that have none.
const ANY_REGION: &str = "us-east-1";

/// What the SDK finds out for `settings`, with more of the caller's `own`. Nothing is asked of a service, but environment,
/// profile and instance are looked through.
pub(crate) async fn load(settings: &Settings, own: impl FnOnce(ConfigLoader) -> ConfigLoader) -> SdkConfig {
    let shared = own(loader(settings)).load().await;
    match &settings.role {
        Some(role) => assuming(&shared, role).await,
        None => shared,
    }
}

fn loader(settings: &Settings) -> ConfigLoader {
    // Stated, not the latest: what an update of the SDK changes is then looked at first.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12());
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
