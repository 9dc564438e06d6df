//! `particle sandbox` and `particle --sandbox COMMAND`.

use crate::support::TestEnvironment;

#[cfg(unix)]
#[test]
fn ctrl_c_is_how_a_sandbox_ends() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox::<&str>([]);
    assert!(sandbox.api_url().starts_with("http://127.0.0.1:"));
    assert!(sandbox.interrupt().success());
    assert!(environment.state().is_file());
}

#[test]
fn a_second_sandbox_on_the_same_state_is_busy() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox::<&str>([]);
    let state = environment.state();
    environment
        .particle(["sandbox".as_ref(), "--state".as_ref(), state.as_os_str()])
        .status(7)
        .stderr_has("another process is using the sandbox state");
}

#[test]
fn a_command_starts_its_own_sandbox_and_leaves_the_home_folder_alone() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["completions", "bash"]).success();
    assert!(environment.state().is_file());
    assert!(environment.profile().join("particle.config.json").is_file());
    assert_eq!(std::fs::read_dir(environment.home()).unwrap().count(), 0);
}

#[test]
fn a_damaged_state_is_an_error_and_is_kept() {
    let environment = TestEnvironment::new();
    std::fs::write(environment.state(), "{").unwrap();
    environment.in_sandbox(["completions", "bash"]).status(1).stderr_has("is damaged");
    assert_eq!(std::fs::read(environment.state()).unwrap(), b"{");
}
