//! `particle sandbox` and `particle --sandbox COMMAND`.

use crate::support::{TestEnvironment, run};

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

#[test]
fn status_says_why_a_device_is_offline() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox::<&str>([]);
    environment
        .in_sandbox(["sandbox", "status"])
        .success()
        .stdout_has("photon [3a0027000000000000060001] is offline: the cloud holds another public key for this device")
        .stdout_has("electron [3a00270000000000000a0001] is online")
        .stdout_has("boron [e00fce6800000000000d0001] is online");
}

#[test]
fn buttons_and_cables_take_names_and_ids() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox::<&str>([]);
    environment.in_sandbox(["sandbox", "press", "electron", "dfu"]).success();
    environment.in_sandbox(["sandbox", "unplug", "E00FCE6800000000000D0001"]).success();
    assert_eq!(environment.device("electron")["mode"], "dfu");
    assert_eq!(environment.device("electron")["reason"], "the device is in DFU mode");
    assert_eq!(environment.device("boron")["reason"], "the device is unplugged");
    environment.in_sandbox(["sandbox", "plug", "boron"]).success();
    assert_eq!(environment.device("boron")["online"], true);
    environment.in_sandbox(["sandbox", "press", "toaster", "dfu"]).status(4).stderr_has("toaster");
    drop(sandbox);
}

#[test]
fn what_happens_without_a_running_sandbox_is_kept() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["sandbox", "reset", "--time-scale", "0.01"]).success();
    environment.in_sandbox(["sandbox", "press", "boron", "dfu"]).success();
    assert_eq!(environment.device("boron")["mode"], "dfu");
    environment.in_sandbox(["sandbox", "press", "boron", "listen"]).status(6).stderr_has("takes no notice");
    environment.in_sandbox(["sandbox", "press", "boron", "reset"]).success();
    assert_eq!(environment.device("boron")["online"], true);
}

#[test]
fn the_login_is_kept_from_run_to_run_and_lost_by_a_reset() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let sandbox = environment.start_sandbox(["--port", "0"]);
    environment.in_sandbox(["whoami"]).success().stdout_has("ada@example.com");
    environment.in_sandbox(["sandbox", "reset"]).status(7).stderr_has("another process");
    drop(sandbox);
    environment.in_sandbox(["whoami"]).success();
    environment.in_sandbox(["sandbox", "reset"]).success();
    environment.in_sandbox(["whoami"]).status(3);
}

#[test]
fn a_sandbox_that_was_killed_does_not_stand_in_the_way() {
    let environment = TestEnvironment::new();
    drop(environment.start_sandbox::<&str>([]));
    assert!(environment.state().with_extension("json.running").is_file(), "killed, it could not clean up");
    environment.in_sandbox(["sandbox", "status"]).success();
    assert!(!environment.state().with_extension("json.running").exists());
}

#[test]
fn commands_without_a_running_sandbox_take_turns() {
    let environment = TestEnvironment::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| environment.in_sandbox(["sandbox", "status"]).success());
        }
    });
}

#[test]
fn the_bench_can_hold_any_board_and_start_in_any_mode() {
    let environment = TestEnvironment::new();
    let boards =
        ["core", "photon", "p1", "electron", "argon", "boron", "b5som", "tracker", "p2", "msom", "p2"];
    let _sandbox = environment.start_sandbox([
        "--devices",
        &boards.join(","),
        "--mode",
        "argon=dfu",
        "--mode",
        "core=listening",
    ]);
    assert_eq!(environment.device("argon")["mode"], "dfu");
    assert_eq!(environment.device("core")["reason"], "the device is in listening mode");
    for board in ["p1", "electron", "boron", "b5som", "tracker", "p2", "msom", "p2_2"] {
        assert_eq!(environment.device(board)["online"], true, "{board}");
    }
}

#[test]
fn boards_that_are_not_there_and_a_bench_that_is_are_usage_errors() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["sandbox", "--devices", "toaster"]).status(2);
    environment.in_sandbox(["sandbox", "status"]).success();
    environment.in_sandbox(["sandbox", "--devices", "core"]).status(2).stderr_has("has its devices already");
    environment.in_sandbox(["sandbox", "--mode", "toaster=dfu"]).status(4);
    environment.in_sandbox(["sandbox", "reset", "--devices", "core"]).success();
    assert_eq!(environment.device("core")["platform"], "core");
}

#[test]
fn faults_strike_the_cloud_as_often_as_ordered() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let _sandbox = environment.start_sandbox(["--fault", "http-403@GET:/v1/user", "--fault", "cut@/v1/user"]);
    environment.in_sandbox(["whoami"]).status(7);
    environment.in_sandbox(["whoami"]).success();
    environment.in_sandbox(["sandbox", "--fault", "melt@lunch"]).status(2).stderr_has("melt");
}

#[test]
fn a_bare_flag_means_the_sandbox_of_the_environment_or_of_the_user() {
    let environment = TestEnvironment::new();
    let bare = || environment.command(["--sandbox", "completions", "bash"]);
    let in_environment = |mut command: std::process::Command| {
        command.env("PARTICLE_SANDBOX_STATE", environment.state());
        run(command, "").success()
    };
    in_environment(bare());
    assert!(environment.state().is_file());
    in_environment(environment.command(["--sandbox", "sandbox", "press", "photon", "dfu"]));
    assert_eq!(environment.device("photon")["mode"], "dfu");
    let mut command = bare();
    command.env("XDG_STATE_HOME", environment.home());
    run(command, "").success();
    #[cfg(target_os = "linux")]
    assert!(environment.home().join("particle/sandbox.json").is_file());
}

#[test]
fn the_demonstration_brings_a_device_online() {
    let environment = TestEnvironment::new();
    environment
        .particle(["sandbox", "demo", "--time-scale", "0.01"])
        .success()
        .stdout_has("$ particle --sandbox keys doctor 3a0027000000000000060001")
        .stdout_has("is offline: the cloud holds another public key for this device")
        .stdout_has("photon [3a0027000000000000060001] is online");
    assert_eq!(std::fs::read_dir(environment.work()).unwrap().count(), 0);
    assert!(!environment.home().join(".particle").exists());
    let shown = environment.particle(["--json", "sandbox", "demo", "--time-scale", "0.01"]).success();
    assert_eq!(shown.data()["online"], true);
}

#[test]
fn devices_can_be_old_and_protected() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--os-version", "boron=1.5.2", "--protect", "electron"]);
    assert_eq!(environment.device("boron")["osVersion"], "1.5.2");
    assert_eq!(environment.device("electron")["protected"], true);
}

#[test]
fn the_state_may_be_named_before_and_behind_a_subcommand() {
    let environment = TestEnvironment::new();
    let state = environment.state().display().to_string();
    environment.particle(["sandbox", "--state", &state, "status"]).success();
    environment.particle(["sandbox", "status", "--state", &state]).success();
    environment.particle(["sandbox", "--port", "3", "status"]).status(2).stderr_has("only --state");
}
