//! The network interface by control request, generation 2 before Device OS 2.0.0.
//!
//! Source: Device OS v1.5.2 `system/src/control/network.cpp`.

use super::Outcome;
use crate::{
    platform::ConfigurationField,
    sandbox::bench::board::Board,
    usb::control::{
        RequestType, ResultCode,
        messages::{
            EarlyDnsConfiguration, EarlyIp, EarlyIpConfiguration, EarlyIpSource, EarlyNetwork,
            EarlyNetworkMessage, GetEarlyNetwork,
        },
    },
};
use prost::Message;
use std::net::Ipv4Addr;

/// The only interface.
const INTERFACE: i32 = 1;
/// States of an interface.
const DOWN: i32 = 1;
const UP: i32 = 2;
/// What the first byte of the configuration says of an address that is kept there; any other: DHCP.
const STATIC: u8 = 0;
/// Offsets in the configuration, each of 4 bytes, last octet first: own address, mask, way out, name servers.
const ADDRESSES: [usize; 5] = [4, 8, 12, 16, 20];

/// Carries out one of the requests 120 to 122.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    if kind == RequestType::EARLY_NETWORK_SET_CONFIGURATION {
        return set(payload, board);
    }
    let config = match GetEarlyNetwork::decode(payload) {
        Err(_) => return ResultCode::BAD_DATA.into(),
        // There is nothing to be told of another one.
        Ok(GetEarlyNetwork { interface }) if interface != INTERFACE => return ResultCode::OK.into(),
        Ok(_) if kind == RequestType::EARLY_NETWORK_GET_STATUS => status(board),
        Ok(_) => configuration(board),
    };
    Outcome::of(&EarlyNetworkMessage { config: Some(config) })
}

/// Where the address comes from, and which it is if it is kept.
fn configuration(board: &Board) -> EarlyNetwork {
    let (ip, dns) = match stored(board) {
        Some([address, netmask, gateway, dns, _]) => (
            EarlyIpConfiguration {
                source: EarlyIpSource::Static.into(),
                address: Some(address.into()),
                netmask: Some(netmask.into()),
                gateway: Some(gateway.into()),
                ..EarlyIpConfiguration::default()
            },
            Some(EarlyDnsConfiguration { servers: vec![dns.into()] }),
        ),
        None => (EarlyIpConfiguration { source: EarlyIpSource::Dhcp.into(), ..Default::default() }, None),
    };
    EarlyNetwork { interface: INTERFACE, ip: Some(ip), dns, ..EarlyNetwork::default() }
}

/// Whether it is connected, and with which addresses.
fn status(board: &Board) -> EarlyNetwork {
    let state = &board.state;
    let up = state.has_network();
    let mut status =
        EarlyNetwork { interface: INTERFACE, state: if up { UP } else { DOWN }, ..EarlyNetwork::default() };
    if !up {
        return status;
    }
    if state.platform.radio.cellular {
        let address = state.cellular_address().into();
        status.ip = Some(EarlyIpConfiguration { address: Some(address), ..Default::default() });
        return status;
    }
    let given = state.wifi_addresses();
    let [address, netmask, gateway, dns, _] =
        stored(board).unwrap_or([given.address, given.netmask, given.gateway, given.gateway, given.gateway]);
    status.mac = state.mac_address().to_vec();
    status.ip = Some(EarlyIpConfiguration {
        address: Some(address.into()),
        netmask: Some(netmask.into()),
        gateway: Some(gateway.into()),
        dhcp_server: stored(board).is_none().then(|| gateway.into()),
        ..EarlyIpConfiguration::default()
    });
    status.dns = Some(EarlyDnsConfiguration { servers: vec![dns.into()] });
    status
}

/// The addresses in the configuration table, if they are to be used.
fn stored(board: &Board) -> Option<[Ipv4Addr; 5]> {
    if !board.state.platform.radio.wifi {
        return None;
    }
    let ConfigurationField { address, length } = ConfigurationField::IP_CONFIGURATION;
    let bytes = board.state.read(ConfigurationField::ALTERNATE_SETTING, address, length);
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into());
    let words = ADDRESSES.map(word);
    let [Some(own), Some(mask), Some(gateway), Some(first), Some(second)] = words else { return None };
    (bytes.first() == Some(&STATIC)).then_some([own, mask, gateway, first, second])
}

fn set(payload: &[u8], board: &mut Board) -> Outcome {
    if !board.state.platform.radio.wifi {
        return ResultCode::NOT_SUPPORTED.into();
    }
    let Ok(EarlyNetworkMessage { config }) = EarlyNetworkMessage::decode(payload) else {
        return ResultCode::BAD_DATA.into();
    };
    let EarlyNetwork { ip, dns, .. } = config.unwrap_or_default();
    let ip = ip.unwrap_or_default();
    let mut bytes = vec![0xFF; ConfigurationField::IP_CONFIGURATION.length];
    match EarlyIpSource::try_from(ip.source) {
        Ok(EarlyIpSource::Dhcp) => {}
        Ok(EarlyIpSource::Static) => {
            let servers = dns.unwrap_or_default().servers;
            let addresses = [
                ip.address.as_ref(),
                ip.netmask.as_ref(),
                ip.gateway.as_ref(),
                servers.first(),
                servers.get(1),
            ];
            bytes[0] = STATIC;
            for (at, address) in ADDRESSES.into_iter().zip(addresses) {
                let address = address.and_then(EarlyIp::ipv4).unwrap_or(Ipv4Addr::UNSPECIFIED);
                bytes[at..at + 4].copy_from_slice(&u32::from(address).to_le_bytes());
            }
        }
        Ok(EarlyIpSource::None) | Err(_) => return ResultCode::OK.into(),
    }
    board.configure(ConfigurationField::IP_CONFIGURATION.address, &bytes);
    ResultCode::OK.into()
}

#[cfg(test)]
mod tests {
    use super::super::{carry_out, tests::board};
    use super::*;

    fn ask(kind: RequestType, board: &mut Board) -> EarlyNetwork {
        let interface = GetEarlyNetwork { interface: INTERFACE }.encode_to_vec();
        let reply = carry_out(kind, &interface, board).reply;
        EarlyNetworkMessage::decode(reply.as_slice()).unwrap().config.unwrap()
    }

    #[test]
    fn a_fixed_address_is_kept_and_used() {
        let mut photon = board("photon", "1.5.2");
        let status = ask(RequestType::EARLY_NETWORK_GET_STATUS, &mut photon);
        assert_eq!((status.state, status.mac.len()), (UP, 6));
        assert!(status.ip.unwrap().dhcp_server.is_some());
        let address = |text: &str| Some(EarlyIp::from(text.parse::<Ipv4Addr>().unwrap()));
        let ip = EarlyIpConfiguration {
            source: EarlyIpSource::Static.into(),
            address: address("10.0.0.7"),
            netmask: address("255.0.0.0"),
            gateway: address("10.0.0.1"),
            ..EarlyIpConfiguration::default()
        };
        assert_eq!(ip.address.clone().unwrap().address, [7, 0, 0, 10]);
        let config = EarlyNetwork { interface: INTERFACE, ip: Some(ip.clone()), ..EarlyNetwork::default() };
        let message = EarlyNetworkMessage { config: Some(config) }.encode_to_vec();
        let set = carry_out(RequestType::EARLY_NETWORK_SET_CONFIGURATION, &message, &mut photon);
        assert_eq!(set.result, ResultCode::OK);
        assert_eq!(ask(RequestType::EARLY_NETWORK_GET_CONFIGURATION, &mut photon).ip, Some(ip.clone()));
        let status = ask(RequestType::EARLY_NETWORK_GET_STATUS, &mut photon).ip.unwrap();
        assert_eq!((status.address, status.dhcp_server), (ip.address, None));
    }

    #[test]
    fn an_electron_tells_its_address_and_takes_none() {
        let mut electron = board("electron", "1.5.2");
        let status = ask(RequestType::EARLY_NETWORK_GET_STATUS, &mut electron);
        assert!(status.ip.unwrap().address.unwrap().ipv4().is_some());
        let set = carry_out(RequestType::EARLY_NETWORK_SET_CONFIGURATION, &[], &mut electron);
        assert_eq!(set.result, ResultCode::NOT_SUPPORTED);
    }

    #[test]
    fn the_requests_went_with_2_0_0_and_never_came_to_generation_3() {
        for (platform, version) in [("photon", "2.0.0"), ("argon", "1.5.2")] {
            let kind = RequestType::EARLY_NETWORK_GET_STATUS;
            let refused = carry_out(kind, &[8, 1], &mut board(platform, version));
            assert_eq!(refused.result, ResultCode::NOT_SUPPORTED, "{platform}");
        }
        let other = carry_out(RequestType::EARLY_NETWORK_GET_STATUS, &[8, 2], &mut board("photon", "1.5.2"));
        assert_eq!((other.result, other.reply), (ResultCode::OK, Vec::new()));
    }
}
