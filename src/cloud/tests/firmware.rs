//! Compiling and flashing on the wire.

use super::*;
use crate::platform::PlatformId;
use serde_json::json;

const FILES: [(&str, &str); 2] = [("src/app.ino", "void setup() {}"), ("lib/x/src/x \"y\".h", "")];

fn files() -> Vec<Upload> {
    FILES.map(|(name, content)| Upload { name: name.into(), content: content.into() }).into()
}

fn compile(answer: String, target: Option<&str>) -> (Result<Compilation, CloudError>, String) {
    let server = Server::start(vec![answer]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    let outcome = wait(session.binaries().compile(PlatformId(13), target, &files()));
    (outcome, server.requests().remove(0))
}

fn messages(outcome: Result<Compilation, CloudError>) -> Vec<String> {
    match outcome.unwrap() {
        Compilation::Failed(errors) => errors.messages,
        Compilation::Done(build) => panic!("{build:?}"),
    }
}

#[test]
fn files_keep_their_paths_and_are_counted_from_the_second_on() {
    let (outcome, request) = compile(answer("200 OK", r#"{"ok":true,"binary_id":"b1"}"#), Some("1.2.3"));
    assert!(matches!(outcome, Ok(Compilation::Done(build)) if build.binary_id == "b1"));
    assert!(request.starts_with("POST /v1/binaries "), "{request}");
    let order = [
        r#"name="file"; filename="src/app.ino""#,
        r#"name="file2"; filename="lib/x/src/x \"y\".h""#,
        "name=\"platform_id\"\r\n\r\n13\r\n",
        "name=\"build_target_version\"\r\n\r\n1.2.3\r\n",
    ];
    let places = order.map(|part| request.find(part).unwrap_or_else(|| panic!("{part} in {request}")));
    assert!(places.is_sorted());
    let (_, request) = compile(answer("200 OK", r#"{"binary_id":"b1"}"#), None);
    assert!(request.contains("name=\"latest\"\r\n\r\ntrue\r\n"), "{request}");
}

#[test]
fn the_compilers_errors_are_told_from_refusals() {
    let text = "src/app.ino:1: error: no\nmake: *** [all]";
    let body =
        json!({ "ok": false, "code": 1, "output": "Compiler timed out", "errors": [text] }).to_string();
    for status in ["200 OK", "400 Bad Request"] {
        assert_eq!(messages(compile(answer(status, &body), None).0), [text]);
    }
    let empty = r#"{"ok":false,"output":"Compiler timed out","errors":[]}"#;
    assert_eq!(messages(compile(answer("400 Bad Request", empty), None).0), ["Compiler timed out"]);
    let silent = r#"{"output":"x","errors":[{"error":"a"},"b"]}"#;
    assert_eq!(messages(compile(answer("200 OK", silent), None).0), ["a", "b"]);
    let refused = r#"{"ok":false,"errors":["no such platform"]}"#;
    let (outcome, _) = compile(answer("400 Bad Request", refused), None);
    assert!(matches!(outcome, Err(CloudError::Refused(_))));
    let (outcome, _) = compile(answer("200 OK", r#"{"ok":true}"#), None);
    assert!(matches!(outcome, Err(CloudError::Unintelligible { .. })), "a binary has an id");
}

#[test]
fn a_busy_compiler_is_asked_again_and_a_device_is_flashed_once() {
    let busy = || answer("503 Service Unavailable", "");
    let server = Server::start(vec![busy(), answer("200 OK", r#"{"binary_id":"b1"}"#), busy()]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(session.binaries().compile(PlatformId(6), None, &files())).unwrap();
    let binary = &files()[0];
    let flash = session.flash(DeviceScope::Product("12345"));
    let outcome = wait(flash.send(ID, Firmware::Binary(binary)));
    assert!(matches!(outcome, Err(CloudError::Refused(_))));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[2].starts_with(&format!("PUT /v1/products/12345/devices/{ID} ")));
    assert!(requests[2].contains("name=\"file_type\"\r\n\r\nbinary\r\n"), "{}", requests[2]);
}

#[test]
fn an_update_has_started_when_the_cloud_says_so() {
    let started = |body: &str| {
        let server = Server::start(vec![answer("200 OK", body)]);
        let cloud = cloud(&server);
        let session = cloud.authorize("secret-token".parse().unwrap());
        let sources = Firmware::Sources { files: &files(), target: None };
        wait(session.flash(DeviceScope::Account).send("kitchen", sources))
    };
    let text = |body| match started(body).unwrap() {
        FlashAnswer::Started(text) => text,
        FlashAnswer::NotCompiled(errors) => panic!("{errors:?}"),
    };
    assert_eq!(text(r#"{"id":"x","status":"Update started"}"#), "Update started");
    assert_eq!(text(r#"{"message":"Flashing"}"#), "Flashing");
    assert!(matches!(started("{}"), Err(CloudError::Unintelligible { .. })));
    let errors = r#"{"ok":false,"output":"App code was invalid","errors":["a.ino:1: no"]}"#;
    assert!(matches!(started(errors), Ok(FlashAnswer::NotCompiled(_))));
}

#[test]
fn a_file_elsewhere_is_fetched_without_the_token() {
    let (home, elsewhere) = (Server::start(Vec::new()), Server::start(vec![answer("200 OK", "bytes")]));
    let cloud = cloud(&home);
    let address = format!("http://{}/apps/a.bin", elsewhere.address()).parse().unwrap();
    let fetched = wait(cloud.fetch(Setting::new(address, Source::Default))).unwrap();
    assert_eq!(fetched, b"bytes");
    let request = elsewhere.requests().remove(0);
    assert!(request.starts_with("GET /apps/a.bin ") && !request.contains("authorization"), "{request}");
}
