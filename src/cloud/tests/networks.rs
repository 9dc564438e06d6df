//! Mesh networks on the wire.

use super::*;

const NETWORK: &str = r#"{"ok":true,"network":{"id":"5c1a2f3b4d5e6f7081920a1b","name":"Net"}}"#;

#[test]
fn a_network_is_registered_once_and_with_the_sim_card_of_its_device() {
    let server = Server::start(vec![answer("201 Created", NETWORK), answer("503 Service Unavailable", "")]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    let network = wait(session.networks().create("Net", ID, Some("8934"))).unwrap();
    assert_eq!((network.id.as_str(), network.name.as_str()), ("5c1a2f3b4d5e6f7081920a1b", "Net"));
    assert_eq!(kind(wait(session.networks().create("Net", ID, None))), RefusalKind::Server);
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /v1/networks HTTP/1.1"), "{}", requests[0]);
    let body = format!(r#"{{"name":"Net","device_id":"{ID}","iccid":"8934"}}"#);
    assert!(requests[0].ends_with(&body), "{}", requests[0]);
    assert_eq!(requests.len(), 2);
}

#[test]
fn a_device_comes_and_goes() {
    let yes = || answer("200 OK", r#"{"ok":true}"#);
    let none = answer("404 Not Found", r#"{"ok":false,"error":"Network not found"}"#);
    let server = Server::start(vec![yes(), yes(), none]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(session.networks().add_device("my net", ID)).unwrap();
    wait(session.networks().remove_device("my net", ID)).unwrap();
    wait(session.networks().remove_device_from_any(ID)).unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("PUT /v1/networks/my%20net "), "{}", requests[0]);
    assert!(requests[0].ends_with(&format!(r#"{{"action":"add-device","device_id":"{ID}"}}"#)));
    assert!(requests[1].ends_with(&format!(r#"{{"action":"remove-device","device_id":"{ID}"}}"#)));
    assert!(requests[2].starts_with(&format!("DELETE /v1/devices/{ID}/network ")), "{}", requests[2]);
}

#[test]
fn a_claim_code_is_had_and_not_shown() {
    let server = Server::start(vec![answer("200 OK", r#"{"claim_code":"rqCP","device_ids":[]}"#)]);
    let cloud = cloud(&server);
    let code = wait(cloud.authorize("secret-token".parse().unwrap()).device_claims().create()).unwrap();
    assert_eq!((code.expose(), format!("{code:?}").as_str()), ("rqCP", "[redacted]"));
    assert!(server.requests()[0].starts_with("POST /v1/device_claims "));
}
