use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is closed: the kinds of the special-purpose registries of IANA (RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressClass {
    /// 0.0.0.0/8 (RFC 1122, section 3.2.1.3) and `::`, which reach this machine on Linux.
    Unspecified,
    /// 127.0.0.0/8 and `::1`.
    Loopback,
    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), `fc00::/7` (RFC 4193).
    Private,
    /// 100.64.0.0/10, behind a carrier's address translation (RFC 6598).
    Shared,
    /// 169.254.0.0/16 (RFC 3927), `fe80::/10` (RFC 4291), `fec0::/10` (RFC 3879).
    LinkLocal,
    /// What a cloud tells its machines, and only them: credentials, mostly.
    Metadata,
    /// 198.18.0.0/15 (RFC 2544).
    Benchmarking,
    /// 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), `2001:db8::/32` (RFC 3849), `3fff::/20` (RFC 9637).
    Documentation,
    /// 224.0.0.0/4 (RFC 5771) and `ff00::/8`.
    Multicast,
    /// 255.255.255.255.
    Broadcast,
    /// Assigned to protocols, reserved, or not yet assigned.
    Reserved,
}

impl AddressClass {
    /// The class of an address that is closed, `None` for one of the public Internet. IPv6 addresses that carry an
    /// IPv4 address (mapped, 6to4, NAT64) are of that address's class.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// Whether a host's name in the list of what is allowed opens an address of this class. The others are never where
    /// images live, so that only their network opens them: a name's owner could point it there.
    pub(super) fn opened_by_name(self) -> bool {
        matches!(self, Self::Loopback | Self::Private | Self::Shared)
    }
}

/// Azure's machines find their platform here, at an address that looks public.
const AZURE_PLATFORM: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Alibaba Cloud, within 100.64.0.0/10.
const ALIBABA_METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

/// Oracle Cloud, within 192.0.0.0/24.
const ORACLE_METADATA: Ipv4Addr = Ipv4Addr::new(192, 0, 0, 192);

/// AWS, and Google Cloud by its name for it: within `fc00::/7`.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

fn of_v4(address: Ipv4Addr) -> Option<AddressClass> {
    use AddressClass as Class;
    if [AZURE_PLATFORM, ALIBABA_METADATA, ORACLE_METADATA].contains(&address) {
        return Some(Class::Metadata);
    }
    match address.octets() {
        [0, ..] => Some(Class::Unspecified),
        [127, ..] => Some(Class::Loopback),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Class::Private),
        [100, 64..=127, ..] => Some(Class::Shared),
        [169, 254, ..] => Some(Class::LinkLocal),
        [198, 18..=19, ..] => Some(Class::Benchmarking),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some(Class::Documentation),
        [224..=239, ..] => Some(Class::Multicast),
        [255, 255, 255, 255] => Some(Class::Broadcast),
        // Protocol assignments (RFC 6890), the relays of 6to4 (RFC 7526), and what was never assigned (RFC 1112).
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => Some(Class::Reserved),
        _ => None,
    }
}

fn of_v6(address: Ipv6Addr) -> Option<AddressClass> {
    use AddressClass as Class;
    if METADATA_V6.contains(&address) {
        return Some(Class::Metadata);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some(Class::Unspecified),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Class::Loopback),
        // NAT64 (RFC 6052, section 2.1) and 6to4 (RFC 3056, section 2).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => of_v4(embedded(high, low)),
        [0xfc00..=0xfdff, ..] => Some(Class::Private),
        [0xfe80..=0xfeff, ..] => Some(Class::LinkLocal),
        [0xff00..=0xffff, ..] => Some(Class::Multicast),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some(Class::Documentation),
        // Protocol assignments (RFC 2928), Teredo's tunnels among them.
        [0x2001, 0..=0x1ff, ..] => Some(Class::Reserved),
        // Global unicast is 2000::/3; IPv4-compatible addresses and local NAT64 (RFC 8215) lie outside of it.
        [0x2000..=0x3fff, ..] => None,
        _ => Some(Class::Reserved),
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_have_no_class() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert_eq!(AddressClass::of(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn closed_addresses_have_theirs() {
        use AddressClass as Class;
        for (address, class) in [
            ("0.0.0.0", Class::Unspecified),
            ("0.255.255.255", Class::Unspecified),
            ("127.255.255.255", Class::Loopback),
            ("172.31.255.255", Class::Private),
            ("100.127.255.255", Class::Shared),
            ("169.254.169.254", Class::LinkLocal),
            ("168.63.129.16", Class::Metadata),
            ("100.100.100.200", Class::Metadata),
            ("198.19.255.255", Class::Benchmarking),
            ("192.0.2.1", Class::Documentation),
            ("192.0.0.170", Class::Reserved),
            ("239.255.255.255", Class::Multicast),
            ("240.0.0.0", Class::Reserved),
            ("255.255.255.254", Class::Reserved),
            ("255.255.255.255", Class::Broadcast),
            ("::", Class::Unspecified),
            ("::1", Class::Loopback),
            ("::127.0.0.1", Class::Reserved),
            ("::ffff:127.0.0.1", Class::Loopback),
            ("::ffff:0:127.0.0.1", Class::Reserved),
            ("64:ff9b::10.0.0.1", Class::Private),
            ("64:ff9b:1::10.0.0.1", Class::Reserved),
            ("2002:7f00:1::", Class::Loopback),
            ("2001:0:1::1", Class::Reserved),
            ("2001:db8::1", Class::Documentation),
            ("3fff:fff::1", Class::Documentation),
            ("100::1", Class::Reserved),
            ("5f00::1", Class::Reserved),
            ("fdff::1", Class::Private),
            ("fd00:ec2::254", Class::Metadata),
            ("febf::1", Class::LinkLocal),
            ("fec0::1", Class::LinkLocal),
            ("ff02::1", Class::Multicast),
        ] {
            assert_eq!(AddressClass::of(address.parse().unwrap()), Some(class), "{address}");
        }
    }
}
