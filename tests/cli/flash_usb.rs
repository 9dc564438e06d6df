//! `flash --usb`, `--local` and `--factory`: attached devices.

#[cfg(unix)]
use crate::support::terminal::run_on_terminal_with;
use crate::support::{
    Output, TestEnvironment,
    firmware::{needs, put},
    flashing::{MODULE_SIZE, application, memory, platform, sized, start_of, system_part},
};
use particle::{
    firmware::{Asset, Module, ModuleFunction, ModuleParts, Product, with_assets},
    platform::Anchor,
};

const SOURCE: &str = "void setup() { Particle.function(\"brew\", brew); }\nvoid loop() {}\n";

fn flash(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["flash"], arguments].concat())
}

/// An application for a board, in `app.bin`.
fn app(environment: &TestEnvironment, name: &str) -> Vec<u8> {
    let bytes = sized(application(name));
    put(environment, "app.bin", &bytes);
    bytes
}

#[test]
fn an_application_is_flashed_once_and_the_device_runs_again() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    let bytes = app(&environment, "boron");
    let output = flash(&environment, &["--usb", "app.bin"]).success();
    assert_eq!(output.stdout, "\nFlash success!\n");
    assert_eq!(output.stderr, "Switching device to dfu mode\nFlashing app.bin\n");
    assert_eq!(environment.device("boron")["mode"], "normal");
    flash(&environment, &["--usb", "app.bin"])
        .success()
        .stderr_has("Skipping app.bin because it already exists on the device");
    let again = flash(&environment, &["--usb", "app.bin", "--force"]).success();
    assert!(again.stderr.contains("Flashing app.bin"), "{}", again.stderr);
    assert!(memory(&environment, &sandbox, 0, 0xB_4000, MODULE_SIZE) == bytes);
    // A device in DFU mode is flashed as it is, and started.
    flash(&environment, &["--usb", "app.bin"]).success();
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[test]
fn known_applications_are_flashed_and_kept() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon"]);
    flash(&environment, &["--usb", "tinker", "--offline"])
        .status(4)
        .stderr_has("leave --offline out once, and it is kept for the next time");
    flash(&environment, &["--usb", "tinker"]).success().stderr_has("Flashing tinker-photon.bin");
    let again = flash(&environment, &["--usb", "tinker", "--offline", "--force"]).success();
    assert!(!again.stderr.contains("fetching"), "{}", again.stderr);
    flash(&environment, &["--usb", "cc3000"])
        .status(4)
        .stderr_has("I don't have a cc3000 binary for Photon.");
    flash(&environment, &["--usb", "teapot"]).status(4).stderr_has("I couldn't find that file: teapot");
}

#[test]
fn a_plan_can_be_looked_at_without_touching_the_device() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    let bytes = app(&environment, "boron");
    let text = flash(&environment, &["--usb", "app.bin", "--dry-run"]).success().stdout;
    let lines: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
    let expected = [
        "1 restart into DFU mode",
        "2 write the place of the former application (blank): 4096 bytes at 0x000d4000 of memory 0",
        "3 write app.bin (module): 16384 bytes at 0x000b4000 of memory 0",
        "4 restart",
        "Nothing was written.",
    ];
    assert_eq!(lines, expected);
    let plan = flash(&environment, &["--usb", "app.bin", "--dry-run", "--json"]).success().data();
    let steps: Vec<&str> =
        plan[0]["steps"].as_array().unwrap().iter().map(|step| step["do"].as_str().unwrap()).collect();
    assert_eq!(steps, ["enterDfu", "write", "write", "restart"]);
    assert_eq!(plan[0]["steps"][2]["address"], 0xB_4000);
    assert_eq!(environment.device("boron")["mode"], "normal");
    assert!(memory(&environment, &sandbox, 0, 0xB_4000, MODULE_SIZE) != bytes);
}

#[test]
fn a_former_application_is_ended() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    let former = ModuleParts { index: 1, anchor: Anchor::Start(0xD_4000), ..application("boron") };
    put(&environment, "former.bin", sized(former));
    flash(&environment, &["--usb", "former.bin"]).success();
    app(&environment, "boron");
    flash(&environment, &["--usb", "app.bin"]).success();
    assert!(memory(&environment, &sandbox, 0, 0xD_4000, 4096) == [0xFF; 4096]);
}

#[test]
fn an_application_that_is_not_run_needs_nothing() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    app(&environment, "boron");
    flash(&environment, &["--usb", "app.bin"]).success();
    let older = ModuleParts { version: 5302, ..system_part("boron") };
    put(&environment, "system.bin", sized(older));
    environment.in_sandbox(["usb", "dfu"]).success();
    flash(&environment, &["--usb", "system.bin"])
        .status(1)
        .stderr_has("application module 2 on the device needs");
    let former = ModuleParts {
        index: 1,
        anchor: Anchor::Start(0xD_4000),
        dependencies: [None, None],
        ..application("boron")
    };
    put(&environment, "former.bin", sized(former));
    flash(&environment, &["--usb", "system.bin", "former.bin"]).success();
    environment.in_sandbox(["usb", "dfu"]).success();
    flash(&environment, &["--usb", "system.bin", "--force"]).success();
    environment.in_sandbox(["usb", "dfu"]).success();
    let oldest = ModuleParts { version: 5301, ..system_part("boron") };
    put(&environment, "system.bin", sized(oldest));
    flash(&environment, &["--usb", "system.bin"]).success();
}

#[test]
fn factory_images_go_where_a_factory_reset_takes_them_from() {
    for (name, alternate, address) in
        [("core", 1, 0x2_0000), ("photon", 0, 0x080E_0000), ("tracker", 2, 0x8060_0000)]
    {
        let environment = TestEnvironment::new();
        let sandbox = environment.sandbox_with_login(&["--devices", name]);
        let bytes = app(&environment, name);
        flash(&environment, &["--factory", "app.bin"]).success();
        assert!(memory(&environment, &sandbox, alternate, address, MODULE_SIZE) == bytes, "{name}");
    }
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "p2"]);
    flash(&environment, &["--factory", "tinker"])
        .status(1)
        .stderr_has("Factory reset is not supported for this platform");
}

#[test]
fn what_does_not_belong_on_the_device_is_refused_before_anything_is_written() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    app(&environment, "argon");
    flash(&environment, &["--usb", "app.bin"])
        .status(2)
        .stderr_has("Incorrect platform id (expected 13, parsed 12), use --force to override");
    let mut bytes = app(&environment, "boron");
    bytes[5000] ^= 1;
    put(&environment, "app.bin", &bytes);
    flash(&environment, &["--usb", "app.bin"])
        .status(9)
        .stderr_has("CRC is invalid, use --force to override");
    put(&environment, "app.bin", "nothing of the kind");
    flash(&environment, &["--usb", "app.bin"]).status(1).stderr_has("this is no Particle binary");
    let bootloader = ModuleParts {
        version: 9999,
        contents: vec![1; 49 * 1024],
        ..ModuleParts::new(platform("boron").id, ModuleFunction::Bootloader, 0, Anchor::Start(0xF_4000))
    };
    put(&environment, "boot.bin", bootloader.build().unwrap());
    flash(&environment, &["--usb", "boot.bin"]).status(1).stderr_has("there is room for 49152");
    std::fs::create_dir(environment.work().join("folder")).unwrap();
    flash(&environment, &["--usb", "folder"]).status(2).stderr_has("You cannot flash a directory over USB");
    flash(&environment, &["--usb"]).status(2).stderr_has("You must specify a device or a file");
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[test]
fn old_core_applications_say_nothing_of_themselves() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "core"]);
    let file = [&[0x42; 2000][..], &0xFFFF_u16.to_le_bytes(), &[0; 4]].concat();
    put(&environment, "old.bin", &file);
    flash(&environment, &["--usb", "old.bin"]).success().stderr_has("unable to verify binary info");
    assert!(memory(&environment, &sandbox, 0, 0x0800_5000, file.len()) == file);
    // Others, such as the patches of its Wi-Fi processor, do not even say that they say nothing.
    let file = [0x42; 2000];
    put(&environment, "patch.bin", file);
    flash(&environment, &["--usb", "patch.bin"])
        .status(1)
        .stderr_has("this is no Particle binary")
        .stderr_has("--force flashes it");
    flash(&environment, &["--usb", "patch.bin", "--force"])
        .success()
        .stderr_has("its firmware cannot start: `particle flash --usb tinker` repairs it");
    assert!(memory(&environment, &sandbox, 0, 0x0800_5000, file.len()) == file);
}

#[test]
fn several_devices_are_flashed_side_by_side() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron,photon,core"]);
    app(&environment, "boron");
    flash(&environment, &["--usb", "app.bin"]).status(6).stderr_has("Found multiple devices");
    flash(&environment, &["--usb", "app.bin", "--device", "boron"]).success();
    let output = flash(&environment, &["--usb", "tinker", "--all"]).success();
    assert_eq!(output.stdout.matches("Flash success!").count(), 3, "{}", output.stdout);
    // One that it is not for does not keep the others from it.
    let output = flash(&environment, &["--usb", "app.bin", "--all", "--json"]).status(2);
    let done = output.data();
    let done: Vec<bool> =
        done.as_array().unwrap().iter().map(|line| line["done"].as_bool().unwrap()).collect();
    assert_eq!(done, [true, false, false]);
}

#[test]
fn a_device_stands_in_front_of_what_it_is_to_get() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,boron"]);
    flash(&environment, &["--usb", "boron", "tinker"]).success().stderr_has("Flashing tinker-boron.bin");
    flash(&environment, &["--serial", "photon", "tinker"]).success();
    flash(&environment, &["--usb", "teapot", "tinker"]).status(4).stderr_has("Device not found: teapot");
    flash(&environment, &["--usb", "photon", "lost.bin"])
        .status(4)
        .stderr_has("I couldn't find that file: lost.bin");
    flash(&environment, &["--usb", "tinker", "boron"])
        .status(2)
        .stderr_has("a device stands in front of what it is to get");
    flash(&environment, &["--usb"]).status(2).stderr_has("You must specify a device or a file");
}

#[test]
fn a_device_that_cannot_be_switched_needs_a_person() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--fault", "hang@control:50*"]);
    app(&environment, "boron");
    // It takes the client's full minute to give the device up.
    flash(&environment, &["--usb", "app.bin"])
        .status(6)
        .stderr_has("Put the device in DFU mode and try again")
        .stderr_has("MODE");
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[cfg(unix)]
#[test]
fn a_person_at_a_terminal_is_waited_for() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "boron", "--fault", "hang@control:50*"]);
    let bytes = app(&environment, "boron");
    let command = environment.sandbox_command(["flash", "--usb", "app.bin"]);
    let output = run_on_terminal_with(command, "Waiting until you do it by hand", || {
        environment.in_sandbox(["sandbox", "press", "boron", "dfu"]).success();
    });
    output.success().stdout_has("MODE").stdout_has("Flash success!");
    assert_eq!(environment.device("boron")["mode"], "normal");
    environment.in_sandbox(["sandbox", "press", "boron", "dfu"]).success();
    assert!(memory(&environment, &sandbox, 0, 0xB_4000, MODULE_SIZE) == bytes);
}

#[test]
fn old_firmware_is_sent_to_dfu_by_the_speed_of_its_port() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon", "--os-version", "photon=0.5.5"]);
    let old = ModuleParts { dependencies: [None, None], ..application("photon") };
    put(&environment, "app.bin", sized(old));
    flash(&environment, &["--usb", "app.bin"]).success();
}

#[test]
fn protected_devices_are_left_alone() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--protect", "boron"]);
    app(&environment, "boron");
    flash(&environment, &["--usb", "app.bin"]).status(7);
    environment.in_sandbox(["sandbox", "press", "boron", "dfu"]).success();
    flash(&environment, &["--usb", "app.bin"]).status(7).stderr_has("Device Protection");
}

#[test]
fn a_turned_bit_is_noticed_and_mended_by_the_same_command() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "p2", "--fault", "corrupt@dfu-write:2"]);
    app(&environment, "p2");
    flash(&environment, &["--usb", "app.bin"])
        .status(9)
        .stderr_has("Error writing firmware: app.bin: verification failed")
        .stderr_has("run the same command again");
    flash(&environment, &["--usb", "app.bin"]).success();
}

#[test]
fn source_code_is_compiled_and_flashed() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    put(&environment, "app.ino", SOURCE);
    flash(&environment, &["--local", "boron", "app.ino"])
        .success()
        .stdout_has("Flash success!")
        .stderr_has("Flashing firmware.bin");
    flash(&environment, &["--local", "--offline", "app.ino"])
        .status(2)
        .stderr_has("which --offline excludes");
    flash(&environment, &["--local", "nobody", "app.ino"]).status(4);
}

#[test]
fn what_an_application_needs_has_to_be_there() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--os-version", "boron=5.9.0"]);
    app(&environment, "boron");
    let refused = "app.bin needs system part 1 in version 6305 or later, and the device has version 5901";
    flash(&environment, &["--usb", "app.bin"]).status(1).stderr_has(refused).stderr_has("particle update");
    // A device in DFU mode is read instead of asked.
    environment.in_sandbox(["usb", "dfu"]).success();
    flash(&environment, &["--usb", "app.bin"]).status(1).stderr_has(refused);
    flash(&environment, &["--usb", "app.bin", "--force"]).success();
    assert_eq!(environment.device("boron")["mode"], "safe-mode");
}

/// Of boards in DFU mode, even what does not begin at a fixed place, or has no prefix in memory, is known.
#[test]
fn everything_that_the_bootloader_reaches_is_read() {
    for name in ["p2", "msom"] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.sandbox_with_login(&["--devices", name]);
        app(&environment, name);
        flash(&environment, &["--usb", "app.bin"]).success();
        environment.in_sandbox(["usb", "dfu"]).success();
        let older = ModuleParts { version: 5901, ..system_part(name) };
        put(&environment, "older.bin", sized(older));
        flash(&environment, &["--usb", "older.bin"])
            .status(1)
            .stderr_has("application module 1 on the device needs system part 1 in version 6305 or later");
        assert_eq!(environment.device(name)["mode"], "dfu", "{name}");
    }
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--mode", "boron=dfu"]);
    let newer = |radio| ModuleParts {
        dependencies: [needs(ModuleFunction::RadioStack, 0, radio), None],
        ..system_part("boron")
    };
    put(&environment, "system.bin", sized(newer(203)));
    flash(&environment, &["--usb", "system.bin"])
        .status(1)
        .stderr_has("needs the radio stack in version 203 or later, and the device has version 202");
    put(&environment, "system.bin", sized(newer(202)));
    flash(&environment, &["--usb", "system.bin", "--dry-run"]).success();
    // A Core has its prefix behind the table of its interrupts.
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "core", "--mode", "core=dfu"]);
    let checked = environment.in_sandbox(["--json", "device", "doctor", "--check"]).success().data();
    assert_eq!(checked["firmware"]["version"], "1.4.4", "{checked}");
}

#[test]
fn the_files_of_a_bundle_follow_their_application_and_are_sent_once() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    app(&environment, "boron");
    for (name, content) in [("cat.txt", "meow"), ("dog.txt", "woof")] {
        put(&environment, &format!("assets/{name}"), content);
    }
    environment.in_sandbox(["bundle", "app.bin", "--assets", "assets", "--saveTo", "bundle.zip"]).success();
    let first = flash(&environment, &["--local", "bundle.zip"]).success().stderr;
    let order = ["Flashing app.bin", "Flashing cat.txt", "Flashing dog.txt"].map(|line| first.find(line));
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{first}");
    assert_eq!(environment.device("boron")["mode"], "normal");
    let again = flash(&environment, &["--local", "bundle.zip"]).success();
    assert_eq!(again.stderr.matches("already exists on the device").count(), 3, "{}", again.stderr);
}

#[test]
fn a_file_that_the_application_lacks_in_the_end_is_named() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    let [cat, dog] = [("cat.txt", b"meow"), ("dog.txt", b"woof")]
        .map(|(name, data)| Asset { name: name.to_owned(), data: data.to_vec() });
    let app = sized(application("boron"));
    let needed = vec![cat.dependency(), dog.dependency()];
    put(&environment, "app.bin", with_assets(&Module::parse(&app).unwrap(), needed).unwrap());
    put(&environment, "cat.bin", cat.to_module().unwrap());
    put(&environment, "dog.bin", dog.to_module().unwrap());
    flash(&environment, &["--usb", "app.bin", "cat.bin"])
        .status(9)
        .stderr_has("the application needs dog.txt, which the device does not have")
        .stderr_has("flash the bundle of the application");
    let output = flash(&environment, &["--usb", "app.bin", "cat.bin", "dog.bin"]).success();
    assert_eq!(output.stderr.matches("already exists on the device").count(), 2, "{}", output.stderr);
}

#[test]
fn a_damaged_system_counts_as_none() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--fault", "corrupt@dfu-write:2"]);
    put(&environment, "system.bin", sized(system_part("boron")));
    flash(&environment, &["--usb", "system.bin"]).status(9);
    assert_eq!(environment.device("boron")["mode"], "dfu");
    app(&environment, "boron");
    flash(&environment, &["--usb", "app.bin"])
        .status(1)
        .stderr_has("app.bin needs system part 1 in version 6305 or later, and the device has none");
    flash(&environment, &["--local", "app.bin"]).success().stderr_has("Downloading Device OS 6.3.4");
    assert_eq!(environment.device("boron")["mode"], "normal");
    assert_eq!(environment.device("boron")["osVersion"], "6.3.4");
}

/// A device that takes a module listens meanwhile, and is back at work afterwards, also where it did not take the module.
#[test]
fn a_device_listens_while_it_takes_a_module() {
    let bootloader = |system| ModuleParts {
        version: 9000,
        dependencies: [needs(ModuleFunction::SystemPart, 1, system), None],
        before_prefix: vec![0; 0x200],
        ..ModuleParts::new(platform("boron").id, ModuleFunction::Bootloader, 0, Anchor::Start(0xF_4000))
    };
    let start = |arguments: &[&str]| {
        let environment = TestEnvironment::new();
        put(&environment, "boot.bin", sized(bootloader(6305)));
        put(&environment, "later.bin", sized(bootloader(9000)));
        let sandbox = environment.start_sandbox([&["--devices", "boron"], arguments].concat());
        (environment, sandbox)
    };
    let (environment, _sandbox) = start(&[]);
    flash(&environment, &["--usb", "later.bin", "--force"])
        .status(8)
        .stderr_has("Error writing firmware: later.bin");
    assert_eq!(environment.device("boron")["mode"], "normal");
    // Whoever pulls the cable at the order to listen no more finds it in listening mode.
    let (environment, _sandbox) = start(&["--fault", "unplug@control:71"]);
    flash(&environment, &["--usb", "later.bin", "--force"]).status(8);
    assert_eq!(environment.device("boron")["plugged"], false);
    // One that listens already is not told again.
    let (environment, _sandbox) = start(&["--mode", "boron=listening", "--fault", "unplug@control:70"]);
    flash(&environment, &["--usb", "boot.bin"]).success();
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[test]
fn the_serial_port_will_do_too() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon"]);
    app(&environment, "photon");
    flash(&environment, &["--serial", "app.bin"]).success().stderr_has("The device runs app.bin");
    for options in [&["--device", "photon"][..], &["--port", "1"], &["--offline"]] {
        flash(&environment, &[&["--serial", "app.bin"], options].concat()).success();
    }
    flash(&environment, &["--serial", "tinker", "--offline"]).status(4).stderr_has("--offline");
    for option in ["--all", "--force", "--dry-run", "--usb", "--local", "--factory", "--cloud"] {
        flash(&environment, &["--serial", "app.bin", option]).status(2).stderr_has("cannot be used with");
    }
    flash(&environment, &["--serial", "lost.bin"])
        .status(4)
        .stderr_has("File does not exist and no known app found: lost.bin");
    flash(&environment, &["--serial"]).status(2).stderr_has("You must specify a device or a file");
    flash(&environment, &["--serial", "app.bin", "more.bin"]).status(2).stderr_has("one file");
}

#[test]
fn options_for_attached_devices_need_one() {
    let environment = TestEnvironment::new();
    for arguments in [&["flash", "boron", "app.bin", "--force"][..], &["flash", "boron", "--all"]] {
        environment.particle(arguments).status(2).stderr_has("is for devices that are attached");
    }
    environment.particle(["flash"]).status(2).stderr_has("You must specify a device or a file");
    environment.particle(["flash", "--usb", "app.bin", "--cloud"]).status(2);
}

#[test]
fn a_system_part_and_an_application_go_together() {
    let environment = TestEnvironment::new();
    let sandbox = environment.sandbox_with_login(&["--devices", "electron"]);
    app(&environment, "electron");
    let system = sized(system_part("electron"));
    put(&environment, "system.bin", &system);
    flash(&environment, &["--usb", "app.bin", "system.bin"]).success();
    assert!(memory(&environment, &sandbox, 0, start_of(&system_part("electron")), MODULE_SIZE) == system);
    put(&environment, "twice.bin", &system);
    flash(&environment, &["--usb", "system.bin", "twice.bin"])
        .status(2)
        .stderr_has("are the same part of the firmware");
    let product = ModuleParts { product: Some(Product { id: 1, version: 1 }), ..application("electron") };
    put(&environment, "product.bin", sized(product));
    flash(&environment, &["--usb", "product.bin"]).success();
}
