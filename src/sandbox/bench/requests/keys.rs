//! Keys and server addresses by control request, generation 2.
//!
//! Sources: Device OS v3.3.1 `system/src/control/config.cpp`, `hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp`.

use super::Outcome;
use crate::{
    keys::{
        server::{Host, ServerAddress},
        slot::ERASED,
    },
    platform::{KeyLayout, Protocol, ServerSlot},
    sandbox::bench::board::Board,
    usb::control::{
        RequestType, ResultCode,
        messages::{
            GetSecurityKey, SecurityKeyKind, SecurityKeyReply, ServerAddressReply, ServerProtocol,
            ServerProtocolMessage, SetSecurityKey, SetServerAddress,
        },
    },
};
use prost::Message;
use std::net::Ipv4Addr;

/// Longest domain.
const MAX_DOMAIN: usize = 63;
/// What stands for a port that is not set.
const PORT_UNSET: u16 = 0xFFFF;

/// Part of the configuration table: address and length.
type Extent = (u32, usize);

/// Carries out one of the requests 210 to 223.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    let Some(layout) = board.state.platform.keys else { return ResultCode::NOT_SUPPORTED.into() };
    let outcome = match kind {
        RequestType::SET_SECURITY_KEY => set_key(payload, layout, board),
        RequestType::GET_SECURITY_KEY => get_key(payload, layout, board),
        RequestType::SET_SERVER_ADDRESS => set_address(payload, layout, board),
        RequestType::GET_SERVER_ADDRESS => get_address(payload, layout, board),
        RequestType::SET_SERVER_PROTOCOL => set_protocol(payload, layout, board),
        RequestType::GET_SERVER_PROTOCOL => {
            let protocol = match board.state.protocol() {
                Protocol::Tcp => ServerProtocol::Tcp,
                Protocol::Udp => ServerProtocol::Udp,
            };
            Ok(Outcome::of(&ServerProtocolMessage { protocol: protocol.into() }))
        }
        _ => Err(ResultCode::NOT_SUPPORTED),
    };
    outcome.unwrap_or_else(Outcome::from)
}

/// Where the table has a key. The server's for TCP has room for its address, too, which goes when the key is replaced.
fn extent(kind: i32, layout: &KeyLayout) -> Result<Extent, ResultCode> {
    let (protocol, extent) = match SecurityKeyKind::try_from(kind) {
        Ok(SecurityKeyKind::TcpDevicePrivate) => (Protocol::Tcp, (34, 1216)),
        Ok(SecurityKeyKind::TcpDevicePublic) => (Protocol::Tcp, (1250, 384)),
        Ok(SecurityKeyKind::TcpServerPublic) => (Protocol::Tcp, (2082, 768)),
        Ok(SecurityKeyKind::UdpDevicePrivate) => (Protocol::Udp, (3106, 192)),
        Ok(SecurityKeyKind::UdpDevicePublic) => (Protocol::Udp, (2978, 128)),
        Ok(SecurityKeyKind::UdpServerPublic) => (Protocol::Udp, (3298, 192)),
        Ok(SecurityKeyKind::Invalid) | Err(_) => return Err(ResultCode::NOT_SUPPORTED),
    };
    layout.slots(protocol).map(|_| extent).ok_or(ResultCode::NOT_SUPPORTED)
}

fn set_key(payload: &[u8], layout: &KeyLayout, board: &mut Board) -> Result<Outcome, ResultCode> {
    let SetSecurityKey { kind, mut data } = decode(payload)?;
    let (address, length) = extent(kind, layout)?;
    if data.len() > length {
        return Err(ResultCode::TOO_LARGE);
    }
    data.resize(length, ERASED);
    board.configure(address, &data);
    Ok(ResultCode::OK.into())
}

fn get_key(payload: &[u8], layout: &KeyLayout, board: &Board) -> Result<Outcome, ResultCode> {
    let GetSecurityKey { kind } = decode(payload)?;
    let (address, length) = extent(kind, layout)?;
    let data = board.state.read(layout.alternate_setting, address, length);
    Ok(Outcome::of(&SecurityKeyReply { data }))
}

fn protocol(number: i32) -> Result<Protocol, ResultCode> {
    match ServerProtocol::try_from(number) {
        Ok(ServerProtocol::Tcp) => Ok(Protocol::Tcp),
        Ok(ServerProtocol::Udp) => Ok(Protocol::Udp),
        Ok(ServerProtocol::Invalid) | Err(_) => Err(ResultCode::NOT_SUPPORTED),
    }
}

fn server_slot(number: i32, layout: &KeyLayout) -> Result<ServerSlot, ResultCode> {
    layout.slots(protocol(number)?).map(|slots| slots.server).ok_or(ResultCode::NOT_SUPPORTED)
}

fn set_address(payload: &[u8], layout: &KeyLayout, board: &mut Board) -> Result<Outcome, ResultCode> {
    let SetServerAddress { protocol, address, port } = decode(payload)?;
    let host = match as_firmware_reads(&address) {
        Some(ip) => Host::Ipv4(ip),
        None if address.len() > MAX_DOMAIN => return Err(ResultCode::TOO_LARGE),
        None => Host::Domain(address),
    };
    let slot = server_slot(protocol, layout)?;
    let block = ServerAddress { host: Some(host), port: Some(port as u16) }.to_block();
    board.configure(slot.address + slot.address_block as u32, &block);
    Ok(ResultCode::OK.into())
}

/// Four numbers with dots between them are an address, whatever comes behind; of large ones the last byte counts.
fn as_firmware_reads(text: &str) -> Option<Ipv4Addr> {
    let mut rest = text;
    let mut octets = [0; 4];
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('.')?;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        *octet = rest[..digits].parse::<u32>().ok()?.to_le_bytes()[0];
        rest = &rest[digits..];
    }
    Some(octets.into())
}

fn get_address(payload: &[u8], layout: &KeyLayout, board: &Board) -> Result<Outcome, ResultCode> {
    let ServerProtocolMessage { protocol } = decode(payload)?;
    let slot = server_slot(protocol, layout)?;
    let at = slot.address + slot.address_block as u32;
    let block = board.state.read(layout.alternate_setting, at, ServerAddress::LENGTH);
    let stored = block.first_chunk().and_then(|block| ServerAddress::from_block(block).ok());
    let ServerAddress { host, port } = stored.ok_or(ResultCode::NOT_FOUND)?;
    let address = host.ok_or(ResultCode::NOT_FOUND)?.to_string();
    Ok(Outcome::of(&ServerAddressReply { address, port: port.unwrap_or(PORT_UNSET).into() }))
}

fn set_protocol(payload: &[u8], layout: &KeyLayout, board: &mut Board) -> Result<Outcome, ResultCode> {
    let wanted = protocol(decode::<ServerProtocolMessage>(payload)?.protocol)?;
    let flag = layout.transport_flag.zip(layout.flag_of_protocol(wanted));
    // A board without the choice does not say why it fails.
    let (address, flag) = flag.ok_or(ResultCode::ERROR)?;
    board.configure(address, &[flag]);
    Ok(ResultCode::OK.into())
}

fn decode<M: Message + Default>(payload: &[u8]) -> Result<M, ResultCode> {
    M::decode(payload).map_err(|_| ResultCode::BAD_DATA)
}

#[cfg(test)]
mod tests {
    use super::super::{carry_out, tests::board};
    use super::*;

    fn ask(kind: RequestType, message: &impl Message, board: &mut Board) -> Outcome {
        carry_out(kind, &message.encode_to_vec(), board)
    }

    #[test]
    fn keys_are_for_generation_2() {
        for (platform, version, expected) in [
            ("photon", "0.8.0", 0),
            ("electron", "3.3.1", 0),
            ("boron", "1.5.2", -120),
            ("p2", "6.3.4", -120),
        ] {
            let mut board = board(platform, version);
            let outcome =
                ask(RequestType::GET_SERVER_PROTOCOL, &ServerProtocolMessage::default(), &mut board);
            assert_eq!(outcome.result.0, expected, "{platform} {version}");
        }
    }

    #[test]
    fn a_key_fills_its_slot_and_comes_back_with_it() {
        let mut electron = board("electron", "3.3.1");
        let kind = SecurityKeyKind::UdpDevicePrivate.into();
        let key = SetSecurityKey { kind, data: vec![7; 121] };
        assert_eq!(ask(RequestType::SET_SECURITY_KEY, &key, &mut electron).result, ResultCode::OK);
        let reply = ask(RequestType::GET_SECURITY_KEY, &GetSecurityKey { kind }, &mut electron).reply;
        let SecurityKeyReply { data } = SecurityKeyReply::decode(reply.as_slice()).unwrap();
        assert_eq!(data, [[7; 121].as_slice(), &[0xFF; 71]].concat());
        assert_eq!(electron.state.private_key_slot(), data);
        let long = SetSecurityKey { kind, data: vec![7; 193] };
        assert_eq!(ask(RequestType::SET_SECURITY_KEY, &long, &mut electron).result, ResultCode::TOO_LARGE);
        let photon = ask(RequestType::SET_SECURITY_KEY, &key, &mut board("photon", "3.3.1"));
        assert_eq!(photon.result, ResultCode::NOT_SUPPORTED);
    }

    #[test]
    fn a_server_address_is_kept_as_typed() {
        let mut photon = board("photon", "1.5.2");
        let tcp = ServerProtocolMessage { protocol: ServerProtocol::Tcp.into() };
        assert_eq!(ask(RequestType::GET_SERVER_ADDRESS, &tcp, &mut photon).result, ResultCode::NOT_FOUND);
        for (typed, kept) in
            [("my.host", "my.host"), ("192.168.1.10", "192.168.1.10"), ("1.2.3.260x", "1.2.3.4")]
        {
            let new = SetServerAddress { protocol: tcp.protocol, address: typed.to_owned(), port: 9000 };
            assert_eq!(ask(RequestType::SET_SERVER_ADDRESS, &new, &mut photon).result, ResultCode::OK);
            let reply = ask(RequestType::GET_SERVER_ADDRESS, &tcp, &mut photon).reply;
            let reply = ServerAddressReply::decode(reply.as_slice()).unwrap();
            assert_eq!((reply.address.as_str(), reply.port), (kept, 9000));
        }
        let long = SetServerAddress { address: "a".repeat(64), protocol: tcp.protocol, port: 1 };
        assert_eq!(ask(RequestType::SET_SERVER_ADDRESS, &long, &mut photon).result, ResultCode::TOO_LARGE);
    }

    #[test]
    fn only_the_electron_has_a_choice_of_transport() {
        let tcp = ServerProtocolMessage { protocol: ServerProtocol::Tcp.into() };
        let mut electron = board("electron", "3.3.1");
        assert_eq!(ask(RequestType::SET_SERVER_PROTOCOL, &tcp, &mut electron).result, ResultCode::OK);
        assert_eq!(electron.state.protocol(), Protocol::Tcp);
        let reply =
            ask(RequestType::GET_SERVER_PROTOCOL, &ServerProtocolMessage::default(), &mut electron).reply;
        assert_eq!(reply, [8, 1]);
        let photon = ask(RequestType::SET_SERVER_PROTOCOL, &tcp, &mut board("photon", "3.3.1"));
        assert_eq!(photon.result, ResultCode::ERROR);
    }
}
