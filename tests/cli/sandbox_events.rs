//! The sandbox's events and webhooks, as any HTTP client meets them.

use crate::support::api::Api;
use reqwest::Response;
use serde_json::{Value, json};

/// A running sandbox and somebody with a token.
struct Client {
    api: Api,
    token: String,
}

impl Client {
    fn start() -> Self {
        let api = Api::start(&[]);
        Self { token: api.token(), api }
    }

    fn open(&self, path: &str) -> Response {
        self.api.runtime.block_on(self.api.get(path).bearer_auth(&self.token).send()).unwrap()
    }

    fn get(&self, path: &str) -> Value {
        self.api.send(self.api.get(path).bearer_auth(&self.token)).1
    }

    /// Status and answer of a POST.
    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.api.send(self.api.post(path).bearer_auth(&self.token).json(body))
    }

    /// What comes out of a stream up to this text.
    fn read_to(&self, stream: &mut Response, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let piece = self.api.runtime.block_on(stream.chunk()).unwrap().unwrap();
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        text
    }
}

#[test]
fn a_stream_is_framed_as_that_of_the_cloud() {
    let client = Client::start();
    let mut stream = client.open("/v1/devices/events/te");
    assert_eq!(stream.headers()["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(client.read_to(&mut stream, "\n\n"), ":ok\n\n");
    let event = json!({ "name": "temp", "data": "1", "ttl": 5, "private": true });
    assert_eq!(client.post("/v1/devices/events", &event), (200, json!({ "ok": true })));
    let text = client.read_to(&mut stream, "}\n\n");
    let data = text.strip_prefix("event: temp\ndata: ").unwrap();
    assert!(data.starts_with(r#"{"data":"1","ttl":5,"published_at":"2"#), "{data}");
    assert!(data.ends_with("Z\",\"coreid\":\"api\"}\n\n"), "{data}");
}

#[test]
fn an_event_may_come_as_a_form_and_must_make_sense() {
    let client = Client::start();
    let form = [("name", "temp"), ("data", "1"), ("access_token", client.token.as_str())];
    assert_eq!(client.api.send(client.api.post("/v1/devices/events").form(&form)).0, 200);
    for event in [json!({}), json!({ "name": "grün" }), json!({ "name": "x".repeat(65) })] {
        assert_eq!(client.post("/v1/devices/events", &event).0, 400, "{event}");
    }
    for data in [json!(1), json!("x".repeat(1025))] {
        assert_eq!(client.post("/v1/devices/events", &json!({ "name": "temp", "data": data })).0, 400);
    }
    assert_eq!(client.open("/v1/events").status().as_u16(), 400);
    assert_eq!(client.api.send(client.api.get("/v1/devices/events")).0, 400);
}

#[test]
fn streams_are_limited() {
    let client = Client::start();
    let streams: Vec<_> = (0..100).map(|_| client.open("/v1/devices/events")).collect();
    assert!(streams.iter().all(|stream| stream.status().is_success()));
    assert_eq!(client.open("/v1/devices/events").status().as_u16(), 429);
}

#[test]
fn webhooks_are_checked_and_listed_below_both_names() {
    let client = Client::start();
    for hook in [
        json!({ "url": "http://localhost" }),
        json!({ "event": "e" }),
        json!({ "event": "e", "url": "ftp://localhost" }),
        json!({ "event": "e", "url": "http://localhost", "requestType": "BREW" }),
        json!({ "event": "e", "integration_type": "Slack" }),
    ] {
        assert_eq!(client.post("/v1/integrations", &hook).0, 400, "{hook}");
    }
    let hook = json!({ "event": "e", "url": "http://localhost", "deviceid": "0123", "new": { "a": 1 } });
    let (status, created) = client.post("/v1/webhooks", &hook);
    assert_eq!((status, &created["ok"]), (200, &json!(true)));
    let listed = client.get("/v1/integrations");
    assert_eq!((&listed[0]["id"], &listed[0]["deviceID"]), (&created["id"], &json!("0123")));
    assert_eq!((&listed[0]["new"], &listed[0]["integration_type"]), (&hook["new"], &json!("Webhook")));
    let path = format!("/v1/webhooks/{}", created["id"].as_str().unwrap());
    assert_eq!(client.get(&path)["webhook"], listed[0]);
    assert_eq!(client.get(&path.replace("webhooks", "integrations"))["integration"], listed[0]);
}
