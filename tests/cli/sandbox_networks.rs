//! The mesh networks and claim codes of the sandbox's cloud, as any HTTP client sees them.

use crate::support::{MFA_USERNAME, OTP, PASSWORD, api::Api};
use serde_json::{Value, json};

const PHOTON: &str = "3a0027000000000000060001";
const ARGON: &str = "e00fce6800000000000c0001";
const BORON: &str = "e00fce6800000000000d0001";
const STRANGER: &str = "e00fce6800000000000e0009";

fn start() -> Api {
    let versions = [format!("{ARGON}=1.5.2"), format!("{BORON}=1.5.2")];
    Api::start(&[
        "--devices",
        "photon,argon,boron",
        "--os-version",
        &versions[0],
        "--os-version",
        &versions[1],
    ])
}

fn create(api: &Api, token: &str, network: &Value) -> (u16, Value) {
    api.send(api.post("/v1/networks").bearer_auth(token).json(network))
}

#[test]
fn a_network_is_pending_until_its_device_tells_of_it() {
    let api = start();
    let token = api.token();
    let (status, created) = create(&api, &token, &json!({ "name": "office", "device_id": ARGON }));
    assert_eq!((status, &created["network"]["state"]), (201, &json!("pending")));
    let id = created["network"]["id"].as_str().unwrap();
    assert_eq!(id.len(), 24);
    assert_eq!(api.send(api.get("/v1/networks").bearer_auth(&token)), (200, json!([])));
    let path = format!("/v1/networks/{id}");
    let not_found = json!({ "ok": false, "error": "Network not found" });
    assert_eq!(api.send(api.get(&path).bearer_auth(&token)), (404, not_found));
    let (_, device) = api.send(api.get(&format!("/v1/devices/{ARGON}")).bearer_auth(&token));
    assert_eq!(device.get("network"), None);
    let (status, again) = create(&api, &token, &json!({ "name": "office", "device_id": ARGON }));
    assert_eq!(status, 201);
    assert_ne!(again["network"]["id"], id);

    api.environment.log_in();
    let arguments = ["mesh", "create", "office", "argon", "--password", "secret"];
    api.environment.in_sandbox(arguments).success();
    let (_, networks) = api.send(api.get("/v1/networks").bearer_auth(&token));
    assert_eq!((&networks[0]["name"], &networks[0]["state"]), (&json!("office"), &json!("confirmed")));
    let (_, device) = api.send(api.get(&format!("/v1/devices/{ARGON}")).bearer_auth(&token));
    let role = json!({ "gateway": true, "state": "confirmed" });
    let expected = json!({ "id": networks[0]["id"], "name": "office", "role": role });
    assert_eq!(device["network"], expected);
}

#[test]
fn networks_are_made_of_ones_own_mesh_boards() {
    let api = start();
    let token = api.token();
    for (network, status, error) in [
        (json!({ "device_id": ARGON }), 400, "name must have 1 to 16 bytes"),
        (json!({ "name": "a name of seventeen", "device_id": ARGON }), 400, "name must have 1 to 16 bytes"),
        (json!({ "name": "net" }), 400, "device_id is missing"),
        (json!({ "name": "net", "device_id": PHOTON }), 400, "The device does not support mesh networking"),
        (json!({ "name": "net", "device_id": BORON }), 400, "iccid is missing"),
        (json!({ "name": "net", "device_id": STRANGER }), 403, "Permission Denied"),
    ] {
        let (found, answer) = create(&api, &token, &network);
        assert_eq!((found, &answer["error"]), (status, &json!(error)), "{network}");
    }
    let (status, _) = api.send(api.post("/v1/networks").json(&json!({})));
    assert_eq!(status, 400);
}

#[test]
fn networks_of_others_are_not_there() {
    let api = start();
    api.environment.log_in();
    let arguments = ["mesh", "create", "office", "argon", "--password", "secret"];
    api.environment.in_sandbox(arguments).success();
    let (_, login) = api.password_login(MFA_USERNAME, PASSWORD);
    let mfa_token = login["mfa_token"].as_str().unwrap();
    let fields = [("grant_type", "urn:custom:mfa-otp"), ("mfa_token", mfa_token), ("otp", OTP)];
    let grace = api.token_request(&fields).1["access_token"].as_str().unwrap().to_owned();
    assert_eq!(api.send(api.get("/v1/networks").bearer_auth(&grace)), (200, json!([])));
    for path in ["/v1/networks/office", "/v1/networks/office/devices"] {
        assert_eq!(api.send(api.get(path).bearer_auth(&grace)).0, 404, "{path}");
    }
    let change = |action: &str, token: &str| {
        let body = json!({ "action": action, "device_id": BORON });
        api.send(api.client.put(api.url("/v1/networks/office")).bearer_auth(token).json(&body))
    };
    assert_eq!(change("add-device", &grace).0, 404);
    let delete = |path: &str, token: &str| api.send(api.client.delete(api.url(path)).bearer_auth(token)).0;
    assert_eq!(delete("/v1/networks/office", &grace), 404);
    assert_eq!(delete(&format!("/v1/devices/{ARGON}/network"), &grace), 403);

    let ada = api.token();
    for (action, status) in
        [("remove-device", 404), ("dance", 400), ("add-device", 200), ("remove-device", 200)]
    {
        assert_eq!(change(action, &ada).0, status, "{action}");
    }
    assert_eq!(delete(&format!("/v1/devices/{BORON}/network"), &ada), 404);
    assert_eq!(delete("/v1/networks/office", &ada), 200);
    assert_eq!(api.send(api.get("/v1/networks").bearer_auth(&ada)), (200, json!([])));
}

#[test]
fn claim_codes_have_63_characters_and_name_the_devices_one_has() {
    let api = start();
    let token = api.token();
    let (status, first) = api.send(api.post("/v1/device_claims").bearer_auth(&token).json(&json!({})));
    let (_, second) = api.send(api.post("/v1/device_claims").bearer_auth(&token));
    assert_eq!((status, first["claim_code"].as_str().unwrap().len()), (200, 63));
    assert_ne!(first["claim_code"], second["claim_code"]);
    assert_eq!(first["device_ids"], json!([PHOTON, ARGON, BORON]));
    assert_eq!(api.send(api.post("/v1/device_claims")).0, 400);
}
