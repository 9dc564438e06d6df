//! `particle binary list-assets`

use super::{
    input::{self, Firmware},
    report::hex,
};
use crate::{
    commands::{CommandResult, Context},
    firmware::asset_dependencies,
    ui::{Page, Report},
};
use anstyle::Style;
use serde::Serialize;
use std::path::PathBuf;

/// List the assets that an application needs
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle binary list-assets app-with-assets.bin")]
pub struct Args {
    /// An application (`.bin`) or a bundle (`.zip`)
    file: PathBuf,
}

#[derive(Serialize)]
struct NeededAsset {
    name: String,
    hash: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct AssetList {
    assets: Vec<NeededAsset>,
    #[serde(skip)]
    file: String,
}

impl Report for AssetList {
    fn render(&self, page: &mut Page) {
        const BOLD: Style = Style::new().bold();
        if self.assets.is_empty() {
            return page.line("No assets found");
        }
        page.line(format!("Assets found in {}:", page.foreign(&self.file)));
        for NeededAsset { name, hash } in &self.assets {
            page.line(format!(" {} ({hash})", page.styled(BOLD, page.foreign(name))));
        }
    }
}

/// Lists them.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    let firmware = Firmware::read(&args.file)?;
    let module = input::application(&args.file, firmware.application())?;
    let assets = asset_dependencies(&module)
        .map(|asset| NeededAsset { name: asset.name.clone(), hash: hex(asset.hash.bytes()) })
        .collect();
    let file = input::base_name(&args.file);
    Ok(context.ui.report(&AssetList { assets, file })?)
}
