use crate::Secret;

/// Which bucket, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The bucket's name, its alias, or the ARN of an access point.
    pub bucket: String,
    /// Put before every key as it is; ends with `/` where it stands for a folder. Empty by default.
    pub prefix: String,
    /// The bucket's region. `None`: the one that environment, profile or instance name, and `us-east-1` for an
    /// [`endpoint`](Self::endpoint) of one's own.
    pub region: Option<String>,
    /// The URL of a server that speaks S3's protocol; `None` for Amazon's.
    pub endpoint: Option<String>,
    /// Whether the bucket is the first segment of the path (`http://host/bucket/key`) and not the first label of the
    /// host (`http://bucket.host/key`). Off by default.
    pub path_style: bool,
    /// Whether to pay for the requests to a bucket whose owner asks for it. Off by default.
    pub requester_pays: bool,
    /// Who asks.
    pub credentials: Credentials,
    /// The role that they take on.
    pub role: Option<Role>,
}

impl Settings {
    /// A bucket of Amazon's with the defaults above.
    pub fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            prefix: String::new(),
            region: None,
            endpoint: None,
            path_style: false,
            requester_pays: false,
            credentials: Credentials::Found,
            role: None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// What the SDK finds: the environment (`AWS_ACCESS_KEY_ID`, …), the profile of `AWS_PROFILE`, a web identity token
    /// (EKS), the container's role (ECS, EKS Pod Identity), the instance's role (EC2), in this order.
    #[default]
    Found,
    /// A profile of the shared configuration files (`~/.aws/config`, `~/.aws/credentials`).
    Profile(String),
    /// A key that does not expire, as servers other than Amazon's hand out.
    Key {
        /// Its public part.
        id: String,
        /// Its secret part.
        secret: Secret,
    },
    /// Nobody: requests are not signed.
    Anonymous,
}

/// A role that is assumed through STS and renewed before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// `arn:aws:iam::ACCOUNT:role/NAME`.
    pub arn: String,
    /// What the owner's logs call the session: 2 to 64 of `A-Z a-z 0-9 _ + = , . @ -`.
    pub session_name: String,
    /// The text that the role's trust policy may ask for.
    pub external_id: Option<String>,
    /// The URL of an STS of one's own; `None` for Amazon's in the bucket's region.
    pub endpoint: Option<String>,
}

impl Role {
    /// A role in sessions called `lightmill`, through Amazon's STS.
    pub fn new(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), session_name: "lightmill".to_owned(), external_id: None, endpoint: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let mut settings = Settings::new("photos");
        settings.credentials = Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("hush") };
        let text = format!("{settings:?}");
        assert!(text.contains("AKIDEXAMPLE") && !text.contains("hush"), "{text}");
    }
}
