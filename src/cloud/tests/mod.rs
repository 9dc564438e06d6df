//! The client against servers that do not behave.

mod calls;
mod devices;
mod download;
mod firmware;
mod libraries;
mod networks;
mod products;
pub(super) mod server;

use super::*;
use crate::{
    clock::Clock,
    platform::KeyAlgorithm,
    secret::Secret,
    settings::{Setting, Source},
};
use server::{Server, answer, answer_with};
use std::{cell::RefCell, future::Future, net::TcpListener, time::Duration};

const ID: &str = "0123456789abcdef01234567";

/// Pauses do not pause, so that no test waits.
fn cloud(server: &Server) -> Cloud<'static> {
    cloud_telling(server, |_| {})
}

fn cloud_telling<'a>(server: &Server, on_retry: impl Fn(&Retry) + 'a) -> Cloud<'a> {
    Cloud::new(CloudOptions {
        api_url: server.api_url(),
        proxy: None,
        clock: Clock::new(0.0),
        on_retry: Box::new(on_retry),
    })
    .unwrap()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn list(cloud: &Cloud<'_>) -> Result<Vec<Device>, CloudError> {
    wait(cloud.authorize("secret-token".parse().unwrap()).devices().list())
}

fn send_key(cloud: &Cloud<'_>) -> Result<(), CloudError> {
    let session = cloud.authorize("secret-token".parse().unwrap());
    let provisioning = session.provisioning();
    wait(provisioning.send_public_key(&ID.parse().unwrap(), "PEM", KeyAlgorithm::Ec, Some("7")))
}

fn kind<T>(outcome: Result<T, CloudError>) -> RefusalKind {
    outcome.err().unwrap().refusal().unwrap().kind
}

#[test]
fn the_token_travels_in_the_header_only() {
    let server = Server::start(vec![answer("200 OK", "[]")]);
    assert!(list(&cloud(&server)).unwrap().is_empty());
    let request = server.requests().remove(0).to_lowercase();
    assert!(request.starts_with("get /v1/devices http/1.1"));
    assert!(request.contains("authorization: bearer secret-token\r\n"));
    assert!(
        request.contains("user-agent: particle-cli-rs/")
            && request.contains("x-particle-tool: particle-cli-rs@")
    );
    assert_eq!(request.matches("secret-token").count(), 1);
}

#[test]
fn a_refused_token_is_not_tried_again() {
    let server = Server::start(vec![answer("401 Unauthorized", r#"{"error":"invalid_token"}"#)]);
    assert_eq!(kind(list(&cloud(&server))), RefusalKind::Unauthorized);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_busy_cloud_is_asked_again_after_the_pause_it_names() {
    let server = Server::start(vec![
        answer_with("429 Too Many Requests", "retry-after: 7\r\n", "slow down"),
        answer("503 Service Unavailable", "<html>"),
        answer("200 OK", "[]"),
    ]);
    let pauses = RefCell::new(Vec::new());
    let cloud = cloud_telling(&server, |retry| pauses.borrow_mut().push((retry.reason.clone(), retry.pause)));
    assert!(list(&cloud).is_ok());
    let pauses = pauses.borrow();
    assert_eq!(pauses[0], ("HTTP 429 Too Many Requests".to_owned(), Duration::from_secs(7)));
    assert!(pauses.len() == 2 && pauses[1].1 <= Duration::from_secs(2));
}

#[test]
fn a_cloud_that_wants_half_an_hour_is_left_alone() {
    let server = Server::start(vec![answer_with("429 Too Many Requests", "retry-after: 1800\r\n", "locked")]);
    let error = list(&cloud(&server)).unwrap_err();
    assert_eq!(error.refusal().unwrap().retry_after, Some(Duration::from_secs(1800)));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_cloud_that_stays_busy_is_given_up() {
    let server = Server::start(vec![answer("503 Service Unavailable", ""); 9]);
    assert_eq!(kind(list(&cloud(&server))), RefusalKind::Server);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn an_internal_error_is_not_asked_for_again() {
    let server = Server::start(vec![answer("500 Internal Server Error", "<html>oops</html>")]);
    let error = list(&cloud(&server)).unwrap_err();
    let expected = format!("Internal Server Error (HTTP 500 from {})", server.address());
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_connection_cut_in_the_body_is_tried_again() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"id\":".to_owned();
    let server = Server::start(vec![cut.clone(), answer("200 OK", "[]")]);
    assert!(list(&cloud(&server)).is_ok());
    let server = Server::start(vec![cut; 4]);
    assert!(matches!(list(&cloud(&server)), Err(CloudError::Lost { .. })));
}

#[test]
fn an_answer_that_is_no_json_is_said_to_be_none() {
    let server = Server::start(vec![answer("200 OK", "<html>Welcome to the hotel's Wi-Fi</html>")]);
    let error = list(&cloud(&server)).unwrap_err();
    assert!(matches!(&error, CloudError::Unintelligible { problem, .. } if problem == "no JSON"), "{error}");
}

#[test]
fn an_answer_of_another_shape_is_no_answer() {
    let server = Server::start(vec![answer("200 OK", r#"{"devices":[]}"#)]);
    assert!(matches!(list(&cloud(&server)), Err(CloudError::Unintelligible { .. })));
}

#[test]
fn a_redirection_to_another_origin_goes_without_the_token() {
    let other = Server::start(vec![answer("200 OK", "[]")]);
    let location = format!("location: http://{}/elsewhere\r\n", other.address());
    let server = Server::start(vec![answer_with("302 Found", &location, "")]);
    assert!(list(&cloud(&server)).is_ok());
    let request = other.requests().remove(0);
    assert!(request.starts_with("GET /elsewhere ") && !request.contains("secret-token"), "{request}");
}

#[test]
fn a_redirection_within_the_origin_keeps_the_token() {
    let server = Server::start(vec![
        answer_with("307 Temporary Redirect", "location: /v2/devices\r\n", ""),
        answer("200 OK", "[]"),
    ]);
    assert!(list(&cloud(&server)).is_ok());
    assert!(server.requests()[1].contains("secret-token"));
}

#[test]
fn a_redirection_in_circles_ends() {
    let server = Server::start(vec![answer_with("302 Found", "location: /v1/devices\r\n", ""); 20]);
    assert!(matches!(list(&cloud(&server)), Err(CloudError::Redirected { .. })));
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn a_password_is_sent_once_and_to_nobody_else() {
    let login = |server: &Server| {
        let cloud = cloud(server);
        wait(cloud.logins().with_password("me@example.com", &Secret::new("hunter2".into()))).err().unwrap()
    };
    let other = Server::start(vec![]);
    let location = format!("location: http://{}/\r\n", other.address());
    let redirecting = Server::start(vec![answer_with("307 Temporary Redirect", &location, "")]);
    assert!(matches!(login(&redirecting), CloudError::Redirected { .. }));
    assert!(other.requests().is_empty());
    for failure in [answer("503 Service Unavailable", ""), String::new()] {
        let server = Server::start(vec![failure]);
        login(&server);
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_login_sends_the_documented_form() {
    let granted = r#"{"token_type":"bearer","access_token":"abc","expires_in":7776000}"#;
    let server = Server::start(vec![
        answer("403 Forbidden", r#"{"error":"mfa_required","mfa_token":"MFATOK"}"#),
        answer("200 OK", granted),
    ]);
    let cloud = cloud(&server);
    let grant = wait(async {
        let password = Secret::new("p&w".into());
        let answer = cloud.logins().with_password("user@example.com", &password).await.unwrap();
        let LoginAnswer::CodeNeeded(login) = answer else { panic!("a code is needed") };
        cloud.logins().with_code(&login, &Secret::new("111111".into())).await.unwrap()
    });
    assert_eq!(grant.access_token.expose(), "abc");
    assert!(grant.expires_at.is_some());
    let requests = server.requests();
    assert!(requests[0].ends_with(
        "grant_type=password&username=user%40example.com&password=p%26w&expires_in=7776000\
         &client_id=particle-cli&client_secret=particle-cli"
    ));
    assert!(requests[1].ends_with(
        "grant_type=urn%3Acustom%3Amfa-otp&mfa_token=MFATOK&otp=111111\
         &client_id=particle-cli&client_secret=particle-cli"
    ));
}

#[test]
fn a_wrong_password_is_one_in_every_dialect() {
    for (status, body) in [
        (
            "400 Bad Request",
            r#"{"error":"invalid_grant","error_description":"User credentials are invalid"}"#,
        ),
        ("503 Service Unavailable", r#"{"code":503,"error":"server_error","error_description":null}"#),
    ] {
        let server = Server::start(vec![answer(status, body)]);
        let cloud = cloud(&server);
        let outcome = wait(cloud.logins().with_password("me", &Secret::new("wrong".into())));
        assert_eq!(kind(outcome), RefusalKind::Unauthorized, "{status}");
    }
}

#[test]
fn a_public_key_is_sent_as_a_form_and_again_if_the_cloud_is_busy() {
    let busy = answer("429 Too Many Requests", "");
    let server = Server::start(vec![busy, answer("200 OK", r#"{"ok":true}"#)]);
    send_key(&cloud(&server)).unwrap();
    let request = server.requests().remove(1);
    assert!(request.starts_with(&format!("POST /v1/provisioning/{ID} ")));
    assert!(request.contains("content-type: application/x-www-form-urlencoded"));
    let fields = format!("deviceID={ID}&publicKey=PEM&order=manual_");
    assert!(
        request.contains(&fields) && request.ends_with("&filename=cli&algorithm=ecc&product_id=7"),
        "{request}"
    );
}

#[test]
fn a_refusal_with_status_200_is_a_failure() {
    for body in [r#"{"ok":false,"errors":["no"]}"#, r#"{"error":"no"}"#] {
        let server = Server::start(vec![answer("200 OK", body)]);
        assert_eq!(kind(send_key(&cloud(&server))), RefusalKind::Other, "{body}");
    }
}

#[test]
fn an_unreachable_host_is_named_with_the_setting_it_comes_from() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}").parse().unwrap();
    let cloud = Cloud::new(CloudOptions {
        api_url: Setting::new(url, Source::Variable("PARTICLE_API_URL")),
        proxy: None,
        clock: Clock::new(0.0),
        on_retry: Box::new(|_| panic!("no second attempt helps")),
    });
    let message = list(&cloud.unwrap()).unwrap_err().to_string();
    assert!(message.starts_with(&format!("cannot reach {address} (PARTICLE_API_URL): ")), "{message}");
}

#[test]
fn the_proxy_of_the_profile_is_used() {
    let proxy = Server::start(vec![answer("200 OK", "[]")]);
    let cloud = Cloud::new(CloudOptions {
        api_url: Setting::new("http://cloud.invalid".parse().unwrap(), Source::Default),
        proxy: Some(format!("http://{}", proxy.address()).parse().unwrap()),
        clock: Clock::new(0.0),
        on_retry: Box::new(|_| {}),
    });
    assert!(list(&cloud.unwrap()).is_ok());
    assert!(proxy.requests()[0].starts_with("GET http://cloud.invalid/v1/devices "));
}

#[test]
fn a_name_that_no_address_can_carry_is_not_asked_for() {
    let server = Server::start(vec![]);
    let cloud = cloud(&server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    assert!(matches!(wait(session.devices().get("..")), Err(CloudError::Name(_))));
    assert!(server.requests().is_empty());
}
