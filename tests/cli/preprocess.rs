//! `particle preprocess`.

use crate::support::{TestEnvironment, read, run};
use serde_json::json;
use std::fs;

const SKETCH: &str = "Timer timer(1000, tick);\nvoid setup() {}\nvoid tick() {}\n";
const CPP: &str = "\
// THIS IS A GENERATED FILE - DO NOT EDIT
#include \"Particle.h\"
#line 1 \"app.ino\"
void setup();
void tick();
#line 1 \"app.ino\"
Timer timer(1000, tick);
void setup() {}
void tick() {}
";

#[test]
fn a_sketch_becomes_cpp_beside_it() {
    let environment = TestEnvironment::new();
    fs::create_dir(environment.work().join("src")).unwrap();
    fs::write(environment.work().join("src/app.ino"), SKETCH).unwrap();
    for _ in 0..2 {
        assert_eq!(environment.particle(["preprocess", "src/app.ino"]).success().stdout, "");
        assert_eq!(read(&environment.work().join("src/app.cpp")), CPP);
    }
    let named = ["--json", "preprocess", "src/app.ino", "--name", "x.ino", "--saveTo", "out.cpp"];
    let output = environment.particle(named).success();
    assert_eq!(output.data(), json!({ "file": "out.cpp", "source": null }));
    assert_eq!(read(&environment.work().join("out.cpp")), CPP.replace("app.ino", "x.ino"));
}

#[test]
fn standard_streams() {
    let environment = TestEnvironment::new();
    let piped = |arguments: &[&str]| run(environment.command(arguments), SKETCH).success();
    assert_eq!(piped(&["preprocess", "-", "--name", "app.ino", "--saveTo", "-"]).stdout, CPP);
    assert_eq!(piped(&["preprocess", "-"]).stdout, CPP.replace("app.ino", "stdin"));
    let output = piped(&["--json", "preprocess", "-", "--name", "app.ino"]);
    assert_eq!(output.data(), json!({ "file": null, "source": CPP }));
}

#[test]
fn what_somebody_wrote_is_not_overwritten() {
    let environment = TestEnvironment::new();
    let target = environment.work().join("app.cpp");
    fs::write(environment.work().join("app.ino"), SKETCH).unwrap();
    fs::write(&target, "int mine;").unwrap();
    environment.particle(["preprocess", "app.ino"]).status(1).stderr_has("was not generated");
    assert_eq!(read(&target), "int mine;");
    environment.particle(["preprocess", "app.cpp"]).status(2).stderr_has("--saveTo");
    environment.particle(["preprocess", "app.ino", "--saveTo", "app.cpp"]).success();
    assert_eq!(read(&target), CPP);
}

#[test]
fn a_missing_sketch_leaves_nothing_behind() {
    let environment = TestEnvironment::new();
    environment.particle(["preprocess", "app.ino"]).status(4).stderr_has("cannot read app.ino");
    assert_eq!(fs::read_dir(environment.work()).unwrap().count(), 0);
    environment.particle(["preprocess"]).status(2);
}
