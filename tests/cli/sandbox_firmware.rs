//! What virtual devices make of the firmware they are given, over their real wires.

use crate::support::{Sandbox, TestEnvironment};
use particle::{
    clock::Clock,
    dfu::{Dfu, WriteOptions},
    firmware::{Dependency, ModuleFunction, ModuleParts, Product},
    platform::{Anchor, Platform},
    usb::{
        Bus, Handle,
        control::{ControlChannel, ControlError, ResultCode},
        usbip::{HostAddress, UsbIpBus},
    },
};

/// How another program reaches the only device of a sandbox.
struct Wire {
    bus: UsbIpBus,
    clock: Clock,
    platform: &'static Platform,
}

impl Wire {
    fn to(sandbox: &Sandbox, platform: &str) -> Self {
        let address = sandbox.ready()["usbip"].as_str().unwrap();
        let (host, port) = address.rsplit_once(':').unwrap();
        let host = HostAddress { host: host.to_owned(), port: port.parse().unwrap() };
        let clock = Clock::new(0.01);
        Self {
            bus: UsbIpBus::new(host, clock.clone()),
            clock,
            platform: Platform::by_name(platform).unwrap(),
        }
    }

    fn handle(&self) -> Box<dyn Handle> {
        let found = self.bus.enumerate().unwrap();
        self.bus.open(&found[0].address).unwrap()
    }

    fn send(&self, module: &[u8]) -> Result<(), ControlError> {
        let mut channel = ControlChannel::open(self.handle(), self.platform, &self.clock)?;
        channel.update_firmware(module, &mut |_, _| ())
    }

    fn dfu(&self) -> Dfu {
        Dfu::open(self.handle(), &self.clock, self.platform.flash.unwrap()).unwrap()
    }
}

fn sandbox(environment: &TestEnvironment, platform: &str, more: &[&str]) -> (Sandbox, Wire) {
    let sandbox = environment.start_sandbox([&["--devices", platform], more].concat());
    let wire = Wire::to(&sandbox, platform);
    (sandbox, wire)
}

/// An application for a Boron that needs this version of the system.
fn application(system: u16) -> Vec<u8> {
    let boron = Platform::by_name("boron").unwrap();
    let needed = Dependency { function: ModuleFunction::SystemPart, index: 1, version: system };
    let parts = ModuleParts {
        version: 6,
        dependencies: [Some(needed), None],
        contents: vec![0x5A; 5000],
        product: Some(Product::NONE),
        ..ModuleParts::new(boron.id, ModuleFunction::UserPart, 2, Anchor::Start(0xB_4000))
    };
    parts.build().unwrap()
}

#[test]
fn what_is_sent_is_what_the_device_then_is() {
    let environment = TestEnvironment::new();
    let (_sandbox, wire) = sandbox(&environment, "boron", &["--os-version", "boron=5.9.0"]);
    wire.send(&application(5901)).unwrap();
    assert_eq!(environment.device("boron")["mode"], "normal");
    wire.send(&application(6305)).unwrap();
    assert_eq!(environment.device("boron")["mode"], "safe-mode");
    environment
        .in_sandbox(["sandbox", "status"])
        .success()
        .stdout_has("it cannot run its application: its application needs version 6305 of its system part 1");
    let inspected = environment.in_sandbox(["--json", "serial", "inspect"]).success().data();
    let modules = inspected["modules"].as_array().unwrap();
    let user = modules.iter().find(|module| module["function"] == "userPart").unwrap();
    assert_eq!((&user["version"], &user["checks"]["dependencies"]), (&6.into(), &false.into()));
    assert_eq!(user["checks"]["integrity"], true);
    environment.in_sandbox(["sandbox", "press", "boron", "reset"]).success();
    assert_eq!(environment.device("boron")["mode"], "safe-mode");
}

#[test]
fn a_device_says_what_is_wrong_with_a_module() {
    let environment = TestEnvironment::new();
    let (_sandbox, wire) = sandbox(&environment, "boron", &[]);
    let mut damaged = application(6305);
    damaged[2000] ^= 1;
    let refused = wire.send(&damaged).unwrap_err();
    assert!(matches!(refused, ControlError::Refused(ResultCode(-1330))), "{refused:?}");
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[test]
fn a_cable_that_is_pulled_on_the_way_changes_nothing() {
    let environment = TestEnvironment::new();
    let (_sandbox, wire) = sandbox(&environment, "boron", &["--fault", "unplug@control:253#3"]);
    assert!(wire.send(&application(9999)).is_err());
    assert_eq!(environment.device("boron")["plugged"], false);
    environment.in_sandbox(["sandbox", "plug", "boron"]).success();
    let boron = environment.device("boron");
    assert_eq!((&boron["mode"], &boron["trouble"]), (&"normal".into(), &serde_json::Value::Null));
    wire.send(&application(6305)).unwrap();
    assert_eq!(environment.device("boron")["mode"], "normal");
}

#[test]
fn a_device_without_its_system_stays_in_dfu_mode_until_it_has_it_again() {
    for (platform, address) in [("photon", 0x0802_0000), ("argon", 0x2_8000), ("p2", 0x0806_0000)] {
        let environment = TestEnvironment::new();
        let (_sandbox, wire) = sandbox(&environment, platform, &["--mode", &format!("{platform}=dfu")]);
        let mut dfu = wire.dfu();
        let system = dfu.read(0, address, 16 * 1024 + 0x400, &mut |_, _| ()).unwrap();
        let write = |dfu: &mut Dfu, bytes: &[u8]| {
            dfu.write(0, address, bytes, &WriteOptions::default(), &mut |_, _| ()).unwrap();
        };
        let mut begun = system[..8192].to_vec();
        begun[5000] ^= 1;
        write(&mut dfu, &begun);
        dfu.leave().unwrap();
        let device = environment.device(platform);
        assert_eq!((&device["mode"], &device["online"]), (&"dfu".into(), &false.into()), "{platform}");
        assert_eq!(device["trouble"], "its system part 1 is missing or damaged", "{platform}");
        let mut dfu = wire.dfu();
        write(&mut dfu, &system);
        dfu.leave().unwrap();
        let device = environment.device(platform);
        assert_eq!((&device["mode"], &device["trouble"]), (&"normal".into(), &serde_json::Value::Null));
    }
}

#[test]
fn the_state_stays_small() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["sandbox", "status"]).success();
    let size = std::fs::metadata(environment.state()).unwrap().len();
    assert!(size < 120_000, "{size} bytes");
}
