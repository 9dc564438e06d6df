//! Products in the sandbox's cloud, as any HTTP client meets them.

use crate::support::{MFA_USERNAME, OTP, PASSWORD, api::Api};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const DEVICES: &str = "/v1/products/12345/devices";
const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";
const DEVICE: &str = "0123456789abcdef01234567";

/// Status and body of an answer that may have none.
fn send(api: &Api, request: RequestBuilder, token: &str) -> (u16, Value) {
    api.runtime.block_on(async {
        let response = request.bearer_auth(token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    })
}

#[test]
fn the_products_are_those_of_the_caller() {
    let api = Api::start(&[]);
    let token = api.token();
    let (_, answer) = send(&api, api.get("/v1/products"), &token);
    assert_eq!((&answer["products"][0]["id"], &answer["products"][1]), (&json!(12345), &Value::Null));
    let (_, answer) = send(&api, api.get("/v1/products/sensors-v1"), &token);
    assert_eq!(
        (&answer["product"][0]["platform_id"], &answer["product"][0]["id"]),
        (&json!(13), &json!(12345))
    );
    let status = |path: &str| send(&api, api.get(path), &token).0;
    assert_eq!((status("/v1/products/12346"), status("/v1/products/12346/devices")), (403, 403));
    assert_eq!((status("/v1/products/7"), status(&format!("{DEVICES}/{DEVICE}"))), (404, 404));
    assert_eq!(api.send(api.get(DEVICES)).0, 400, "no token");
}

#[test]
fn devices_come_as_json_form_or_file() {
    let api = Api::start(&[]);
    let token = api.token();
    let add = |request: RequestBuilder| send(&api, request, &token).1;
    let by_json = add(api.post(DEVICES).json(&json!({ "ids": [DEVICE, BORON, PHOTON, "badid"] })));
    assert_eq!(
        by_json,
        json!({
            "updated": 1,
            "updatedDeviceIds": [DEVICE],
            "existingDeviceIds": [BORON],
            "nonmemberDeviceIds": [],
            "invalidDeviceIds": [PHOTON, "badid"],
        })
    );
    let by_form = add(api.post(DEVICES).form(&[("id", DEVICE), ("import_method", "one")]));
    assert_eq!(by_form["existingDeviceIds"], json!([DEVICE]));
    let multipart = |body: &str| {
        let body = format!("--x\r\n{body}\r\n--x--\r\n");
        api.post(DEVICES).header("content-type", "multipart/form-data; boundary=x").body(body)
    };
    let file = "content-disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n";
    let by_file = add(multipart(&format!("{file}{DEVICE}\r\n\r\n{BORON}")));
    assert_eq!(by_file["existingDeviceIds"], json!([DEVICE, BORON]));
    let method = "content-disposition: form-data; name=\"import_method\"\r\n\r\nfew";
    for refused in [multipart(file), multipart(method), api.post(DEVICES), api.post(DEVICES).body("x")] {
        assert_eq!(send(&api, refused, &token).0, 400);
    }
}

/// A token of the account that also wants a login code.
fn graces_token(api: &Api) -> String {
    let (_, answer) = api.password_login(MFA_USERNAME, PASSWORD);
    let mfa_token = answer["mfa_token"].as_str().unwrap();
    let code = [("grant_type", "urn:custom:mfa-otp"), ("mfa_token", mfa_token), ("otp", OTP)];
    api.token_request(&code).1["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_device_of_somebody_else_is_no_member() {
    let api = Api::start(&["--devices", "boron,boron,boron"]);
    let (ada, grace) = (api.token(), graces_token(&api));
    let second = "e00fce6800000000000d0002";
    let add = || send(&api, api.post(DEVICES).json(&json!({ "id": second })), &ada).1;
    let release = api.client.delete(api.url(&format!("/v1/devices/{second}")));
    assert_eq!(send(&api, release, &ada).0, 200);
    assert_eq!(send(&api, api.post("/v1/devices").json(&json!({ "id": second })), &grace).0, 200);
    assert_eq!(add()["nonmemberDeviceIds"], json!([second]));
    let release = api.client.delete(api.url(&format!("/v1/devices/{second}")));
    assert_eq!(send(&api, release, &grace).0, 200);
    assert_eq!(add()["updatedDeviceIds"], json!([second]));
}

#[test]
fn what_a_product_says_of_a_device_can_be_changed_and_filtered_by() {
    let api = Api::start(&[]);
    let token = api.token();
    send(&api, api.post(DEVICES).json(&json!({ "id": DEVICE })), &token);
    let change = |id: &str, body: Value| {
        send(&api, api.client.put(api.url(&format!("{DEVICES}/{id}"))).json(&body), &token).0
    };
    assert_eq!(change(DEVICE, json!({ "name": "attic", "groups": ["home"], "development": true })), 200);
    assert_eq!(change(BORON, json!({ "groups": ["home", "garden"], "notes": "by the door" })), 200);
    assert_eq!((change(BORON, json!({})), change(PHOTON, json!({ "name": "x" }))), (400, 404));
    assert_eq!(
        (change(BORON, json!({ "signal": "1" })), change(DEVICE, json!({ "signal": "1" }))),
        (200, 408)
    );
    let (_, attic) = send(&api, api.get(&format!("{DEVICES}/{DEVICE}")), &token);
    assert_eq!(
        (&attic["name"], &attic["development"], &attic["online"]),
        (&json!("attic"), &json!(true), &json!(false))
    );
    let ids = |query: &str| -> Vec<Value> {
        let (_, answer) = send(&api, api.get(&format!("{DEVICES}?{query}")), &token);
        answer["devices"].as_array().unwrap().iter().map(|device| device["id"].clone()).collect()
    };
    assert_eq!(ids("groups=home"), [DEVICE, BORON]);
    assert_eq!(ids("groups=garden,cellar"), [BORON]);
    assert_eq!(ids("deviceName=ATT"), [DEVICE]);
    assert_eq!(ids("sortAttr=deviceName&sortDir=desc"), [BORON, DEVICE]);
    assert_eq!(ids("serialNumber=SNDBX"), [BORON]);
    assert_eq!(ids("page=2&per_page=1"), [BORON]);
}

#[test]
fn a_device_that_is_taken_out_stays_its_owners() {
    let api = Api::start(&[]);
    let token = api.token();
    let remove = || api.client.delete(api.url(&format!("{DEVICES}/{BORON}")));
    assert_eq!(send(&api, remove(), &token).0, 204);
    assert_eq!(send(&api, remove(), &token).0, 404);
    let (_, boron) = send(&api, api.get("/v1/devices/boron"), &token);
    assert_eq!((&boron["product_id"], &boron["id"]), (&json!(13), &json!(BORON)));
}

#[test]
fn members_are_described_as_fully_as_by_the_real_cloud() {
    let api = Api::start(&[]);
    let token = api.token();
    let lacking = |device: &Value, names: &str| -> Vec<String> {
        names.split(' ').filter(|name| device.get(name).is_none()).map(str::to_owned).collect()
    };
    let in_list = "denied development firmware_product_id groups iccid id imei last_handshake_at last_iccid \
        last_ip_address name notes online owner platform_id product_id quarantined serial_number \
        system_firmware_version targeted_firmware_release_version user_id";
    let (_, list) = send(&api, api.get(DEVICES), &token);
    let listed = &list["devices"][0];
    assert_eq!(lacking(listed, in_list), [""; 0]);
    assert_eq!(
        (&listed["system_firmware_version"], &listed["firmware_product_id"]),
        (&json!("6.3.4"), &json!(12345))
    );
    assert_eq!(listed["iccid"].as_str().unwrap().len(), 19);
    let in_details = "cellular connected current_build_target default_build_target firmware_updates_enabled \
        firmware_updates_forced firmware_version functions last_heard mobile_secret pinned_build_target status variables";
    let (_, details) = send(&api, api.get(&format!("{DEVICES}/{BORON}")), &token);
    assert_eq!((lacking(&details, in_list), lacking(&details, in_details)), (Vec::new(), Vec::new()));
}
