//! Functions and variables of the sandbox's devices, as any HTTP client meets them.

use crate::support::api::Api;
use serde_json::{Value, json};

const BORON: &str = "e00fce6800000000000d0001";

/// A sandbox and a token for it.
struct Devices {
    api: Api,
    token: String,
}

impl Devices {
    fn start() -> Self {
        let api = Api::start(&["--devices", "photon,boron"]);
        let token = api.token();
        Self { api, token }
    }

    fn call(&self, path: &str, body: &Value) -> (u16, Value) {
        self.api.send(self.api.post(path).bearer_auth(&self.token).json(body))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.api.send(self.api.get(path).bearer_auth(&self.token))
    }

    /// What a function of the Boron returns.
    fn result(&self, function: &str, argument: &str) -> Value {
        let (status, answer) =
            self.call(&format!("/v1/devices/boron/{function}"), &json!({ "args": argument }));
        assert_eq!(status, 200, "{answer}");
        answer["return_value"].clone()
    }
}

#[test]
fn pins_read_back_what_was_written() {
    let devices = Devices::start();
    assert_eq!(devices.result("digitalRead", "D7"), 0);
    assert_eq!(devices.result("digitalWrite", "D7,HIGH"), 1);
    assert_eq!(devices.result("digitalRead", "D7"), 1);
    assert_eq!(devices.result("digitalWrite", "D9,HIGH"), -1);
    let (_, answer) = devices.call(&format!("/v1/devices/{BORON}/digitalRead"), &json!({ "arg": "D7" }));
    let expected = json!({ "id": BORON, "name": "boron", "connected": true, "return_value": 1 });
    assert_eq!(answer, expected, "it is the same device by its id");
}

#[test]
fn a_reset_clears_the_pins() {
    let devices = Devices::start();
    devices.result("digitalWrite", "D7,HIGH");
    let press = devices.api.post("/sandbox/devices/boron/press").json(&json!({ "button": "reset" }));
    assert_eq!(devices.api.send(press).0, 200);
    assert_eq!(devices.result("digitalRead", "D7"), 0);
}

#[test]
fn variables_have_the_types_that_the_details_name() {
    let devices = Devices::start();
    let (_, details) = devices.get("/v1/devices/boron");
    let types = json!({ "temperature": "double", "uptime": "int32", "version": "string" });
    assert_eq!(details["variables"], types);
    let (status, answer) = devices.get("/v1/devices/boron/temperature");
    assert_eq!((status, &answer["cmd"], &answer["name"]), (200, &json!("VarReturn"), &json!("temperature")));
    assert_eq!((&answer["result"], &answer["coreInfo"]["deviceID"]), (&json!(72.1), &json!(BORON)));
    assert!(devices.get("/v1/devices/boron/uptime").1["result"].is_u64());
    assert_eq!(devices.get("/v1/devices/boron/version").1["result"], "6.3.4");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let devices = Devices::start();
    let (status, answer) = devices.call("/v1/devices/boron/brew", &json!({}));
    assert_eq!((status, &answer["error"]), (404, &json!("Function brew not found")));
    let (status, answer) = devices.get("/v1/devices/boron/tea");
    assert_eq!((status, &answer["error"]), (404, &json!("Variable tea not found")));
    assert_eq!(devices.call("/v1/devices/boron/digitalRead", &json!({ "args": 7 })).0, 400);
    assert_eq!(devices.call("/v1/devices/boron/digitalRead", &json!(["D7"])).0, 400);
    let (status, answer) = devices.call("/v1/devices/toaster/digitalRead", &json!({}));
    assert_eq!((status, &answer["error"]), (403, &json!("Permission Denied")));
}

#[test]
fn a_device_that_is_offline_does_not_answer() {
    let devices = Devices::start();
    let timed_out = (408, json!({ "ok": false, "error": "Timed out." }));
    assert_eq!(devices.call("/v1/devices/photon/digitalRead", &json!({ "args": "D7" })), timed_out);
    assert_eq!(devices.get("/v1/devices/photon/temperature"), timed_out);
}

#[test]
fn no_application_runs_in_safe_mode() {
    let devices = Devices::start();
    let press = devices.api.post("/sandbox/devices/boron/press").json(&json!({ "button": "safe" }));
    assert_eq!(devices.api.send(press).0, 200);
    let (_, details) = devices.get("/v1/devices/boron");
    let (variables, functions) = (&details["variables"], &details["functions"]);
    assert_eq!((&details["online"], variables, functions), (&json!(true), &json!({}), &json!([])));
    assert_eq!(devices.call("/v1/devices/boron/digitalRead", &json!({ "args": "D7" })).0, 404);
}
