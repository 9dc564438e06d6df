//! The sandbox's events and webhooks, as any HTTP client meets them.

use crate::support::{PASSWORD, Sandbox, TestEnvironment, USERNAME};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A running sandbox, an HTTP client and a token.
struct Api {
    _environment: TestEnvironment,
    sandbox: Sandbox,
    client: Client,
    runtime: tokio::runtime::Runtime,
    token: String,
}

impl Api {
    fn start() -> Self {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox::<&str>([]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let mut api = Self { _environment: environment, sandbox, client, runtime, token: String::new() };
        let login = [
            ("grant_type", "password"),
            ("username", USERNAME),
            ("password", PASSWORD),
            ("client_id", "particle"),
            ("client_secret", "particle"),
        ];
        let request = api.client.post(api.url("/oauth/token")).form(&login);
        let answer: Value =
            api.runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() });
        api.token = answer["access_token"].as_str().unwrap().to_owned();
        api
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.api_url())
    }

    fn open(&self, path: &str) -> Response {
        let request = self.client.get(self.url(path)).bearer_auth(&self.token);
        self.runtime.block_on(request.send()).unwrap()
    }

    /// Status and answer of a POST.
    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(self.url(path)).bearer_auth(&self.token).json(body);
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json().await.unwrap())
        })
    }

    /// What comes out of a stream up to this text.
    fn read_to(&self, stream: &mut Response, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let piece = self.runtime.block_on(stream.chunk()).unwrap().unwrap();
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        text
    }
}

#[test]
fn a_stream_is_framed_as_that_of_the_cloud() {
    let api = Api::start();
    let mut stream = api.open("/v1/devices/events/te");
    assert_eq!(stream.headers()["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(api.read_to(&mut stream, "\n\n"), ":ok\n\n");
    let event = json!({ "name": "temp", "data": "1", "ttl": 5, "private": true });
    assert_eq!(api.post("/v1/devices/events", &event), (200, json!({ "ok": true })));
    let text = api.read_to(&mut stream, "}\n\n");
    let data = text.strip_prefix("event: temp\ndata: ").unwrap();
    assert!(data.starts_with(r#"{"data":"1","ttl":5,"published_at":"2"#), "{data}");
    assert!(data.ends_with("Z\",\"coreid\":\"api\"}\n\n"), "{data}");
}

#[test]
fn an_event_may_come_as_a_form_and_must_make_sense() {
    let api = Api::start();
    let form = [("name", "temp"), ("data", "1"), ("access_token", api.token.as_str())];
    let request = api.client.post(api.url("/v1/devices/events")).form(&form);
    assert_eq!(api.runtime.block_on(request.send()).unwrap().status().as_u16(), 200);
    for event in [json!({}), json!({ "name": "grün" }), json!({ "name": "x".repeat(65) })] {
        assert_eq!(api.post("/v1/devices/events", &event).0, 400, "{event}");
    }
    for data in [json!(1), json!("x".repeat(1025))] {
        assert_eq!(api.post("/v1/devices/events", &json!({ "name": "temp", "data": data })).0, 400);
    }
    assert_eq!(api.open("/v1/events").status().as_u16(), 400);
    let without_token = api.client.get(api.url("/v1/devices/events"));
    assert_eq!(api.runtime.block_on(without_token.send()).unwrap().status().as_u16(), 400);
}

#[test]
fn streams_are_limited() {
    let api = Api::start();
    let streams: Vec<_> = (0..100).map(|_| api.open("/v1/devices/events")).collect();
    assert!(streams.iter().all(|stream| stream.status().is_success()));
    assert_eq!(api.open("/v1/devices/events").status().as_u16(), 429);
}

#[test]
fn webhooks_are_checked_and_listed_below_both_names() {
    let api = Api::start();
    for hook in [
        json!({ "url": "http://localhost" }),
        json!({ "event": "e" }),
        json!({ "event": "e", "url": "ftp://localhost" }),
        json!({ "event": "e", "url": "http://localhost", "requestType": "BREW" }),
        json!({ "event": "e", "integration_type": "Slack" }),
    ] {
        assert_eq!(api.post("/v1/integrations", &hook).0, 400, "{hook}");
    }
    let hook = json!({ "event": "e", "url": "http://localhost", "deviceid": "0123", "new": { "a": 1 } });
    let (status, created) = api.post("/v1/webhooks", &hook);
    assert_eq!((status, &created["ok"]), (200, &json!(true)));
    let json = |path: &str| -> Value {
        let response = api.open(path);
        api.runtime.block_on(response.json()).unwrap()
    };
    let listed = json("/v1/integrations");
    assert_eq!((&listed[0]["id"], &listed[0]["deviceID"]), (&created["id"], &json!("0123")));
    assert_eq!((&listed[0]["new"], &listed[0]["integration_type"]), (&hook["new"], &json!("Webhook")));
    let path = format!("/v1/webhooks/{}", created["id"].as_str().unwrap());
    assert_eq!(json(&path)["webhook"], listed[0]);
    assert_eq!(json(&path.replace("webhooks", "integrations"))["integration"], listed[0]);
}
