use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use http::Uri;

use super::Settings;
use crate::Error;

/// A service that speaks JSON (the AWS JSON 1.0 and 1.1 protocols).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// First label of its host, and its name in signatures.
    pub(crate) name: &'static str,
    /// Its name in `AWS_ENDPOINT_URL_…` and in profiles.
    pub(crate) id: &'static str,
    /// Put before an operation's name in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// The media type of questions.
    pub(crate) content_type: &'static str,
}

impl Service {
    /// Amazon DynamoDB.
    pub const DYNAMODB: Self = Self {
        name: "dynamodb",
        id: "DynamoDB",
        target: "DynamoDB_20120810",
        content_type: "application/x-amz-json-1.0",
    };
    /// AWS Secrets Manager.
    pub const SECRETS_MANAGER: Self = Self {
        name: "secretsmanager",
        id: "Secrets Manager",
        target: "secretsmanager",
        content_type: "application/x-amz-json-1.1",
    };
    /// Amazon Rekognition.
    pub const REKOGNITION: Self = Self {
        name: "rekognition",
        id: "Rekognition",
        target: "RekognitionService",
        content_type: "application/x-amz-json-1.1",
    };
    /// Amazon SQS.
    pub const SQS: Self =
        Self { name: "sqs", id: "SQS", target: "AmazonSQS", content_type: "application/x-amz-json-1.0" };
    /// AWS Systems Manager.
    pub const SSM: Self =
        Self { name: "ssm", id: "SSM", target: "AmazonSSM", content_type: "application/x-amz-json-1.1" };
}

/// Where the service is: as configured, as environment or profile say, or Amazon's own address of the region.
pub(super) fn endpoint(service: Service, settings: &Settings, config: &SdkConfig) -> Result<Uri, Error> {
    let stated = settings.endpoint.clone().or_else(|| of_service(service, config));
    let stated = stated.or_else(|| config.endpoint_url().map(str::to_owned));
    let text = match (stated, config.region()) {
        (Some(url), _) => format!("{}/", url.trim_end_matches('/')),
        (None, Some(region)) => format!("https://{}.{region}.{}/", service.name, suffix(region.as_ref())),
        (None, None) => return Err(Error::unavailable("no region is configured or found")),
    };
    text.parse().map_err(|error| Error::unavailable(format_args!("{text} is no endpoint: {error}")))
}

fn of_service(service: Service, config: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service.id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    config.service_config()?.load_config(key.build().ok()?)
}

/// The domain of the partition that has the region.
fn suffix(region: &str) -> &'static str {
    match region.split_once('-').map_or("", |(partition, _)| partition) {
        "cn" => "amazonaws.com.cn",
        "eusc" => "amazonaws.eu",
        _ if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        _ if region.starts_with("us-iso-") => "c2s.ic.gov",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use aws_config::Region;

    use super::*;

    fn of(endpoint: Option<&str>, region: Option<&'static str>) -> Option<String> {
        let settings = Settings { endpoint: endpoint.map(str::to_owned), ..Settings::default() };
        let config = SdkConfig::builder().region(region.map(Region::from_static)).build();
        endpoint_of(&settings, &config)
    }

    fn endpoint_of(settings: &Settings, config: &SdkConfig) -> Option<String> {
        endpoint(Service::DYNAMODB, settings, config).ok().map(|uri| uri.to_string())
    }

    #[test]
    fn addresses() {
        for (region, host) in [
            ("eu-central-1", "dynamodb.eu-central-1.amazonaws.com"),
            ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "dynamodb.us-iso-east-1.c2s.ic.gov"),
        ] {
            assert_eq!(of(None, Some(region)), Some(format!("https://{host}/")));
        }
        assert_eq!(of(Some("http://127.0.0.1:4566"), None).as_deref(), Some("http://127.0.0.1:4566/"));
        assert_eq!(of(None, None), None);
    }
}
