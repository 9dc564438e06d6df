//! Libraries in the sandbox's cloud, as any HTTP client meets them.

use crate::support::{MFA_USERNAME, OTP, PASSWORD, api::Api};
use particle::project::Archive;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// What the archive of a library has to say at least.
fn description(name: &str, version: &str) -> String {
    format!("name={name}\nversion={version}\nauthor=Ada\nsentence=It is one\n")
}

fn packed(description: &str) -> Vec<u8> {
    let mut archive = Archive::default();
    archive.add("library.properties", description.as_bytes().to_vec()).unwrap();
    archive.to_bytes().unwrap()
}

fn upload(api: &Api, token: &str, field: &'static str, archive: Vec<u8>) -> (u16, Value) {
    let form = Form::new().part(field, Part::bytes(archive).file_name("archive.tar.gz"));
    api.send(api.post("/v1/libraries").bearer_auth(token).multipart(form))
}

fn get(api: &Api, token: &str, path: &str) -> (u16, Value) {
    api.send(api.get(path).bearer_auth(token))
}

fn publish(api: &Api, token: &str, name: &str) -> (u16, Value) {
    let request = api.client.patch(api.url(&format!("/v1/libraries/{name}"))).bearer_auth(token);
    api.send(request.json(&json!({ "visibility": "public" })))
}

/// The status of the answer, which has no body where the library is gone.
fn delete(api: &Api, token: &str, name: &str, force: &str) -> u16 {
    let request = api.client.delete(api.url(&format!("/v1/libraries/{name}"))).bearer_auth(token);
    let answer = request.json(&json!({ "force": force })).send();
    api.runtime.block_on(answer).unwrap().status().as_u16()
}

/// A token of the account with a login code.
fn graces_token(api: &Api) -> String {
    let (_, answer) = api.password_login(MFA_USERNAME, PASSWORD);
    let mfa_token = answer["mfa_token"].as_str().unwrap();
    let code = [("grant_type", "urn:custom:mfa-otp"), ("mfa_token", mfa_token), ("otp", OTP)];
    api.token_request(&code).1["access_token"].as_str().unwrap().to_owned()
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap()
}

fn names(answer: &Value) -> Vec<&str> {
    let entries = answer["data"].as_array().unwrap();
    entries.iter().map(|entry| entry["attributes"]["name"].as_str().unwrap()).collect()
}

#[test]
fn libraries_are_listed_as_asked() {
    let api = Api::start(&[]);
    let token = api.token();
    let list = |query: &str| get(&api, &token, &format!("/v1/libraries?{query}"));
    let (status, all) = list("sort=name&scope=all&limit=3&page=1");
    assert_eq!((status, names(&all)), (200, vec!["DoorChime", "InternetButton", "RollingAverage"]));
    assert_eq!(names(&list("sort=name&limit=3&page=2").1), ["TrafficLight"]);
    assert_eq!(names(&list("filter=internet").1), ["InternetButton"]);
    assert_eq!(names(&list("scope=all&excludeScopes=mine,verified").1), ["DoorChime"]);
    assert_eq!(list("scope=everything").0, 400);
    assert_eq!(api.send(api.get("/v1/libraries")).0, 400);
}

#[test]
fn a_library_has_versions_and_an_archive_for_everybody() {
    let api = Api::start(&[]);
    let token = api.token();
    let (status, answer) = get(&api, &token, "/v1/libraries/internetbutton?version=0.1.10");
    let attributes = &answer["data"]["attributes"];
    assert_eq!((status, &attributes["version"]), (200, &json!("0.1.10")));
    assert_eq!(attributes["dependencies"], json!({ "RollingAverage": "1.1.0" }));
    let link = answer["data"]["links"]["download"].as_str().unwrap().to_owned();
    let archive = api.runtime.block_on(async {
        api.client.get(link).send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap()
    });
    assert!(Archive::read(&archive).unwrap().file("src/InternetButton.h").is_some());
    let (_, versions) = get(&api, &token, "/v1/libraries/InternetButton/versions");
    let numbers: Vec<_> =
        versions["data"].as_array().unwrap().iter().map(|entry| &entry["attributes"]["version"]).collect();
    assert_eq!(numbers, ["0.1.11", "0.1.10"]);
    let (status, answer) = get(&api, &token, "/v1/libraries/nolib");
    assert_eq!((status, message(&answer)), (404, "Library nolib not found"));
    let (status, answer) = get(&api, &token, "/v1/libraries/InternetButton?version=9.9.9");
    assert_eq!((status, message(&answer)), (404, "Library InternetButton 9.9.9 not found"));
}

#[test]
fn a_private_version_is_its_owners_until_it_is_published() {
    let api = Api::start(&[]);
    let (ada, grace) = (api.token(), graces_token(&api));
    for field in ["archive", "file"] {
        let (status, answer) = upload(&api, &ada, field, packed(&description("Lamp", "0.1.0")));
        let attributes = &answer["data"]["attributes"];
        assert_eq!((status, &attributes["visibility"]), (201, &json!("private")), "{answer}");
    }
    assert_eq!(get(&api, &ada, "/v1/libraries/lamp").0, 200);
    assert_eq!(get(&api, &grace, "/v1/libraries/lamp").0, 404);
    assert_eq!(publish(&api, &grace, "Lamp").0, 404);
    assert_eq!(publish(&api, &ada, "lamp").0, 200);
    assert_eq!(get(&api, &grace, "/v1/libraries/lamp").1["data"]["attributes"]["mine"], false);
    assert_eq!(publish(&api, &ada, "Lamp").0, 400);
    let (status, answer) = upload(&api, &ada, "archive", packed(&description("Lamp", "0.1.0")));
    assert_eq!((status, message(&answer).contains("already published")), (409, true));
    assert_eq!(upload(&api, &ada, "archive", packed(&description("Lamp", "0.2.0"))).0, 201);
    let (status, answer) = upload(&api, &grace, "archive", packed(&description("lamp", "0.3.0")));
    assert_eq!((status, message(&answer)), (403, "Library lamp belongs to someone else"));
}

#[test]
fn what_is_no_library_is_refused() {
    let api = Api::start(&[]);
    let token = api.token();
    for (archive, problem) in [
        (b"nothing".to_vec(), "no tar.gz archive"),
        (Archive::default().to_bytes().unwrap(), "library.properties is missing"),
        (packed("name=a b\nversion=1.0.0\n"), "name must only contain"),
        (packed(&description("Lamp", "one")), "version must be formatted"),
    ] {
        let (status, answer) = upload(&api, &token, "archive", archive);
        assert_eq!(status, 400);
        assert!(message(&answer).contains(problem), "{answer}");
    }
    assert_eq!(upload(&api, &token, "other", packed(&description("Lamp", "1.0.0"))).0, 400);
}

#[test]
fn what_others_may_be_using_is_deleted_with_the_token_only() {
    let api = Api::start(&[]);
    let (ada, grace) = (api.token(), graces_token(&api));
    upload(&api, &ada, "archive", packed(&description("Lamp", "0.1.0")));
    assert_eq!(delete(&api, &grace, "Lamp", ""), 404);
    assert_eq!(delete(&api, &ada, "Lamp", ""), 204);
    assert_eq!(delete(&api, &ada, "TrafficLight", "guess"), 403);
    assert_eq!(delete(&api, &grace, "TrafficLight", "guess"), 403);
    assert_eq!(delete(&api, &ada, "TrafficLight", "sandbox"), 204);
    assert_eq!(delete(&api, &ada, "TrafficLight", "sandbox"), 404);
}
