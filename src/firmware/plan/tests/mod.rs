//! Plans for virtual subjects, and the properties that all plans have.

mod files;
mod needs;
mod order;
mod places;
mod presence;
mod properties;

use super::*;
use crate::{
    firmware::{
        Asset, Checks, Flags, InstalledAsset, InstalledModule, Inventory, Module, ModuleParts, Store,
        combine, compress,
    },
    platform::{Anchor, PLATFORMS, Platform, PlatformId},
};

/// The boards that have to be flashed without fault.
const BOARDS: [&str; 13] = [
    "core", "photon", "p1", "electron", "argon", "boron", "bsom", "b5som", "tracker", "xenon", "esomx", "p2",
    "msom",
];

fn platform(name: &str) -> &'static Platform {
    Platform::by_name(name).unwrap()
}

fn parts(name: &str, function: ModuleFunction, index: u8, anchor: Anchor) -> ModuleParts {
    ModuleParts { contents: vec![7; 500], ..ModuleParts::new(platform(name).id, function, index, anchor) }
}

/// The application of a board, needing this version of its system.
fn application(name: &str, system: u16) -> ModuleParts {
    let place = platform(name).firmware.unwrap().application;
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let needed = Dependency { function: ModuleFunction::SystemPart, index: 1, version: system };
    let dependencies = [Some(needed).filter(|_| !place.monolithic), None];
    ModuleParts { dependencies, ..parts(name, function, place.index, place.anchor) }
}

/// A module for a place of the system, the newest one.
fn system(name: &str, function: ModuleFunction, index: u8, version: u16) -> ModuleParts {
    let place = platform(name).firmware.unwrap().system_module(function, index).unwrap();
    let anchor = place.anchors.first().copied().unwrap_or(Anchor::Start(0));
    ModuleParts { version, ..parts(name, function, index, anchor) }
}

fn image(file: &str, parts: &ModuleParts) -> Image {
    Image::read(file, &parts.build().unwrap(), Trust::default()).unwrap().remove(0)
}

fn plan(subject: &Subject, images: Vec<Image>) -> Result<Plan, PlanError> {
    Plan::make(subject, images, Options::default())
}

fn running(name: &str) -> Subject {
    Subject { takes_modules: true, ..Subject::new(platform(name), false) }
}

fn in_dfu(name: &str) -> Subject {
    Subject::new(platform(name), true)
}

fn installed(function: ModuleFunction, index: u8, version: u16) -> InstalledModule {
    InstalledModule { function, index, version, ..InstalledModule::empty(Store::Main) }
}

fn holding(module: InstalledModule) -> Inventory {
    Inventory { modules: vec![module], ..Inventory::default() }
}

/// A plan in short: what is done in which order.
fn outline(plan: &Plan) -> Vec<String> {
    let line = |step: &Step| match step {
        Step::EnterDfu => "dfu".to_owned(),
        Step::Restart => "restart".to_owned(),
        Step::Write(write) => format!("{}@{}:{:x}", write.name, write.alternate, write.address),
        Step::Transfer(transfer) => format!("send {}", transfer.name),
    };
    plan.steps.iter().map(line).collect()
}
