//! `login`, `logout`, `whoami` and `config`.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, USERNAME, read, run,
    terminal::run_on_terminal,
};
use serde_json::{Value, json};
use std::{fs, net::TcpListener};

const LOGGED_IN: &str = "> Successfully completed login!\n";

/// A running sandbox with one online device.
fn sandbox(environment: &TestEnvironment) -> Sandbox {
    environment.start_sandbox(["--devices", "photon,boron"])
}

/// The settings the sandbox's clients have.
fn stored(environment: &TestEnvironment) -> Value {
    serde_json::from_str(&read(&environment.profile().join("particle.config.json"))).unwrap()
}

/// Runs the binary outside the sandbox's own profile, but against its cloud and with this token.
fn with_token(environment: &TestEnvironment, sandbox: &Sandbox, token: &str, command: &str) -> Output {
    let mut process = environment.command([command]);
    process.env("PARTICLE_API_URL", sandbox.api_url()).env("PARTICLE_ACCESS_TOKEN", token);
    run(process, "")
}

/// Puts a file into `~/.particle`.
fn write_setting(environment: &TestEnvironment, file: &str, content: &str) {
    let folder = environment.home().join(".particle");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), content).unwrap();
}

fn setting(environment: &TestEnvironment, file: &str) -> String {
    read(&environment.home().join(".particle").join(file))
}

/// An address of this computer that nobody answers at.
fn closed_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn login_keeps_a_token_and_no_password() {
    let environment = TestEnvironment::new();
    let login = environment.in_sandbox(["login", "-u", USERNAME, "-p", PASSWORD]).success();
    assert_eq!((login.stdout.as_str(), login.stderr.as_str()), (LOGGED_IN, ""));
    let stored = stored(&environment);
    assert_eq!(stored["username"], USERNAME);
    assert_eq!(stored["access_token"].as_str().unwrap().len(), 40);
    assert!(stored["access_token_expires_at"].as_str().unwrap().ends_with('Z'));
    assert!(!stored.to_string().contains(PASSWORD));
    assert_eq!(environment.in_sandbox(["whoami"]).success().stdout, format!("> {USERNAME}\n"));
}

#[cfg(unix)]
#[test]
fn settings_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let environment = TestEnvironment::new();
    environment.particle(["config", "local", "apiUrl", "http://localhost:8080"]).success();
    environment.particle(["config", "local"]).success();
    for file in ["local.config.json", "profile.json"] {
        let path = environment.home().join(".particle").join(file);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_wrong_password_stores_nothing() {
    let environment = TestEnvironment::new();
    environment
        .in_sandbox(["login", "-u", USERNAME, "-p", "wrong"])
        .status(3)
        .stderr_has("There was an error logging you in: User credentials are invalid");
    assert!(stored(&environment).get("access_token").is_none());
}

#[test]
fn an_account_with_single_sign_on_is_told_to_use_a_token() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["login", "--sso"]).status(2).stderr_has("--token");
    environment
        .in_sandbox(["login", "-u", "me@company.example", "-p", "none"])
        .status(3)
        .stderr_has("single sign-on")
        .stderr_has("--token");
}

#[cfg(unix)]
#[test]
fn a_wrong_password_is_asked_for_twice_more() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let (email, password) = ("Please enter your email address", "Please enter your password");
    let wrong = run_on_terminal(
        environment.sandbox_command(["login"]),
        &[
            (email, "ada@example.com\r"),
            (password, "one\r"),
            (email, "\r"),
            (password, "two\r"),
            (email, "\r"),
            (password, "three\r"),
        ],
    );
    let wrong = wrong.status(3).stdout_has("There was an error logging you in! Let's try again.");
    assert!(!wrong.stdout.contains("two"), "a password is not shown:\n{}", wrong.stdout);
    let right = [(email, "ada@exmple.com\r"), (password, "sandbox\r"), (email, "ada@example.com\r")];
    let right = [&right[..], &[(password, "sandbox\r")]].concat();
    run_on_terminal(environment.sandbox_command(["login"]), &right).success();
    environment.in_sandbox(["whoami"]).success();
}

#[cfg(unix)]
#[test]
fn a_wrong_login_code_is_asked_for_twice_more() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let login = || environment.sandbox_command(["login", "-u", MFA_USERNAME, "-p", PASSWORD]);
    let code = "Please enter a login code";
    let wrong = [(code, "000000\r"), (code, "111111\r"), (code, "222222\r")];
    run_on_terminal(login(), &wrong)
        .status(3)
        .stdout_has("Use your authenticator app")
        .stdout_has("This login code didn't work. Let's try again.")
        .stdout_has("https://login.particle.io/account-info");
    let code_of_person = format!("{OTP}\r");
    run_on_terminal(login(), &[(code, "000000\r"), (code, &code_of_person)]).success();
}

#[test]
fn login_reads_its_answers_from_a_pipe() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let answers = format!("{USERNAME}\n{PASSWORD}\n");
    assert_eq!(environment.in_sandbox_with_input(["login"], &answers).success().stdout, LOGGED_IN);
    let password = format!("{PASSWORD}\r\n");
    environment.in_sandbox_with_input(["login", "-u", USERNAME], &password).success();
    environment
        .in_sandbox_with_input(["login"], &format!("{USERNAME}\n"))
        .status(2)
        .stderr_has("The password is missing")
        .stderr_has("--password");
    environment.in_sandbox(["login"]).status(2).stderr_has("The email address is missing");
    environment.in_sandbox_with_input(["login", "--no-input"], &answers).status(2);
}

#[test]
fn an_account_with_a_second_factor_needs_a_code() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let login = ["login", "-u", MFA_USERNAME, "-p", PASSWORD];
    environment.in_sandbox(login).status(2).stderr_has("--otp");
    environment
        .in_sandbox(login.into_iter().chain(["--otp", "000000"]))
        .status(3)
        .stderr_has("This login code didn't work")
        .stderr_has("https://login.particle.io/account-info");
    environment.in_sandbox(login.into_iter().chain(["--otp", OTP])).success();
    environment.in_sandbox_with_input(login, &format!("{OTP}\n")).success();
}

#[test]
fn a_token_from_elsewhere_is_taken_over() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    let token = stored(&environment)["access_token"].as_str().unwrap().to_owned();
    environment.in_sandbox(["logout", "--keep-token"]).success().stdout_has("> Leaving your token intact.");
    environment.in_sandbox_with_input(["login", "--token-stdin"], &format!("{token}\n")).success();
    environment.in_sandbox_with_input(["login", "--token", "-"], &token).success();
    environment.in_sandbox(["login", "--token", &token]).success();
    assert_eq!(stored(&environment)["username"], USERNAME);
    environment
        .in_sandbox(["login", "--token", "0000"])
        .status(3)
        .stderr_has("There was an error logging you in");
    environment.in_sandbox(["login", "--token-stdin"]).status(2);
    assert_eq!(stored(&environment)["access_token"], token.as_str());
}

#[test]
fn a_cloud_that_does_not_know_whose_token_it_is_will_do() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--fault", "http-404@GET:/v1/user*"]);
    environment.log_in();
    assert_eq!(environment.in_sandbox(["whoami"]).success().stdout, format!("> {USERNAME}\n"));
    let token = stored(&environment)["access_token"].as_str().unwrap().to_owned();
    environment.in_sandbox(["login", "--token", &token]).success();
    assert_eq!(stored(&environment)["username"], Value::Null);
    environment.in_sandbox(["whoami"]).status(4);
    let logout = environment.in_sandbox(["cloud", "logout"]).success();
    assert_eq!(logout.stdout, "> You have been logged out\n");
}

#[test]
fn logout_makes_the_token_invalid() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment);
    environment.log_in();
    let token = stored(&environment)["access_token"].as_str().unwrap().to_owned();
    with_token(&environment, &sandbox, &token, "whoami").success();
    let logout = environment.in_sandbox(["logout"]).success();
    assert_eq!(logout.stdout, format!("> You have been logged out from {USERNAME}\n"));
    assert_eq!(stored(&environment)["access_token"], Value::Null);
    with_token(&environment, &sandbox, &token, "whoami").status(3);
    let again = environment.in_sandbox(["logout"]).success();
    assert_eq!(again.stdout, "You were already logged out.\n");
    environment.in_sandbox(["list"]).status(3).stderr_has("You're not logged in");
}

#[test]
fn logout_works_without_the_cloud() {
    let environment = TestEnvironment::new();
    let url = closed_address();
    let login = json!({ "apiUrl": url, "username": "me@example.com", "access_token": "abc", "mine": 1 });
    write_setting(&environment, "particle.config.json", &login.to_string());
    environment
        .particle(["logout"])
        .success()
        .stdout_has("> You have been logged out from me@example.com")
        .stderr_has("the token could not be revoked");
    let left: Value = serde_json::from_str(&setting(&environment, "particle.config.json")).unwrap();
    assert_eq!((&left["access_token"], &left["mine"]), (&Value::Null, &json!(1)));
}

#[test]
fn a_cloud_that_cannot_be_reached_is_named_with_its_setting() {
    let environment = TestEnvironment::new();
    let mut command = environment.command(["whoami"]);
    command.env("PARTICLE_API_URL", closed_address()).env("PARTICLE_ACCESS_TOKEN", "abc");
    run(command, "").status(5).stderr_has("cannot reach 127.0.0.1:").stderr_has("(PARTICLE_API_URL)");
}

#[test]
fn a_cloud_that_never_answers_is_left_when_the_time_is_up() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--fault", "hang@GET:/v1/user"]);
    environment.log_in();
    environment.in_sandbox(["whoami", "--timeout", "200ms"]).status(124).stderr_has("--timeout");
}

#[test]
fn an_address_without_encryption_is_warned_about() {
    let environment = TestEnvironment::new();
    let mut command = environment.command(["whoami", "--api-url", "http://cloud.invalid", "--timeout", "0"]);
    command.env("PARTICLE_ACCESS_TOKEN", "abc");
    run(command, "").stderr_has("http://cloud.invalid is not encrypted");
}

#[test]
fn a_busy_cloud_is_asked_again_and_a_password_is_not() {
    let environment = TestEnvironment::new();
    let fault = ["--fault", "http-503@GET:/v1/user*2", "--fault", "http-503@POST:/oauth/token"];
    let _sandbox = environment.start_sandbox(fault);
    environment.in_sandbox(["login", "-u", USERNAME, "-p", PASSWORD]).status(5);
    environment.log_in();
    environment.in_sandbox(["whoami"]).success().stderr_has("trying again in");
}

#[test]
fn no_token_goes_to_another_cloud() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    environment
        .in_sandbox(["whoami", "--api-url", &url])
        .status(3)
        .stderr_has("is not sent elsewhere")
        .stderr_has(&url);
    environment
        .in_sandbox(["login", "--api-url", &url, "-u", USERNAME, "-p", PASSWORD])
        .status(2)
        .stderr_has("particle config NAME apiUrl");
    assert!(listener.accept().is_err(), "nobody called");
}

#[test]
fn the_wire_trace_shows_no_secrets() {
    let environment = TestEnvironment::new();
    let login = environment.in_sandbox(["-vv", "login", "-u", USERNAME, "-p", "sandbox"]).success();
    let token = stored(&environment)["access_token"].as_str().unwrap().to_owned();
    let login = login.stderr_has("POST").stderr_has("password=[redacted]");
    let whoami = environment.in_sandbox(["whoami", "-vv"]).success().stderr_has("Bearer [redacted]");
    assert!(!login.stderr.contains(&token) && !whoami.stderr.contains(&token));
}

#[test]
fn config_shows_what_is_in_force_and_why() {
    let environment = TestEnvironment::new();
    let login = json!({ "access_token": "0123456789abcdef", "username": "me@example.com" });
    write_setting(&environment, "particle.config.json", &login.to_string());
    assert_eq!(
        environment.particle(["config"]).success().stdout,
        "Current profile: particle\nUsing API: https://api.particle.io\nAccess token: 0123456789abcdef\n"
    );
    assert_eq!(
        environment.particle(["profile", "--api-url", "http://localhost:8080"]).success().stdout,
        "Current profile: particle\nUsing API: http://localhost:8080 (from --api-url)\nAccess token: null\n"
    );
    let mut command = environment.command(["config", "--json"]);
    command.env("PARTICLE_PROFILE", "work");
    let data = run(command, "").success().data();
    assert_eq!(data["profile"], json!({ "value": "work", "source": "PARTICLE_PROFILE" }));
    assert_eq!(data["apiUrl"], json!({ "value": "https://api.particle.io", "source": "default" }));
    assert_eq!(data["accessToken"], Value::Null);
}

#[test]
fn a_local_profile_gets_no_token_of_another() {
    let environment = TestEnvironment::new();
    write_setting(&environment, "particle.config.json", r#"{"access_token":"abc"}"#);
    let set = environment.particle(["config", "local", "apiUrl", "http://localhost:8080"]).success();
    assert_eq!(set.stdout, "");
    assert_eq!(setting(&environment, "local.config.json"), "{\n  \"apiUrl\": \"http://localhost:8080\"\n}");
    environment.particle(["config", "local"]).success();
    environment
        .particle(["config"])
        .success()
        .stdout_has("Current profile: local\nUsing API: http://localhost:8080\nAccess token: null\n");
    assert_eq!(
        environment.particle(["config", "--list"]).success().stdout,
        "Available config files: \n1.) local\n2.) particle\n"
    );
    environment.particle(["config", "particle"]).success();
    environment.particle(["config"]).success().stdout_has("Access token: abc");
}

#[test]
fn use_sudo_for_dfu_is_kept_as_a_setting() {
    let environment = TestEnvironment::new();
    environment.particle(["config", "useSudoForDfu", "true"]).success();
    assert_eq!(setting(&environment, "particle.config.json"), "{\n  \"useSudoForDfu\": \"true\"\n}");
    environment.particle(["config", "set", "usesudofordfu"]).success();
    assert_eq!(setting(&environment, "particle.config.json"), "{}");
}

#[test]
fn unknown_settings_are_refused_without_force_and_kept() {
    let environment = TestEnvironment::new();
    write_setting(
        &environment,
        "local.config.json",
        r#"{"mine":{"deep":[1]},"apiUrl":"http://localhost:1"}"#,
    );
    environment.particle(["config", "local", "apiUri", "x"]).status(2).stderr_has("--force");
    environment.particle(["config", "local", "apiUri", "x", "--force"]).success();
    environment.particle(["config", "local", "proxyUrl", "http://localhost:3128"]).success();
    let stored: Value = serde_json::from_str(&setting(&environment, "local.config.json")).unwrap();
    assert_eq!((&stored["mine"], &stored["apiUri"]), (&json!({ "deep": [1] }), &json!("x")));
    environment.particle(["config", "local", "apiUri"]).success();
    assert!(!setting(&environment, "local.config.json").contains("apiUri"));
    environment.particle(["config", "local", "apiUri"]).status(4).stderr_has("has no setting apiUri");
}

#[test]
fn a_profile_can_be_deleted_unless_it_is_the_current_one() {
    let environment = TestEnvironment::new();
    environment.particle(["config", "local", "apiUrl", "http://localhost:8080"]).success();
    environment.particle(["config", "local", "--delete"]).status(2).stderr_has("--yes");
    environment
        .particle(["config", "--delete", "particle", "-y"])
        .status(2)
        .stderr_has("the current profile");
    environment
        .particle(["config", "other", "--delete", "-y"])
        .status(4)
        .stderr_has("there is no profile other");
    environment.particle(["config", "--delete", "local", "--yes"]).success();
    let list = environment.particle(["config", "--list"]).success();
    assert_eq!(list.stdout, "No configuration files found.\n");
}

#[test]
fn moving_a_profile_forgets_its_login() {
    let environment = TestEnvironment::new();
    write_setting(&environment, "particle.config.json", r#"{"access_token":"abc"}"#);
    environment
        .particle(["config", "set", "apiUrl", "http://localhost:8080"])
        .success()
        .stderr_has("the login in profile particle was forgotten");
    assert!(!setting(&environment, "particle.config.json").contains("abc"));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let environment = TestEnvironment::new();
    environment.particle(["config", "local", "apiUrl", "localhost:8080"]).status(2);
    environment.particle(["config", "../evil"]).status(2);
    environment.particle(["config", "env"]).status(2);
    environment.particle(["config", "apiUrl"]).status(2);
    assert!(!environment.home().join(".particle").exists());
}

#[test]
fn a_damaged_file_is_named_and_kept() {
    let environment = TestEnvironment::new();
    write_setting(&environment, "particle.config.json", "{\"access_token\":");
    for command in [&["whoami"][..], &["config", "set", "proxyUrl", "http://proxy"]] {
        environment.particle(command).status(1).stderr_has("particle.config.json is no JSON object");
    }
    assert_eq!(setting(&environment, "particle.config.json"), "{\"access_token\":");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let environment = TestEnvironment::new();
    let file = environment.work().join("file");
    fs::write(&file, "").unwrap();
    let mut command = environment.command(["config", "local", "apiUrl", "http://localhost:8080"]);
    command.env("PARTICLE_CONFIG_DIR", &file);
    run(command, "").status(1).stderr_has(file.to_str().unwrap());
}

#[test]
fn failures_are_json_too() {
    let environment = TestEnvironment::new();
    let failed = environment.particle(["whoami", "--json"]).status(3);
    assert_eq!(failed.stdout, "");
    let document: Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!(document["error"]["code"], "unauthorized");
    assert!(document["error"]["hint"].as_str().unwrap().contains("particle login"));
}

#[test]
fn results_are_json() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let login = environment.in_sandbox(["login", "--json", "-u", USERNAME, "-p", PASSWORD]).success().data();
    assert_eq!((&login["username"], &login["profile"]), (&json!(USERNAME), &json!("particle")));
    assert!(login.get("accessToken").is_none());
    assert_eq!(environment.in_sandbox(["whoami", "--json"]).data(), json!({ "username": USERNAME }));
    let logout = environment.in_sandbox(["logout", "--json"]).data();
    assert_eq!(logout, json!({ "username": USERNAME, "token": "revoked" }));
    let again = environment.in_sandbox(["logout", "--json"]).data();
    assert_eq!(again, json!({ "username": null, "token": "none" }));
}
