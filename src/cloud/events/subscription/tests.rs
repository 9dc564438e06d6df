//! Subscriptions to servers that break off, refuse and fall silent.

use super::*;
use crate::{
    clock::Clock,
    cloud::{
        Cloud, CloudOptions,
        tests::server::{Server, answer, answer_with},
    },
    settings::{Setting, Source},
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:ok\n\n";

/// A connection that ends after these events.
fn stream(events: &[&str]) -> String {
    let events = events.iter().map(|name| format!("event: {name}\ndata: {{\"data\":null}}\n\n"));
    HEAD.to_owned() + &events.collect::<String>()
}

/// Pauses do not pause, so that no test waits.
fn cloud(api_url: String) -> Cloud<'static> {
    let api_url = Setting::new(api_url.parse().unwrap(), Source::Flag("--api-url"));
    let clock = Clock::new(0.0);
    Cloud::new(CloudOptions { api_url, proxy: None, clock, on_retry: Box::new(|_| {}) }).unwrap()
}

/// The first news of a subscription, in short, up to the error that ends it.
fn news(api_url: String, longest_silence: Duration, count: usize) -> Vec<String> {
    let cloud = cloud(api_url);
    let session = cloud.authorize("secret-token".parse().unwrap());
    let mut subscription = session.events().subscribe(Feed::Account, Some("a/b c".to_owned()));
    subscription.longest_silence = longest_silence;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut told = Vec::new();
    while told.len() < count {
        let news = runtime.block_on(subscription.next());
        let ended = news.is_err();
        told.push(match news {
            Ok(News::Connected) => "connected".to_owned(),
            Ok(News::Event(event)) => serde_json::to_value(event).unwrap()["name"].to_string(),
            Ok(News::Unreadable(problem)) => format!("unreadable: {problem}"),
            Ok(News::Lost { reason, .. }) => format!("lost: {reason}"),
            Err(error) => format!("end: {error}"),
        });
        if ended {
            break;
        }
    }
    told
}

fn news_of(server: &Server, count: usize) -> Vec<String> {
    news(format!("http://{}", server.address()), LONGEST_SILENCE, count)
}

#[test]
fn a_stream_that_ends_is_opened_again_and_nothing_is_told_twice() {
    let server = Server::start(vec![stream(&["one", "two"]), stream(&["three"])]);
    assert_eq!(
        news_of(&server, 6),
        ["connected", "\"one\"", "\"two\"", "lost: the cloud closed the stream", "connected", "\"three\""]
    );
    let requests = server.requests();
    for request in &requests {
        assert!(request.starts_with("GET /v1/devices/events/a%2Fb%20c HTTP/1.1"), "{request}");
        assert!(request.contains("authorization: Bearer secret-token"), "{request}");
    }
}

#[test]
fn a_refused_token_is_final() {
    let refusal = || answer("401 Unauthorized", r#"{"error":"invalid_token"}"#);
    let server = Server::start(vec![refusal()]);
    assert!(news_of(&server, 9)[0].starts_with("end: invalid_token"));
    let server = Server::start(vec![stream(&[]), refusal(), stream(&["never"])]);
    let told = news_of(&server, 9);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[2].starts_with("end: invalid_token"), "{told:?}");
}

#[test]
fn a_cloud_that_fails_is_tried_for_ever_once_it_has_worked_but_not_before() {
    let failure = || answer("500 Internal Server Error", "<html>");
    let server = Server::start(vec![failure()]);
    assert!(news_of(&server, 9)[0].starts_with("end: Internal Server Error"));
    let page = answer_with("200 OK", "content-type: text/html\r\n", "<html>");
    let told = news_of(&Server::start(vec![stream(&[]), failure(), page, stream(&["back"])]), 6);
    assert!(told[2].starts_with("lost: Internal Server Error"), "{told:?}");
    assert!(told[3].ends_with("no event stream"), "{told:?}");
    assert_eq!(told[4..], ["connected", "\"back\""]);
}

#[test]
fn what_is_no_stream_is_said_to_be_none() {
    let page = answer_with("200 OK", "content-type: text/html\r\n", "<html>");
    assert!(news_of(&Server::start(vec![page]), 9)[0].ends_with("no event stream"));
    let refusal = answer_with(
        "200 OK",
        "content-type: application/json\r\n",
        r#"{"ok":false,"error":"no such device"}"#,
    );
    assert!(news_of(&Server::start(vec![refusal]), 9)[0].starts_with("end: no such device"));
}

#[test]
fn a_busy_cloud_names_the_pause() {
    let busy = || answer_with("429 Too Many Requests", "retry-after: 7\r\n", "slow down");
    let server = Server::start((0..retry::ATTEMPTS).map(|_| busy()).collect());
    let told = news_of(&server, 9);
    assert_eq!(told.len(), retry::ATTEMPTS as usize, "{told:?}");
    assert!(told[0].starts_with("lost: slow down") && told[3].starts_with("end: slow down"), "{told:?}");
}

#[test]
fn an_event_that_cannot_be_read_does_not_end_the_stream() {
    let broken = "event: broken\ndata: {\n\ndata: {\"data\":\"nameless\"}\n\n";
    let server = Server::start(vec![format!("{HEAD}{broken}event: whole\ndata: {{}}\n\n")]);
    let told = news_of(&server, 3);
    assert!(told[1].starts_with("unreadable: it is no JSON"), "{told:?}");
    assert_eq!(told[2], "\"whole\"");
}

#[test]
fn silence_is_a_lost_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // The connections stay open, with nothing on them after the head, or not even that.
        let mut open = Vec::new();
        for head in [HEAD, ""] {
            let mut connection = listener.accept().unwrap().0;
            let _request = connection.read(&mut [0; 4096]).unwrap();
            connection.write_all(head.as_bytes()).unwrap();
            open.push(connection);
        }
        let _third = listener.accept();
    });
    let told = news(url, Duration::from_millis(100), 3);
    assert_eq!(told, ["connected", "lost: nothing was heard for 0 s", "lost: nothing was heard for 0 s"]);
}

#[test]
fn pauses_double_up_to_a_minute_and_keep_to_what_the_cloud_allows() {
    let seconds = |failures| pause(failures, 0.0).as_secs();
    assert_eq!([1, 2, 3, 4, 5, 6, 60, u32::MAX].map(seconds), [3, 6, 12, 24, 48, 60, 60, 60]);
    assert_eq!(pause(1, 1.0), Duration::from_millis(4500));
}
