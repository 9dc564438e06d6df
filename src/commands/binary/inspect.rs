//! `particle binary inspect`

use super::{
    input::{self, Firmware},
    report::{AssetReport, AssetState, FileReport, ModuleReport},
    text,
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind, outcome::first_failure},
    firmware::Module,
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Describe firmware binaries and bundles
///
/// Says for which platform a binary is, what it needs on the device, and whether it is intact. Of a bundle, says
/// whether it holds the assets that the application needs. With --json, every field of every module and its place.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle binary inspect photon_firmware_1700000000000.bin")]
pub struct Args {
    /// A binary (`.bin`) or a bundle (`.zip`)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Inspection(Vec<FileReport>);

impl Report for Inspection {
    fn render(&self, page: &mut Page) {
        self.0.iter().for_each(|file| text::render_file(file, page));
    }
}

/// Inspects the files. One that fails does not stop the others.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    let (mut reports, mut results) = (Vec::new(), Vec::new());
    for path in &args.files {
        let shown = path.display().to_string();
        let result = match inspect(context, path) {
            Ok((report, result)) => {
                reports.push(report);
                result
            }
            Err(error) => {
                reports.push(FileReport::unreadable(path, &error));
                Err(error)
            }
        };
        results.push((shown, result));
    }
    if reports.iter().any(|report| !report.modules.is_empty()) {
        context.ui.report(&Inspection(reports))?;
    }
    first_failure(context, results)
}

/// What is known of a file, and what is wrong with it.
fn inspect(context: &Context, path: &Path) -> CommandResult<(FileReport, CommandResult)> {
    let firmware = Firmware::read(path)?;
    let modules = input::modules(path, firmware.application())?;
    let bundle = firmware.bundle();
    let mut offset = 0;
    let mut reports = Vec::new();
    for module in &modules {
        reports.push(ModuleReport::new(module, offset, bundle));
        offset += module.bytes().len();
    }
    let needed: Vec<&AssetReport> = reports.iter().flat_map(|report| &report.assets).collect();
    for asset in bundle.iter().flat_map(|bundle| &bundle.assets) {
        if needed.iter().all(|needed| needed.name != asset.name) {
            let name = context.ui.foreign(&asset.name);
            context.ui.warn(format!("the bundle holds {name}, which the application does not need"));
        }
    }
    let result = verdict(&modules, &needed);
    let report = FileReport {
        file: path.to_owned(),
        error: result.as_ref().err().map(|error| error.message().to_owned()),
        application: bundle.map(|bundle| bundle.name.clone()),
        modules: reports,
        environment: bundle.and_then(|bundle| bundle.environment.clone()),
    };
    Ok((report, result))
}

/// The first thing that is wrong.
fn verdict(modules: &[Module], assets: &[&AssetReport]) -> CommandResult {
    for module in modules {
        module.verify()?;
    }
    let failed =
        assets.iter().find(|asset| matches!(asset.state, AssetState::WrongHash | AssetState::Missing));
    match failed {
        Some(asset) => {
            let text = match asset.state {
                AssetState::Missing => format!("the asset {} is not in the bundle", asset.name),
                _ => format!("the asset {} is not the one the application needs", asset.name),
            };
            Err(CommandError::new(Kind::Verification, text)
                .hint("make the bundle again with `particle bundle`"))
        }
        None => Ok(()),
    }
}
