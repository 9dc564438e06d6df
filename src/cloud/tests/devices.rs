//! Changes of devices on the wire.

use super::*;

fn claim(answers: Vec<String>) -> (Server, Result<Claim, CloudError>) {
    let server = Server::start(answers);
    let outcome = {
        let cloud = cloud(&server);
        wait(cloud.authorize("secret-token".parse().unwrap()).devices().claim(&ID.to_uppercase()))
    };
    (server, outcome)
}

#[test]
fn a_claim_names_the_device_in_lower_case() {
    let (server, outcome) = claim(vec![answer("200 OK", r#"{"ok":true}"#)]);
    assert_eq!(outcome.unwrap(), Claim::Granted);
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v1/devices HTTP/1.1"), "{request}");
    assert!(request.ends_with(&format!(r#"{{"id":"{ID}","request_transfer":false}}"#)), "{request}");
}

#[test]
fn what_the_cloud_says_to_a_claim_is_told_apart() {
    for (text, expected) in [
        ("That belongs to someone else.", Claim::SomeoneElses),
        ("That device belongs to someone else.", Claim::SomeoneElses),
        ("Device is not connected", Claim::Offline),
    ] {
        let refusal = format!(r#"{{"ok":false,"errors":["{text}"]}}"#);
        for status in ["200 OK", "400 Bad Request", "403 Forbidden", "404 Not Found"] {
            let (_, outcome) = claim(vec![answer(status, &refusal)]);
            assert_eq!(outcome.unwrap(), expected, "{status} {text}");
        }
    }
    let (_, outcome) =
        claim(vec![answer("404 Not Found", r#"{"ok":false,"errors":["Device does not exist"]}"#)]);
    assert_eq!(kind(outcome), RefusalKind::NotFound);
}

#[test]
fn a_claim_is_not_made_twice_by_itself() {
    let (server, outcome) = claim(vec![answer("503 Service Unavailable", "")]);
    assert_eq!(kind(outcome), RefusalKind::Server);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_name_is_sent_again_after_a_failure_on_the_way() {
    let server = Server::start(vec![String::new(), answer("200 OK", r#"{"name":"x"}"#)]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(session.devices().rename("a/b", "my \"x\"")).unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].starts_with("PUT /v1/devices/a%2Fb "), "{}", requests[1]);
    assert!(requests[1].ends_with(r#"{"name":"my \"x\""}"#), "{}", requests[1]);
}

#[test]
fn a_signal_is_a_text_and_may_go_through_a_product() {
    let server = Server::start(vec![answer("200 OK", "{}"), answer("200 OK", "{}")]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(session.devices().signal(DeviceScope::Account, ID, true)).unwrap();
    wait(session.devices().signal(DeviceScope::Product("p"), ID, false)).unwrap();
    let requests = server.requests();
    assert!(requests[0].ends_with(r#"{"signal":"1"}"#), "{}", requests[0]);
    assert!(requests[1].starts_with(&format!("PUT /v1/products/p/devices/{ID} ")), "{}", requests[1]);
    assert!(requests[1].ends_with(r#"{"signal":"0"}"#), "{}", requests[1]);
}
