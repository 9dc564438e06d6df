//! `subscribe`, and what `publish` sends to it.

use crate::support::{
    MFA_USERNAME, OTP, PASSWORD, Sandbox, TestEnvironment, portal::run_behind_portal, run,
    terminal::run_on_terminal,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Lines},
    net::{Ipv4Addr, TcpListener},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    thread,
};

const BORON: &str = "e00fce6800000000000d0001";

fn logged_in<const N: usize>(arguments: [&str; N]) -> (TestEnvironment, Sandbox) {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(arguments);
    environment.log_in();
    (environment, sandbox)
}

/// A running `particle subscribe`, killed when dropped.
struct Subscriber {
    child: Child,
    events: Lines<BufReader<ChildStdout>>,
    remarks: Lines<BufReader<ChildStderr>>,
    /// What it said before it was connected.
    preamble: Vec<String>,
}

impl Subscriber {
    /// Starts it and waits until it is connected, which it says with an empty line.
    fn start(environment: &TestEnvironment, arguments: &[&str]) -> Self {
        let arguments = ["subscribe"].iter().chain(arguments);
        Self::spawn(environment.sandbox_command(arguments))
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut remarks = BufReader::new(child.stderr.take().unwrap()).lines();
        let preamble = remarks.by_ref().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        Self { child, events, remarks, preamble }
    }

    /// The next event.
    fn event(&mut self) -> Value {
        let line = self.events.next().unwrap().unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"))
    }

    /// Names of the next events.
    fn names<const N: usize>(&mut self) -> [String; N] {
        std::array::from_fn(|_| self.event()["name"].as_str().unwrap().to_owned())
    }

    fn remark(&mut self) -> String {
        self.remarks.next().unwrap().unwrap()
    }

    /// Waits for its end: the status, and what it had left to say.
    fn end(mut self) -> (i32, Vec<String>) {
        let events: Vec<_> = self.events.by_ref().map(Result::unwrap).collect();
        assert!(events.is_empty(), "{events:?}");
        let remarks = self.remarks.by_ref().map(Result::unwrap).collect();
        (self.child.wait().unwrap().code().unwrap_or(-1), remarks)
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn publish(environment: &TestEnvironment, arguments: &[&str]) {
    environment.in_sandbox(["publish"].iter().chain(arguments)).success();
}

#[test]
fn an_event_is_one_line_with_its_name_at_the_end() {
    let (environment, _sandbox) = logged_in([]);
    let mut subscriber = Subscriber::start(&environment, &["--max", "2"]);
    let announcement = "This command will exit after receiving 2 event(s)...";
    assert_eq!(subscriber.preamble, ["Subscribing to all events from my devices", announcement]);
    publish(&environment, &["temp", "25.0\t\u{1f308} \"ü\"\n\u{9b}"]);
    let event = subscriber.event();
    let members: Vec<_> = event.as_object().unwrap().keys().collect();
    assert_eq!(members, ["data", "ttl", "published_at", "coreid", "name"]);
    assert_eq!(event["data"], "25.0\t\u{1f308} \"ü\"\n\u{9b}");
    assert_eq!((&event["name"], &event["coreid"]), (&json!("temp"), &json!("api")));
    publish(&environment, &["led"]);
    let event = subscriber.event();
    assert_eq!((&event["name"], &event["data"]), (&json!("led"), &Value::Null));
    assert_eq!(subscriber.end(), (0, vec!["2 event(s) received. Exiting...".to_owned()]));
}

#[test]
fn every_form_hears_what_it_asks_for() {
    let (environment, _sandbox) = logged_in([]);
    for (arguments, whose) in [
        (&["te"][..], "\"te\" from my devices"),
        (&["te", "mine"], "\"te\" from my devices"),
        (&["--device", "mine", "te"], "\"te\" from my devices"),
        (&["--all", "te"], "\"te\" from the firehose (all devices) and my personal stream (my devices)"),
    ] {
        let mut subscriber = Subscriber::start(&environment, arguments);
        assert_eq!(subscriber.preamble, [format!("Subscribing to {whose}")]);
        publish(&environment, &["led"]);
        publish(&environment, &["temp"]);
        assert_eq!(subscriber.names(), ["temp"], "{arguments:?}");
    }
    for arguments in [&[][..], &["mine"]] {
        let mut subscriber = Subscriber::start(&environment, arguments);
        publish(&environment, &["led"]);
        publish(&environment, &["temp"]);
        assert_eq!(subscriber.names(), ["led", "temp"], "{arguments:?}");
    }
}

#[test]
fn a_device_is_heard_by_name_and_by_id() {
    let (environment, _sandbox) = logged_in([]);
    let forms = [
        &["--device", "boron"][..],
        &["--device", BORON],
        &["mine", "boron"],
        &["spark/", "boron"],
        &["spark/", BORON],
    ];
    let mut subscribers: Vec<_> =
        forms.into_iter().map(|arguments| Subscriber::start(&environment, arguments)).collect();
    publish(&environment, &["temp"]);
    environment.in_sandbox(["sandbox", "unplug", "boron"]).success();
    for subscriber in &mut subscribers {
        let event = subscriber.event();
        assert_eq!((&event["name"], &event["data"]), (&json!("spark/status"), &json!("offline")));
        assert_eq!(event["coreid"], BORON);
    }
    environment.in_sandbox(["sandbox", "plug", "boron"]).success();
    assert_eq!(subscribers[0].event()["data"], "online");
}

#[test]
fn a_product_has_streams_of_its_own() {
    let (environment, _sandbox) = logged_in([]);
    let mut account = Subscriber::start(&environment, &["prod"]);
    let mut product = Subscriber::start(&environment, &["--product", "sensors-v1"]);
    assert_eq!(product.preamble, ["Subscribing to all events from product sensors-v1's stream"]);
    let mut device = Subscriber::start(&environment, &["--device", BORON, "spark", "--product", "12345"]);
    assert_eq!(
        device.preamble,
        [format!("Subscribing to \"spark\" from product 12345 device {BORON}'s stream")]
    );
    publish(&environment, &["prod-01", "25.0", "--product", "12345"]);
    publish(&environment, &["prod-02"]);
    environment.in_sandbox(["sandbox", "unplug", "boron"]).success();
    assert_eq!(product.names(), ["prod-01", "spark/status"]);
    assert_eq!(device.names(), ["spark/status"]);
    assert_eq!(account.names(), ["prod-02"]);
    for (product, status) in [("nothing", 4), ("12346", 7)] {
        environment.in_sandbox(["subscribe", "--product", product]).status(status);
        environment.in_sandbox(["publish", "prod-01", "--product", product]).status(status);
    }
    let stranger = ["subscribe", "--product", "12345", "--device", "0123456789abcdef01234567"];
    environment.in_sandbox(stranger).status(4);
}

#[test]
fn a_prefix_may_have_anything_in_it() {
    let (environment, _sandbox) = logged_in([]);
    let mut subscriber = Subscriber::start(&environment, &["a/b c?d#%2e&"]);
    publish(&environment, &["a/b c"]);
    publish(&environment, &["a/b c?d#%2e&+"]);
    assert_eq!(subscriber.names(), ["a/b c?d#%2e&+"]);
}

#[test]
fn it_ends_with_the_data_it_waits_for() {
    let (environment, _sandbox) = logged_in([]);
    let mut subscriber = Subscriber::start(&environment, &["--until", "ON", "--json"]);
    for data in ["on", "ON "] {
        publish(&environment, &["led", data]);
    }
    publish(&environment, &["led", "ON"]);
    assert_eq!(subscriber.names(), ["led", "led", "led"]);
    assert_eq!(subscriber.end(), (0, vec!["Matching event received. Exiting...".to_owned()]));
}

#[test]
fn nobody_hears_the_events_of_others() {
    let (environment, sandbox) = logged_in([]);
    let mut ada = Subscriber::start(&environment, &[]);
    let login = ["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP];
    environment.in_sandbox(login).success();
    publish(&environment, &["secret"]);
    environment.in_sandbox(["subscribe", "--device", "boron"]).status(4).stderr_has("Permission Denied");
    environment.log_in();
    publish(&environment, &["mine"]);
    assert_eq!(ada.names(), ["mine"]);
    drop(sandbox);
}

#[test]
fn a_stream_that_breaks_is_opened_again() {
    let (environment, _sandbox) = logged_in(["--fault", "cut@events*2"]);
    let mut subscriber = Subscriber::start(&environment, &[]);
    for _ in 0..2 {
        publish(&environment, &["lost"]);
        let remark = subscriber.remark();
        assert!(remark.starts_with("no connection: the connection broke; trying again in "), "{remark}");
        assert_eq!(subscriber.remark(), "connected again; events published meanwhile are missing");
    }
    publish(&environment, &["heard"]);
    assert_eq!(subscriber.names(), ["heard"]);
}

#[test]
fn a_token_that_is_refused_ends_it() {
    let (environment, sandbox) = logged_in(["--fault", "cut@events"]);
    let mut subscriber = Subscriber::start(&environment, &[]);
    let token = environment.in_sandbox(["config", "--json"]).data()["accessToken"]["value"].clone();
    let mut publication = environment.command(["publish", "last"]);
    let other = environment.in_sandbox(["logout", "--keep-token"]);
    other.success();
    environment.log_in();
    let revoke = format!("{}/v1/access_tokens/{}", sandbox.api_url(), token.as_str().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    runtime.block_on(client.delete(revoke).send()).unwrap();
    let fresh = environment.in_sandbox(["config", "--json"]).data()["accessToken"]["value"].clone();
    publication
        .env("PARTICLE_API_URL", sandbox.api_url())
        .env("PARTICLE_ACCESS_TOKEN", fresh.as_str().unwrap());
    run(publication, "").success();
    assert!(subscriber.remark().starts_with("no connection: "));
    let (status, remarks) = subscriber.end();
    assert_eq!(status, 3, "{remarks:?}");
    assert!(
        remarks[0].contains("Error fetching event stream: The access token provided is invalid"),
        "{remarks:?}"
    );
}

#[test]
fn a_stream_that_hangs_can_be_given_a_limit() {
    let (environment, _sandbox) = logged_in(["--fault", "hang@events"]);
    let subscriber = Subscriber::start(&environment, &["--timeout", "1"]);
    publish(&environment, &["lost"]);
    assert_eq!(subscriber.end().0, 124);
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_how_it_is_meant_to_end() {
    let (environment, _sandbox) = logged_in([]);
    let subscriber = Subscriber::start(&environment, &[]);
    subscriber.interrupt();
    assert_eq!(subscriber.end(), (0, vec![]));
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let (environment, _sandbox) = logged_in([]);
    let mut command = environment.sandbox_command(["subscribe"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut remarks = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(remarks.by_ref().any(|line| line.is_empty()));
    publish(&environment, &["temp"]);
    assert_eq!((child.wait().unwrap().code(), remarks.count()), (Some(0), 0));
}

#[test]
fn on_a_terminal_remarks_stand_among_the_events_and_no_event_moves_the_cursor() {
    let (environment, _sandbox) = logged_in([]);
    let command = environment.sandbox_command(["subscribe", "--max", "1"]);
    let shown = thread::scope(|scope| {
        let terminal = scope.spawn(|| run_on_terminal(command, &[]));
        while !terminal.is_finished() {
            publish(&environment, &["temp", "\u{1b}[2J\u{9b}31m"]);
        }
        terminal.join().unwrap().success().stdout
    });
    assert!(shown.contains("Subscribing to all events from my devices\r\n"), "{shown:?}");
    assert!(shown.contains(r#"{"data":"\u001b[2J\u009b31m","ttl":60,"#), "{shown:?}");
    assert!(shown.contains("1 event(s) received. Exiting...\r\n"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[2J\u{9b}"), "{shown:?}");
}

#[test]
fn quiet_leaves_only_events() {
    let (environment, _sandbox) = logged_in(["--fault", "cut@GET:/v1/devices/events"]);
    let mut command = environment.sandbox_command(["subscribe", "-q", "--max", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    publish_until_ended(&environment, child);
}

/// Publishes until the subscriber, of which nothing can be seen, has heard one.
fn publish_until_ended(environment: &TestEnvironment, mut child: Child) {
    while child.try_wait().unwrap().is_none() {
        publish(environment, &["temp"]);
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn failures_are_told_apart() {
    let (environment, sandbox) = logged_in([
        "--fault",
        "http-403@GET:/v1/devices/events",
        "--fault",
        "http-404@GET:/v1/devices/events",
        "--fault",
        "http-500@GET:/v1/devices/events",
        "--fault",
        "http-429@GET:/v1/devices/events*4",
    ]);
    for status in [7, 4, 5, 5] {
        environment.in_sandbox(["subscribe"]).status(status).stderr_has("Error fetching event stream: ");
    }
    let mut stranger = environment.command(["subscribe"]);
    stranger.env("PARTICLE_API_URL", sandbox.api_url()).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(stranger, "").status(3).stderr_has("particle login");
    environment.particle(["subscribe"]).status(3).stderr_has("You're not logged in");
    run_behind_portal(["subscribe"]).status(5).stderr_has("no event stream");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let mut nowhere = environment.command(["subscribe"]);
    nowhere.env("PARTICLE_API_URL", format!("http://{closed}")).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(nowhere, "").status(5).stderr_has("Error fetching event stream: cannot reach 127.0.0.1:");
}

#[test]
fn what_contradicts_itself_is_a_usage_error() {
    let environment = TestEnvironment::new();
    environment.particle(["subscribe", "--all"]).status(2).stderr_has("`event` parameter is required");
    environment
        .particle(["subscribe", "--device", "boron", "--product", "1"])
        .status(2)
        .stderr_has("`device` must be an id when `--product` flag is set - received: boron");
}
