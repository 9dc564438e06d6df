//! `library list`, `search` and `add`, and what all commands that ask for libraries have in common.

#[cfg(unix)]
use crate::support::terminal::run_on_terminal;
use crate::support::{
    TestEnvironment,
    libraries::{at, make_project, project, sandbox},
    portal::run_behind_portal,
    read,
};
use serde_json::{Value, json};
use std::{fs, net::TcpListener};

const MINE: &str = "My Libraries\nTrafficLight 1.0.0 12 Three lamps, of which one is on\n";
const INTERNET_BUTTON: &str =
    "InternetButton 0.1.11 [verified] 7680 Four buttons, and a sensor that knows which way is down\n";
const ROLLING_AVERAGE: &str = "RollingAverage 1.1.0 [official] 5120 The average of the last few values\n";
const DOOR_CHIME: &str = "DoorChime 0.2.0 48 A chime of two notes\n";

#[test]
fn list_shows_ones_own_and_those_of_others() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let list = environment.in_sandbox(["library", "list"]).success();
    let community = format!("\nCommunity Libraries\n{ROLLING_AVERAGE}{INTERNET_BUTTON}{DOOR_CHIME}");
    assert_eq!((list.stdout, list.stderr), (format!("{MINE}{community}"), String::new()));
    let alias = environment.in_sandbox(["libraries", "list", "mine", "--non-interactive"]).success();
    assert_eq!(alias.stdout, MINE);
}

#[test]
fn list_has_sections_filters_and_pages() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let list = |arguments: &[&str]| {
        environment.in_sandbox([&["library", "list"], arguments].concat()).success().stdout
    };
    assert_eq!(
        list(&["official", "verified"]),
        format!("Official Libraries\n{ROLLING_AVERAGE}\nVerified Libraries\n{INTERNET_BUTTON}")
    );
    assert_eq!(list(&["featured"]), format!("Featured Libraries\n{INTERNET_BUTTON}"));
    let popular = list(&["popular", "--limit", "2"]);
    assert_eq!(popular, format!("Popular Libraries\n{INTERNET_BUTTON}{ROLLING_AVERAGE}"));
    let recent = list(&["recent", "--limit=1"]);
    assert!(
        recent.starts_with("Recently added/updated Libraries\nTrafficLight 1.0.0 [mine] 12 "),
        "{recent}"
    );
    let second = list(&["community", "--limit", "2", "--page", "2"]);
    assert_eq!(second, format!("Community Libraries page 2\n{DOOR_CHIME}"));
    let sorted = list(&["community", "--sort", "name", "--limit", "2"]);
    assert_eq!(sorted, format!("Community Libraries\n{DOOR_CHIME}{INTERNET_BUTTON}"));
    let newest = list(&["community", "--sort", "date"]);
    assert_eq!(newest, format!("Community Libraries\n{DOOR_CHIME}{INTERNET_BUTTON}{ROLLING_AVERAGE}"));
    assert_eq!(list(&["--filter", "CHIME"]), format!("Community Libraries\n{DOOR_CHIME}"));
    let nothing = environment.in_sandbox(["library", "list", "--page", "9"]).success();
    assert_eq!(
        (nothing.stdout.as_str(), nothing.stderr.as_str()),
        ("", "There are no libraries like that.\n")
    );
    environment.in_sandbox(["library", "list", "everything"]).status(2).stderr_has("official, verified");
    environment.in_sandbox(["library", "list", "--page", "0"]).status(2);
}

#[cfg(unix)]
#[test]
fn list_turns_pages_on_a_terminal() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let command = || environment.sandbox_command(["library", "list", "community", "--limit", "2"]);
    let question = "Press ENTER for next page";
    let all = run_on_terminal(command(), &[(question, "\r"), (question, "\r")]).success();
    assert!(all.stdout.contains("page 2") && all.stdout.contains("DoorChime"), "{}", all.stdout);
    let first = run_on_terminal(command(), &[(question, "\u{3}")]).success();
    assert!(!first.stdout.contains("page 2"), "{}", first.stdout);
}

#[test]
fn search_ignores_the_case_of_letters() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let found = environment.in_sandbox(["library", "search", "internet"]).success();
    assert_eq!(found.stdout, format!("> Found 1 library matching internet\n{INTERNET_BUTTON}"));
    let several = environment.in_sandbox(["library", "search", "I"]).success();
    assert!(several.stdout.starts_with("> Found 4 libraries matching I\n"), "{}", several.stdout);
    let none = environment.in_sandbox(["library", "search", "nothing"]).success();
    assert_eq!(none.stdout, "> Found 0 libraries matching nothing\n");
}

#[test]
fn add_writes_the_library_and_what_it_needs() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    make_project(&environment, "# mine\r\nname=doorbell\r\n");
    let added = environment.in_sandbox(["library", "add", "internetbutton@0.1.10"]).success();
    assert_eq!(
        added.stdout,
        "> Library InternetButton 0.1.10 has been added to the project.\n\
         > Library RollingAverage 1.1.0 has been added to the project.\n\
         > To get started using this library, run particle library view InternetButton to view the library \
         documentation and sources.\n"
    );
    let used = |button, average| {
        format!(
            "# mine\r\nname=doorbell\r\ndependencies.InternetButton={button}\r\n\
             dependencies.RollingAverage={average}\r\n"
        )
    };
    assert_eq!(project(&environment), used("0.1.10", "1.1.0"));
    make_project(&environment, &used("0.1.10", "1.0.0"));
    environment
        .in_sandbox(["library", "add", "internetbutton"])
        .success()
        .stdout_has("> Library InternetButton 0.1.11 has been added")
        .stderr_has("RollingAverage 1.0.0 stays, though 1.1.0 is asked for.");
    assert_eq!(project(&environment), used("0.1.11", "1.0.0"));
}

#[test]
fn add_knows_a_name_in_other_letters() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    make_project(&environment, "dependencies.rollingaverage=1.0.0\nname=x\n");
    environment.in_sandbox(["library", "add", "ROLLINGAVERAGE"]).success();
    assert_eq!(project(&environment), "name=x\ndependencies.RollingAverage=1.1.0\n");
}

#[test]
fn add_works_for_libraries_too() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    fs::remove_file(environment.work().join("project.properties")).unwrap();
    environment
        .in_sandbox(["library", "add", "doorchime"])
        .status(4)
        .stderr_has("Project or library not found in directory ");
    fs::write(environment.work().join("library.properties"), "name=bell\n").unwrap();
    environment.in_sandbox(["library", "add", "doorchime"]).success();
    let library = read(&environment.work().join("library.properties"));
    assert_eq!(library, "name=bell\ndependencies.DoorChime=0.2.0\n");
}

#[test]
fn libraries_that_are_not_there_are_not_found() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    for command in ["add", "view", "copy", "install"] {
        let unknown = environment.in_sandbox(["library", command, "nolib"]).status(4);
        unknown.stderr_has("Library nolib not found").stderr_has("`particle library search nolib`");
        let version = environment.in_sandbox(["library", command, "internetbutton@9.9.9"]).status(4);
        version.stderr_has("Library InternetButton 9.9.9 not found");
        environment.in_sandbox(["library", command, "lib@"]).status(2).stderr_has("NAME@VERSION");
        // Grace has not published it.
        environment.in_sandbox(["library", command, "doorchime@0.3.0"]).status(4);
    }
    assert_eq!(project(&environment), "name=doorbell\n");
    assert!(!environment.work().join("lib").exists());
}

#[test]
fn results_are_json() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let data = |arguments: &[&str]| -> Value {
        environment.in_sandbox([&["--json", "library"], arguments].concat()).success().data()
    };
    let found = data(&["search", "internet"]);
    assert_eq!(found, data(&["list", "featured"]));
    let mut library = found[0].clone();
    assert!(library["downloadUrl"].take().as_str().unwrap().ends_with("/InternetButton-0.1.11.tar.gz"));
    let expected = json!({
        "name": "InternetButton",
        "version": "0.1.11",
        "author": "Particle",
        "sentence": "Four buttons, and a sensor that knows which way is down",
        "paragraph": null,
        "license": "Apache-2.0",
        "url": null,
        "repository": null,
        "architectures": ["*"],
        "dependencies": { "RollingAverage": "1.1.0" },
        "installs": 7680,
        "official": false,
        "verified": true,
        "mine": false,
        "visibility": "public",
        "downloadUrl": null,
    });
    assert_eq!(library, expected);
    let viewed = data(&["view", "internetbutton@0.1.10", "--header"]);
    assert_eq!((&viewed["name"], &viewed["version"]), (&json!("InternetButton"), &json!("0.1.10")));
    assert_eq!(viewed["parts"][0]["part"], "header");
    assert_eq!(viewed["parts"][0]["file"], "src/InternetButton.h");
    assert!(viewed["parts"][0]["content"].as_str().unwrap().contains("class InternetButton"));
    assert_eq!(viewed["needed"][0]["name"], "RollingAverage");
    let added = data(&["add", "doorchime"]);
    assert_eq!(added["added"], json!([{ "name": "DoorChime", "version": "0.2.0", "previous": null }]));
    let copied = data(&["copy", "doorchime"]);
    assert!(copied[0]["directory"].as_str().unwrap().ends_with("/lib/DoorChime"), "{copied}");
    assert_eq!(data(&["install", "doorchime", "--dest", "there"])[0]["directory"], "there/DoorChime@0.2.0");
}

/// Every command that asks the cloud about libraries.
const COMMANDS: [&[&str]; 6] = [
    &["library", "list"],
    &["library", "search", "x"],
    &["library", "add", "doorchime"],
    &["library", "view", "doorchime"],
    &["library", "copy", "doorchime"],
    &["library", "install", "doorchime"],
];

#[test]
fn libraries_need_a_login() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon"]);
    make_project(&environment, "name=x\n");
    for command in COMMANDS {
        environment.in_sandbox(command).status(3).stderr_has("You're not logged in.");
        at(&environment, sandbox.api_url(), command).status(3).stderr_has("particle login");
    }
    assert_eq!(project(&environment), "name=x\n");
}

#[test]
fn a_cloud_in_trouble_is_told_from_a_missing_library() {
    for (fault, text) in [
        ("http-500@/v1/libraries*", "HTTP 500"),
        ("http-429@/v1/libraries*", "try again in"),
        ("cut@/v1/libraries*", "was lost"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        for command in COMMANDS {
            environment.in_sandbox(command).status(5).stderr_has(text);
        }
        assert_eq!(project(&environment), "name=doorbell\n");
    }
}

#[test]
fn a_web_page_is_no_library() {
    for command in &COMMANDS[..2] {
        run_behind_portal(*command)
            .status(5)
            .stderr_has("answered something else than the Particle API does");
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_named() {
    let environment = TestEnvironment::new();
    make_project(&environment, "name=x\n");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for command in COMMANDS {
        at(&environment, &url, command).status(5).stderr_has("cannot reach 127.0.0.1:");
    }
}
