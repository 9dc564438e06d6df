//! What `serial inspect` shows of a device's modules, as text and as JSON.

use crate::{
    firmware::{CheckResult, Dependency, InstalledAsset, InstalledModule, Inventory, Store},
    platform::{DeviceId, ModuleFunction, PlatformId, release_of},
    ui::{Page, Report},
};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// The modules of a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inspection {
    id: Option<DeviceId>,
    platform: Option<&'static str>,
    platform_id: Option<PlatformId>,
    system_version: Option<u16>,
    /// The release that the system version belongs to.
    release: Option<&'static str>,
    modules: Vec<ModuleEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModuleEntry {
    /// Null where the place is empty, and where the function is not known.
    function: Option<&'static str>,
    empty: bool,
    index: u8,
    version: u16,
    store: &'static str,
    max_size: Option<u32>,
    size: Option<u32>,
    hash: Option<String>,
    checks: ChecksEntry,
    dependencies: Vec<DependencyEntry>,
    assets: Vec<AssetEntry>,
    #[serde(skip)]
    kind: ModuleFunction,
}

/// True for a check that passed, null for one that was not made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChecksEntry {
    integrity: Option<bool>,
    address_range: Option<bool>,
    platform: Option<bool>,
    dependencies: Option<bool>,
}

#[derive(Serialize)]
struct DependencyEntry {
    function: Option<&'static str>,
    index: u8,
    version: u16,
    #[serde(skip)]
    kind: ModuleFunction,
}

#[derive(Serialize)]
struct AssetEntry {
    name: String,
    hash: String,
    /// Null where the device does not tell.
    available: Option<bool>,
}

impl Inspection {
    pub(super) fn new(id: Option<&DeviceId>, inventory: &Inventory) -> Self {
        let system_version = inventory.system_version();
        Self {
            id: id.cloned(),
            platform: inventory.platform.and_then(PlatformId::platform).map(|platform| platform.name),
            platform_id: inventory.platform,
            system_version,
            release: system_version.and_then(release_of),
            modules: inventory.modules.iter().map(|module| ModuleEntry::new(module, inventory)).collect(),
        }
    }
}

impl ModuleEntry {
    fn new(module: &InstalledModule, inventory: &Inventory) -> Self {
        let asset = |asset: &InstalledAsset| AssetEntry {
            name: asset.name.clone(),
            hash: upper_case_hex(&asset.hash),
            available: inventory.has_asset(asset),
        };
        let checks = module.checks;
        Self {
            function: module.function.name(),
            empty: module.is_empty(),
            index: module.index,
            version: module.version,
            store: store_name(module.store),
            max_size: module.max_size,
            size: module.size,
            hash: module.hash.as_deref().map(upper_case_hex),
            checks: ChecksEntry {
                integrity: verdict(checks.integrity),
                address_range: verdict(checks.address_range),
                platform: verdict(checks.platform),
                dependencies: verdict(checks.dependencies),
            },
            dependencies: module.dependencies.iter().map(DependencyEntry::from).collect(),
            assets: module.assets.iter().map(asset).collect(),
            kind: module.function,
        }
    }

    /// `System module #1 - version 1512, main location, 262144 bytes max size`
    fn headline(&self) -> String {
        let room = match (self.max_size, self.size) {
            (Some(max_size), _) => format!(", {max_size} bytes max size"),
            (None, Some(size)) => format!(", {size} bytes"),
            (None, None) => String::new(),
        };
        if self.empty {
            return format!("empty - {} location{room}", self.store);
        }
        let (word, index, version) = (function_word(self.kind), self.index, self.version);
        format!("{word} module #{index} - version {version}, {} location{room}", self.store)
    }

    fn render(&self, page: &mut Page) {
        page.line(format_args!("  {}", self.headline()));
        if self.empty {
            return;
        }
        // Device OS 5.6.0 and later tell the hash of every module.
        if let Some(hash) = self.hash.as_ref().filter(|_| self.kind == ModuleFunction::UserPart) {
            page.line(format_args!("    UUID: {hash}"));
        }
        let checks = &self.checks;
        for (name, passed) in [
            ("Integrity", checks.integrity),
            ("Address Range", checks.address_range),
            ("Platform", checks.platform),
            ("Dependencies", checks.dependencies),
        ] {
            page.line(format!("    {name}: {}", verdict_word(passed, page)));
        }
        for DependencyEntry { kind, index, version, .. } in &self.dependencies {
            let word = function_word(*kind);
            page.line(format_args!("      {word} module #{index} - version {version}"));
        }
        if !self.assets.is_empty() {
            page.line("    Assets:");
        }
        for asset in &self.assets {
            let name = page.foreign(&asset.name).into_owned();
            page.line(format!("      {name}: {}", verdict_word(asset.available, page)));
        }
    }
}

impl From<&Dependency> for DependencyEntry {
    fn from(&Dependency { function, index, version }: &Dependency) -> Self {
        Self { function: function.name(), index, version, kind: function }
    }
}

impl Report for Inspection {
    fn render(&self, page: &mut Page) {
        if let Some(id) = self.platform_id {
            let name = id.platform().map(|platform| format!(" - {}", platform.display_name));
            page.line(format_args!("Platform: {id}{}", name.unwrap_or_default()));
        }
        page.line("Modules");
        self.modules.iter().for_each(|module| module.render(page));
    }
}

fn verdict(result: CheckResult) -> Option<bool> {
    match result {
        CheckResult::NotChecked => None,
        CheckResult::Passed => Some(true),
        CheckResult::Failed => Some(false),
    }
}

fn verdict_word(passed: Option<bool>, page: &Page) -> String {
    match passed {
        Some(true) => page.styled(GREEN, "PASS"),
        Some(false) => page.styled(RED, "FAIL"),
        None => "not checked".to_owned(),
    }
}

fn store_name(store: Store) -> &'static str {
    match store {
        Store::Main => "main",
        Store::Factory => "factory",
        Store::Backup => "backup",
        Store::Scratchpad => "temp",
        Store::Unknown => "unknown",
    }
}

fn function_word(function: ModuleFunction) -> &'static str {
    match function {
        ModuleFunction::None | ModuleFunction::Unknown(_) => "Unknown",
        ModuleFunction::Resource => "Reserved",
        ModuleFunction::Bootloader => "Bootloader",
        ModuleFunction::Monolithic => "Monolithic",
        ModuleFunction::SystemPart => "System",
        ModuleFunction::UserPart => "User",
        ModuleFunction::Settings => "Settings",
        ModuleFunction::Ncp => "NCP",
        ModuleFunction::RadioStack => "Radio stack",
        ModuleFunction::Asset => "Asset",
    }
}

fn upper_case_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firmware::Checks;

    fn text(inventory: &Inventory) -> String {
        let mut page = Page::default();
        Inspection::new(None, inventory).render(&mut page);
        page.into_text()
    }

    #[test]
    fn the_text_is_that_of_the_reference() {
        let console = br#"{"p":6,"m":[
            {"s":262144,"l":"m","vc":30,"vv":30,"f":"s","n":"1","v":1512,"d":[{"f":"s","n":"2","v":207,"_":""}]},
            {"s":131072,"l":"m","vc":30,"vv":26,"u":"b3a6","f":"u","n":"1","v":3,"d":[]},
            {"s":131072,"l":"f","vc":30,"vv":0}]}"#;
        let expected = "\
Platform: 6 - Photon
Modules
  System module #1 - version 1512, main location, 262144 bytes max size
    Integrity: PASS
    Address Range: PASS
    Platform: PASS
    Dependencies: PASS
      System module #2 - version 207
  User module #1 - version 3, main location, 131072 bytes max size
    UUID: B3A6
    Integrity: PASS
    Address Range: PASS
    Platform: PASS
    Dependencies: FAIL
  empty - factory location, 131072 bytes max size
";
        assert_eq!(text(&Inventory::from_json(console).unwrap()), expected);
    }

    #[test]
    fn what_was_not_checked_does_not_pass() {
        let module = InstalledModule {
            function: ModuleFunction::UserPart,
            size: Some(1000),
            checks: Checks::from_early_failures(0),
            assets: vec![InstalledAsset { name: "cat.txt".to_owned(), hash: vec![1] }],
            ..InstalledModule::empty(Store::Main)
        };
        let inventory = Inventory { modules: vec![module], ..Inventory::default() };
        let lines = text(&inventory);
        assert!(
            lines.starts_with("Modules\n  User module #0 - version 0, main location, 1000 bytes\n"),
            "{lines}"
        );
        assert!(lines.contains("    Platform: not checked\n    Dependencies: PASS\n"), "{lines}");
        assert!(lines.ends_with("    Assets:\n      cat.txt: not checked\n"), "{lines}");
    }
}
