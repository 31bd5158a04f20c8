use std::net::IpAddr;
use std::sync::Arc;

use url::Host;

use super::{AddressClass, Allowed, Resolve};

/// Lets through the addresses that may be connected to.
#[derive(Debug, Clone)]
pub(in crate::http) struct Gate {
    allowed: Arc<[Allowed]>,
    resolver: Arc<dyn Resolve>,
}

/// Why there is no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum Refusal {
    #[error("{0:?} is no host")]
    NoHost(String),
    #[error("{host} has the address {address}, which is closed ({class:?})")]
    Closed { host: Host, address: IpAddr, class: AddressClass },
    #[error("the name {0} cannot be resolved")]
    Unresolved(String, #[source] std::io::Error),
    #[error("the name {0} has no address")]
    NoAddress(String),
}

impl Gate {
    pub(in crate::http) fn new(allowed: Vec<Allowed>, resolver: Arc<dyn Resolve>) -> Self {
        Self { allowed: allowed.into(), resolver }
    }

    /// The addresses of `host`, the host of a URL, all of which may be connected to.
    ///
    /// One closed address closes them all: nobody who means well mixes them, and whoever retries until the public one
    /// is down would reach the other.
    pub(in crate::http) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Refusal> {
        // Parsed as in a URL, where 0x7f.1 is an address, and not as the resolver might read it.
        let host = Host::parse(host).map_err(|_| Refusal::NoHost(host.to_owned()))?;
        let addresses = match &host {
            Host::Ipv4(address) => vec![(*address).into()],
            Host::Ipv6(address) => vec![IpAddr::from(*address).to_canonical()],
            Host::Domain(name) => {
                let found = self.resolver.resolve(name).await;
                let found = found.map_err(|error| Refusal::Unresolved(name.clone(), error))?;
                if found.is_empty() {
                    return Err(Refusal::NoAddress(name.clone()));
                }
                found.iter().map(IpAddr::to_canonical).collect()
            }
        };
        let closed = addresses.iter().find_map(|address| Some((*address, self.closed(&host, *address)?)));
        match closed {
            None => Ok(addresses),
            Some((address, class)) => Err(Refusal::Closed { host, address, class }),
        }
    }

    fn closed(&self, host: &Host, address: IpAddr) -> Option<AddressClass> {
        let class = AddressClass::of(address)?;
        (!self.allowed.iter().any(|allowed| allowed.opens(host, address, class))).then_some(class)
    }
}
