use std::path::PathBuf;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_TYPE;

use crate::cloud::{Client, Mint, Token, form};
use crate::{Error, Secret};

/// For what a token is good.
const RESOURCE: &str = "https://storage.azure.com/";

/// An application that Microsoft Entra knows, which proves that it is itself (RFC 6749, section 4.4; RFC 7523, section 2.2).
#[derive(Debug)]
pub(super) struct Application {
    /// `https://login.microsoftonline.com`, or another cloud's.
    pub(super) authority: String,
    pub(super) tenant: String,
    pub(super) id: String,
    pub(super) proof: Proof,
}

#[derive(Debug)]
pub(super) enum Proof {
    Secret(Secret),
    /// A file whose content is renewed, as Kubernetes does.
    Assertion(PathBuf),
}

#[async_trait]
impl Mint for Application {
    async fn mint(&self, client: &Client) -> Result<Token, Error> {
        let scope = format!("{RESOURCE}.default");
        let mut pairs = vec![("grant_type", "client_credentials"), ("client_id", &self.id), ("scope", &scope)];
        let assertion;
        match &self.proof {
            Proof::Secret(secret) => pairs.push(("client_secret", secret.reveal())),
            Proof::Assertion(path) => {
                let text = tokio::fs::read_to_string(path).await;
                assertion = text.map_err(|error| client.unavailable(format_args!("{}: {error}", path.display())))?;
                pairs.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
                pairs.push(("client_assertion", assertion.trim()));
            }
        }
        let url = format!("{}/{}/oauth2/v2.0/token", self.authority.trim_end_matches('/'), self.tenant);
        let request = http::Request::post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(&pairs).into())
            .map_err(|error| client.unavailable(error))?;
        Token::ask(client, request).await
    }
}

/// The identity of the instance, the container or the function that this runs in.
#[derive(Debug)]
pub(super) struct Managed {
    /// Where an identity is asked for, and in which version of that interface.
    pub(super) endpoint: String,
    pub(super) version: &'static str,
    /// The header by which the endpoint knows its own.
    pub(super) header: (&'static str, Secret),
    /// Which identity, where there are several.
    pub(super) id: Option<String>,
}

#[async_trait]
impl Mint for Managed {
    async fn mint(&self, client: &Client) -> Result<Token, Error> {
        let mut pairs = vec![("api-version", self.version), ("resource", RESOURCE)];
        pairs.extend(self.id.as_deref().map(|id| ("client_id", id)));
        let (name, value) = &self.header;
        let request = http::Request::get(format!("{}?{}", self.endpoint, form(&pairs)))
            .header(*name, value.reveal())
            .body(Bytes::new().into())
            .map_err(|_| client.unavailable("the endpoint of the managed identity is no URL"))?;
        Token::ask(client, request).await
    }
}
