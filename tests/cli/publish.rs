//! `publish`.

use crate::support::{TestEnvironment, portal::run_behind_portal, run};
use serde_json::{Value, json};

fn logged_in<const N: usize>(arguments: [&str; N]) -> (TestEnvironment, crate::support::Sandbox) {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(arguments);
    environment.log_in();
    (environment, sandbox)
}

#[test]
fn every_form_says_what_was_published() {
    let (environment, _sandbox) = logged_in([]);
    let published = "Published private event: eventName\n\n";
    for arguments in [
        &["publish", "eventName"][..],
        &["publish", "eventName", "data"],
        &["publish", "eventName", "some data with spaces"],
        &["publish", "eventName", "--private"],
        &["publish", "eventName", "someData", "--private"],
        &["publish", "eventName", "-5"],
        &["publish", "eventName", ""],
        &["publish", "eventName", "--", "--leading-dash"],
    ] {
        let output = environment.in_sandbox(arguments).success();
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), (published, ""), "{arguments:?}");
    }
    let public = environment.in_sandbox(["publish", "eventName", "--public"]).success();
    assert_eq!(public.stdout, published);
    public.stderr_has("the public event stream no longer exists");
}

#[test]
fn what_was_published_where_is_said_and_is_json_too() {
    let (environment, _sandbox) = logged_in([]);
    let product = environment.in_sandbox(["publish", "temp", "25.0", "--product", "12345"]).success();
    assert_eq!(product.stdout, "Published private event: temp to product: 12345\n\n");
    let data = environment.in_sandbox(["publish", "temp", "25.0", "--json"]).success().data();
    assert_eq!(data, json!({ "event": "temp", "data": "25.0", "product": null }));
}

#[test]
fn the_cloud_says_what_is_wrong_with_an_event() {
    let (environment, _sandbox) = logged_in([]);
    let long = "x".repeat(1025);
    for arguments in [["publish", "grün", ""], ["publish", "", ""], ["publish", "temp", &long]] {
        environment.in_sandbox(arguments).status(1).stderr_has("Error publishing event: ");
    }
}

#[test]
fn failures_are_told_apart() {
    let (environment, sandbox) = logged_in([
        "--fault",
        "http-403@POST:/v1/devices/events",
        "--fault",
        "http-404@POST:/v1/devices/events",
        "--fault",
        "http-429@POST:/v1/devices/events",
        "--fault",
        "http-500@POST:/v1/devices/events",
        "--fault",
        "cut@POST:/v1/devices/events",
    ]);
    for status in [7, 4, 5, 5, 5] {
        let failed = environment.in_sandbox(["publish", "temp", "--json"]).status(status);
        assert_eq!(failed.stdout, "");
        let error: Value = serde_json::from_str(&failed.stderr).unwrap();
        assert!(error["error"]["message"].as_str().unwrap().starts_with("Error publishing event: "));
    }
    let mut stranger = environment.command(["publish", "temp"]);
    stranger.env("PARTICLE_API_URL", sandbox.api_url()).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(stranger, "").status(3).stderr_has("particle login");
    environment.particle(["publish", "temp"]).status(3).stderr_has("You're not logged in");
    environment.particle(["publish"]).status(2);
    run_behind_portal(["publish", "temp"]).status(5).stderr_has("no JSON");
}
