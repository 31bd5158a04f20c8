use crate::Secret;

/// Which container, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The storage account's name.
    pub account: String,
    /// The container's name.
    pub container: String,
    /// Put before every key as it is; ends with `/` where it stands for a folder. Empty by default.
    pub prefix: String,
    /// Where containers are, without `/` at the end; `None` for `https://ACCOUNT.blob.core.windows.net`.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
}

impl Settings {
    /// A container of Azure's public cloud with the defaults above.
    pub fn new(account: impl Into<String>, container: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            container: container.into(),
            prefix: String::new(),
            endpoint: None,
            credentials: Credentials::Found { client_id: None },
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Who this runs as: an application with a secret (`AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`), a
    /// workload identity (`AZURE_FEDERATED_TOKEN_FILE` in place of the secret), or a managed identity (`IDENTITY_ENDPOINT`
    /// and `IDENTITY_HEADER`, or the instance's own), in this order.
    Found {
        /// Which application or which identity it is, where there are several; wins over `AZURE_CLIENT_ID`.
        client_id: Option<String>,
    },
    /// One of the account's two keys, in base64.
    Key(Secret),
    /// A shared access signature: `sv=…&sig=…`.
    Signature(Secret),
    /// Nobody: requests are not signed.
    Anonymous,
}
