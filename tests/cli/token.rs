//! `token list`, `token create` and `token revoke`.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, TestEnvironment, USERNAME, read, run, terminal::run_on_terminal,
};
use serde_json::{Value, json};
use std::fs;

/// `particle token ...` with the right password on standard input.
fn token(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    let arguments = ["token"].iter().chain(arguments).chain(&["--password-stdin"]);
    let mut command = environment.sandbox_command(arguments);
    command.env("TZ", "UTC");
    run(command, &format!("{PASSWORD}\n"))
}

/// Creates a token and gives it.
fn create(environment: &TestEnvironment, arguments: &[&str]) -> String {
    let created = token(environment, &[&["create", "--json"], arguments].concat()).success().data();
    created["token"].as_str().unwrap().to_owned()
}

/// The token that the login has left behind.
fn active(environment: &TestEnvironment) -> String {
    let settings = read(&environment.profile().join("particle.config.json"));
    let settings: Value = serde_json::from_str(&settings).unwrap();
    settings["access_token"].as_str().unwrap_or("none").to_owned()
}

/// Whether the cloud takes a token.
fn is_valid(environment: &TestEnvironment, api_url: &str, token: &str) -> bool {
    let mut command = environment.command(["whoami"]);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", token);
    run(command, "").status == 0
}

/// Lets a token of a sandbox that does not run have expired long ago.
fn expire(environment: &TestEnvironment, token: &str) {
    let mut state: Value = serde_json::from_str(&read(&environment.state())).unwrap();
    let tokens = state["cloud"]["tokens"].as_array_mut().unwrap();
    let token = tokens.iter_mut().find(|known| known["token"] == token).unwrap();
    token["expires_at"] = "2017-06-12T13:42:46.308Z".into();
    fs::write(environment.state(), state.to_string()).unwrap();
}

#[test]
fn a_token_is_created_for_as_long_as_asked() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let login = active(&environment);
    for arguments in [&["create"][..], &["create", "--expires-in", "600"]] {
        let created = token(&environment, arguments).success();
        let lines: Vec<_> = created.stdout.lines().collect();
        assert!(lines[0].starts_with("New access token expires on "), "{lines:?}");
        assert!(lines[0].ends_with(" GMT+0000 (UTC)"), "{lines:?}");
        assert_eq!((lines[1].len(), &lines[1][..4], lines.len()), (44, "    ", 2));
    }
    let never = token(&environment, &["create", "--never-expires"]).success();
    assert!(never.stdout.starts_with("New access token never expires\n    "), "{}", never.stdout);
    let never = token(&environment, &["create", "--never-expires", "--expires-in", "5", "--json"]).success();
    assert_eq!(never.data()["expiresAt"], Value::Null);
    assert_eq!(active(&environment), login, "the login stays as it is");
}

#[test]
fn tokens_are_listed_with_those_that_never_expire_last() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let forever = create(&environment, &["--never-expires"]);
    let expired = create(&environment, &["--expires-in", "600"]);
    expire(&environment, &expired);
    let login = active(&environment);
    let listed = token(&environment, &["list"]).success();
    let expires_at =
        |lines: &str| lines.lines().find_map(|line| line.strip_prefix(" Expires at: ")).map(str::to_owned);
    let end_of_login = expires_at(listed.stdout.split("\n\n").nth(1).unwrap()).unwrap();
    assert!(end_of_login.ends_with('Z') && end_of_login.len() == 24, "{end_of_login}");
    assert_eq!(
        listed.stdout,
        format!(
            "particle-cli (expired)\n Token:      {expired}\n Expires at: 2017-06-12T13:42:46.308Z\n\n\
             particle-cli (active)\n Token:      {login}\n Expires at: {end_of_login}\n\n\
             particle-cli\n Token:      {forever}\n Expires at: null\n"
        )
    );
    assert_eq!(listed.stderr, "Checking with the cloud...\n");
    let data = token(&environment, &["list", "--json"]).success().data();
    assert_eq!(
        data[0],
        json!({
            "token": expired, "client": "particle-cli", "expiresAt": "2017-06-12T13:42:46.308Z",
            "active": false, "expired": true
        })
    );
    assert_eq!((&data[1]["active"], &data[2]["expiresAt"]), (&json!(true), &Value::Null));
}

#[test]
fn times_are_in_the_readers_zone() {
    let environment = TestEnvironment::new();
    environment.log_in();
    expire(&environment, &active(&environment));
    let list = ["token", "list", "--password-stdin"];
    let mut command = environment.sandbox_command(list);
    command.env("TZ", "EST5");
    run(command, PASSWORD).success().stdout_has(" Expires at: 2017-06-12T08:42:46.308-05:00\n");
}

#[test]
fn an_expired_token_is_bad() {
    let environment = TestEnvironment::new();
    environment.log_in();
    expire(&environment, &active(&environment));
    environment.in_sandbox(["whoami"]).status(3).stderr_has("The access token provided has expired.");
}

#[test]
fn the_password_is_asked_for_on_a_terminal() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let command = environment.sandbox_command(["token", "list"]);
    let listed = run_on_terminal(command, &[("Please enter your password", "sandbox\r")]).success();
    let listed = listed.stdout_has(&format!("Using account {USERNAME}")).stdout_has(&active(&environment));
    assert!(!listed.stdout.contains("sandbox\r"), "{}", listed.stdout);
    environment.in_sandbox(["token", "list"]).status(2).stderr_has("--password-stdin");
    environment.in_sandbox(["token", "list", "--password-stdin"]).status(2).stderr_has("no password");
}

#[test]
fn who_is_not_logged_in_says_whose_tokens_are_meant() {
    let environment = TestEnvironment::new();
    token(&environment, &["list"]).status(2).stderr_has("--username");
    let listed = token(&environment, &["list", "-u", USERNAME]).success();
    assert_eq!(listed.stdout, "");
    token(&environment, &["create", "-u", USERNAME]).success();
}

#[test]
fn a_wrong_password_is_refused_once() {
    let environment = TestEnvironment::new();
    environment.log_in();
    for (command, message) in [
        ("list", "Error while listing tokens: User credentials are invalid"),
        ("create", "Error while creating a new access token: User credentials are invalid"),
    ] {
        let refused = environment.in_sandbox_with_input(["token", command, "--password-stdin"], "wrong");
        let refused = refused.status(3).stderr_has(message);
        assert!(!refused.stderr.contains("particle login"), "{}", refused.stderr);
    }
}

#[test]
fn an_account_with_a_second_factor_needs_a_code() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    for command in ["list", "create"] {
        let arguments = ["token", command, "-u", MFA_USERNAME, "--password-stdin"];
        let with_code = arguments.into_iter().chain(["--otp", OTP]);
        environment.in_sandbox_with_input(with_code, PASSWORD).success();
        environment.in_sandbox_with_input(arguments, &format!("{PASSWORD}\n{OTP}\n")).success();
        let wrong_code = arguments.into_iter().chain(["--otp", "000000"]);
        environment.in_sandbox_with_input(wrong_code, PASSWORD).status(3);
        environment.in_sandbox_with_input(arguments, PASSWORD).status(2).stderr_has("--otp");
    }
    let short = ["token", "create", "-u", MFA_USERNAME, "--otp", OTP, "--never-expires", "--password-stdin"];
    environment.in_sandbox_with_input(short, PASSWORD).success().stdout_has("never expires");
}

#[test]
fn a_cloud_that_lists_no_tokens_shows_the_one_in_use() {
    for status in ["401", "403", "404", "410"] {
        let environment = TestEnvironment::new();
        let _sandbox =
            environment.start_sandbox(["--fault", &format!("http-{status}@GET:/v1/access_tokens")]);
        environment.log_in();
        let listed = token(&environment, &["list"]).success().stderr_has(&format!(
            "does not list tokens (HTTP {status}): Particle's public cloud has retired that"
        ));
        let login = active(&environment);
        let expected = format!("particle-cli (active)\n Token:      {login}\n Expires at: ");
        assert!(listed.stdout.starts_with(&expected), "{}", listed.stdout);
    }
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--fault", "http-404@GET:/v1/access_tokens"]);
    token(&environment, &["list", "-u", USERNAME]).status(4).stderr_has("log in to see the one in use");
}

#[test]
fn tokens_are_revoked_without_a_password() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let (first, second) = (create(&environment, &[]), create(&environment, &[]));
    let revoked = environment.in_sandbox(["token", "revoke", &first, &second]).success();
    assert_eq!(revoked.stdout, format!("successfully deleted {first}\nsuccessfully deleted {second}\n"));
    assert!(!is_valid(&environment, sandbox.api_url(), &first));
    let third = create(&environment, &[]);
    let revoked = environment.in_sandbox(["token", "revoke", &first, &third, "--json"]).status(4).json();
    assert_eq!(revoked["data"][1], json!({ "token": third, "revoked": true, "error": null }));
    assert_eq!(revoked["data"][0]["revoked"], false);
    environment
        .in_sandbox(["token", "revoke", &first])
        .status(4)
        .stderr_has(&format!("Error while revoking tokens: {first}: token not found (HTTP 404"));
    environment.in_sandbox(["token", "revoke"]).status(2);
    environment.in_sandbox(["token", "revoke", "a b"]).status(2);
}

#[test]
fn a_cloud_that_wants_the_password_gets_it() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--fault", "http-401@DELETE:/v1/access_tokens"]);
    environment.log_in();
    let other = create(&environment, &[]);
    environment
        .in_sandbox(["token", "revoke", &other])
        .status(3)
        .stderr_has("takes it with --password-stdin");
    let revoke = ["token", "revoke", &other, "--password-stdin"];
    let as_grace = revoke.into_iter().chain(["-u", MFA_USERNAME]);
    environment.in_sandbox_with_input(as_grace, PASSWORD).status(7);
    environment.in_sandbox_with_input(revoke, "wrong").status(3);
    token(&environment, &["revoke", &other]).success().stdout_has(&format!("successfully deleted {other}"));
}

#[test]
fn the_token_in_use_is_revoked_by_force_only() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let (login, other) = (active(&environment), create(&environment, &[]));
    environment
        .in_sandbox(["token", "revoke", &other, &login])
        .status(2)
        .stderr_has(&format!("{login} is this CLI's access token"))
        .stderr_has("use --force to delete it");
    assert!(is_valid(&environment, sandbox.api_url(), &other), "nothing was revoked");
    let revoked = environment.in_sandbox(["token", "revoke", &login, "--force"]).success();
    assert_eq!(revoked.stdout, format!("**forcing**\nsuccessfully deleted {login}\n"));
    assert_eq!(active(&environment), "none");
    environment.in_sandbox(["whoami"]).status(3).stderr_has("You're not logged in.");
}

#[test]
fn all_leaves_the_token_in_use_unless_forced() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let (login, other) = (active(&environment), create(&environment, &[]));
    let revoked = token(&environment, &["revoke", "all"]).success();
    assert_eq!(revoked.stdout, format!("successfully deleted {other}\n"));
    assert!(is_valid(&environment, sandbox.api_url(), &login));
    token(&environment, &["revoke", "all", "--force"]).success().stdout_has("**forcing**\n");
    assert!(!is_valid(&environment, sandbox.api_url(), &login));
    environment.in_sandbox(["token", "revoke", "all"]).status(2).stderr_has("--username");
}

#[test]
fn trouble_with_the_cloud_is_told_apart() {
    let environment = TestEnvironment::new();
    let faults = [
        "http-500@GET:/v1/access_tokens",
        "http-429@GET:/v1/access_tokens",
        "cut@GET:/v1/access_tokens*4",
        "http-500@DELETE:/v1/access_tokens",
        "cut@DELETE:/v1/access_tokens",
    ];
    let sandbox = environment.start_sandbox(faults.map(|fault| ["--fault", fault]).concat());
    environment.log_in();
    token(&environment, &["list"]).status(5).stderr_has("Error while listing tokens");
    token(&environment, &["list"]).status(5).stderr_has("trying again in").stderr_has("was lost");
    let other = create(&environment, &[]);
    environment.in_sandbox(["token", "revoke", &other]).status(5);
    assert!(is_valid(&environment, sandbox.api_url(), &other));
    environment.in_sandbox(["token", "revoke", &other]).status(5).stderr_has("was lost");
    drop(sandbox);
    let mut command = environment.command(["token", "create", "-u", USERNAME, "--password-stdin"]);
    command.env("PARTICLE_API_URL", "http://127.0.0.1:9");
    run(command, PASSWORD).status(5).stderr_has("cannot reach 127.0.0.1:9");
}
