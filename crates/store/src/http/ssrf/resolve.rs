use std::net::IpAddr;

use async_trait::async_trait;

/// Finds the addresses of a host's name.
#[async_trait]
pub trait Resolve: Send + Sync + std::fmt::Debug {
    /// All addresses of `name`, in the order in which they are to be tried. `name` is ASCII, in lower case.
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The resolver of the system: `/etc/hosts`, then DNS, as `getaddrinfo` orders them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}
