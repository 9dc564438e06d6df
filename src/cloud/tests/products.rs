//! Products and the lists of tokens on the wire.

use super::*;

fn with_products<T>(server: &Server, ask: impl AsyncFnOnce(ProductDevices<'_>) -> T) -> T {
    let cloud = cloud(server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(ask(session.product_devices("my product/1")))
}

#[test]
fn devices_are_sent_as_a_file_with_one_on_each_line() {
    let server = Server::start(vec![answer("200 OK", r#"{"updated":1,"invalidDeviceIds":["badid"]}"#)]);
    let identifiers = [ID.to_owned(), "badid".to_owned()];
    let imported = with_products(&server, async |products| products.add(&identifiers).await).unwrap();
    assert_eq!(imported.invalid_device_ids, ["badid"]);
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v1/products/my%20product%2F1/devices "), "{request}");
    assert!(request.contains(r#"name="file"; filename="file""#), "{request}");
    assert!(request.contains(&format!("\r\n\r\n{ID}\nbadid\r\n--")), "{request}");
}

#[test]
fn an_import_that_a_busy_cloud_refused_is_sent_again() {
    let server = Server::start(vec![answer("429 Too Many Requests", "slow down"), answer("200 OK", "{}")]);
    with_products(&server, async |products| products.add(&[ID.to_owned()]).await).unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_selection_stands_in_the_query() {
    let server =
        Server::start(vec![answer("200 OK", r#"{"devices":[]}"#), answer("200 OK", r#"{"devices":[]}"#)]);
    let selection = Selection {
        name: Some("a&b".into()),
        groups: vec!["x".into(), "y z".into()],
        page_length: Some(100),
    };
    with_products(&server, async |products| {
        products.page(2, &selection).await.unwrap();
        products.page(1, &Selection::default()).await.unwrap();
    });
    let requests = server.requests();
    assert!(requests[0].contains("/devices?page=2&deviceName=a%26b&groups=x%2Cy+z&per_page=100 "));
    assert!(requests[1].contains("/devices?page=1 "));
}

#[test]
fn a_product_without_an_answer_worth_the_name_is_an_error() {
    let server = Server::start(vec![answer("200 OK", r#"{"devices":7}"#)]);
    let page = with_products(&server, async |products| products.page(1, &Selection::default()).await);
    assert!(matches!(page, Err(CloudError::Unintelligible { .. })));
}

#[test]
fn tokens_are_listed_for_a_password_and_revoked_for_themselves() {
    let server = Server::start(vec![answer("200 OK", "[]"), answer("200 OK", "{}")]);
    let cloud = cloud(&server);
    let (password, code) = (Secret::new("pass:word".into()), Secret::new("123456".into()));
    assert!(wait(cloud.account("me@x.com", &password).tokens(Some(&code))).unwrap().is_empty());
    wait(cloud.logins().revoke(&"abc".parse().unwrap())).unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /v1/access_tokens?otp=123456 "));
    // printf 'me@x.com:pass:word' | base64
    assert!(requests[0].contains("authorization: Basic bWVAeC5jb206cGFzczp3b3Jk\r\n"), "{}", requests[0]);
    assert!(requests[1].starts_with("DELETE /v1/access_tokens/abc "));
    assert!(!requests[1].contains("authorization"));
}
