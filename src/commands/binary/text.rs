//! What `binary inspect` finds out, as a person reads it.

use super::{
    input::base_name,
    report::{AssetReport, AssetState, CheckReport, FileReport, ModuleReport, PrefixReport},
};
use crate::{
    firmware::{EnvironmentVariables, ModuleFunction, Product},
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
            1 => page.line(page.styled(BOLD, &name)),
            _ => page.line(format!("{} (module {} of {count})", page.styled(BOLD, &name), number + 1)),
        }
        render_module(module, page);
    }
    let variables: Vec<_> = file.environment.iter().flat_map(EnvironmentVariables::iter).collect();
    if !variables.is_empty() {
        page.line("Environment variables:");
    }
    for (name, value) in variables {
        let name = page.styled(BOLD, page.foreign(name));
        page.line(format!(" {name}: {}", page.foreign(value)));
    }
}

fn render_module(module: &ModuleReport, page: &mut Page) {
    if module.crc.ok {
        let text = format!("CRC is ok ({})", module.crc.actual);
        page.line(format!(" {}", page.styled(GREEN, text)));
    } else {
        render_failure("CRC", &module.crc, page);
    }
    if let Some(hash) = module.sha256.as_ref().filter(|hash| !hash.ok) {
        render_failure("Hash", hash, page);
    }
    if !module.length.ok {
        render_failure("Length", &module.length, page);
    }
    render_identity(&module.prefix, page);
    if let Some(name) = &module.name {
        page.line(format!(" It holds the file {}", page.styled(BOLD, page.foreign(name))));
    }
    if let Some(compression) = &module.compression {
        page.line(format!(
            " It is compressed, and has {} bytes when decompressed",
            compression.original_size
        ));
    }
    if let Some(Product { id, version }) = module.suffix.product() {
        let (product, version) = (page.styled(BOLD, format!("product id {id}")), page.styled(BOLD, version));
        page.line(format!(" It is firmware for {product} at version {version}"));
    }
    render_dependencies(&module.prefix, page);
    if !module.assets.is_empty() {
        page.line("It depends on assets:");
    }
    module.assets.iter().for_each(|asset| render_asset(asset, page));
}

fn render_failure(what: &str, check: &CheckReport<impl Display>, page: &mut Page) {
    let text = format!("{what} failed (should be {} but is {})", check.stored, check.actual);
    page.line(format!(" {}", page.styled(RED, text)));
}

fn render_identity(prefix: &PrefixReport, page: &mut Page) {
    match (prefix.kind, prefix.platform) {
        // Assets are for any platform.
        (ModuleFunction::Asset, _) => {}
        (_, Some(platform)) => page.line(format!(" Compiled for {}", page.styled(BOLD, platform))),
        (_, None) => page.line(format!(" Compiled for unknown platform (ID: {})", prefix.platform_id)),
    }
    page.line(format!(" This is {}", identity(prefix.kind, prefix.index, prefix.version, page)));
}

fn render_dependencies(prefix: &PrefixReport, page: &mut Page) {
    for (number, needed) in prefix.dependencies.iter().flatten().enumerate() {
        let also = if number == 0 { "" } else { "also " };
        let needed = identity(needed.kind, needed.index, needed.version, page);
        page.line(format!(" It {also}depends on {needed}"));
    }
}

fn identity(function: ModuleFunction, index: u8, version: u16, page: &Page) -> String {
    let [function, index, version] = [phrase(function).to_owned(), index.to_string(), version.to_string()]
        .map(|text| page.styled(BOLD, text));
    format!("{function} number {index} at version {version}")
}

fn render_asset(asset: &AssetReport, page: &mut Page) {
    let (name, hash) = (page.foreign(&asset.name), &asset.hash);
    let text = match asset.state {
        AssetState::Ok | AssetState::NotChecked => format!("{} (hash {hash})", page.styled(BOLD, &name)),
        AssetState::WrongHash => page.styled(RED, format!("{name} failed (hash should be {hash})")),
        AssetState::Missing => {
            let text = format!("{name} failed (hash should be {hash} but is not in the bundle)");
            page.styled(RED, text)
        }
    };
    page.line(format!(" {text}"));
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
