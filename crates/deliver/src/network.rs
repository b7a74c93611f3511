//! Which addresses may be connected to.
//!
//! A target is named by whoever configures it, and resolved by a name server that others run. Without a look at the address
//! itself, a name could lead to this machine or into the network behind it, where a request from within is trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// What may be connected to beside public addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Networks of an office: the private ranges of IPv4 and IPv6, and the one that carriers share.
    pub private_networks: bool,
    /// This machine. Also without encryption, but then by its loopback address alone.
    pub this_machine: bool,
}

/// Where an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere on the public network.
    Public,
    /// In a private network.
    PrivateNetwork,
    /// On this machine.
    ThisMachine,
    /// Nowhere that a target could be: an address of a link, of a group, for examples, or reserved.
    Nowhere,
}

/// Whether the request is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// By TLS.
    Encrypted,
    /// Not at all.
    Plain,
}

impl Allowed {
    /// Whether `address` may be connected to.
    ///
    /// # Errors
    ///
    /// Returns in words why not.
    pub fn check(self, address: IpAddr, wire: Wire) -> Result<(), String> {
        let address = address.to_canonical();
        if wire == Wire::Plain && !address.is_loopback() {
            return Err(format!(
                "{address} is not this machine, and without encryption nobody else is asked"
            ));
        }
        match place_here(address) {
            Place::Public => Ok(()),
            Place::PrivateNetwork if self.private_networks => Ok(()),
            Place::ThisMachine if self.this_machine => Ok(()),
            Place::PrivateNetwork => {
                Err(format!("{address} is in a private network, which `private-networks` would allow"))
            }
            Place::ThisMachine => Err(format!("{address} is this machine, which `this-machine` would allow")),
            Place::Nowhere => Err(format!("{address} is no address of a target")),
        }
    }
}

/// Where `address` lies, with a look at which addresses this machine has.
#[must_use]
pub fn place_here(address: IpAddr) -> Place {
    let place = place(address);
    let may_be_own = matches!(place, Place::Public | Place::PrivateNetwork);
    if may_be_own && is_own(address) { Place::ThisMachine } else { place }
}

/// Where `address` lies, by the registries of special addresses that IANA keeps (RFC 6890).
#[must_use]
pub fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

fn place_v4(address: Ipv4Addr) -> Place {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (127, _, _) => Place::ThisMachine,
        (10, _, _) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Place::PrivateNetwork,
        // This network, a link, special protocols, the relay of 6to4, benchmarks, examples, groups, reserved, broadcast.
        (0 | 224..=255, _, _)
        | (169, 254, _)
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => Place::Nowhere,
        _ => Place::Public,
    }
}

fn place_v6(address: Ipv6Addr) -> Place {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return place_v4(mapped);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Place::ThisMachine,
        [0xfc00..=0xfdff, ..] => Place::PrivateNetwork,
        // The translated form of an IPv4 address leads where that one does.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => place_v4(embedded(high, low)),
        // So does the one of 6to4, and nobody reaches an office by it.
        [0x2002, high, low, ..] if place_v4(embedded(high, low)) != Place::Public => Place::Nowhere,
        // Teredo, benchmarks, overlays, examples.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Place::Nowhere,
        [0x2000..=0x3fff, ..] => Place::Public,
        _ => Place::Nowhere,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

/// Whether this machine has the address: then the way to it begins at it. Nothing is sent to find that out.
fn is_own(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let begins_at = || {
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect((address, 9))?;
        socket.local_addr()
    };
    begins_at().is_ok_and(|from: SocketAddr| from.ip() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &[&str], expected: Place) {
        for address in addresses {
            assert_eq!(place(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn this_machine_is_known_however_it_is_written() {
        check(
            &["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
            Place::ThisMachine,
        );
    }

    #[test]
    fn private_networks_are_known() {
        check(
            &[
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "fc00::1",
                "fdff:ffff::1",
                "::ffff:10.1.2.3",
                "64:ff9b::a00:1",
            ],
            Place::PrivateNetwork,
        );
    }

    #[test]
    fn addresses_that_lead_nowhere_are_known() {
        check(
            &[
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::2",
                "::7f00:1",
                "::ffff:0.0.0.0",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:2::1",
                "2001:10::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "2002:7f00:1::1",
                "3fff::1",
                "5f00::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "4000::1",
            ],
            Place::Nowhere,
        );
    }

    #[test]
    fn the_rest_is_public_up_to_the_edges() {
        check(
            &[
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:1.1.1.1",
                "2001:200::1",
                "2606:4700::1111",
                "2002:101:101::1",
                "2a00::1",
                "3ffe::1",
            ],
            Place::Public,
        );
    }

    #[test]
    fn what_is_not_allowed_is_refused_with_what_would_allow_it() {
        let ask = |allowed: Allowed, address: &str, wire| allowed.check(address.parse().unwrap(), wire);
        let none = Allowed::default();
        let all = Allowed { private_networks: true, this_machine: true };
        let office = Allowed { private_networks: true, this_machine: false };
        assert_eq!(ask(none, "1.1.1.1", Wire::Encrypted), Ok(()));
        assert!(ask(none, "10.0.0.1", Wire::Encrypted).unwrap_err().contains("`private-networks`"));
        assert!(ask(office, "127.0.0.1", Wire::Encrypted).unwrap_err().contains("`this-machine`"));
        assert!(ask(all, "169.254.169.254", Wire::Encrypted).unwrap_err().contains("no address of a target"));
        assert_eq!(ask(all, "127.0.0.1", Wire::Plain), Ok(()));
        assert!(ask(all, "1.1.1.1", Wire::Plain).unwrap_err().contains("without encryption"));
        assert!(ask(all, "192.168.1.1", Wire::Plain).unwrap_err().contains("without encryption"));
        assert!(ask(none, "::ffff:127.0.0.1", Wire::Plain).unwrap_err().contains("`this-machine`"));
    }
}
