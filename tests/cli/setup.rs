//! `particle setup` over the network that a Photon opens.

use crate::support::{PASSWORD, Sandbox, TestEnvironment, USERNAME};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    time::Duration,
};

/// A running sandbox whose Photon is in listening mode and nobody's.
struct Bench {
    environment: TestEnvironment,
    _sandbox: Sandbox,
    id: String,
}

impl Bench {
    fn start() -> Self {
        let bench = Self::owned();
        bench.environment.in_sandbox(["device", "remove", "photon", "--yes"]).success();
        bench
    }

    /// The same with a Photon that belongs to the account.
    fn owned() -> Self {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(["--devices", "core,photon", "--mode", "photon=listening"]);
        environment.log_in();
        let id = environment.device("photon")["id"].as_str().unwrap().to_owned();
        Self { environment, _sandbox: sandbox, id }
    }

    fn photon(&self) -> Value {
        self.environment.device(&self.id)
    }

    /// Where the Photon's own network is.
    fn softap(&self) -> String {
        self.photon()["softap"].as_str().unwrap().to_owned()
    }

    /// A file with a network in it.
    fn file(&self, network: &Value) -> String {
        let path = self.environment.work().join("network.json");
        fs::write(&path, network.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn listen(&self) {
        self.environment.in_sandbox(["sandbox", "press", &self.id, "listen"]).success();
    }
}

fn home() -> Value {
    json!({ "network": "Sandbox", "password": "sandcastle" })
}

/// A device that meets every connection with the same answer.
fn fake_device(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            connection.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            let mut request = Vec::new();
            // It ends with silence: the client waits for the answer.
            let _ = connection.read_to_end(&mut request);
            // The client may have gone.
            let _ = connection.write_all(answer);
        }
    });
    address
}

#[test]
fn a_photon_is_claimed_named_and_online_over_both_transports() {
    let bench = Bench::start();
    let file = bench.file(&home());
    for (scheme, name) in [("", "porch"), ("http://", "attic")] {
        let softap = format!("{scheme}{}", bench.softap());
        let setup = ["setup", "--yes", "--softap", &softap, "--file", &file, "--name", name];
        let done = bench.environment.in_sandbox(setup).success();
        assert_eq!(
            done.stdout,
            format!(
                "Your device has been given the name {name}\nCongratulations! You've just won the internet!\nDevice id: {}\n",
                bench.id
            )
        );
        let photon = bench.photon();
        assert_eq!((&photon["owner"], &photon["name"]), (&json!(USERNAME), &json!(name)));
        assert_eq!((&photon["online"], &photon["mode"]), (&json!(true), &json!("normal")));
        assert_eq!(photon["softap"], Value::Null, "the network is closed");
        bench.environment.in_sandbox(["device", "remove", name, "--yes"]).success();
        bench.listen();
    }
}

#[test]
fn a_device_on_the_cable_that_is_set_up_in_another_way_is_told_so() {
    for (platform, words) in [("electron", "https://setup.particle.io"), ("argon", "particle wifi add")] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", platform]);
        environment.in_sandbox(["setup"]).success().stdout_has(words);
        let data = environment.in_sandbox(["--json", "setup"]).success().data();
        assert_eq!(data["platform"], platform);
        assert_eq!(data["device"], environment.device(platform)["id"]);
        assert!(data["advice"].as_array().unwrap().len() >= 2, "{data}");
        // Not even a login is needed to be told so; a device elsewhere needs one.
        environment.in_sandbox(["setup", "--wifi"]).status(3);
    }
}

#[test]
fn the_device_is_one_report_as_json() {
    let bench = Bench::start();
    let file = bench.file(&home());
    let softap = bench.softap();
    let setup = ["--json", "setup", "--yes", "--softap", &softap, "--file", &file];
    let data = bench.environment.in_sandbox(setup).success().data();
    assert_eq!(data, json!({ "device": bench.id, "name": null, "online": true }));
}

#[test]
fn enterprise_credentials_arrive() {
    let bench = Bench::start();
    let softap = bench.softap();
    let peap = json!({
        "network": "Campus", "security": "WPA2 Enterprise AES", "eap": "PEAP/MSCHAPv2",
        "username": "ada", "password": "lovelace", "outer_identity": "anonymous",
    });
    let file = bench.file(&peap);
    let setup = ["setup", "--yes", "--softap", &softap, "--file", &file];
    bench.environment.in_sandbox(setup).success();
    assert_eq!(bench.photon()["online"], true);
}

#[test]
fn a_wrong_password_ends_with_6_and_what_to_look_at() {
    let bench = Bench::owned();
    let file = bench.file(&json!({ "network": "Sandbox", "password": "sandcastles" }));
    let softap = bench.softap();
    bench
        .environment
        .in_sandbox(["setup", "--yes", "--softap", &softap, "--file", &file])
        .status(6)
        .stderr_has("has its Wi-Fi settings, but is not online")
        .stderr_has("a wrong Wi-Fi password is the usual reason");
    assert_eq!(bench.photon()["reason"], "the device knows no Wi-Fi network in range");
}

#[test]
fn without_a_terminal_the_missing_flag_is_named() {
    let bench = Bench::owned();
    let softap = bench.softap();
    bench.environment.in_sandbox(["setup", "--yes", "--softap", &softap]).status(2).stderr_has("--file");
    let file = bench.file(&home());
    bench
        .environment
        .in_sandbox(["setup", "--yes", "--wifi", "--manual", "--file", &file])
        .status(2)
        .stderr_has("--softap");
}

#[test]
fn nothing_is_sent_to_a_device_without_a_login() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,photon"]);
    environment
        .in_sandbox(["setup", "--softap", "127.0.0.1:9"])
        .status(3)
        .stderr_has("You're not logged in.");
}

#[test]
fn a_file_that_makes_no_sense_is_refused_before_anything_else() {
    let bench = Bench::owned();
    let file = bench.file(&json!({ "network": "Sandbox", "security": "WPA9" }));
    let setup = ["setup", "--yes", "--softap", "127.0.0.1:9", "--file", &file];
    bench.environment.in_sandbox(setup).status(2).stderr_has("\"WPA9\" is no kind of security");
    let missing = ["setup", "--yes", "--softap", "127.0.0.1:9", "--file", "nowhere.json"];
    bench.environment.in_sandbox(missing).status(4).stderr_has("nowhere.json");
    let address = ["setup", "--softap", "ftp://x"];
    bench
        .environment
        .in_sandbox(address)
        .status(2)
        .stderr_has("give HOST, HOST:PORT, tcp://HOST:PORT or http://HOST:PORT");
}

#[test]
fn a_device_that_is_not_there_or_does_not_listen_ends_with_6() {
    let bench = Bench::owned();
    let (file, softap) = (bench.file(&home()), bench.softap());
    bench.environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
    let setup = ["setup", "--yes", "--softap", &softap, "--file", &file];
    bench
        .environment
        .in_sandbox(setup)
        .status(6)
        .stderr_has("does not answer")
        .stderr_has("until the light blinks blue");
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let setup = ["setup", "--yes", "--softap", &unused, "--file", &file];
    bench.environment.in_sandbox(setup).status(6).stderr_has("cannot be reached").stderr_has(&unused);
}

#[test]
fn hostile_answers_end_with_8_or_6() {
    let bench = Bench::owned();
    let file = bench.file(&home());
    for (answer, status, message) in [
        (&b"\n\n{\"v\":\"\x1b[2J\"}"[..], 8, "the device's answer to `version` makes no sense"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", 8, "the device's answer to `version` makes no sense"),
        (
            b"\n\n{\"v\":2,\"scans\":[],\"id\":\"3a0027000000000000060001\",\"r\":-1}",
            8,
            "the device refused `public-key` (result -1)",
        ),
        (
            b"\n\n{\"v\":2,\"scans\":[],\"id\":\"3a0027000000000000060001\",\"b\":\"3082ff\",\"r\":0}",
            8,
            "`public-key` makes no sense",
        ),
        (b"", 6, "does not answer to `version`"),
    ] {
        let softap = fake_device(answer);
        let setup = ["setup", "--yes", "--softap", &softap, "--file", &file];
        bench.environment.in_sandbox(setup).status(status).stderr_has(message);
    }
}

#[test]
fn a_cloud_that_gives_no_claim_code_leaves_the_device_alone() {
    let environment = TestEnvironment::new();
    let fault = [
        "--devices",
        "core,photon",
        "--mode",
        "photon=listening",
        "--fault",
        "http-403@POST:/v1/device_claims",
    ];
    let _sandbox = environment.start_sandbox(fault);
    environment.log_in();
    let softap = environment.device("photon")["softap"].as_str().unwrap().to_owned();
    let file = environment.work().join("network.json");
    fs::write(&file, home().to_string()).unwrap();
    environment
        .in_sandbox(["setup", "--yes", "--softap", &softap, "--file", file.to_str().unwrap()])
        .status(7);
    assert_eq!(environment.device("photon")["mode"], "listening");
}

#[test]
fn a_cloud_that_is_gone_or_turns_away_in_the_end_is_told_from_a_device_that_is_offline() {
    for (fault, status) in [("http-401@GET:/v1/devices*", 3), ("http-500@GET:/v1/devices*", 5)] {
        let environment = TestEnvironment::new();
        let arguments = ["--devices", "core,photon", "--mode", "photon=listening", "--fault", fault];
        let _sandbox = environment.sandbox_with_login(&arguments);
        let softap = environment.device("photon")["softap"].as_str().unwrap().to_owned();
        let file = environment.work().join("network.json");
        fs::write(&file, home().to_string()).unwrap();
        environment
            .in_sandbox(["setup", "--yes", "--softap", &softap, "--file", file.to_str().unwrap()])
            .status(status)
            .stderr_has("The device has its Wi-Fi settings, but was not seen online: ");
        assert_eq!(environment.device("photon")["online"], true);
    }
}

#[test]
fn a_taken_name_and_a_short_password_are_refused_by_the_cloud() {
    let api = crate::support::api::Api::start(&["--devices", "core,photon"]);
    let create = |username: &str, password: &str| {
        api.send(api.post("/v1/users").form(&[("username", username), ("password", password)]))
    };
    for (username, password, problem) in [
        (USERNAME, "long enough", "username is already in use"),
        ("bob@example.com", PASSWORD, "password must have at least 8 characters"),
        ("bob", "long enough", "username must be an email address"),
    ] {
        assert_eq!(create(username, password), (400, json!({ "ok": false, "errors": [problem] })));
    }
    assert_eq!(create("bob@example.com", "long enough"), (200, json!({ "ok": true })));
    assert_eq!(api.password_login("bob@example.com", "long enough").0, 200);
}

#[test]
fn a_claim_code_has_63_characters_and_is_for_the_accounts_device() {
    let api = crate::support::api::Api::start(&["--devices", "core,photon"]);
    let request = api.post("/v1/device_claims").bearer_auth(api.token()).json(&json!({}));
    let (status, answer) = api.send(request);
    assert_eq!((status, answer["claim_code"].as_str().unwrap().len()), (200, 63));
    assert_eq!(answer["device_ids"].as_array().unwrap().len(), 2);
    assert_eq!(api.send(api.post("/v1/device_claims").json(&json!({}))).0, 400);
}
