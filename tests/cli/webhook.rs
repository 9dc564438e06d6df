//! `webhook` and `integration`, and the requests that webhooks make.

use crate::support::{Sandbox, TestEnvironment, portal::run_behind_portal, run, terminal::run_on_terminal};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Stdio},
};

/// The example of the documents, as printed there.
const LIBRATO: &str = r##"# An example custom webhook JSON file that will target Librato, webhook.json
{
    "event": "librato_",
    "url": "https://metrics-api.librato.com/v1/metrics",
    "requestType": "POST",
    "auth": {
        "username": "YOUR_LIBRATO_USERNAME",
        "password": "YOUR_LIBRATO_ACCESS_TOKEN"
    },
    "json": {
        "gauges": [
            {
                "name": "\{{PARTICLE_EVENT_NAME}}",
                "value": "\{{PARTICLE_EVENT_VALUE}}",
                "source": "\{{PARTICLE_DEVICE_ID}}"
            }
        ]
    },
    "mydevices": true
}
"##;

fn logged_in<const N: usize>(arguments: [&str; N]) -> (TestEnvironment, Sandbox) {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(arguments);
    environment.log_in();
    (environment, sandbox)
}

/// Creates a webhook and gives its id.
fn create(environment: &TestEnvironment, arguments: &[&str]) -> String {
    let output = environment.in_sandbox(["webhook"].iter().chain(arguments)).success();
    let id = output.stdout.trim_end().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(output.stdout, format!("Successfully created webhook with ID {id}\n"));
    assert_eq!((id.len(), output.stderr.as_str()), (24, ""));
    id
}

fn list(environment: &TestEnvironment) -> Value {
    environment.in_sandbox(["webhook", "list", "--json"]).success().data()
}

/// Somebody on this computer whom webhooks call.
struct Receiver(TcpListener);

impl Receiver {
    fn start() -> Self {
        Self(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.local_addr().unwrap())
    }

    /// Waits for a call: its head in lower case, and its body.
    fn answer(&self, status: &str, answer: &str) -> (String, String) {
        let (mut connection, _) = self.0.accept().unwrap();
        let request = read_request(&connection);
        let length = answer.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        connection.write_all((head + answer).as_bytes()).unwrap();
        request
    }
}

fn read_request(connection: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// Listens for this many events about webhooks. Returns once it is connected.
fn hear(environment: &TestEnvironment, count: &str) -> Child {
    let mut command = environment.sandbox_command(["subscribe", "hook-", "--max", count]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut remarks = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(remarks.any(|line| line.unwrap().is_empty()));
    child
}

/// Name and data of what was heard.
fn heard(child: Child) -> Vec<(String, Value)> {
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let events = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.map(|event| (event["name"].as_str().unwrap().to_owned(), event["data"].clone())).collect()
}

fn publish(environment: &TestEnvironment, arguments: &[&str]) {
    environment.in_sandbox(["publish"].iter().chain(arguments)).success();
}

#[test]
fn every_form_of_create_makes_a_webhook() {
    let (environment, _sandbox) = logged_in([]);
    let url = "https://mysite.com";
    let device = "0123456789ABCDEFGHI";
    create(&environment, &["create", "temperature", url]);
    create(&environment, &["create", "temperature", url, device]);
    create(&environment, &["create", "temperature", url, device, "PUT"]);
    create(&environment, &["POST", "temperature", url]);
    create(&environment, &["GET", "temperature", url, device]);
    let list = list(&environment);
    let devices: Vec<_> = list.as_array().unwrap().iter().map(|hook| &hook["device"]).collect();
    assert_eq!(devices, [&json!(null), &json!(device), &json!(device), &json!(null), &json!(device)]);
    let methods = list.as_array().unwrap().iter().map(|hook| {
        let show = ["webhook", "show", hook["id"].as_str().unwrap(), "--json"];
        environment.in_sandbox(show).success().data()["definition"]["requestType"].clone()
    });
    assert_eq!(methods.collect::<Vec<_>>(), ["POST", "POST", "PUT", "POST", "GET"]);
}

#[test]
fn the_example_of_the_documents_works_as_printed() {
    let (environment, _sandbox) = logged_in([]);
    fs::write(environment.work().join("webhook.json"), LIBRATO).unwrap();
    let output = environment.in_sandbox(["webhook", "create", "webhook.json"]).success();
    let mut lines = output.stdout.lines();
    assert_eq!(lines.next(), Some("Using settings from the file webhook.json"));
    let id = lines.next().unwrap().strip_prefix("Successfully created webhook with ID ").unwrap();
    let shown = environment.in_sandbox(["webhook", "show", id]).success().stdout;
    let definition: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(definition["json"]["gauges"][0]["value"], "{{PARTICLE_EVENT_VALUE}}");
    assert_eq!((&definition["mydevices"], &definition["requestType"]), (&json!(true), &json!("POST")));
}

#[test]
fn what_show_prints_makes_the_same_webhook_again() {
    let (environment, _sandbox) = logged_in([]);
    let file = json!({
        "eventName": "temp", "url": "http://127.0.0.1:9", "deviceid": "0123", "headers": { "X-A": "b" },
        "unknown": [1, null, "\u{1f308}"], "noDefaults": true,
    });
    fs::write(environment.work().join("A.JSON"), file.to_string()).unwrap();
    environment.in_sandbox(["webhook", "create", "A.JSON"]).success();
    let first = list(&environment)[0]["id"].as_str().unwrap().to_owned();
    let shown = environment.in_sandbox(["webhook", "show", &first]).success().stdout;
    fs::write(environment.work().join("b.json"), &shown).unwrap();
    environment.in_sandbox(["webhook", "create", "b.json"]).success();
    let second = list(&environment)[1]["id"].as_str().unwrap().to_owned();
    let again = environment.in_sandbox(["webhook", "show", &second]).success().stdout;
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parse(&again), parse(&shown));
    assert_eq!((&parse(&again)["event"], &parse(&again)["unknown"]), (&json!("temp"), &file["unknown"]));
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let environment = TestEnvironment::new();
    let file = environment.work().join("hook.json");
    environment.particle(["webhook", "create", "hook.json"]).status(4).stderr_has("hook.json is not found.");
    fs::write(&file, "# x\n{\n  \"event\": \"a\",\n}\n").unwrap();
    environment
        .particle(["webhook", "create", "hook.json"])
        .status(1)
        .stderr_has("hook.json:4:1: trailing comma")
        .stderr_has("Please check your .json file for syntax error.");
    fs::write(&file, r#"{"url": "http://localhost"}"#).unwrap();
    environment
        .particle(["webhook", "create", "hook.json"])
        .status(2)
        .stderr_has("Please specify an event name");
    environment.particle(["webhook", "create", "temp"]).status(2).stderr_has("Please specify a url");
    environment
        .particle(["webhook", "create", "temp", "http://localhost", "--type", "Slack"])
        .status(2)
        .stderr_has("Valid types are: Webhook, GoogleMaps, GoogleCloudPubSub, AzureIotHub");
}

#[test]
fn webhooks_are_listed() {
    let (environment, _sandbox) = logged_in([]);
    assert_eq!(environment.in_sandbox(["webhook", "list"]).success().stdout, "Found 0 hooks registered\n\n");
    create(&environment, &["create", "temp", "http://google.com", "53ff73066678505550292167"]);
    create(&environment, &["create", "hello", "https://google.com"]);
    let arguments = ["integration", "create", "where", "--type", "googlemaps"];
    environment.in_sandbox(arguments).success().stdout_has("Successfully created integration with ID ");
    let data = list(&environment);
    let (first, second) = (&data[0], &data[1]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let expected = format!(
        "Found 2 hooks registered

    1.) Hook ID {} is watching for \"temp\"
        and sending to: http://google.com
        for device 53ff73066678505550292167
        created at {}

    2.) Hook ID {} is watching for \"hello\"
        and sending to: https://google.com
        created at {}

",
        text(&first["id"]),
        text(&first["createdAt"]),
        text(&second["id"]),
        text(&second["createdAt"]),
    );
    assert_eq!(environment.in_sandbox(["webhook", "list"]).success().stdout, expected);
    assert_eq!(data.as_array().unwrap().len(), 2);
    let all = environment.in_sandbox(["integration", "list"]).success();
    all.stdout_has("Found 3 integrations registered\n").stdout_has("        type: GoogleMaps\n");
    let maps = environment.in_sandbox(["integration", "list", "--type", "GoogleMaps", "--json"]).success();
    assert_eq!(maps.data()[0]["url"], Value::Null);
}

#[test]
fn webhooks_are_deleted_one_by_one_and_all_at_once() {
    let (environment, _sandbox) = logged_in([]);
    let ids: Vec<_> =
        (0..3).map(|_| create(&environment, &["create", "temp", "http://127.0.0.1:9"])).collect();
    let delete = environment.in_sandbox(["webhook", "delete", &ids[0]]).success();
    assert_eq!(delete.stdout, "Successfully deleted webhook!\n");
    environment.in_sandbox(["webhook", "delete", &ids[0]]).status(4).stderr_has("Error deleting webhook: ");
    environment
        .in_sandbox(["webhook", "delete", "all"])
        .status(2)
        .stderr_has("Do you want to delete ALL your webhooks?")
        .stderr_has("--yes");
    assert_eq!(list(&environment).as_array().unwrap().len(), 2);
    let all = environment.in_sandbox(["webhook", "delete", "all", "--yes"]).success();
    let expected = format!("Found 2 hooks registered\n\ndeleting {}\ndeleting {}\n", ids[1], ids[2]);
    assert_eq!(all.stdout, expected);
    assert_eq!(list(&environment), json!([]));
}

#[test]
fn deleting_everything_is_asked_about() {
    let (environment, _sandbox) = logged_in([]);
    let id = create(&environment, &["create", "temp", "http://127.0.0.1:9"]);
    let question = "Do you want to delete ALL your webhooks?";
    let delete = || environment.sandbox_command(["webhook", "delete", "all"]);
    for no in ["n", "\r"] {
        run_on_terminal(delete(), &[(question, no)]).success();
        assert_eq!(list(&environment)[0]["id"], id.as_str());
    }
    run_on_terminal(delete(), &[(question, "y")]).success().stdout_has(&format!("deleting {id}"));
    assert_eq!(list(&environment), json!([]));
}

#[test]
fn one_webhook_that_cannot_be_deleted_does_not_save_the_others() {
    let (environment, _sandbox) = logged_in(["--fault", "http-500@DELETE:/v1/integrations/"]);
    let ids: Vec<_> =
        (0..2).map(|_| create(&environment, &["create", "temp", "http://127.0.0.1:9"])).collect();
    let all = environment.in_sandbox(["webhook", "delete", "all", "-y", "--json"]).status(5).data();
    assert_eq!((&all[0]["id"], &all[0]["deleted"]), (&json!(ids[0]), &json!(false)));
    assert_eq!(all[1], json!({ "id": ids[1], "deleted": true, "error": null }));
    assert_eq!(list(&environment)[0]["id"], ids[0].as_str());
}

#[test]
fn a_webhook_calls_and_what_came_of_it_is_an_event() {
    let (environment, _sandbox) = logged_in([]);
    let receiver = Receiver::start();
    create(&environment, &["create", "temp", &receiver.url("/{{PARTICLE_EVENT_NAME}}")]);
    let events = hear(&environment, "2");
    publish(&environment, &["other"]);
    publish(&environment, &["temperature", "25.0"]);
    let (head, body) = receiver.answer("200 OK", "thanks");
    assert!(head.starts_with("post /temperature http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert!(body.starts_with("event=temperature&data=25.0&coreid=api&published_at=2"), "{body}");
    let expected = [("hook-sent/temperature", Value::Null), ("hook-response/temperature/0", json!("thanks"))];
    assert_eq!(heard(events), expected.map(|(name, data)| (name.to_owned(), data)));
}

#[test]
fn templates_are_filled_in() {
    let (environment, _sandbox) = logged_in([]);
    let receiver = Receiver::start();
    let hook = json!({
        "event": "temp", "url": receiver.url("/"), "requestType": "PUT", "noDefaults": true,
        "headers": { "X-Room": "{{room.name}}" }, "query": { "q": "{{PARTICLE_EVENT_NAME}}" },
        "auth": { "username": "ada", "password": "pw" },
        "json": { "value": "{{{PARTICLE_EVENT_VALUE}}}", "list": [1, "{{ room.floor }}"] },
        "responseTemplate": "{{answer.0}}!", "responseTopic": "hook-response/{{room.name}}",
    });
    fs::write(environment.work().join("hook.json"), hook.to_string()).unwrap();
    environment.in_sandbox(["webhook", "create", "hook.json"]).success();
    let events = hear(&environment, "2");
    let data = r#"{"room":{"name":"kitchen","floor":2}}"#;
    publish(&environment, &["temp", data]);
    let (head, body) = receiver.answer("200 OK", r#"{"answer":["yes"]}"#);
    assert!(head.starts_with("put /?q=temp http/1.1\r\n"), "{head}");
    assert!(head.contains("x-room: kitchen\r\n"), "{head}");
    // printf 'ada:pw' | base64, in lower case
    assert!(head.contains("authorization: basic ywrhonb3\r\n"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({ "value": data, "list": [1, "2"] }));
    assert_eq!(heard(events)[1], ("hook-response/kitchen/0".to_owned(), json!("yes!")));
}

#[test]
fn a_call_that_fails_is_an_event_too() {
    let (environment, _sandbox) = logged_in([]);
    let receiver = Receiver::start();
    create(&environment, &["GET", "one", &receiver.url("/x")]);
    create(&environment, &["create", "two", "https://example.com"]);
    let events = hear(&environment, "3");
    publish(&environment, &["one", "1"]);
    let (head, _) = receiver.answer("503 Service Unavailable", "later");
    assert!(head.starts_with("get /x?event=one&data=1&coreid=api&published_at="), "{head}");
    publish(&environment, &["two"]);
    let heard = heard(events);
    let names: Vec<_> = heard.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["hook-sent/one", "hook-error/one/0", "hook-error/two/0"]);
    assert_eq!(heard[1].1, "error status 503 from server: later");
    assert_eq!(heard[2].1, "the sandbox calls addresses of this computer only");
}

#[test]
fn a_product_has_webhooks_of_its_own() {
    let (environment, _sandbox) = logged_in([]);
    let receiver = Receiver::start();
    create(&environment, &["POST", "temp", &receiver.url("/account")]);
    create(&environment, &["POST", "temp", &receiver.url("/product"), "--product", "sensors-v1"]);
    publish(&environment, &["temp", "--product", "12345"]);
    assert!(receiver.answer("200 OK", "").0.starts_with("post /product "));
    publish(&environment, &["temp"]);
    assert!(receiver.answer("200 OK", "").0.starts_with("post /account "));
    assert_eq!(list(&environment).as_array().unwrap().len(), 1);
    let all = ["webhook", "delete", "all", "--yes", "--product", "12345"];
    environment.in_sandbox(all).success().stdout_has("Found 1 hooks registered\n");
    assert_eq!(list(&environment).as_array().unwrap().len(), 1);
}

#[test]
fn failures_are_told_apart() {
    let (environment, sandbox) = logged_in([
        "--fault",
        "http-500@POST:/v1/integrations",
        "--fault",
        "cut@POST:/v1/integrations",
        "--fault",
        "http-429@GET:/v1/integrations*4",
        "--fault",
        "http-403@GET:/v1/integrations",
    ]);
    let create = ["webhook", "create", "temp", "http://localhost"];
    environment.in_sandbox(create).status(5).stderr_has("Error creating webhook: ");
    environment.in_sandbox(create).status(5);
    environment.in_sandbox(["webhook", "create", "temp", "ftp://x"]).status(1).stderr_has("url must be");
    environment.in_sandbox(["webhook", "list"]).status(5).stderr_has("Error listing webhooks: ");
    environment.in_sandbox(["webhook", "list"]).status(7);
    environment.in_sandbox(["webhook", "show", "nothing"]).status(4).stderr_has("Error showing webhook: ");
    environment.in_sandbox(["webhook", "list", "--product", "nothing"]).status(4);
    environment.in_sandbox(["integration", "list", "--org", "acme"]).status(4);
    for arguments in
        [&["list"][..], &["show", "1"], &["delete", "1"], &["create", "temp", "http://localhost"]]
    {
        run_behind_portal(["webhook"].iter().chain(arguments)).status(5).stderr_has("no JSON");
    }
    let mut stranger = environment.command(["webhook", "list"]);
    stranger.env("PARTICLE_API_URL", sandbox.api_url()).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(stranger, "").status(3).stderr_has("particle login");
    environment.particle(["webhook", "list"]).status(3).stderr_has("You're not logged in");
}
