//! Device Protection in the sandbox: a device, its cloud, and whoever stands between them.

use crate::support::api::Api;
use base64::{Engine, engine::general_purpose::STANDARD};
use particle::{
    clock::Clock,
    usb::{
        control::{
            ControlChannel, ControlError, REQUEST_LIMIT, RequestType,
            messages::{
                ConfirmServiceMode, DeviceProof, PrepareServiceMode, ProtectedStateReply, ProtectionAction,
                SetProtectedState, SetProtectedStateReply,
            },
        },
        discover,
        usbip::{HostAddress, UsbIpBus},
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

const BORON: &str = "e00fce6800000000000d0001";

/// The boron of a sandbox, over its USB plug.
fn boron(api: &Api) -> ControlChannel {
    let usbip = api.sandbox().ready()["usbip"].as_str().unwrap();
    let (host, port) = usbip.rsplit_once(':').unwrap();
    let clock = Clock::new(0.01);
    let address = HostAddress { host: host.to_owned(), port: port.parse().unwrap() };
    let devices = discover(&[Arc::new(UsbIpBus::new(address, clock.clone()))]).unwrap();
    let found = devices.into_iter().find(|device| device.id().unwrap().as_str() == BORON).unwrap();
    ControlChannel::open(found.open().unwrap(), found.platform, &clock).unwrap()
}

/// The cloud's answer to a step.
fn unprotect(api: &Api, token: &str, body: &Value) -> (u16, Value) {
    let request = api.client.put(api.url(&format!("/v1/devices/{BORON}/unprotect")));
    api.send(request.bearer_auth(token).json(body))
}

/// What the cloud asks the device to sign.
fn server_nonce(api: &Api, token: &str) -> Vec<u8> {
    let (status, answer) = unprotect(api, token, &json!({ "action": "prepare" }));
    assert_eq!(status, 200, "{answer}");
    decoded(&answer, "server_nonce")
}

fn decoded(answer: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(answer[name].as_str().unwrap()).unwrap()
}

fn proof(channel: &mut ControlChannel, server_nonce: &[u8]) -> DeviceProof {
    let request = SetProtectedState {
        action: ProtectionAction::Prepare.into(),
        prepare: Some(PrepareServiceMode { server_nonce: server_nonce.to_vec() }),
        confirm: None,
    };
    let reply: SetProtectedStateReply =
        channel.call(RequestType::SET_PROTECTED_STATE, &request, REQUEST_LIMIT).unwrap();
    reply.prepare.unwrap()
}

fn to_be_confirmed(server_nonce: &[u8], proof: &DeviceProof) -> Value {
    json!({
        "action": "confirm",
        "server_nonce": STANDARD.encode(server_nonce),
        "device_nonce": STANDARD.encode(&proof.device_nonce),
        "device_signature": STANDARD.encode(&proof.device_signature),
        "device_public_key_fingerprint": STANDARD.encode(&proof.device_public_key_fingerprint),
    })
}

fn confirm(channel: &mut ControlChannel, consent: &Value) -> Result<(), ControlError> {
    let confirm = ConfirmServiceMode {
        server_signature: decoded(consent, "server_signature"),
        server_public_key_fingerprint: decoded(consent, "server_public_key_fingerprint"),
    };
    let request =
        SetProtectedState { action: ProtectionAction::Confirm.into(), prepare: None, confirm: Some(confirm) };
    let reply = channel.call(RequestType::SET_PROTECTED_STATE, &request, REQUEST_LIMIT);
    reply.map(|_: SetProtectedStateReply| ())
}

fn state(channel: &mut ControlChannel) -> ProtectedStateReply {
    channel.call(RequestType::GET_PROTECTED_STATE, &(), REQUEST_LIMIT).unwrap()
}

#[test]
fn a_protected_device_enters_service_mode_with_its_clouds_consent() {
    let api = Api::start(&["--protect", "boron"]);
    let token = api.token();
    let mut channel = boron(&api);
    assert_eq!(state(&mut channel), ProtectedStateReply { state: true, overridden: false });
    let server_nonce = server_nonce(&api, &token);
    let proof = proof(&mut channel, &server_nonce);
    let (status, consent) = unprotect(&api, &token, &to_be_confirmed(&server_nonce, &proof));
    assert_eq!(status, 200, "{consent}");
    confirm(&mut channel, &consent).unwrap();
    assert!(state(&mut channel).overridden);
    let (status, again) = unprotect(&api, &token, &to_be_confirmed(&server_nonce, &proof));
    assert_eq!((status, &again["error"]), (400, &json!("server_nonce is not the one that was given last")));
    let reset = SetProtectedState::default();
    let _: SetProtectedStateReply =
        channel.call(RequestType::SET_PROTECTED_STATE, &reset, REQUEST_LIMIT).unwrap();
    assert!(!state(&mut channel).overridden);
    let (_, device) = api.send(api.get(&format!("/v1/devices/{BORON}")).bearer_auth(&token));
    assert_eq!(device["online"], true, "the cloud is the one that the device knows: {device}");
}

#[test]
fn the_cloud_consents_only_to_devices_that_prove_who_they_are() {
    let api = Api::start(&["--protect", "boron"]);
    let token = api.token();
    let server_nonce = server_nonce(&api, &token);
    let proof = proof(&mut boron(&api), &server_nonce);
    let refused = |proof: &DeviceProof| unprotect(&api, &token, &to_be_confirmed(&server_nonce, proof));
    let forged = DeviceProof { device_nonce: vec![0; 32], ..proof.clone() };
    assert_eq!(refused(&forged).1["error"], "Invalid device signature");
    let stranger = DeviceProof { device_public_key_fingerprint: vec![0; 32], ..proof };
    let (status, answer) = refused(&stranger);
    assert_eq!((status, &answer["error"]), (400, &json!("Device public key was not found")));
    assert_eq!(unprotect(&api, &token, &json!({ "action": "confirm" })).0, 400);
    assert_eq!(unprotect(&api, &token, &json!({})).0, 400);
    assert_eq!(unprotect(&api, "nobody", &json!({ "action": "prepare" })).0, 401);
}
