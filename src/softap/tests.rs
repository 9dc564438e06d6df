//! The client against devices that are not at their best.

use super::*;
use crate::{clock::Clock, secret::Secret};
use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::Pkcs7};
use rand::rngs::OsRng;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, pkcs1::DecodeRsaPrivateKey};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::JoinHandle,
    time::Duration,
};

const VERSION_REPLY: &[u8] = b"\n\n{\"v\":2}";
const ID_REPLY: &[u8] = b"\n\n{\"id\":\"3A0027000000000000060001\",\"c\":\"0\"}";

fn key() -> (RsaPrivateKey, DeviceKey) {
    let private = RsaPrivateKey::from_pkcs1_der(include_bytes!("../../tests/data/keys/rsa.der")).unwrap();
    let mut buffer = include_bytes!("../../tests/data/keys/rsa.pub.der").to_vec();
    buffer.resize(294, 0);
    (private, DeviceKey::from_buffer(&to_hex(&buffer)).unwrap())
}

fn encoded(credentials: Credentials) -> Value {
    network("Home", credentials).encode(&key().1, &mut OsRng).unwrap()
}

fn network(ssid: &str, credentials: Credentials) -> NetworkConfiguration {
    NetworkConfiguration { ssid: ssid.to_owned(), channel: 6, security: Security(0x0040_0006), credentials }
}

fn decrypted(value: &Value) -> Vec<u8> {
    key().0.decrypt(Pkcs1v15Encrypt, &from_hex(value.as_str().unwrap()).unwrap()).unwrap()
}

fn password(text: &str) -> Credentials {
    Credentials::Password(Secret::new(text.to_owned()))
}

/// A device that meets each connection with the next of these answers and keeps what it was asked.
fn device(answers: &[&'static [u8]]) -> (DeviceAddresses, JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    let answers = answers.to_vec();
    let served = std::thread::spawn(move || {
        let serve = |answer: &[u8]| {
            let (mut connection, _) = listener.accept().unwrap();
            connection.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut request = Vec::new();
            // It ends with silence: the client waits for the answer.
            let _ = connection.read_to_end(&mut request);
            connection.write_all(answer).unwrap();
            request
        };
        answers.into_iter().map(serve).collect()
    });
    (address, served)
}

#[test]
fn a_password_is_readable_for_the_device_alone() {
    let body = encoded(password("p\u{e4}ss \"word\""));
    assert_eq!(decrypted(&body["pwd"]), "p\u{e4}ss \"word\"".as_bytes());
    assert_eq!((&body["idx"], &body["ch"], &body["sec"]), (&0.into(), &6.into(), &0x0040_0006.into()));
    assert!(encoded(Credentials::None).get("pwd").is_none());
}

#[test]
fn a_private_key_is_sealed_with_a_key_of_its_own() {
    let pem = "-----BEGIN X-----\nabc\n-----END X-----\n\n";
    let body = encoded(Credentials::Tls {
        certificate: pem.to_owned(),
        private_key: Secret::new(pem.to_owned()),
        outer_identity: Some("anonymous".to_owned()),
        root_ca: None,
    });
    let session = decrypted(&body["ek"]);
    assert_eq!(session.len(), 32);
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(&session[..16], &session[16..]).unwrap();
    let sealed = from_hex(body["key"].as_str().unwrap()).unwrap();
    let plain = cipher.decrypt_padded_vec_mut::<Pkcs7>(&sealed).unwrap();
    let expected = "-----BEGIN X-----\r\nabc\r\n-----END X-----\r\n";
    assert_eq!(plain, expected.as_bytes());
    assert_eq!(
        (&body["crt"], &body["eap"], &body["oi"]),
        (&expected.into(), &13.into(), &"anonymous".into())
    );
}

#[test]
fn what_a_device_cannot_take_is_refused_here() {
    let refused =
        |ssid: &str, credentials| network(ssid, credentials).encode(&key().1, &mut OsRng).unwrap_err();
    assert!(matches!(refused("a\"b", Credentials::None), SoftApError::Unsendable));
    assert!(matches!(refused("", Credentials::None), SoftApError::NameLength(0)));
    assert!(matches!(refused(&"\u{e9}".repeat(17), Credentials::None), SoftApError::NameLength(34)));
    assert!(matches!(refused("Home", password(&"x".repeat(65))), SoftApError::PasswordLength(65)));
}

#[test]
fn a_command_is_repeated_with_the_same_parameters() {
    let (address, served) = device(&[VERSION_REPLY, b"", b"\n\n{nonsense", b"\n\n{\"r\":0}"]);
    let clock = Clock::new(0.0);
    SoftAp::find(&address, &clock).unwrap().set_claim_code("c\u{e9}").unwrap();
    let requests = served.join().unwrap().split_off(1);
    assert_eq!(requests[0], "set\n20\n\n{\"k\":\"cc\",\"v\":\"c\u{e9}\"}".as_bytes());
    assert!(requests.iter().all(|request| *request == requests[0]), "{requests:?}");
}

#[test]
fn a_refusal_is_final() {
    let (address, served) = device(&[VERSION_REPLY, b"\n\n{\"r\":-1}"]);
    let clock = Clock::new(0.0);
    let error = SoftAp::find(&address, &clock).unwrap().set_claim_code("short").unwrap_err();
    assert!(matches!(error, SoftApError::Refused { command: "set", result: -1 }));
    assert_eq!(served.join().unwrap().len(), 2);
}

#[test]
fn an_answer_is_taken_where_it_ends() {
    let (address, _) = device(&[VERSION_REPLY, ID_REPLY]);
    let clock = Clock::new(0.0);
    let identity = SoftAp::find(&address, &clock).unwrap().identity().unwrap();
    assert_eq!(identity.id.as_str(), "3a0027000000000000060001");
}

#[test]
fn a_device_that_leaves_need_not_answer() {
    for answer in [&b"\n\n"[..], b"\n\n{\"r\"", b"\n\n{\"r\":0}"] {
        let (address, served) = device(&[VERSION_REPLY, answer]);
        let clock = Clock::new(0.0);
        assert!(SoftAp::find(&address, &clock).unwrap().connect().is_ok());
        assert_eq!(served.join().unwrap().len(), 2, "it is sent off once");
    }
}

#[test]
fn where_one_transport_is_not_answered_the_other_is_used() {
    let reply = b"HTTP/1.1 200 OK\r\n\r\n{\"v\":2}";
    for silence in [&b""[..], b"HTTP/1.0 400 Bad Request\r\n\r\n"] {
        let (address, served) = device(&[silence, reply, b"HTTP/1.1 200 OK\r\n\r\n{\"r\":0}"]);
        let clock = Clock::new(0.0);
        SoftAp::find(&address, &clock).unwrap().set_claim_code("c").unwrap();
        let requests = served.join().unwrap();
        assert_eq!(requests[0], b"version\n0\n\n");
        assert!(
            requests[1].starts_with(b"GET /version HTTP/1.1\r\n") && requests[2].starts_with(b"POST /set ")
        );
    }
}

#[test]
fn nobody_there_is_told_apart_from_nonsense() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let clock = Clock::new(0.0);
    let nobody = SoftAp::find(&unused.to_string().parse().unwrap(), &clock).err().unwrap();
    assert!(matches!(nobody, SoftApError::Unreachable { .. }));
    let (address, _) = device(&[&b"HTTP/1.1 404 Not Found\r\n\r\n"[..]; 10]);
    let nonsense = SoftAp::find(&address, &clock).err().unwrap();
    assert!(matches!(nonsense, SoftApError::Garbled("version")));
}
