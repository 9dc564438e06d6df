//! What `binary inspect` finds out, as a person reads it.

use super::{
    input::base_name,
    report::{AssetReport, AssetState, CheckReport, FileReport, ModuleReport, PrefixReport},
};
use crate::{
    firmware::{ModuleFunction, Product},
    ui::Page,
};
use anstyle::{AnsiColor, Style};
use std::fmt::Display;

const BOLD: Style = Style::new().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Writes what is known of a file; nothing for one that cannot be read.
pub(super) fn render_file(file: &FileReport, page: &mut Page) {
    let name = file.application.clone().unwrap_or_else(|| base_name(&file.file));
    let count = file.modules.len();
    for (number, module) in file.modules.iter().enumerate() {
        let name = page.foreign(&name);
        match count {
            1 => page.line(format!("{BOLD}{name}{BOLD:#}")),
            _ => page.line(format!("{BOLD}{name}{BOLD:#} (module {} of {count})", number + 1)),
        }
        render_module(module, page);
    }
    let variables: Vec<_> = file.environment.iter().flatten().collect();
    if !variables.is_empty() {
        page.line("Environment variables:");
    }
    for (name, value) in variables {
        page.line(format!(" {BOLD}{}{BOLD:#}: {}", page.foreign(name), page.foreign(value)));
    }
}

fn render_module(module: &ModuleReport, page: &mut Page) {
    if module.crc.ok {
        page.line(format!(" {GREEN}CRC is ok ({}){GREEN:#}", module.crc.actual));
    } else {
        page.line(failure("CRC", &module.crc));
    }
    if let Some(hash) = module.sha256.as_ref().filter(|hash| !hash.ok) {
        page.line(failure("Hash", hash));
    }
    if !module.length.ok {
        page.line(failure("Length", &module.length));
    }
    render_identity(&module.prefix, page);
    if let Some(name) = &module.name {
        page.line(format!(" It holds the file {BOLD}{}{BOLD:#}", page.foreign(name)));
    }
    if let Some(compression) = &module.compression {
        page.line(format!(
            " It is compressed, and has {} bytes when decompressed",
            compression.original_size
        ));
    }
    if let Some(Product { id, version }) = module.suffix.product() {
        page.line(format!(
            " It is firmware for {BOLD}product id {id}{BOLD:#} at version {BOLD}{version}{BOLD:#}"
        ));
    }
    render_dependencies(&module.prefix, page);
    if !module.assets.is_empty() {
        page.line("It depends on assets:");
    }
    module.assets.iter().for_each(|asset| render_asset(asset, page));
}

fn failure(what: &str, check: &CheckReport<impl Display>) -> String {
    format!(" {RED}{what} failed (should be {} but is {}){RED:#}", check.stored, check.actual)
}

fn render_identity(prefix: &PrefixReport, page: &mut Page) {
    match (prefix.kind, prefix.platform) {
        // Assets are for any platform.
        (ModuleFunction::Asset, _) => {}
        (_, Some(platform)) => page.line(format!(" Compiled for {BOLD}{platform}{BOLD:#}")),
        (_, None) => page.line(format!(" Compiled for unknown platform (ID: {})", prefix.platform_id)),
    }
    page.line(format!(
        " This is {BOLD}{}{BOLD:#} number {BOLD}{}{BOLD:#} at version {BOLD}{}{BOLD:#}",
        phrase(prefix.kind),
        prefix.index,
        prefix.version
    ));
}

fn render_dependencies(prefix: &PrefixReport, page: &mut Page) {
    for (number, needed) in prefix.dependencies.iter().flatten().enumerate() {
        page.line(format!(
            " It {}depends on {BOLD}{}{BOLD:#} number {BOLD}{}{BOLD:#} at version {BOLD}{}{BOLD:#}",
            if number == 0 { "" } else { "also " },
            phrase(needed.kind),
            needed.index,
            needed.version
        ));
    }
}

fn render_asset(asset: &AssetReport, page: &mut Page) {
    let (name, hash) = (page.foreign(&asset.name), &asset.hash);
    let line = match asset.state {
        AssetState::Ok | AssetState::NotChecked => format!(" {BOLD}{name}{BOLD:#} (hash {hash})"),
        AssetState::WrongHash => format!(" {RED}{name} failed (hash should be {hash}){RED:#}"),
        AssetState::Missing => {
            format!(" {RED}{name} failed (hash should be {hash} but is not in the bundle){RED:#}")
        }
    };
    page.line(line);
}

fn phrase(function: ModuleFunction) -> &'static str {
    match function {
        ModuleFunction::None | ModuleFunction::Unknown(_) => "an unknown module",
        ModuleFunction::Resource => "a reserved module",
        ModuleFunction::Bootloader => "a bootloader",
        ModuleFunction::Monolithic => "a monolithic firmware",
        ModuleFunction::SystemPart => "a system module",
        ModuleFunction::UserPart => "an application module",
        ModuleFunction::Settings => "a settings module",
        ModuleFunction::Ncp => "a network coprocessor (NCP) module",
        ModuleFunction::RadioStack => "a radio stack module",
        ModuleFunction::Asset => "an asset module",
    }
}
