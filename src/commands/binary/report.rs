//! What `binary inspect` finds out, as JSON has it.

use crate::{
    commands::CommandError,
    firmware::{
        AssetDependency, Bundle, Check, Compression, Dependency, EnvironmentVariables, Extension, Field,
        Flags, Located, Module, ModuleFunction, Product, asset_dependencies,
    },
    platform::PlatformId,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileReport {
    pub(super) file: PathBuf,
    /// What is wrong with it.
    pub(super) error: Option<String>,
    /// Name of the application in a bundle.
    pub(super) application: Option<String>,
    pub(super) modules: Vec<ModuleReport>,
    pub(super) environment: Option<EnvironmentVariables>,
}

/// A module of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ModuleReport {
    /// Where the module begins in the file; all other offsets are those in the module.
    offset: usize,
    pub(super) length: CheckReport<u64>,
    pub(super) prefix: PrefixReport,
    pub(super) suffix: SuffixReport,
    pub(super) crc: CheckReport<String>,
    /// Null where there is none that is valid.
    pub(super) sha256: Option<CheckReport<String>>,
    /// Name of an asset.
    pub(super) name: Option<String>,
    pub(super) compression: Option<CompressionReport>,
    pub(super) assets: Vec<AssetReport>,
    layout: Vec<FieldReport>,
}

/// What a module says, beside what is so.
#[derive(Serialize)]
pub(super) struct CheckReport<T> {
    pub(super) ok: bool,
    pub(super) stored: T,
    pub(super) actual: T,
}

/// The prefix.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrefixReport {
    offset: usize,
    size: usize,
    start: u32,
    end: u32,
    reserved: u8,
    flags: u8,
    flag_names: Vec<&'static str>,
    pub(super) version: u16,
    pub(super) platform: Option<&'static str>,
    pub(super) platform_id: PlatformId,
    function: Option<&'static str>,
    function_id: u8,
    #[serde(skip)]
    pub(super) kind: ModuleFunction,
    pub(super) index: u8,
    pub(super) dependencies: [Option<DependencyReport>; 2],
    extensions: Vec<ExtensionReport>,
}

/// A module that is needed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DependencyReport {
    function: Option<&'static str>,
    function_id: u8,
    #[serde(skip)]
    pub(super) kind: ModuleFunction,
    pub(super) index: u8,
    pub(super) version: u16,
}

/// The suffix.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SuffixReport {
    offset: usize,
    size: u16,
    product_id: Option<u16>,
    product_version: Option<u16>,
    reserved: u16,
    extensions: Vec<ExtensionReport>,
}

/// A field beyond the fixed ones.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionReport {
    offset: usize,
    size: usize,
    #[serde(rename = "type")]
    kind: &'static str,
    type_id: u16,
    value: Value,
}

/// How a module is compressed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompressionReport {
    method: u8,
    window_bits: u8,
    pub(super) original_size: u32,
}

/// A file that the application needs.
#[derive(Serialize)]
pub(super) struct AssetReport {
    pub(super) name: String,
    pub(super) hash: String,
    pub(super) state: AssetState,
}

/// How an asset is in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum AssetState {
    /// As the application needs it.
    Ok,
    /// With other contents.
    WrongHash,
    /// Not at all.
    Missing,
    /// There is no bundle, or the hash is of a kind that is not known.
    NotChecked,
}

/// The place of a field.
#[derive(Serialize)]
struct FieldReport {
    field: String,
    offset: usize,
    size: usize,
}

impl FileReport {
    /// The report on a file that cannot be read.
    pub(super) fn unreadable(path: &Path, error: &CommandError) -> Self {
        Self {
            file: path.to_owned(),
            error: Some(error.message().to_owned()),
            application: None,
            modules: Vec::new(),
            environment: None,
        }
    }
}

impl ModuleReport {
    /// The report on a module that lies at `offset`.
    pub(super) fn new(module: &Module, offset: usize, bundle: Option<&Bundle>) -> Self {
        let asset = |asset: &AssetDependency| AssetReport {
            name: asset.name.clone(),
            hash: hex(asset.hash.bytes()),
            state: AssetState::of(asset, bundle),
        };
        Self {
            offset,
            length: CheckReport::new(module.length(), |length| length),
            prefix: PrefixReport::new(module),
            suffix: SuffixReport::new(module),
            crc: CheckReport::new(module.crc(), |crc| format!("{crc:08x}")),
            sha256: module.sha256().map(|hash| CheckReport::new(hash, |hash| hex(&hash))),
            name: module.name().map(str::to_owned),
            compression: module.compression().map(Into::into),
            assets: asset_dependencies(module).map(asset).collect(),
            layout: module.layout().into_iter().map(Into::into).collect(),
        }
    }
}

impl PrefixReport {
    fn new(module: &Module) -> Self {
        let prefix = module.prefix();
        Self {
            offset: module.prefix_offset(),
            size: module.prefix_size(),
            start: prefix.start,
            end: prefix.end,
            reserved: prefix.reserved,
            flags: prefix.flags.0,
            flag_names: flag_names(prefix.flags),
            version: prefix.version,
            platform: prefix.platform.platform().map(|platform| platform.name),
            platform_id: prefix.platform,
            function: prefix.function.name(),
            function_id: prefix.function.into(),
            kind: prefix.function,
            index: prefix.index,
            dependencies: prefix.dependencies.map(|needed| needed.map(Into::into)),
            extensions: module.prefix_extensions().iter().map(Into::into).collect(),
        }
    }
}

impl SuffixReport {
    fn new(module: &Module) -> Self {
        let suffix = module.suffix();
        Self {
            offset: suffix.offset,
            size: suffix.size,
            product_id: suffix.product.map(|product| product.id),
            product_version: suffix.product.map(|product| product.version),
            reserved: suffix.reserved,
            extensions: suffix.extensions.iter().map(Into::into).collect(),
        }
    }

    /// The product, if there is one.
    pub(super) fn product(&self) -> Option<Product> {
        let product = Product { id: self.product_id?, version: self.product_version? };
        product.is_some().then_some(product)
    }
}

impl<T> CheckReport<T> {
    fn new<U: PartialEq>(check: Check<U>, show: impl Fn(U) -> T) -> Self {
        Self { ok: check.is_ok(), stored: show(check.stored), actual: show(check.actual) }
    }
}

impl AssetState {
    fn of(needed: &AssetDependency, bundle: Option<&Bundle>) -> Self {
        let Some(bundle) = bundle else { return Self::NotChecked };
        match bundle.asset(&needed.name).map(|asset| needed.hash.matches(&asset.data)) {
            None => Self::Missing,
            Some(None) => Self::NotChecked,
            Some(Some(true)) => Self::Ok,
            Some(Some(false)) => Self::WrongHash,
        }
    }
}

impl From<Dependency> for DependencyReport {
    fn from(Dependency { function, index, version }: Dependency) -> Self {
        Self { function: function.name(), function_id: function.into(), kind: function, index, version }
    }
}

impl From<Compression> for CompressionReport {
    fn from(Compression { method, window_bits, original_size }: Compression) -> Self {
        Self { method, window_bits, original_size }
    }
}

impl From<Field> for FieldReport {
    fn from(Field { name, offset, size }: Field) -> Self {
        Self { field: name, offset, size }
    }
}

impl From<&Located> for ExtensionReport {
    fn from(located: &Located) -> Self {
        let extension = &located.extension;
        let (kind, value) = extension_value(extension);
        Self { offset: located.offset, size: located.size(), kind, type_id: extension.kind(), value }
    }
}

/// Name and contents of an extension.
fn extension_value(extension: &Extension) -> (&'static str, Value) {
    match extension {
        Extension::ProductData(product) => {
            ("productData", json!({ "id": product.id, "version": product.version }))
        }
        Extension::DynamicLocation { module_start, dynalib_load, dynalib_start } => (
            "dynamicLocation",
            json!({
                "moduleStart": module_start,
                "dynalibLoad": dynalib_load,
                "dynalibStart": dynalib_start,
            }),
        ),
        Extension::Dependency { module, target } => {
            ("dependency", json!({ "module": DependencyReport::from(*module), "target": target }))
        }
        Extension::Hash(hash) => ("hash", json!(hex(hash.bytes()))),
        Extension::Name(name) => ("name", json!(name)),
        Extension::AssetDependency(asset) => {
            ("assetDependency", json!({ "name": asset.name, "hash": hex(asset.hash.bytes()) }))
        }
        Extension::SecurityMode { mode, data } => {
            ("securityMode", json!({ "mode": mode, "data": hex(data) }))
        }
        Extension::AssetType(kind) => ("assetType", json!(kind)),
        Extension::Unknown { data, .. } => ("unknown", json!(hex(data))),
    }
}

fn flag_names(flags: Flags) -> Vec<&'static str> {
    let names = [
        (Flags::DROP_MODULE_INFO, "dropModuleInfo"),
        (Flags::COMPRESSED, "compressed"),
        (Flags::COMBINED, "combined"),
        (Flags::ENCRYPTED, "encrypted"),
        (Flags::PREFIX_EXTENSIONS, "prefixExtensions"),
    ];
    names.into_iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, name)| name).collect()
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
