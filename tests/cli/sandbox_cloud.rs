//! The sandbox's cloud, as any HTTP client meets it.

use crate::support::{MFA_USERNAME, OTP, PASSWORD, USERNAME, api::Api};
use serde_json::{Value, json};

const PHOTON: &str = "3a0027000000000000060001";
const FUNCTIONS: [&str; 4] = ["digitalRead", "digitalWrite", "analogRead", "analogWrite"];

#[test]
fn a_token_has_the_life_that_was_asked_for() {
    let api = Api::start(&[]);
    let login = [("grant_type", "password"), ("username", USERNAME), ("password", PASSWORD)];
    let (status, answer) = api.token_request(&login);
    assert_eq!((status, &answer["expires_in"]), (200, &json!(7_776_000)));
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["access_token"].as_str().unwrap().len(), 40);
    let (_, answer) = api.token_request(&[&login[..], &[("expires_in", "0")]].concat());
    let token = answer["access_token"].as_str().unwrap();
    let (_, current) = api.send(api.get("/v1/access_tokens/current").bearer_auth(token));
    assert_eq!(current["expires_at"], Value::Null);
}

#[test]
fn a_wrong_password_is_refused_and_ten_of_them_lock() {
    let api = Api::start(&[]);
    for _ in 0..10 {
        let (status, answer) = api.password_login(USERNAME, "wrong");
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")));
    }
    assert_eq!(api.password_login(USERNAME, PASSWORD).0, 429);
}

#[test]
fn two_step_login_wants_its_code() {
    let api = Api::start(&[]);
    let (status, answer) = api.password_login(MFA_USERNAME, PASSWORD);
    assert_eq!((status, &answer["error"]), (403, &json!("mfa_required")));
    let mfa_token = answer["mfa_token"].as_str().unwrap();
    let code = |otp| {
        let grant = ("grant_type", "urn:custom:mfa-otp");
        api.token_request(&[grant, ("mfa_token", mfa_token), ("otp", otp)])
    };
    assert_eq!(code("000000").0, 400);
    assert_eq!(code(OTP).0, 200);
    assert_eq!(code(OTP).0, 400, "an MFA token is good for one login");
}

#[test]
fn clients_and_grants_that_do_not_exist_are_refused() {
    let api = Api::start(&[]);
    let form = [("grant_type", "password"), ("client_id", "particle"), ("client_secret", "guess")];
    assert_eq!(api.send(api.post("/oauth/token").form(&form)).1["error"], "invalid_client");
    assert_eq!(api.token_request(&[("grant_type", "implicit")]).1["error"], "unsupported_grant_type");
    assert_eq!(api.send(api.post("/oauth/token").json(&json!({}))).1["error"], "invalid_request");
}

#[test]
fn a_token_is_found_in_header_query_and_form() {
    let api = Api::start(&[]);
    let token = api.token();
    assert_eq!(api.send(api.get("/v1/user").bearer_auth(&token)).1["username"], USERNAME);
    assert_eq!(api.send(api.get("/v1/user").query(&[("access_token", &token)])).0, 200);
    let rename = api.client.put(api.url(&format!("/v1/devices/{PHOTON}")));
    let (status, answer) = api.send(rename.form(&[("name", "kitchen"), ("access_token", &token)]));
    assert_eq!((status, &answer["name"]), (200, &json!("kitchen")));
}

#[test]
fn missing_and_bad_tokens_are_told_apart() {
    let api = Api::start(&[]);
    let (status, answer) = api.send(api.get("/v1/devices"));
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_request")));
    let (status, answer) = api.send(api.get("/v1/devices").bearer_auth("0123"));
    assert_eq!((status, &answer["error"]), (401, &json!("invalid_token")));
}

#[test]
fn a_revoked_token_is_bad() {
    let api = Api::start(&[]);
    let token = api.token();
    let (_, tokens) = api.send(api.get("/v1/access_tokens").basic_auth(USERNAME, Some(PASSWORD)));
    assert_eq!(tokens[0]["token"], token.as_str());
    let revoke = || api.client.delete(api.url(&format!("/v1/access_tokens/{token}")));
    assert_eq!(api.send(revoke()), (200, json!({ "ok": true })));
    assert_eq!(api.send(revoke()).0, 404);
    assert_eq!(api.send(api.get("/v1/user").bearer_auth(&token)).0, 401);
}

#[test]
fn devices_are_those_of_the_caller() {
    let api = Api::start(&[]);
    let token = api.token();
    let (_, devices) = api.send(api.get("/v1/devices").bearer_auth(&token));
    let online: Vec<_> = devices.as_array().unwrap().iter().map(|device| &device["online"]).collect();
    assert_eq!(online, [&json!(false), &json!(true), &json!(true)]);
    let (_, boron) = api.send(api.get("/v1/devices/boron").bearer_auth(&token));
    assert_eq!((&boron["platform_id"], &boron["functions"]), (&json!(13), &json!(FUNCTIONS)));
    let (status, answer) = api.send(api.get("/v1/devices/0123456789abcdef01234567").bearer_auth(&token));
    assert_eq!((status, &answer["error"]), (403, &json!("Permission Denied")));
}

#[test]
fn a_released_device_can_be_claimed_if_it_is_online() {
    let api = Api::start(&[]);
    let token = api.token();
    let release = |device: &str| {
        api.send(api.client.delete(api.url(&format!("/v1/devices/{device}"))).bearer_auth(&token)).0
    };
    let claim = |id: &str| api.send(api.post("/v1/devices").bearer_auth(&token).json(&json!({ "id": id })));
    assert_eq!((release("photon"), release("boron"), release("boron")), (200, 200, 403));
    assert_eq!(claim(PHOTON), (404, json!({ "ok": false, "errors": ["Device is not connected"] })));
    assert_eq!(claim("e00fce6800000000000d0001").0, 200);
    // What the Node tool's own tests hear of ids that the cloud does not know.
    assert_eq!(claim("nonsense"), (404, json!({ "ok": false, "errors": ["device not found"] })));
}

#[test]
fn a_device_signals_only_when_it_is_online() {
    let api = Api::start(&[]);
    let token = api.token();
    let signal = |device: &str| {
        let request = api.client.put(api.url(&format!("/v1/devices/{device}")));
        api.send(request.bearer_auth(&token).json(&json!({ "signal": "1" }))).0
    };
    assert_eq!((signal("boron"), signal("photon")), (200, 408));
}

#[test]
fn a_public_key_is_checked_before_it_is_taken() {
    let api = Api::start(&[]);
    let token = api.token();
    let provision = |id: &str, fields: &[(&str, &str)]| {
        api.send(api.post(&format!("/v1/provisioning/{id}")).bearer_auth(&token).form(fields))
    };
    assert_eq!(provision(PHOTON, &[]).0, 400);
    assert_eq!(provision(PHOTON, &[("publicKey", "AAAA")]).0, 400);
    assert_eq!(provision("0123456789abcdef01234567", &[("publicKey", "AAAA")]).0, 403);
    let (status, answer) =
        api.send(api.post(&format!("/v1/provisioning/{PHOTON}")).form(&[("publicKey", "A")]));
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_request")));
}

#[test]
fn faults_answer_as_ordered() {
    let api = Api::start(&["--fault", "http-429@/v1/user", "--fault", "http-500@/v1/user"]);
    let token = api.token();
    let user = || api.get("/v1/user").bearer_auth(&token);
    let response = api.runtime.block_on(user().send()).unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    assert_eq!(api.runtime.block_on(user().send()).unwrap().status().as_u16(), 500);
    assert_eq!(api.send(user()).0, 200);
}

#[test]
fn a_cut_answer_is_one_whose_request_was_carried_out() {
    let api = Api::start(&["--fault", "cut@PUT:/v1/devices"]);
    let token = api.token();
    let rename = api.client.put(api.url(&format!("/v1/devices/{PHOTON}"))).bearer_auth(&token);
    let response = api.runtime.block_on(rename.json(&json!({ "name": "kitchen" })).send()).unwrap();
    assert!(api.runtime.block_on(response.bytes()).is_err());
    assert_eq!(api.send(api.get("/v1/devices/kitchen").bearer_auth(&token)).0, 200);
}

#[test]
fn unknown_routes_are_not_found() {
    let api = Api::start(&[]);
    assert_eq!(api.send(api.get("/v2/everything")).0, 404);
}

#[test]
fn web_pages_have_no_hand_on_the_buttons() {
    let api = Api::start(&[]);
    let press = api.post("/sandbox/devices/boron/press").header("content-type", "text/plain");
    let response = api.runtime.block_on(press.body(r#"{"button":"dfu"}"#).send()).unwrap();
    assert_eq!(response.status().as_u16(), 415);
}
