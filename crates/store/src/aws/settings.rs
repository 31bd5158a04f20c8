use crate::Secret;

/// Where Amazon's services are, and who asks them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The services' region. `None`: the one that environment, profile or instance name, and `us-east-1` for an
    /// [`endpoint`](Self::endpoint) of one's own.
    pub region: Option<String>,
    /// The URL of a server that speaks their protocols; `None` for Amazon's.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// The role that they take on.
    pub role: Option<Role>,
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
    /// The URL of an STS of one's own; `None` for Amazon's in the region of what is asked.
    pub endpoint: Option<String>,
}

impl Role {
    /// A role in sessions called `lightmill`, through Amazon's STS.
    pub fn new(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), session_name: "lightmill".to_owned(), external_id: None, endpoint: None }
    }
}
