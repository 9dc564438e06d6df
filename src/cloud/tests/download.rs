use super::*;
use crate::settings::Setting;
use url::Url;

impl Destination for Vec<u8> {
    fn length(&self) -> usize {
        self.len()
    }

    fn append(&mut self, bytes: &[u8]) {
        self.extend(bytes);
    }

    fn start_over(&mut self) {
        self.clear();
    }
}

/// Answers that end before they should.
fn cut(status: &str, headers: &str, body: &str) -> String {
    answer_with(status, headers, body)
        .replace(&format!("content-length: {}", body.len()), &format!("content-length: {}", body.len() + 1))
}

/// Goes on with `held` of a file; gives what is there then, and the ranges that were asked for.
fn download(held: &str, answers: Vec<String>) -> (Result<(), CloudError>, String, Vec<String>) {
    let server = Server::start(answers);
    let address: Url = format!("http://{}/file", server.address()).parse().unwrap();
    let mut file = held.as_bytes().to_vec();
    let cloud = cloud(&server);
    let outcome = wait(cloud.download(&Setting::new(address, Source::Default), &mut file));
    let range = |request: String| {
        let line = request.lines().find_map(|line| line.strip_prefix("range: ").map(str::to_owned));
        line.unwrap_or_default()
    };
    (outcome, String::from_utf8(file).unwrap(), server.requests().into_iter().map(range).collect())
}

fn rest(first: usize, body: &str) -> String {
    let range = format!("content-range: bytes {first}-{}/10\r\n", first + body.len() - 1);
    answer_with("206 Partial Content", &range, body)
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let (outcome, file, ranges) = download("", vec![cut("200 OK", "", "0123"), rest(4, "456789")]);
    outcome.unwrap();
    assert_eq!((file.as_str(), ranges), ("0123456789", vec![String::new(), "bytes=4-".to_owned()]));
}

#[test]
fn what_came_is_kept_when_the_connection_is_lost_for_good() {
    let (outcome, file, ranges) =
        download("01", vec![cut("206 Partial Content", "content-range: bytes 2-9/10\r\n", "234")]);
    assert!(matches!(outcome, Err(CloudError::Lost { .. })), "{outcome:?}");
    assert_eq!((file.as_str(), ranges.len()), ("01234", 4));
    assert_eq!(ranges[..2], ["bytes=2-", "bytes=5-"]);
}

#[test]
fn a_server_without_ranges_sends_it_all() {
    let (outcome, file, _) = download("0123", vec![answer("200 OK", "abcdef")]);
    outcome.unwrap();
    assert_eq!(file, "abcdef");
}

#[test]
fn a_middle_that_does_not_fit_is_not_used() {
    for odd in
        [answer("416 Range Not Satisfiable", ""), rest(2, "2345"), answer("206 Partial Content", "4567")]
    {
        let (outcome, file, ranges) = download("0123", vec![odd, answer("200 OK", "abcdef")]);
        outcome.unwrap();
        assert_eq!((file.as_str(), ranges), ("abcdef", vec!["bytes=4-".to_owned(), String::new()]));
    }
}

#[test]
fn a_refusal_leaves_what_is_there() {
    let (outcome, file, _) = download("0123", vec![answer("404 Not Found", "")]);
    assert_eq!(kind(outcome), RefusalKind::NotFound);
    assert_eq!(file, "0123");
}
