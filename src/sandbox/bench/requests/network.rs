//! Network interfaces by control request, generation 3 and later.
//!
//! Source: Device OS `system/src/control/network.cpp`.

use super::Outcome;
use crate::{
    sandbox::bench::board::Board,
    usb::control::{
        ResultCode,
        messages::{GetNetworkInterface, InterfaceEntry, NetworkInterfaceReply, NetworkInterfacesReply},
    },
};
use prost::Message;

/// All interfaces (400).
pub(super) fn list(board: &Board) -> Outcome {
    let entries = board.state.interfaces().into_iter();
    let entries = entries.map(|interface| InterfaceEntry {
        index: interface.index,
        name: interface.name,
        kind: interface.kind,
    });
    Outcome::of(&NetworkInterfacesReply { interfaces: entries.collect() })
}

/// One interface (401).
pub(super) fn get(payload: &[u8], board: &Board) -> Outcome {
    let Ok(GetNetworkInterface { index }) = GetNetworkInterface::decode(payload) else {
        return ResultCode::INVALID_ARGUMENT.into();
    };
    match board.state.interfaces().into_iter().find(|interface| interface.index == index) {
        Some(interface) => Outcome::of(&NetworkInterfaceReply { interface: Some(interface) }),
        None => ResultCode::NOT_FOUND.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{carry_out, tests::board};
    use super::*;
    use crate::usb::control::{RequestType, messages::LINK_UP};

    #[test]
    fn each_board_has_the_interfaces_of_its_radios() {
        for (platform, names) in [
            ("argon", "lo0 wl3"),
            ("p2", "lo0 wl3"),
            ("boron", "lo0 pp3"),
            ("msom", "lo0 pp3 wl4"),
            ("xenon", "lo0"),
        ] {
            let reply =
                carry_out(RequestType::LIST_NETWORK_INTERFACES, &[], &mut board(platform, "6.3.4")).reply;
            let interfaces = NetworkInterfacesReply::decode(reply.as_slice()).unwrap().interfaces;
            let found: Vec<_> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
            assert_eq!(found.join(" "), names, "{platform}");
        }
        let refused = carry_out(RequestType::LIST_NETWORK_INTERFACES, &[], &mut board("photon", "3.3.1"));
        assert_eq!(refused.result, ResultCode::NOT_SUPPORTED);
    }

    #[test]
    fn an_interface_without_its_network_has_no_addresses() {
        let mut p2 = board("p2", "6.3.4");
        let get = |board: &mut Board| {
            let reply = carry_out(RequestType::GET_NETWORK_INTERFACE, &[8, 4], board).reply;
            NetworkInterfaceReply::decode(reply.as_slice()).unwrap().interface.unwrap()
        };
        let connected = get(&mut p2);
        assert!(connected.flags & LINK_UP != 0 && connected.ipv4.is_some() && connected.mtu == 1500);
        p2.state.wifi.leave();
        let alone = get(&mut p2);
        assert!(alone.flags & LINK_UP == 0 && alone.ipv4.is_none());
        assert_eq!(alone.hardware_address, [0x6C, 0x0B, 0x84, 0x23, 0x45, 0x67]);
        let unknown = carry_out(RequestType::GET_NETWORK_INTERFACE, &[8, 9], &mut p2).result;
        assert_eq!(unknown, ResultCode::NOT_FOUND);
    }
}
