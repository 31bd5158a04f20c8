use std::path::{Path, PathBuf};

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;

use super::Credentials;
use super::token::{Account, Instance, User};
use crate::Secret;
use crate::cloud::{Environment, Tokens};

/// What `gcloud auth application-default login` writes.
const LOGIN: &str = "application_default_credentials.json";

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read.
    #[error("the credentials in {} cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What it holds is not understood.
    #[error("the credentials in {}: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why; nothing of what it holds.
        problem: String,
    },
    /// There can be no encrypted connections.
    #[error("encrypted connections cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// What makes the tokens that `credentials` stand for; `None` where nobody asks.
pub(super) fn tokens(
    credentials: &Credentials,
    environment: Environment<'_>,
) -> Result<Option<Tokens>, CredentialsError> {
    match credentials {
        Credentials::Anonymous => Ok(None),
        Credentials::File(path) => of_file(path).map(Some),
        Credentials::Found => {
            if let Some(path) = environment.get("GOOGLE_APPLICATION_CREDENTIALS") {
                return of_file(Path::new(&path)).map(Some);
            }
            if let Some(login) = login(environment).filter(|path| path.is_file()) {
                return of_file(&login).map(Some);
            }
            Ok(Some(Tokens::new(Instance::new(environment.get("GCE_METADATA_HOST")))))
        }
    }
}

fn login(environment: Environment<'_>) -> Option<PathBuf> {
    let folder = environment.get("CLOUDSDK_CONFIG").map(PathBuf::from);
    let folder = folder.or_else(|| Some(Path::new(&environment.get("HOME")?).join(".config/gcloud")))?;
    Some(folder.join(LOGIN))
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    ServiceAccount {
        client_email: String,
        private_key_id: String,
        private_key: String,
    },
    AuthorizedUser {
        client_id: String,
        client_secret: String,
        refresh_token: String,
        token_uri: Option<String>,
    },
    #[serde(other)]
    Another,
}

fn of_file(path: &Path) -> Result<Tokens, CredentialsError> {
    let unusable = |problem: String| CredentialsError::Content { path: path.to_owned(), problem };
    let text = std::fs::read(path).map_err(|source| CredentialsError::File { path: path.to_owned(), source })?;
    // The parser's own words may quote what the file holds.
    let content = serde_json::from_slice(&text).map_err(|error| {
        unusable(format!("no JSON object with the fields that its type asks for ({:?})", error.classify()))
    })?;
    match content {
        Content::ServiceAccount { client_email, private_key_id, private_key } => {
            let key = PrivateKeyDer::from_pem_slice(private_key.as_bytes());
            let key = key.map_err(|_| unusable("private_key is no PEM of a private key".to_owned()))?;
            let account = Account::new(client_email, private_key_id, &key);
            account.map(Tokens::new).ok_or_else(|| unusable("private_key is no RSA key".to_owned()))
        }
        Content::AuthorizedUser { client_id, client_secret, refresh_token, token_uri } => Ok(Tokens::new(User {
            id: client_id,
            secret: Secret::new(client_secret),
            refresh_token: Secret::new(refresh_token),
            endpoint: token_uri,
        })),
        Content::Another => Err(unusable("the type is neither service_account nor authorized_user".to_owned())),
    }
}
