//! Functions and variables on the wire.

use super::*;

fn call(server: &Server, scope: DeviceScope<'_>, argument: Option<&str>) -> Result<i64, CloudError> {
    let cloud = cloud(server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(session.functions(scope).call("my device/1", "brew", argument))
}

#[test]
fn a_call_sends_its_argument_as_json() {
    for (argument, body) in [
        (None, "{}"),
        (Some(""), r#"{"args":""}"#),
        (Some("D7,HIGH"), r#"{"args":"D7,HIGH"}"#),
        (Some("a&b=%\n\"☕\""), r#"{"args":"a&b=%\n\"☕\""}"#),
    ] {
        let server = Server::start(vec![answer("200 OK", r#"{"id":"x","return_value":-1}"#)]);
        assert_eq!(call(&server, DeviceScope::Account, argument).unwrap(), -1);
        let request = server.requests().remove(0);
        assert!(request.starts_with("POST /v1/devices/my%20device%2F1/brew "), "{request}");
        assert!(
            request.contains("content-type: application/json\r\n") && request.ends_with(body),
            "{request}"
        );
    }
}

#[test]
fn a_call_goes_through_the_product_it_is_for() {
    let server = Server::start(vec![answer("200 OK", r#"{"return_value":0}"#)]);
    assert_eq!(call(&server, DeviceScope::Product("a b"), None).unwrap(), 0);
    assert!(server.requests()[0].starts_with("POST /v1/products/a%20b/devices/my%20device%2F1/brew "));
}

#[test]
fn a_call_whose_answer_is_lost_is_not_made_again() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"return".to_owned();
    let server = Server::start(vec![cut]);
    assert!(matches!(call(&server, DeviceScope::Account, None), Err(CloudError::Lost { .. })));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_answer_without_a_return_value_is_none() {
    let server = Server::start(vec![answer("200 OK", r#"{"connected":true}"#)]);
    let outcome = call(&server, DeviceScope::Account, None);
    assert!(matches!(outcome, Err(CloudError::Unintelligible { .. })));
}

#[test]
fn a_variable_may_be_anything_but_missing() {
    let server = Server::start(vec![
        answer("200 OK", r#"{"cmd":"VarReturn","name":"t","result":72.1,"coreInfo":{"deviceID":"x"}}"#),
        answer("200 OK", r#"{"result":"21 °C"}"#),
        answer("200 OK", r#"{"error":"Variable not found"}"#),
        answer("200 OK", "{}"),
    ]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    let read = || wait(session.variables(DeviceScope::Account).read("x", "t"));
    assert_eq!(read().unwrap(), 72.1);
    assert_eq!(read().unwrap(), "21 °C");
    assert_eq!(kind(read()), RefusalKind::Other);
    assert!(matches!(read(), Err(CloudError::Unintelligible { .. })));
}
