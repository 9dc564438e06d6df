//! `call`, `function call` and `function list`.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, portal::run_behind_portal, run,
};
use serde_json::{Value, json};
use std::net::TcpListener;

const BORON: &str = "e00fce6800000000000d0001";
const PHOTON: &str = "3a0027000000000000060001";

/// A running sandbox with a Photon that is offline and a Boron that is online, and somebody logged in.
struct Fleet {
    environment: TestEnvironment,
    _sandbox: Sandbox,
}

impl Fleet {
    fn start(faults: &[&str]) -> Self {
        let environment = TestEnvironment::new();
        let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
        let sandbox = environment.start_sandbox(["--devices", "photon,boron"].into_iter().chain(faults));
        environment.log_in();
        Self { environment, _sandbox: sandbox }
    }

    fn call(&self, arguments: &[&str]) -> Output {
        self.environment.in_sandbox(["call"].iter().chain(arguments))
    }
}

#[test]
fn a_call_prints_what_the_function_returns() {
    let fleet = Fleet::start(&[]);
    let call = fleet.call(&[BORON, "digitalWrite", "D7,HIGH"]).success();
    assert_eq!((call.stdout.as_str(), call.stderr.as_str()), ("1\n", ""));
    assert_eq!(fleet.call(&["boron", "digitalRead", "D7"]).success().stdout, "1\n");
    let long_form = fleet.environment.in_sandbox(["function", "call", "boron", "digitalRead", "D6"]);
    assert_eq!(long_form.success().stdout, "0\n");
}

#[test]
fn a_call_of_a_product_device_names_it_by_its_id() {
    let fleet = Fleet::start(&[]);
    assert_eq!(fleet.call(&[BORON, "digitalWrite", "D7,HIGH", "--product", "12345"]).success().stdout, "1\n");
    assert_eq!(fleet.call(&["--product=12345", BORON, "digitalRead", "D7"]).success().stdout, "1\n");
    fleet
        .call(&["boron", "digitalRead", "D7", "--product", "12345"])
        .status(2)
        .stderr_has("`device` must be an id when `--product` flag is set - received: boron");
}

#[test]
fn a_negative_result_is_a_result() {
    let fleet = Fleet::start(&[]);
    assert_eq!(fleet.call(&["boron", "digitalWrite", "D9,HIGH"]).success().stdout, "-1\n");
    let returned = fleet.call(&["boron", "digitalWrite", "D9,HIGH", "--json"]).success().data();
    assert_eq!(returned, json!({ "device": "boron", "function": "digitalWrite", "returnValue": -1 }));
}

/// What the function is given, seen in the trace of what is sent.
#[test]
fn any_argument_reaches_the_function() {
    let fleet = Fleet::start(&[]);
    for (arguments, sent) in [
        (&[][..], "> {}"),
        (&[""], r#"> {"args":""}"#),
        (&["-5"], r#"> {"args":"-5"}"#),
        (&["-5.25"], r#"> {"args":"-5.25"}"#),
        (&["25.0"], r#"> {"args":"25.0"}"#),
        (&["a&b+c%20d=e"], r#"> {"args":"a&b+c%20d=e"}"#),
        (&["two\nlines"], r#"> {"args":"two\nlines"}"#),
        (&["\u{1f308}"], "> {\"args\":\"\u{1f308}\"}"),
        (&["--", "-x"], r#"> {"args":"-x"}"#),
        (&["--", "--json"], r#"> {"args":"--json"}"#),
    ] {
        let call = ["-vv", "boron", "digitalRead"].iter().chain(arguments).copied().collect::<Vec<_>>();
        fleet.call(&call).success().stderr_has(sent);
    }
    fleet.call(&["boron", "digitalRead", "-x"]).status(2);
    fleet.call(&["boron", "digitalRead", "a", "b"]).status(2);
    fleet.call(&["boron"]).status(2).stderr_has("FUNCTION");
}

#[test]
fn names_are_escaped_on_their_way() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    environment.log_in();
    environment.in_sandbox(["device", "rename", BORON, "my device/1"]).success();
    let call = environment.in_sandbox(["call", "my device/1", "digitalRead", "D7"]).success();
    assert_eq!(call.stdout, "0\n");
    environment.in_sandbox(["call", "my device/1", "../x"]).status(4).stderr_has("`../x` not found");
    environment.in_sandbox(["call", "..", "x"]).status(4);
    drop(sandbox);
}

#[test]
fn what_is_not_there_is_told_apart() {
    let fleet = Fleet::start(&[]);
    fleet.call(&["toaster", "brew"]).status(4).stderr_has("Device not found: toaster");
    fleet
        .call(&["boron", "brew"])
        .status(4)
        .stderr_has("Function call failed: Function `brew` not found")
        .stderr_has("boron has the functions digitalRead, digitalWrite");
    fleet.call(&["photon", "brew"]).status(6).stderr_has("Error calling function: `brew`: Timed out.");
    fleet.call(&[PHOTON, "brew", "--product", "12345"]).status(4).stderr_has("Device not found");
    fleet.call(&[BORON, "brew", "--product", "12345"]).status(4).stderr_has("Function `brew` not found");
    fleet.call(&[BORON, "brew", "--product", "99"]).status(4);
}

#[test]
fn an_offline_device_is_called_one_where_the_cloud_says_not_found() {
    let fleet = Fleet::start(&["http-404@POST:/v1/devices/photon/"]);
    fleet.call(&["photon", "brew"]).status(6).stderr_has("photon is offline");
}

#[test]
fn a_product_that_is_not_mine_is_not_open_to_me() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    let login = ["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP];
    environment.in_sandbox(login).success();
    environment
        .in_sandbox(["call", BORON, "digitalRead", "--product", "12345"])
        .status(7)
        .stderr_has("Permission Denied");
    environment.in_sandbox(["call", BORON, "digitalRead"]).status(4).stderr_has("Device not found");
}

#[test]
fn a_refused_token_and_a_missing_one() {
    let fleet = Fleet::start(&["http-401@POST:/v1/devices/"]);
    fleet.call(&["boron", "digitalRead", "D7"]).status(3).stderr_has("particle login");
    let nobody = TestEnvironment::new();
    nobody.particle(["call", "boron", "digitalRead"]).status(3).stderr_has("You're not logged in.");
}

#[test]
fn trouble_with_the_cloud_is_no_trouble_with_the_device() {
    let fleet =
        Fleet::start(&["http-429@POST:/v1/devices/", "http-500@POST:/v1/devices/", "cut@POST:/v1/devices/"]);
    fleet.call(&["boron", "digitalWrite", "D7,HIGH"]).status(5).stderr_has("HTTP 429").stderr_has("1 s");
    fleet.call(&["boron", "digitalWrite", "D7,HIGH"]).status(5).stderr_has("HTTP 500");
    assert_eq!(fleet.call(&["boron", "digitalRead", "D7"]).status(5).stdout, "");
    assert_eq!(fleet.call(&["boron", "digitalRead", "D7"]).success().stdout, "0\n");
}

#[test]
fn a_cloud_that_is_not_there() {
    let environment = TestEnvironment::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = environment.command(["--json", "call", "boron", "digitalRead"]);
    command.env("PARTICLE_API_URL", format!("http://{address}")).env("PARTICLE_ACCESS_TOKEN", "abc");
    let failed = run(command, "").status(5);
    let document: Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!((failed.stdout.as_str(), &document["error"]["code"]), ("", &json!("network")));
}

#[test]
fn an_answer_that_is_no_json_is_none() {
    for arguments in [&["call", "boron", "digitalRead"][..], &["function", "list"]] {
        run_behind_portal(arguments).status(5).stderr_has("no JSON");
    }
}

#[test]
fn function_list_shows_functions_only() {
    let fleet = Fleet::start(&[]);
    let list = fleet.environment.in_sandbox(["function", "list"]).success();
    assert_eq!(
        list.stdout,
        format!(
            "boron [{BORON}] (Product 12345) is online\n  \
               Functions:\n    \
                 int digitalRead (String args) \n    \
                 int digitalWrite (String args) \n    \
                 int analogRead (String args) \n    \
                 int analogWrite (String args) \n\
             photon [{PHOTON}] (Photon) is offline\n"
        )
    );
    assert!(list.stderr.contains("what functions are available"), "{}", list.stderr);
    let data = fleet.environment.in_sandbox(["function", "list", "--json", "-q"]).success().data();
    assert_eq!((&data[0]["functions"][0], &data[1]["functions"]), (&json!("digitalRead"), &Value::Null));
}

#[test]
fn an_account_without_devices_has_no_functions() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    environment.log_in();
    environment.in_sandbox(["device", "remove", "boron", "--yes"]).success();
    assert_eq!(environment.in_sandbox(["function", "list"]).success().stdout, "No devices found.\n");
}
