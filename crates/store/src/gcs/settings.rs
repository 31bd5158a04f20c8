use std::path::PathBuf;

/// Which bucket, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The bucket's name.
    pub bucket: String,
    /// Put before every key as it is; ends with `/` where it stands for a folder. Empty by default.
    pub prefix: String,
    /// The URL of a server that speaks the same protocol, without `/` at its end; `None` for Google's.
    pub endpoint: Option<String>,
    /// The project that pays for the requests to a bucket whose owner asks for it.
    pub user_project: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
}

impl Settings {
    /// A bucket of Google's with the defaults above.
    pub fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            prefix: String::new(),
            endpoint: None,
            user_project: None,
            credentials: Credentials::Found,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// What Google's own tools would find: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, what
    /// `gcloud auth application-default login` left behind, or else the service account of the instance, in this order.
    #[default]
    Found,
    /// A JSON file: the key of a service account (`service_account`), or a user's (`authorized_user`).
    File(PathBuf),
    /// Nobody: requests are not signed.
    Anonymous,
}
