use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::Deserialize;
use url::Host;

use super::AddressClass;

/// What is opened although it is not public: a network (`10.0.0.0/8`, `fd12::/16`), an address, or a host's name.
///
/// A name is compared with that of the URL, whole and in its canonical form (lower case, punycode, without a trailing
/// dot), and opens loopback, private and shared addresses. All others are opened by their network only, and
/// [`AddressClass::Metadata`] by nothing but the very address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Allowed {
    /// Addresses, by whatever name they are found. IPv4 networks hold for IPv4-mapped IPv6 addresses too.
    Network(IpNet),
    /// A host's name in canonical form.
    Host(String),
}

/// What is neither a network nor an address nor a host's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a network (10.0.0.0/8), an address, nor a host's name (origin.internal, without port)")]
pub struct AllowedError(String);

impl Allowed {
    pub(super) fn opens(&self, host: &Host, address: IpAddr, class: AddressClass) -> bool {
        match self {
            Self::Network(network) => {
                let alone = network.prefix_len() == network.max_prefix_len();
                network.contains(&address) && (alone || class != AddressClass::Metadata)
            }
            Self::Host(name) => {
                class.opened_by_name() && matches!(host, Host::Domain(domain) if without_dot(domain) == name)
            }
        }
    }
}

impl FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        if let Ok(network) = text.parse() {
            return Ok(Self::Network(network));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        match Host::parse(text) {
            // A star would look like a pattern, and be one to nobody.
            Ok(Host::Domain(name)) if !name.contains('*') && !without_dot(&name).is_empty() => {
                Ok(Self::Host(without_dot(&name).to_owned()))
            }
            _ => Err(AllowedError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Allowed {
    type Error = AllowedError;

    fn try_from(text: String) -> Result<Self, AllowedError> {
        text.parse()
    }
}

fn without_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_addresses_and_names() {
        for (text, expected) in
            [("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("fd12::/16", "fd12::/16"), ("::1", "::1/128")]
        {
            assert_eq!(text.parse(), Ok(Allowed::Network(expected.parse().unwrap())), "{text}");
        }
        for (text, expected) in [
            ("Origin.Internal.", "origin.internal"),
            ("localhost", "localhost"),
            ("bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(text.parse(), Ok(Allowed::Host(expected.to_owned())), "{text}");
        }
        for bad in ["", ".", "10.0.0.0/33", "*.internal", "origin:8080", "http://origin", "a b", "0x7f.1", "[::1]"] {
            assert_eq!(bad.parse::<Allowed>(), Err(AllowedError(bad.to_owned())), "{bad}");
        }
    }
}
