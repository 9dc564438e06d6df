//! The cable is pulled at every step of flashing, at the first, a middle and the last block; the same command recovers.

use crate::support::{
    TestEnvironment,
    firmware::put,
    flashing::{MODULE_SIZE, application, memory, platform, sized, start_of, system_part},
};
use particle::{
    firmware::{Asset, ModuleFunction, ModuleParts},
    platform::{Anchor, Mcu},
};
use serde_json::{Value, json};

/// Bytes that a device takes at a time by control request.
const PIECE_SIZE: usize = 1024;

/// Flashes these modules again and again, plugging the device in after each fault, until all faults have struck and
/// everything is there.
fn recover(name: &str, modules: &[(&str, ModuleParts)]) {
    let environment = TestEnvironment::new();
    let faults = faults(name, modules.len());
    let mut arguments = vec!["--devices", name];
    arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault.as_str()]));
    let sandbox = environment.start_sandbox(arguments);
    let mut command = vec!["--json", "flash", "--local", "--application-only"];
    let files: Vec<Vec<u8>> = modules.iter().map(|(_, parts)| sized(parts.clone())).collect();
    for ((file, _), bytes) in modules.iter().zip(&files) {
        put(&environment, file, bytes);
        command.push(file);
    }
    let mut failures = 0;
    let flashed = loop {
        let output = environment.in_sandbox(&command);
        if output.status == 0 {
            break output.data();
        }
        failures += 1;
        let output = output.status(8);
        assert!(output.stderr.contains("same command again"), "{name}: {}", output.stderr);
        assert!(failures <= faults.len(), "{name}: {}", output.stderr);
        environment.in_sandbox(["sandbox", "plug", name]).success();
    };
    assert_eq!(failures, faults.len(), "{name}: {flashed}");
    assert_eq!(flashed[0]["done"], true, "{name}");
    // The last fault was at the restart: nothing was left to be written.
    assert_eq!(flashed[0]["skipped"].as_array().unwrap().len(), modules.len(), "{name}: {flashed}");
    for ((file, parts), bytes) in modules.iter().zip(&files) {
        let found = memory(&environment, &sandbox, 0, start_of(parts), MODULE_SIZE);
        assert!(found == *bytes, "{name}: {file} is not what the device holds");
    }
}

/// One fault at the first erase, three at blocks of each module, one at the restart. Faults count what happens over
/// all runs; a run begins anew with the module that the one before did not finish.
fn faults(name: &str, modules: usize) -> Vec<String> {
    let blocks = MODULE_SIZE / usize::from(platform(name).flash.unwrap().transfer_size);
    let mut faults = vec!["unplug@dfu-erase".to_owned()];
    let mut written = 0;
    for _ in 0..modules {
        for block in [1, blocks / 2 + 1, blocks] {
            written += block;
            faults.push(format!("unplug@dfu-write:{written}"));
        }
        // The run after the last of these writes the module as a whole.
        written += blocks;
    }
    faults.push("unplug@dfu-leave".to_owned());
    faults
}

/// A test for each of some boards.
macro_rules! boards {
    ($check:ident: $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                super::$check(stringify!($name));
            }
        )*
    };
}

mod system_and_application {
    boards!(recover_both: photon p1 electron argon boron bsom b5som tracker xenon esomx p2 msom);
}

fn recover_both(name: &str) {
    recover(name, &[("system.bin", system_part(name)), ("app.bin", application(name))]);
}

#[test]
fn core() {
    recover("core", &[("app.bin", application("core"))]);
}

mod bootloaders {
    boards!(
        recover_bootloader:
        photon p1 electron argon boron bsom b5som tracker xenon esomx p2 trackerm msom
    );
}

/// A bootloader, which no bootloader writes, goes to the running system: pulled at the announcement, at the first, a
/// middle and the last piece, and at the end.
fn recover_bootloader(name: &str) {
    let environment = TestEnvironment::new();
    let pieces = MODULE_SIZE / PIECE_SIZE;
    let (middle, last) = (1 + pieces / 2, 1 + pieces / 2 + pieces);
    let faults = [
        "unplug@control:250".to_owned(),
        "unplug@control:253#1".to_owned(),
        format!("unplug@control:253#{middle}"),
        format!("unplug@control:253#{last}"),
        "unplug@control:251".to_owned(),
    ];
    let mut arguments = vec!["--devices", name];
    arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault.as_str()]));
    let _sandbox = environment.start_sandbox(arguments);
    put(&environment, "boot.bin", sized(bootloader(name)));
    for fault in &faults {
        let output = environment.in_sandbox(["flash", "--usb", "boot.bin"]).status(8);
        assert!(output.stderr.contains("same command again"), "{name} {fault}: {}", output.stderr);
        environment.in_sandbox(["sandbox", "plug", name]).success();
        assert_eq!(environment.device(name)["mode"], "normal", "{name} {fault}");
    }
    environment.in_sandbox(["flash", "--usb", "boot.bin"]).success();
    assert_eq!(bootloader_version(&environment), 9000, "{name}");
    assert_eq!(environment.device(name)["mode"], "normal", "{name}");
}

/// The version of the bootloader that the only device tells of.
fn bootloader_version(environment: &TestEnvironment) -> u64 {
    let inspected = environment.in_sandbox(["--json", "serial", "inspect"]).success().data();
    let modules = inspected["modules"].as_array().unwrap();
    let is_meant = |module: &&Value| module["function"] == "bootloader" && module["index"] == 0;
    modules.iter().find(is_meant).unwrap()["version"].as_u64().unwrap()
}

/// The bootloader of a board, newer than any.
fn bootloader(name: &str) -> ModuleParts {
    let place = platform(name).firmware.unwrap().system_module(ModuleFunction::Bootloader, 0).unwrap();
    let table = match platform(name).mcu {
        Mcu::Stm32f205 => 0x184,
        Mcu::Nrf52840 => 0x200,
        _ => 0,
    };
    ModuleParts {
        version: 9000,
        before_prefix: vec![0; table],
        ..ModuleParts::new(platform(name).id, ModuleFunction::Bootloader, 0, place.anchors[0])
    }
}

mod bootloaders_in_dfu_mode {
    boards!(
        recover_staged_bootloader:
        photon p1 electron argon boron bsom b5som tracker xenon esomx
    );
}

/// The same in DFU mode, where the bootloader is left for the system to find; one time the cable is pulled when all that
/// is missing is the flag that tells the system of it.
fn recover_staged_bootloader(name: &str) {
    let environment = TestEnvironment::new();
    let blocks = MODULE_SIZE / usize::from(platform(name).flash.unwrap().transfer_size);
    // The first run ends at its second block; the runs after it write the module as a whole.
    let last = format!("unplug@dfu-write:{}", 2 + blocks);
    let flag = format!("unplug@dfu-write:{}", 2 + blocks + blocks + 1);
    let faults = [
        ("unplug@dfu-write:2", "Error writing firmware: boot.bin"),
        (&last, "Error writing firmware: boot.bin"),
        (&flag, "Error writing firmware: the flag for it"),
        ("unplug@dfu-leave", ""),
    ];
    let mode = format!("{name}=dfu");
    let mut arguments = vec!["--devices", name, "--mode", &mode];
    arguments.extend(faults.iter().flat_map(|(fault, _)| ["--fault", fault]));
    let _sandbox = environment.start_sandbox(arguments);
    put(&environment, "boot.bin", sized(bootloader(name)));
    for (fault, told) in faults {
        let output = environment.in_sandbox(["flash", "--usb", "boot.bin"]).status(8);
        assert!(output.stderr.contains(told), "{name} {fault}: {}", output.stderr);
        output.stderr_has("same command again");
        environment.in_sandbox(["sandbox", "plug", name]).success();
        environment.in_sandbox(["usb", "dfu"]).success();
    }
    environment.in_sandbox(["flash", "--usb", "boot.bin"]).success();
    assert_eq!(bootloader_version(&environment), 9000, "{name}");
}

#[test]
fn the_switch_into_dfu_mode() {
    for name in ["photon", "boron", "p2"] {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(["--devices", name, "--fault", "unplug@control:50"]);
        let bytes = sized(application(name));
        put(&environment, "app.bin", &bytes);
        environment
            .in_sandbox(["flash", "--usb", "app.bin"])
            .status(8)
            .stderr_has("the device was disconnected")
            .stderr_has("same command again");
        environment.in_sandbox(["sandbox", "plug", name]).success();
        environment.in_sandbox(["flash", "--usb", "app.bin"]).success();
        let found = memory(&environment, &sandbox, 0, start_of(&application(name)), MODULE_SIZE);
        assert!(found == bytes, "{name}");
    }
}

/// A former application is ended before the new one is written: pulled when its head is erased, when its head is
/// written, and at a later sector of the new one.
#[test]
fn the_end_of_a_former_application() {
    const FORMER: u32 = 0xD_4000;
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "boron"]);
    let former = ModuleParts { index: 1, anchor: Anchor::Start(FORMER), ..application("boron") };
    put(&environment, "former.bin", sized(former));
    environment.in_sandbox(["flash", "--usb", "former.bin"]).success();
    assert!(sandbox.interrupt().success());

    let faults = ["unplug@dfu-erase", "unplug@dfu-write", "unplug@dfu-erase:6"];
    let sandbox = environment.start_sandbox(faults.iter().flat_map(|fault| ["--fault", fault]));
    let bytes = sized(application("boron"));
    put(&environment, "app.bin", &bytes);
    let what = ["the place of the former application", "the place of the former application", "app.bin"];
    for what in what {
        environment
            .in_sandbox(["flash", "--usb", "app.bin"])
            .status(8)
            .stderr_has(&format!("Error writing firmware: {what}"))
            .stderr_has("same command again");
        environment.in_sandbox(["sandbox", "plug", "boron"]).success();
    }
    environment.in_sandbox(["flash", "--usb", "app.bin"]).success();
    assert!(memory(&environment, &sandbox, 0, FORMER, 4096) == [0xFF; 4096]);
    assert!(memory(&environment, &sandbox, 0, 0xB_4000, MODULE_SIZE) == bytes);
}

/// The files of a bundle: pulled when the first one is announced, sent and finished, and when the second one is sent.
#[test]
fn the_files_of_a_bundle() {
    let environment = TestEnvironment::new();
    let faults = [
        ("unplug@control:250", "cat.txt"),
        ("unplug@control:253", "cat.txt"),
        ("unplug@control:251", "cat.txt"),
        ("unplug@control:253#4", "dog.txt"),
    ];
    let mut arguments = vec!["--devices", "boron"];
    arguments.extend(faults.iter().flat_map(|(fault, _)| ["--fault", fault]));
    let _sandbox = environment.start_sandbox(arguments);
    put(&environment, "app.bin", sized(application("boron")));
    put(&environment, "assets/cat.txt", "meow");
    put(&environment, "assets/dog.txt", "woof");
    environment.in_sandbox(["bundle", "app.bin", "--assets", "assets", "--saveTo", "bundle.zip"]).success();
    for (fault, file) in faults {
        let output = environment.in_sandbox(["flash", "--usb", "bundle.zip"]).status(8);
        let text = format!("Error writing firmware: {file}");
        assert!(output.stderr.contains(&text), "{fault}: {}", output.stderr);
        output.stderr_has("same command again");
        environment.in_sandbox(["sandbox", "plug", "boron"]).success();
    }
    let flashed = environment.in_sandbox(["--json", "flash", "--usb", "bundle.zip"]).success().data();
    assert_eq!(flashed[0]["flashed"], json!(["dog.txt"]));
    let again = environment.in_sandbox(["--json", "flash", "--usb", "bundle.zip"]).success().data();
    assert_eq!(again[0]["skipped"].as_array().unwrap().len(), 3, "{again}");
    assert_eq!(environment.device("boron")["mode"], "normal");
}

mod large_assets {
    boards!(recover_large_asset: boron tracker p2);
}

/// A file of many pieces: pulled at a middle piece and at the last one.
fn recover_large_asset(name: &str) {
    let environment = TestEnvironment::new();
    // Bytes that cannot be compressed.
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let data: Vec<u8> =
        std::iter::successors(Some(1), next).map(|state| (state >> 24) as u8).take(50_000).collect();
    let asset = Asset { name: "song.mp3".to_owned(), data };
    let pieces = asset.to_module().unwrap().len().div_ceil(PIECE_SIZE);
    assert!(pieces > 40);
    let middle = pieces / 2;
    let faults = [middle, middle + pieces].map(|piece| format!("unplug@control:253#{piece}"));
    let mut arguments = vec!["--devices", name];
    arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
    let _sandbox = environment.start_sandbox(arguments);
    put(&environment, "app.bin", sized(application(name)));
    put(&environment, "assets/song.mp3", &asset.data);
    environment.in_sandbox(["bundle", "app.bin", "--assets", "assets", "--saveTo", "bundle.zip"]).success();
    for fault in &faults {
        let output = environment.in_sandbox(["flash", "--usb", "bundle.zip"]).status(8);
        let text = "Error writing firmware: song.mp3";
        assert!(output.stderr.contains(text), "{name} {fault}: {}", output.stderr);
        output.stderr_has("same command again");
        environment.in_sandbox(["sandbox", "plug", name]).success();
    }
    let flashed = environment.in_sandbox(["--json", "flash", "--usb", "bundle.zip"]).success().data();
    assert_eq!(flashed[0]["flashed"], json!(["song.mp3"]), "{name}");
    assert_eq!(flashed[0]["skipped"], json!(["app.bin"]), "{name}");
    assert_eq!(environment.device(name)["mode"], "normal", "{name}");
}
