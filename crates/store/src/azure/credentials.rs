use http::Uri;
use http::header::AUTHORIZATION;

use super::sign::Key;
use super::token::{Application, Managed, Proof};
use super::{ContainerError, Credentials, Settings};
use crate::cloud::{Client, Environment, Request, Tokens};
use crate::{Error, Secret};

/// Where applications prove who they are, in Azure's public cloud.
const AUTHORITY: &str = "https://login.microsoftonline.com";

/// Where an instance tells about itself.
const METADATA: &str = "http://169.254.169.254";

/// How a request shows who asks.
#[derive(Debug, Clone)]
pub(super) enum Signer {
    Key(Key),
    /// A query that was signed by somebody else.
    Query(Secret),
    Tokens(Tokens),
    Nobody,
}

impl Signer {
    pub(super) fn new(settings: &Settings, environment: Environment<'_>) -> Result<Self, ContainerError> {
        Ok(match &settings.credentials {
            Credentials::Anonymous => Self::Nobody,
            Credentials::Key(key) => Self::Key(Key::new(&settings.account, key.reveal()).ok_or(ContainerError::Key)?),
            Credentials::Signature(query) => {
                let query = query.reveal().trim().trim_start_matches('?');
                let uri = format!("/?{query}").parse::<Uri>();
                if !query.split('&').any(|pair| pair.starts_with("sig=")) || uri.is_err() {
                    return Err(ContainerError::Signature);
                }
                Self::Query(Secret::new(query))
            }
            Credentials::Found { client_id } => Self::Tokens(found(client_id.as_ref(), environment)),
        })
    }

    /// Signs a request that is otherwise complete.
    pub(super) async fn sign(&self, request: &mut Request, client: &Client) -> Result<(), Error> {
        match self {
            Self::Key(key) => key.sign(request)?,
            Self::Query(signed) => {
                let (uri, signed) = (request.uri(), signed.reveal());
                let joint = if uri.query().is_some() { '&' } else { '?' };
                // Its own words would repeat the signature.
                let uri = format!("{uri}{joint}{signed}").parse();
                *request.uri_mut() = uri.map_err(|_| Error::unusable("a signed URL is none"))?;
            }
            Self::Tokens(tokens) => {
                request.headers_mut().insert(AUTHORIZATION, tokens.header(client).await?);
            }
            Self::Nobody => {}
        }
        Ok(())
    }
}

fn found(client_id: Option<&String>, environment: Environment<'_>) -> Tokens {
    let id = client_id.cloned().or_else(|| environment.get("AZURE_CLIENT_ID"));
    let proof = environment.get("AZURE_CLIENT_SECRET").map(|secret| Proof::Secret(Secret::new(secret)));
    let proof = proof.or_else(|| Some(Proof::Assertion(environment.get("AZURE_FEDERATED_TOKEN_FILE")?.into())));
    if let (Some(tenant), Some(id), Some(proof)) = (environment.get("AZURE_TENANT_ID"), id.clone(), proof) {
        let authority = environment.get("AZURE_AUTHORITY_HOST").unwrap_or_else(|| AUTHORITY.to_owned());
        return Tokens::new(Application { authority, tenant, id, proof });
    }
    // App Service, Functions, Container Apps.
    if let (Some(endpoint), Some(header)) = (environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")) {
        let header = ("x-identity-header", Secret::new(header));
        return Tokens::new(Managed { endpoint, version: "2019-08-01", header, id });
    }
    let host = environment.get("AZURE_POD_IDENTITY_AUTHORITY_HOST").unwrap_or_else(|| METADATA.to_owned());
    let endpoint = format!("{}/metadata/identity/oauth2/token", host.trim_end_matches('/'));
    Tokens::new(Managed { endpoint, version: "2018-02-01", header: ("metadata", Secret::new("true")), id })
}
