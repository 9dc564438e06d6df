//! What a device does for those who are in its network.

use super::text::{self, Value};
use crate::{
    keys::slot,
    sandbox::bench::{
        air::{self, Security},
        board::Board,
        dct,
        os_version::OsVersion,
        requests,
        state::Mode,
        wifi::{Key, SavedNetwork},
    },
    softap::{self, EAP_TLS, PEAP, from_hex, to_hex},
};
use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::Pkcs7};
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, pkcs1::DecodeRsaPrivateKey};
use std::collections::BTreeMap;

/// Result code of everything that fails.
const FAILED: i64 = -1;
/// Length of the buffer that a public key is sent in; the rest of it is erased.
const KEY_BUFFER: usize = 294;
/// Longest text of the `set` command; more is cut off.
const MAX_VALUE: usize = 63;
/// Enterprise networks came with this version.
const ENTERPRISE: OsVersion = OsVersion(0, 7, 0);
/// Speed that scans tell of every network, in kbit/s.
const DATA_RATE: u32 = 72_200;

/// Members of `configure-ap`, and whether each is a text.
const MEMBERS: [(&str, bool); 12] = [
    ("idx", false),
    ("ssid", true),
    ("pwd", true),
    ("ch", false),
    ("sec", false),
    ("eap", false),
    ("oi", true),
    ("ii", true),
    ("crt", true),
    ("ek", true),
    ("key", true),
    ("ca", true),
];
/// Those of them that there were before enterprise networks.
const FIRST_MEMBERS: usize = 5;

/// Carries out a command. `None` if the device knows none of that name; an answer without a byte if it cannot read
/// what was sent.
pub(super) fn carry_out(command: &str, body: &[u8], board: &mut Board) -> Option<Vec<u8>> {
    Some(match command {
        "version" => b"{\"v\":2}".to_vec(),
        "device-id" => device_id(board),
        "scan-ap" => scan(board),
        "public-key" => public_key(board),
        "set" => {
            read(body, &[("k", true), ("v", true)]).map(|fields| set(&fields, board)).unwrap_or_default()
        }
        "configure-ap" => {
            let knows_all = board.state.os_version >= ENTERPRISE;
            let known = if knows_all { &MEMBERS[..] } else { &MEMBERS[..FIRST_MEMBERS] };
            read(body, known).map(|fields| configure(&fields, board)).unwrap_or_default()
        }
        "connect-ap" => {
            board.enter(Mode::Normal);
            result(0)
        }
        _ => return None,
    })
}

fn result(code: i64) -> Vec<u8> {
    format!("{{\"r\":{code}}}").into_bytes()
}

fn device_id(board: &Board) -> Vec<u8> {
    let claimed = u8::from(requests::is_claimed(board));
    let id = board.state.id.as_str().to_ascii_uppercase();
    format!("{{\"id\":\"{id}\",\"c\":\"{claimed}\"}}").into_bytes()
}

/// Names are not escaped: they stand as the radio received them.
fn scan(board: &Board) -> Vec<u8> {
    let heard = air::heard_by(board.state.platform).filter(|point| !point.hidden);
    let entries = heard.map(|point| {
        let (ssid, rssi, channel) = (point.ssid, point.rssi, point.channel);
        let security = on_the_wire(point.security);
        format!(
            "{{\"ssid\":\"{ssid}\",\"rssi\":{rssi},\"sec\":{security},\"ch\":{channel},\"mdr\":{DATA_RATE}}}"
        )
    });
    format!("{{\"scans\":[{}]}}", entries.collect::<Vec<_>>().join(",")).into_bytes()
}

/// The device's key, at the beginning of a larger buffer.
fn public_key(board: &Board) -> Vec<u8> {
    let key = crate::keys::device_reader::read(board.state.protocol(), &board.state.private_key_slot());
    let Ok(key) = key else { return result(1) };
    let mut buffer = key.to_spki_der().to_vec();
    buffer.resize(KEY_BUFFER, slot::ERASED);
    format!("{{\"b\":\"{}\",\"r\":0}}", to_hex(&buffer).to_ascii_uppercase()).into_bytes()
}

type Fields = BTreeMap<&'static str, Vec<u8>>;

/// The members of a body. A member that is not known, or of the wrong kind, spoils it all.
fn read(body: &[u8], known: &[(&'static str, bool)]) -> Option<Fields> {
    let member = |(name, value): (Vec<u8>, Value)| {
        let &(name, is_text) = known.iter().find(|(known, _)| known.as_bytes() == name)?;
        match value {
            Value::Text(bytes) if is_text => Some((name, bytes)),
            Value::Word(bytes) if !is_text => Some((name, bytes)),
            _ => None,
        }
    };
    text::members(body)?.into_iter().map(member).collect()
}

fn set(fields: &Fields, board: &mut Board) -> Vec<u8> {
    let field = |name| fields.get(name).map(Vec::as_slice).unwrap_or_default();
    let code = field("v");
    let code = code.get(..MAX_VALUE).unwrap_or(code);
    if field("k") != b"cc" || code.len() != dct::CLAIM_CODE_LENGTH {
        return result(FAILED);
    }
    board.configure(dct::CLAIM_CODE, code);
    result(0)
}

fn configure(fields: &Fields, board: &mut Board) -> Vec<u8> {
    match network(fields, board) {
        Some(network) => {
            board.state.wifi.save(network);
            board.changed = true;
            result(0)
        }
        None => result(FAILED),
    }
}

/// The network in a request as the device would save it; `None` if something in it cannot be decrypted.
fn network(fields: &Fields, board: &Board) -> Option<SavedNetwork> {
    let text = |name| fields.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let number = |name| fields.get(name).map_or(0, |word| text::number(word));
    let ssid = text("ssid").filter(|ssid| !ssid.is_empty())?;
    let security = security(u32::try_from(number("sec")).ok()?);
    let password = match fields.get("pwd").filter(|digits| !digits.is_empty()) {
        Some(digits) => Some(String::from_utf8_lossy(&decrypt(digits, board)?).into_owned()),
        None => None,
    };
    let key = match number("eap") {
        eap if eap == i64::from(EAP_TLS) => {
            opened_key(fields, board)?;
            Key::Certificate
        }
        eap if eap == i64::from(PEAP) => {
            Key::Login { username: text("ii").unwrap_or_default(), password: password.unwrap_or_default() }
        }
        _ if security == Security::Open => Key::None,
        _ => password.map_or(Key::None, Key::Password),
    };
    Some(SavedNetwork { ssid, security, key, hidden: false })
}

/// What RSA encrypted with the device's public key.
fn decrypt(digits: &[u8], board: &Board) -> Option<Vec<u8>> {
    let encrypted = from_hex(std::str::from_utf8(digits).ok()?)?;
    let held = board.state.private_key_slot();
    let key = RsaPrivateKey::from_pkcs1_der(slot::cut(&held)?).ok()?;
    key.decrypt(Pkcs1v15Encrypt, &encrypted).ok()
}

/// The private key that came encrypted with a key of its own.
fn opened_key(fields: &Fields, board: &Board) -> Option<Vec<u8>> {
    let session = decrypt(fields.get("ek")?, board)?;
    let sealed = from_hex(std::str::from_utf8(fields.get("key")?).ok()?)?;
    let (key, vector) = session.split_at_checked(16)?;
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(key, vector).ok()?;
    cipher.decrypt_padded_vec_mut::<Pkcs7>(&sealed).ok()
}

/// What the radio of this generation calls a kind of security.
fn on_the_wire(security: Security) -> u32 {
    let name = match security {
        Security::Open => "Unsecured",
        Security::Wep => "WEP PSK",
        Security::Wpa => "WPA TKIP",
        // It does not know WPA3, and of such a network sees what is WPA2 in it.
        Security::Wpa2 | Security::Wpa3 | Security::Wpa2Wpa3 => "WPA2 AES",
        Security::WpaWpa2 => "WPA2 Mixed",
        Security::WpaEnterprise => "WPA Enterprise TKIP",
        Security::Wpa2Enterprise => "WPA2 Enterprise AES",
    };
    softap::Security::by_name(name).map_or(0, |security| security.0)
}

fn security(wire: u32) -> Security {
    const WEP: u32 = 0x0001;
    const WPA: u32 = 0x0020_0000;
    const WPA2: u32 = 0x0040_0000;
    let enterprise = softap::Security(wire).is_enterprise();
    match wire {
        _ if wire & WPA2 != 0 && enterprise => Security::Wpa2Enterprise,
        _ if wire & WPA != 0 && enterprise => Security::WpaEnterprise,
        _ if wire & WPA2 != 0 => Security::Wpa2,
        _ if wire & WPA != 0 => Security::Wpa,
        _ if wire & WEP != 0 => Security::Wep,
        _ => Security::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        platform::Platform,
        sandbox::{bench::state::DeviceState, fault::Faults},
    };
    use std::sync::Arc;

    fn listening(version: &str) -> Board {
        let platform = Platform::by_name("photon").unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.mode = Mode::Listening;
        state.os_version = version.parse().unwrap();
        state.write_private_key(include_bytes!("../../../../tests/data/keys/rsa.der"));
        Board::new(state, Clock::default(), Arc::new(Faults::default()))
    }

    fn answer(command: &str, body: &str, board: &mut Board) -> Option<String> {
        carry_out(command, body.as_bytes(), board).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_device_says_who_it_is_and_what_it_hears() {
        let mut board = listening("3.3.1");
        assert_eq!(answer("version", "", &mut board).as_deref(), Some("{\"v\":2}"));
        let id = answer("device-id", "", &mut board).unwrap();
        assert_eq!(id, "{\"id\":\"0123456789ABCDEF01234567\",\"c\":\"1\"}");
        let scan = answer("scan-ap", "", &mut board).unwrap();
        let expected =
            "{\"scans\":[{\"ssid\":\"Sandbox\",\"rssi\":-48,\"sec\":4194308,\"ch\":6,\"mdr\":72200},";
        assert!(scan.starts_with(expected), "{scan}");
        assert!(!scan.contains("Sandbox 5G") && !scan.contains("Cellar"), "{scan}");
        assert_eq!(answer("factory-reset", "", &mut board), None);
    }

    #[test]
    fn the_key_lies_in_a_larger_buffer() {
        let mut board = listening("3.3.1");
        let reply: serde_json::Value =
            serde_json::from_str(&answer("public-key", "", &mut board).unwrap()).unwrap();
        let buffer = from_hex(reply["b"].as_str().unwrap()).unwrap();
        assert_eq!(buffer.len(), KEY_BUFFER);
        assert_eq!(buffer[..162], include_bytes!("../../../../tests/data/keys/rsa.pub.der")[..]);
        board.state.write_private_key(&[0xFF; 612]);
        assert_eq!(answer("public-key", "", &mut board).as_deref(), Some("{\"r\":1}"));
    }

    #[test]
    fn a_claim_code_has_63_characters() {
        let mut board = listening("3.3.1");
        let set = |code: &str, board: &mut Board| {
            answer("set", &format!("{{\"k\":\"cc\",\"v\":\"{code}\"}}"), board)
        };
        assert_eq!(set(&"7".repeat(62), &mut board).as_deref(), Some("{\"r\":-1}"));
        assert_eq!(set(&"7".repeat(63), &mut board).as_deref(), Some("{\"r\":0}"));
        assert_eq!(board.state.read(1, dct::CLAIM_CODE, 63), [b'7'; 63]);
    }

    #[test]
    fn what_cannot_be_read_is_not_answered_and_what_cannot_be_decrypted_refused() {
        let mut board = listening("3.3.1");
        for body in ["", "{\"ssid\":1}", "{\"idx\":\"0\"}", "{\"ssid\":\"x\",\"other\":1}", "{\"ssid\":\"x\""]
        {
            assert_eq!(answer("configure-ap", body, &mut board).as_deref(), Some(""), "{body}");
        }
        for password in ["zz", "00", &"00".repeat(128)] {
            let body = format!("{{\"ssid\":\"x\",\"sec\":4194308,\"pwd\":\"{password}\"}}");
            assert_eq!(answer("configure-ap", &body, &mut board).as_deref(), Some("{\"r\":-1}"));
        }
        let open = "{\"idx\":0,\"ssid\":\"Guest\",\"sec\":0,\"ch\":1}";
        assert_eq!(answer("configure-ap", open, &mut board).as_deref(), Some("{\"r\":0}"));
        assert!(board.state.wifi.saved().iter().any(|network| network.ssid == "Guest"));
    }

    #[test]
    fn early_firmware_knows_no_enterprise_networks() {
        let body = "{\"ssid\":\"Campus\",\"sec\":37748740,\"eap\":25,\"ii\":\"ada\"}";
        assert_eq!(answer("configure-ap", body, &mut listening("0.6.4")).as_deref(), Some(""));
        assert_eq!(answer("configure-ap", body, &mut listening("0.7.0")).as_deref(), Some("{\"r\":0}"));
    }

    #[test]
    fn sent_off_the_device_leaves_listening_mode() {
        let mut board = listening("3.3.1");
        assert_eq!(answer("connect-ap", "{\"idx\":0}", &mut board).as_deref(), Some("{\"r\":0}"));
        assert_eq!(board.state.mode, Mode::Normal);
    }

    #[test]
    fn kinds_of_security_survive_the_wire() {
        for kind in [Security::Open, Security::Wep, Security::Wpa, Security::Wpa2, Security::Wpa2Enterprise] {
            assert_eq!(security(on_the_wire(kind)), kind);
        }
    }
}
