use crate::aws::{Credentials, Role};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn secrets_are_not_shown() {
        let mut settings = Settings::new("photos");
        settings.credentials = Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("hush") };
        let text = format!("{settings:?}");
        assert!(text.contains("AKIDEXAMPLE") && !text.contains("hush"), "{text}");
    }
}
